//! Base64 as `atob` and `btoa` have it: bytes are characters up to U+00FF, and reading forgives
//! white space and missing padding, as the Infra standard says. Owns no state.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text in base64; `None` if one of its characters is no byte.
pub(crate) fn encode(text: &str) -> Option<String> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    let bytes = bytes.ok()?;
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = [0; 4];
        for (to, from) in bits.iter_mut().skip(1).zip(group) {
            *to = *from;
        }
        let bits = u32::from_be_bytes(bits);
        for at in 0..4 {
            let letter = if at <= group.len() {
                let index = bits >> (18 - 6 * at) & 63;
                ALPHABET.get(usize::try_from(index).ok()?).copied()?
            } else {
                b'='
            };
            encoded.push(char::from(letter));
        }
    }
    Some(encoded)
}

/// What `text` says in base64; `None` if it is none.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut letters: Vec<u8> = text.bytes().filter(|byte| !is_space(*byte)).collect();
    let over = letters.len() % 4;
    if over == 0 {
        let padding = letters.iter().rev().take(2);
        let padding = padding.take_while(|letter| **letter == b'=').count();
        letters.truncate(letters.len() - padding);
    }
    if letters.len() % 4 == 1 {
        return None;
    }
    let mut decoded = String::with_capacity(letters.len());
    for group in letters.chunks(4) {
        let mut bits = 0;
        for at in 0..4 {
            let value = group.get(at).map_or(Some(0), |letter| value(*letter))?;
            bits = bits << 6 | u32::from(value);
        }
        let [_, bytes @ ..] = u32::to_be_bytes(bits);
        let whole = bytes.iter().take(group.len() - 1);
        decoded.extend(whole.map(|byte| char::from(*byte)));
    }
    Some(decoded)
}

/// ASCII whitespace, as the Infra standard has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

/// The six bits of a letter.
fn value(letter: u8) -> Option<u8> {
    let at = ALPHABET.iter().position(|known| *known == letter)?;
    u8::try_from(at).ok()
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
