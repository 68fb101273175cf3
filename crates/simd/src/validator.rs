//! UTF-8 validation of text that arrives in pieces (RFC 3629, RFC 6455 §8.1).
//!
//! Owns the state between two pieces: at most one unfinished character. It must never look at a
//! byte twice, but for the one piece that turns out to be invalid, and never accept a byte after
//! which no continuation could be valid: a peer that sends a bad byte learns of it at that byte,
//! not at the end of the character, piece or message (Autobahn 6.4).

use core::fmt;

/// Validates UTF-8 incrementally and fails at the first bad byte.
///
/// The result does not depend on how the text is cut into pieces. Once failed, it fails again, at
/// the same byte, whatever is pushed, until [`reset`](Self::reset).
///
/// # Examples
///
/// ```
/// use sockeye_simd::Utf8Validator;
///
/// let mut text = Utf8Validator::new();
/// text.push(b"\xce").unwrap(); // the first half of a kappa
/// assert!(text.finish().is_err());
/// text.push(b"\xba").unwrap();
/// assert!(text.finish().is_ok());
/// // F4 may be followed by 80..8F only: U+10FFFF is the last code point.
/// let error = text.push(b"ok\xf4\x90\x80\x80").unwrap_err();
/// assert_eq!(error.valid_up_to, 5);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Utf8Validator {
    /// Bytes accepted since the start or the last reset.
    accepted: u64,
    /// What the unfinished character still needs.
    /// Invariant: after a failure `missing` is not 0 and `next` is empty, so that no byte fits.
    missing: u8,
    next_min: u8,
    next_max: u8,
}

// A message in progress carries this in every connection.
const _: () = assert!(size_of::<Utf8Validator>() == 16);

/// The text is not UTF-8.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "complete: there is nothing else to say"
)]
pub struct Utf8Error {
    /// How many bytes, counted from the start of the text, came before the first bad one. All of
    /// them could have been the beginning of valid UTF-8. For a text that ends inside a character
    /// this is its length.
    pub valid_up_to: u64,
}

impl fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text is not valid UTF-8 at byte {}", self.valid_up_to)
    }
}

impl core::error::Error for Utf8Error {}

impl Default for Utf8Validator {
    fn default() -> Self {
        Self::new()
    }
}

impl Utf8Validator {
    /// A validator at the start of a text.
    pub const fn new() -> Self {
        Self {
            accepted: 0,
            missing: 0,
            next_min: 0,
            next_max: 0,
        }
    }

    /// Takes the next piece of the text, of any length.
    ///
    /// # Errors
    ///
    /// [`Utf8Error`] if the piece holds a byte after which nothing could make the text valid, with
    /// the place of the first such byte. A character cut off at the end of the piece is no error.
    #[inline]
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Utf8Error> {
        let rest = self.finish_character(chunk)?;
        let (bulk, tail) = rest.split_at(whole_len(rest));
        if !crate::is_utf8(bulk) {
            return Err(self.locate(bulk));
        }
        self.accepted += bulk.len() as u64;
        self.push_bytes(tail)
    }

    /// Ends the text.
    ///
    /// # Errors
    ///
    /// [`Utf8Error`] if the text ends inside a character, or has failed before.
    pub const fn finish(&self) -> Result<(), Utf8Error> {
        if self.is_complete() {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    /// Whether the text could end here: nothing failed, and no character is unfinished.
    #[inline]
    pub const fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// Forgets everything: the next push starts a new text.
    #[inline]
    pub const fn reset(&mut self) {
        *self = Self::new();
    }

    const fn error(&self) -> Utf8Error {
        Utf8Error {
            valid_up_to: self.accepted,
        }
    }

    /// Takes the bytes of the character that the last piece left unfinished, and answers the rest.
    #[inline]
    fn finish_character<'a>(&mut self, mut chunk: &'a [u8]) -> Result<&'a [u8], Utf8Error> {
        while self.missing != 0 {
            let Some((byte, rest)) = chunk.split_first() else {
                break;
            };
            self.step(*byte)?;
            chunk = rest;
        }
        Ok(chunk)
    }

    /// Finds the first bad byte of a piece that starts at a character and is known to be invalid.
    /// The one place where bytes are read twice; it runs once per text.
    #[cold]
    fn locate(&mut self, bulk: &[u8]) -> Utf8Error {
        let valid_len = core::str::from_utf8(bulk).map_or_else(|e| e.valid_up_to(), str::len);
        self.accepted += valid_len as u64;
        self.push_bytes(&bulk[valid_len..])
            .err()
            .unwrap_or_else(|| self.error())
    }

    #[inline]
    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Utf8Error> {
        bytes.iter().try_for_each(|byte| self.step(*byte))
    }

    /// Takes one byte: the productions of RFC 3629 §4, with what may follow kept as a range.
    fn step(&mut self, byte: u8) -> Result<(), Utf8Error> {
        let next = match (self.missing, byte) {
            (0, 0x00..=0x7F) => (0, 0, 0),
            (0, 0xC2..=0xDF) => (1, 0x80, 0xBF),
            (0, 0xE0) => (2, 0xA0, 0xBF),
            // Surrogates, U+D800 to U+DFFF, start with ED A0.
            (0, 0xED) => (2, 0x80, 0x9F),
            (0, 0xE1..=0xEF) => (2, 0x80, 0xBF),
            (0, 0xF0) => (3, 0x90, 0xBF),
            (0, 0xF1..=0xF3) => (3, 0x80, 0xBF),
            (0, 0xF4) => (3, 0x80, 0x8F),
            (1.., _) if (self.next_min..=self.next_max).contains(&byte) => {
                (self.missing - 1, 0x80, 0xBF)
            }
            _ => return Err(self.fail()),
        };
        (self.missing, self.next_min, self.next_max) = next;
        self.accepted += 1;
        Ok(())
    }

    /// Makes every further byte fail where this one did.
    fn fail(&mut self) -> Utf8Error {
        (self.missing, self.next_min, self.next_max) = (1, 1, 0);
        self.error()
    }
}

/// The length up to which `bytes`, which start at a character, hold whole characters, if they are
/// valid at all: all of them, or up to three less.
///
/// ```
/// let euro = "€".as_bytes();
/// assert_eq!(sockeye_simd::whole_len(&[b'a', euro[0], euro[1]]), 1);
/// ```
#[inline]
pub fn whole_len(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        let expected_len = match byte {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            0x00..=0x7F => 1,
        };
        let seen_len = back + 1;
        return if expected_len > seen_len {
            bytes.len() - seen_len
        } else {
            bytes.len()
        };
    }
    bytes.len()
}
