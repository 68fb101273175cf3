//! UTF-8 validation of whole slices (RFC 3629, RFC 6455 §8.1).
//!
//! Owns the choice between a word-wise ASCII test and `simdutf8`. It must never guess: the answer
//! is that of `core::str::from_utf8` for every input.

use crate::ascii::{NON_ASCII, union_of_words};

/// Slices up to this length are first tested for ASCII by words, which has neither a dispatch nor a
/// padded last block. 100 bytes of ASCII: 5 ns so, 12 ns by `simdutf8`; 500 bytes: 12 and 15 ns;
/// 1000 bytes: 23 and 17 ns (EPYC, `x86-64-v2`, November 2026).
const SHORT_MAX: usize = 512;

/// Whether `bytes` is well-formed UTF-8: no overlong forms, surrogates, or values over U+10FFFF,
/// and no character cut off at the end.
///
/// # Examples
///
/// ```
/// assert!(sockeye_simd::is_utf8("κόσμε".as_bytes()));
/// assert!(!sockeye_simd::is_utf8(b"\xed\xa0\x80"));
/// ```
#[inline]
pub fn is_utf8(bytes: &[u8]) -> bool {
    let rest = if bytes.len() > SHORT_MAX {
        skip_ascii(bytes)
    } else {
        bytes
    };
    if rest.len() > SHORT_MAX {
        return simdutf8::basic::from_utf8(rest).is_ok();
    }
    // What precedes the first block that is not ASCII ends at a character boundary.
    let rest = &rest[ascii_prefix_len(rest)..];
    rest.is_empty() || simdutf8::basic::from_utf8(rest).is_ok()
}

/// What is left of a long text without the ASCII at its beginning, or all of it where finding that
/// takes as long as validating it.
#[inline]
fn skip_ascii(bytes: &[u8]) -> &[u8] {
    #[cfg(target_arch = "x86_64")]
    if let Some(wide) = crate::wide::Wide::detect() {
        return &bytes[wide.ascii_prefix_len(bytes)..];
    }
    bytes
}

/// `bytes` as a string if they are UTF-8.
///
/// # Examples
///
/// ```
/// assert_eq!(sockeye_simd::to_str(b"Hello"), Some("Hello"));
/// assert_eq!(sockeye_simd::to_str(b"\xff"), None);
/// ```
#[inline]
#[expect(
    unsafe_code,
    reason = "the text was just validated; doing it again costs as much again"
)]
pub fn to_str(bytes: &[u8]) -> Option<&str> {
    if !is_utf8(bytes) {
        return None;
    }
    // SAFETY: `is_utf8` accepts exactly what `core::str::from_utf8` accepts (compared with it and
    // with the naive twin in tests and fuzzing).
    Some(unsafe { core::str::from_utf8_unchecked(bytes) })
}

/// A length up to which all of `bytes` is ASCII: all of it, or a multiple of 32 that ends before
/// the first byte that is not.
#[inline]
fn ascii_prefix_len(bytes: &[u8]) -> usize {
    let mut blocks = bytes.chunks_exact(32);
    for (i, block) in blocks.by_ref().enumerate() {
        if union_of_words(block) & NON_ASCII != 0 {
            return i * 32;
        }
    }
    let tail = blocks.remainder();
    if tail_is_ascii(tail) {
        bytes.len()
    } else {
        bytes.len() - tail.len()
    }
}

/// Whether fewer than 32 bytes are ASCII, by halving steps (see `mask::xor_tail` for why).
#[inline]
fn tail_is_ascii(tail: &[u8]) -> bool {
    let mut union = 0;
    let mut tail = tail;
    if let Some((front, rest)) = tail.split_first_chunk::<16>() {
        union |= union_of_words(front);
        tail = rest;
    }
    if let Some((front, rest)) = tail.split_first_chunk::<8>() {
        union |= u64::from_ne_bytes(*front);
        tail = rest;
    }
    if let Some((front, rest)) = tail.split_first_chunk::<4>() {
        union |= u64::from(u32::from_ne_bytes(*front));
        tail = rest;
    }
    for byte in tail {
        union |= u64::from(*byte);
    }
    union & NON_ASCII == 0
}
