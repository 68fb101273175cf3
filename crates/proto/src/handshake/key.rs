//! The key of a handshake and the answer to it (RFC 6455 sections 4.1 and 4.2.2).
//!
//! Owns the base64 of these two, and of whatever else a header has. It must never make a key by
//! itself: the 16 random bytes are an argument, fresh for each connection.

use core::fmt;

use sha1::{Digest, Sha1};

use super::fault::FieldFault;

/// What is appended to the key before hashing (RFC 6455 section 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of `Sec-WebSocket-Key`: 16 bytes in base64, so 24 ASCII characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Key {
    text: String,
}

impl Key {
    /// The key made of 16 bytes, which must be fresh random bytes for each connection.
    // RFC 6455 §4.1-20 MUST: 16 bytes in base64.
    pub fn from_random(nonce: [u8; 16]) -> Self {
        Self {
            text: encode_base64(&nonce),
        }
    }

    /// Checks a received key.
    ///
    /// The four spare bits of the last character may be anything: the example key of RFC 6455
    /// section 1.3 itself sets them.
    ///
    /// # Errors
    ///
    /// [`FieldFault::Invalid`] unless `value` is base64 of exactly 16 bytes.
    // RFC 6455 §4.2.1-6 MUST: the length is exact, the alphabet is base64's.
    pub fn parse(value: &[u8]) -> Result<Self, FieldFault> {
        let digits = value.strip_suffix(b"==").unwrap_or_default();
        if digits.len() != 22 || !digits.iter().copied().all(is_digit) {
            return Err(FieldFault::invalid(
                value,
                "be 16 bytes in base64, 24 characters",
            ));
        }
        let text = core::str::from_utf8(value).unwrap_or_default().to_owned();
        Ok(Self { text })
    }

    /// The header value.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether `byte` is one of base64's digits.
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// The value of `Sec-WebSocket-Accept` that answers `key`, 28 characters.
// RFC 6455 §4.2.2-14 MUST: the hash is over the key's text as received, not over its bytes.
pub fn accept_for(key: &Key) -> String {
    let mut hash = Sha1::new();
    hash.update(key.text.as_bytes());
    hash.update(GUID);
    encode_base64(&hash.finalize())
}

/// `bytes` in base64 with padding (RFC 4648 section 4), as headers have it: keys, and credentials.
pub fn encode_base64(bytes: &[u8]) -> String {
    let digit = |bits: u32| {
        let value = (bits & 63) as usize;
        ALPHABET.get(value).copied().unwrap_or_default()
    };
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = match *chunk {
            [a, b, c] => u32::from_be_bytes([0, a, b, c]),
            [a, b] => u32::from_be_bytes([0, a, b, 0]),
            [a] => u32::from_be_bytes([0, a, 0, 0]),
            _ => 0,
        };
        let mut four = [bits >> 18, bits >> 12, bits >> 6, bits].map(digit);
        four.iter_mut()
            .skip(chunk.len() + 1)
            .for_each(|padding| *padding = b'=');
        text.extend_from_slice(&four);
    }
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_remainder_is_padded() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ];
        for (plain, encoded) in cases {
            assert_eq!(encode_base64(plain.as_bytes()), encoded);
        }
        assert_eq!(encode_base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }

    #[test]
    fn key_of_the_rfc_is_answered_as_in_the_rfc() {
        let key = Key::from_random(*b"the sample nonce");
        assert_eq!(key.as_str(), "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept_for(&key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn key_with_spare_bits_set_is_accepted_and_echoed_unchanged() {
        let key = Key::parse(b"AQIDBAUGBwgJCgsMDQ4PEC==").unwrap();
        assert_eq!(key.to_string(), "AQIDBAUGBwgJCgsMDQ4PEC==");
    }

    #[test]
    fn key_of_any_other_form_is_refused() {
        let bad: [&[u8]; 9] = [
            b"",
            b"==",
            b"dGhlIHNhbXBsZSBub25jZQ=",
            b"dGhlIHNhbXBsZSBub25jZQ",
            b"dGhlIHNhbXBsZSBub25jZVE=",
            b"dGhlIHNhbXBsZSBub25jZQ== ",
            b"dGhlIHNhbXBsZSBub25j*Q==",
            b"dGhlIHNhbXBsZSBub25j\xff\xff==",
            b"dGhlIHNhbXBsZSBub2=jZQ==",
        ];
        for value in bad {
            assert!(
                matches!(Key::parse(value), Err(FieldFault::Invalid { .. })),
                "{value:?}"
            );
        }
    }
}
