//! Base64 as `atob` and `btoa` have it: bytes are characters up to U+00FF, and reading forgives
//! white space and missing padding, as the Infra standard says. Owns no state.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};

/// What is left once white space and padding are gone; bits that are left over say nothing.
const FORGIVING: GeneralPurpose =
    GeneralPurpose::new(&ALPHABET, NO_PAD.with_decode_allow_trailing_bits(true));

/// The text in base64; `None` if one of its characters is no byte.
pub(crate) fn encode(text: &str) -> Option<String> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    Some(STANDARD.encode(bytes.ok()?))
}

/// What `text` says in base64; `None` if it is none.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut letters: Vec<u8> = text.bytes().filter(|byte| !is_space(*byte)).collect();
    if letters.len().is_multiple_of(4) {
        let padding = letters.iter().rev().take(2);
        let padding = padding.take_while(|letter| **letter == b'=').count();
        letters.truncate(letters.len() - padding);
    }
    let bytes = FORGIVING.decode(letters).ok()?;
    Some(bytes.into_iter().map(char::from).collect())
}

/// ASCII whitespace, as the Infra standard has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script would read other bytes than it wrote, or than a server did.
    #[test]
    fn bytes_come_out_as_they_went_in() {
        // RFC 4648, section 10.
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("\u{ff}\u{fe}\0", "//4A"),
        ] {
            assert_eq!(encode(text).as_deref(), Some(encoded));
            assert_eq!(decode(encoded).as_deref(), Some(text));
            let bare = encoded.trim_end_matches('=');
            assert_eq!(decode(bare).as_deref(), Some(text), "without padding");
        }
        let all: String = (0..=255).map(|byte: u8| char::from(byte)).collect();
        assert_eq!(decode(&encode(&all).unwrap()).as_deref(), Some(&*all));
        assert_eq!(encode("\u{100}"), None);
    }

    /// A script would take for text what no browser takes.
    #[test]
    fn only_what_browsers_take_is_base64() {
        assert_eq!(decode(" Z\tm\n9\r\u{c}v ").as_deref(), Some("foo"));
        // Bits that are left over say nothing.
        assert_eq!(decode("Zh").as_deref(), Some("f"));
        for text in [
            "Z",
            "Zm9vY",
            "Zg=",
            "Z===",
            "=",
            "====",
            "Zg==Zg==",
            "Z-_v",
            "Zm\u{b}9v",
            "Zmé",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
