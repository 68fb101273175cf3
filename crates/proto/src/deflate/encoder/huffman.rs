//! Huffman codes (RFC 1951 §3.2.2): from how often each symbol occurs to the length of its code,
//! and from lengths to codes. Owns no symbol's meaning.

use super::package;
use super::tree::{Depths, Leaf, occurring, sort, unlimited};

/// The code of each symbol of an alphabet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codes<const N: usize> {
    bits: [u16; N],
    lens: [u8; N],
}

/// One code, as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Code {
    /// Its bits, first one lowest.
    pub bits: u16,
    /// How many there are. 0 for a symbol that does not occur.
    pub len: u8,
}

impl<const N: usize> Codes<N> {
    /// The codes of these lengths, which are at most 15.
    pub(super) const fn new(lens: &[u8; N]) -> Self {
        let mut depths = [0; 32];
        let mut symbol = 0;
        while symbol < N {
            depths[(lens[symbol] & 15) as usize] += 1;
            symbol += 1;
        }
        let mut next = first_codes(&depths);
        let mut bits = [0; N];
        symbol = 0;
        while symbol < N {
            bits[symbol] = take_code(&mut next, lens[symbol]);
            symbol += 1;
        }
        Self { bits, lens: *lens }
    }

    /// An optimal code, none longer than `len_max`, for symbols that occur as often as `counts`
    /// says. A code of less than two symbols is filled up with the first ones that do not occur:
    /// some readers refuse a code with holes.
    pub(super) fn optimal(counts: &[u16; N], len_max: u8) -> Self {
        let (mut bits, mut lens) = ([0; N], [0; N]);
        let mut symbols = [Leaf::default(); N];
        let occurring = occurring(counts, &mut symbols);
        if occurring.len() < 2 {
            let one = occurring.first().map_or(0, |leaf| usize::from(leaf.symbol));
            lens[one] = 1;
            lens[usize::from(one == 0)] = 1;
            return Self::new(&lens);
        }
        let mut sorted = [Leaf::default(); N];
        let sorted = sort(occurring, &mut sorted);
        let mut depths = unlimited::<N>(sorted);
        if depths[usize::from(len_max) + 1..]
            .iter()
            .any(|leaves| *leaves > 0)
        {
            depths = package::depths(sorted, len_max);
        }
        let mut rest = sorted;
        for (len, leaves) in (0..32).zip(depths).rev() {
            let (rarest, more) = rest.split_at(usize::from(leaves));
            for leaf in rarest {
                lens[usize::from(leaf.symbol)] = len;
            }
            rest = more;
        }
        let mut next = first_codes(&depths);
        for leaf in occurring {
            let symbol = usize::from(leaf.symbol);
            bits[symbol] = take_code(&mut next, lens[symbol]);
        }
        Self { bits, lens }
    }

    /// The length of each code.
    pub(super) fn lens(&self) -> &[u8; N] {
        &self.lens
    }

    /// The code of `symbol`.
    #[inline]
    pub(super) fn of(&self, symbol: usize) -> Code {
        match (self.bits.get(symbol), self.lens.get(symbol)) {
            (Some(bits), Some(len)) => Code {
                bits: *bits,
                len: *len,
            },
            _ => Code::default(),
        }
    }
}

/// The first code of each length (RFC 1951 §3.2.2).
const fn first_codes(depths: &Depths) -> [u16; 16] {
    let mut next = [0u16; 16];
    let (mut code, mut len) = (0, 1);
    while len < 16 {
        next[len] = code;
        code = (code + depths[len]) << 1;
        len += 1;
    }
    next
}

/// The next code of `len` bits, first one lowest. Huffman codes are the one thing that is packed
/// from its highest bit on (RFC 1951 §3.1.1).
#[inline]
const fn take_code(next: &mut [u16; 16], len: u8) -> u16 {
    let code = next[(len & 15) as usize];
    next[(len & 15) as usize] = code.wrapping_add(1);
    // Of 32 bits, so that those of a code without any can be shifted out.
    (((code.reverse_bits() as u32) >> (16 - (len & 15))) & 0xFFFF) as u16
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const N: usize = 24;

    /// The least cost of a code for `counts`, by sets of coins that are really made.
    fn least_cost(counts: &[u16; N], len_max: u8) -> u64 {
        let coins = (0..N).filter(|symbol| counts[*symbol] > 0);
        let coins: Vec<_> = coins.map(|i| (u64::from(counts[i]), vec![i])).collect();
        let mut level = Vec::new();
        for _ in 0..len_max {
            let packages: Vec<_> = level
                .chunks_exact(2)
                .map(|pair: &[(u64, Vec<usize>)]| {
                    (pair[0].0 + pair[1].0, [&*pair[0].1, &*pair[1].1].concat())
                })
                .collect();
            level = [coins.clone(), packages].concat();
            level.sort();
        }
        level[..2 * coins.len() - 2].iter().map(|item| item.0).sum()
    }

    fn check(counts: &[u16; N], len_max: u8) {
        let codes = Codes::optimal(counts, len_max);
        let lens = codes.lens().iter().filter(|len| **len > 0);
        let kraft: u32 = lens.map(|len| 1 << (15 - len)).sum();
        assert_eq!(kraft, 1 << 15, "complete: {:?}", codes.lens());
        let symbols = counts.iter().zip(codes.lens());
        let cost = symbols
            .clone()
            .map(|(count, len)| u64::from(*count) * u64::from(*len));
        if symbols.clone().filter(|(count, _)| **count > 0).count() >= 2 {
            assert!(
                symbols
                    .clone()
                    .all(|(count, len)| (*count > 0) == (*len > 0))
            );
            assert!(codes.lens().iter().all(|len| *len <= len_max));
            assert_eq!(cost.sum::<u64>(), least_cost(counts, len_max));
        }
    }

    #[test]
    fn codes_of_the_rfc_are_what_it_says() {
        // RFC 1951 §3.2.2: the lengths (3, 3, 3, 3, 3, 2, 4, 4).
        let codes = Codes::new(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let expected = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111];
        for (symbol, code) in expected.into_iter().enumerate() {
            let len = u32::from(codes.of(symbol).len);
            assert_eq!(codes.of(symbol).bits, u16::reverse_bits(code) >> (16 - len));
        }
        assert_eq!(codes.of(8).len, 0);
    }

    #[test]
    fn code_of_less_than_two_symbols_has_no_hole() {
        for symbol in [None, Some(0), Some(1), Some(N - 1)] {
            let mut counts = [0; N];
            if let Some(symbol) = symbol {
                counts[symbol] = 7;
            }
            check(&counts, 15);
            assert!(symbol.is_none_or(|symbol| Codes::optimal(&counts, 15).of(symbol).len == 1));
        }
    }

    #[test]
    fn code_of_fibonacci_counts_stays_within_the_limit() {
        let mut counts = [1; N];
        for i in 2..N - 1 {
            counts[i] = counts[i - 1] + counts[i - 2];
        }
        for len_max in [5, 7, 15] {
            check(&counts, len_max);
        }
    }

    proptest! {
        #[test]
        fn code_is_complete_and_none_is_cheaper(
            counts in vec(prop_oneof![Just(0u16), 0u16..4, any::<u16>()], N),
            len_max in 5u8..=15,
        ) {
            check(&counts.try_into().unwrap(), len_max);
        }
    }
}
