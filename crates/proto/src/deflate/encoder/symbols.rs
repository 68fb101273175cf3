//! The symbols of compressed data and their extra bits (RFC 1951 §3.2.5). Owns the tables; never a
//! code, which differs from block to block.

/// Literals, the end of a block and lengths: 286 in use, and two that only the fixed code counts.
pub(super) const LITERALS_AND_LENGTHS: usize = 288;

/// Distances: 30 in use, and two that only the fixed code counts.
pub(super) const DISTANCES: usize = 32;

/// The symbol that ends a block.
pub(super) const END_OF_BLOCK: usize = 256;

/// The symbol of the shortest match.
pub(super) const FIRST_LENGTH: usize = 257;

/// Shortest match that has a symbol.
pub(super) const MATCH_LEN_MIN: u32 = 3;

/// Longest match that has a symbol.
pub(super) const MATCH_LEN_MAX: u32 = 258;

/// Extra bits of each length symbol.
pub(super) const LENGTH_EXTRA: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];

/// Extra bits of each distance symbol.
pub(super) const DISTANCE_EXTRA: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];

/// A value that is written as a symbol and some of its own low bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Split {
    /// Which symbol.
    pub symbol: usize,
    /// How many extra bits follow it.
    pub extra_len: u32,
    /// What they say.
    pub extra: u64,
}

/// What is known of a length less three.
#[derive(Clone, Copy)]
struct Length {
    /// Its symbol less 257.
    symbol: u8,
    extra_len: u8,
    extra: u8,
}

static LENGTHS: [Length; 256] = lengths();

const fn lengths() -> [Length; 256] {
    let none = Length {
        symbol: 28,
        extra_len: 0,
        extra: 0,
    };
    // The last, 258, has a symbol of its own, though the one before could spell it.
    let mut table = [none; 256];
    let (mut symbol, mut length) = (0, 0);
    while symbol < 28 {
        let extra_len = LENGTH_EXTRA[symbol as usize];
        let mut extra = 0;
        while extra < 1 << extra_len && length < 255 {
            table[length] = Length {
                symbol,
                extra_len,
                extra,
            };
            extra += 1;
            length += 1;
        }
        symbol += 1;
    }
    table
}

/// The symbol of a match of `length` + 3 bytes.
#[inline]
pub(super) fn split_length(length: u8) -> Split {
    let length = LENGTHS[usize::from(length)];
    Split {
        symbol: FIRST_LENGTH + usize::from(length.symbol),
        extra_len: u32::from(length.extra_len),
        extra: u64::from(length.extra),
    }
}

/// The symbol of a distance of `distance` + 1 bytes.
#[inline]
pub(super) fn split_distance(distance: u16) -> Split {
    if distance < 4 {
        return Split {
            symbol: usize::from(distance),
            extra_len: 0,
            extra: 0,
        };
    }
    // Each power of two has two symbols, which differ in the bit below the highest.
    let extra_len = 14 - distance.leading_zeros();
    Split {
        symbol: usize::from(distance >> extra_len) + 2 * extra_len as usize,
        extra_len,
        extra: u64::from(distance & ((1 << extra_len) - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_what_the_rfc_tabulates() {
        // RFC 1951 §3.2.5, the first and last length of some symbols.
        let expected = [
            (3, 257, 0, 0),
            (10, 264, 0, 0),
            (11, 265, 1, 0),
            (12, 265, 1, 1),
            (66, 276, 3, 7),
            (67, 277, 4, 0),
            (115, 280, 4, 0),
            (131, 281, 5, 0),
            (257, 284, 5, 30),
            (258, 285, 0, 0),
        ];
        for (length, symbol, extra_len, extra) in expected {
            let split = split_length(u8::try_from(length - MATCH_LEN_MIN).unwrap());
            let expected = Split {
                symbol,
                extra_len,
                extra,
            };
            assert_eq!(split, expected, "{length}");
        }
    }

    #[test]
    fn distances_are_what_the_rfc_tabulates() {
        let mut least = 1u64;
        for (symbol, extra_len) in DISTANCE_EXTRA.into_iter().enumerate() {
            let last = (1 << extra_len) - 1;
            for extra in [0, last] {
                let split = split_distance(u16::try_from(least + extra - 1).unwrap());
                let expected = Split {
                    symbol,
                    extra_len: u32::from(extra_len),
                    extra,
                };
                assert_eq!(split, expected, "{}", least + extra);
            }
            least += last + 1;
        }
        assert_eq!(least, 32_769);
    }
}
