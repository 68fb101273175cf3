//! Bytes out of the engine. Its bindings lend them only to `unsafe` code, which this crate has none
//! of, so they come as the text that `Uint8Array.prototype.toHex` makes of them. Owns reading that.

/// The bytes that `text` says, two digits each; `None` for what is no such text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script's binary messages would arrive as others.
    #[test]
    fn every_byte_comes_out_as_it_went_in() {
        let all: Vec<u8> = (0..=255).collect();
        let digits = "0123456789abcdef";
        let pairs = digits
            .chars()
            .flat_map(|high| digits.chars().map(move |low| [high, low]));
        let text: String = pairs.flatten().collect();
        assert_eq!(decode(&text), Some(all));
        assert_eq!(decode(""), Some(vec![]));
        for wrong in ["0", "0g", "0G", "é"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
