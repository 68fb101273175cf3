//! Huffman codes (RFC 1951 §3.2.2): from how often each symbol occurs to the length of its code,
//! and from lengths to codes. Owns no symbol's meaning.

use super::package;
use super::tree::{Depths, Leaf, SYMBOLS_MAX, occurring, sort, unlimited};

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
        let mut symbols = [Leaf::default(); SYMBOLS_MAX];
        let occurring = occurring(counts, &mut symbols);
        if occurring.len() < 2 {
            let one = occurring.first().map_or(0, |leaf| usize::from(leaf.symbol));
            lens[one] = 1;
            lens[usize::from(one == 0)] = 1;
            return Self::new(&lens);
        }
        let mut sorted = [Leaf::default(); SYMBOLS_MAX];
        let sorted = sort(occurring, &mut sorted);
        let mut depths = unlimited(sorted);
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
