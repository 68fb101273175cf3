//! Byte-wise twins of the fast routines: slow, obvious, and the oracle for tests and fuzzers.
//!
//! Nothing here is optimised or may ever be; a twin must stay simple enough to be checked against
//! the standard by eye. No production code calls it.

/// Twin of [`crate::apply_mask`]: RFC 6455 §5.3 as written.
pub fn apply_mask(payload: &mut [u8], key: [u8; 4], offset: usize) {
    for (i, byte) in payload.iter_mut().enumerate() {
        *byte ^= key[offset.wrapping_add(i) % 4];
    }
}

/// Twin of [`crate::is_utf8`].
pub fn is_utf8(bytes: &[u8]) -> bool {
    first_bad_byte(bytes).is_none() && !ends_inside_sequence(bytes)
}

/// Twin of [`crate::Utf8Validator::push`] for a text in one piece: the index of the first byte
/// after which no continuation could make `bytes` valid UTF-8.
///
/// Tries, for each prefix, whether it could still be completed, by the table of RFC 3629 §4.
pub fn first_bad_byte(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for end in 1..=bytes.len() {
        match classify(&bytes[start..end]) {
            Sequence::Complete => start = end,
            Sequence::Incomplete => {}
            Sequence::Impossible => return Some(end - 1),
        }
    }
    None
}

/// Twin of [`crate::Utf8Validator::is_complete`], for bytes without a bad one: whether the last
/// character is cut off.
pub fn ends_inside_sequence(bytes: &[u8]) -> bool {
    let mut start = 0;
    for end in 1..=bytes.len() {
        if matches!(classify(&bytes[start..end]), Sequence::Complete) {
            start = end;
        }
    }
    start != bytes.len()
}

enum Sequence {
    Complete,
    Incomplete,
    Impossible,
}

/// What `bytes`, all belonging to one character, amount to: the productions of RFC 3629 §4.
fn classify(bytes: &[u8]) -> Sequence {
    let (len, second) = match bytes[0] {
        0x00..=0x7F => (1, 0..=0),
        0xC2..=0xDF => (2, 0x80..=0xBF),
        0xE0 => (3, 0xA0..=0xBF),
        0xE1..=0xEC | 0xEE..=0xEF => (3, 0x80..=0xBF),
        0xED => (3, 0x80..=0x9F),
        0xF0 => (4, 0x90..=0xBF),
        0xF1..=0xF3 => (4, 0x80..=0xBF),
        0xF4 => (4, 0x80..=0x8F),
        0x80..=0xC1 | 0xF5..=0xFF => return Sequence::Impossible,
    };
    let later = bytes.get(2..).unwrap_or_default();
    if bytes.get(1).is_some_and(|byte| !second.contains(byte))
        || later.iter().any(|byte| !(0x80..=0xBF).contains(byte))
    {
        Sequence::Impossible
    } else if bytes.len() == len {
        Sequence::Complete
    } else {
        Sequence::Incomplete
    }
}
