//! Looking for bytes that are not ASCII, eight at a time. Owns the test that the routines for texts
//! share; it must never say what such a byte means.

use crate::words::words;

/// The top bit of each byte, set only in bytes that are not ASCII.
pub(crate) const NON_ASCII: u64 = 0x8080_8080_8080_8080;

/// The bitwise OR of all 64-bit words; bytes after the last whole word are ignored.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it gets the vectors of its caller")]
pub(crate) fn union_of_words(bytes: &[u8]) -> u64 {
    words(bytes).fold(0, |union, word| union | u64::from_ne_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn union_shows_a_top_bit_wherever_it_is() {
        for at in 0..16 {
            let mut bytes = [0x7F; 16];
            assert_eq!(union_of_words(&bytes) & NON_ASCII, 0);
            bytes[at] = 0x80;
            assert_ne!(union_of_words(&bytes) & NON_ASCII, 0, "{at}");
        }
    }
}
