//! Halves of characters in JSON: escapes of surrogates that stand alone, which no text can have
//! (RFC 8259 §8.2 calls their fate unpredictable). Each becomes U+FFFD, as where browsers send
//! such a text as it is. Judges nothing else, and moves nothing: columns stay what they are.

use std::borrow::Cow;

/// An escape: `\u` and four digits.
const ESCAPE_LEN: usize = 6;

/// What stands in place of a half.
const REPLACEMENT: &str = "\\ufffd";

/// `json` with an escape that means something for each that is half of a character.
pub(super) fn mended(json: &str) -> Cow<'_, str> {
    let mut mended = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        at += match unit(json, at) {
            Some(0xd800..=0xdbff) if is_low(unit(json, at + ESCAPE_LEN)) => 2 * ESCAPE_LEN,
            Some(0xd800..=0xdfff) => {
                mended
                    .to_mut()
                    .replace_range(at..at + ESCAPE_LEN, REPLACEMENT);
                ESCAPE_LEN
            }
            Some(_) => ESCAPE_LEN,
            // An escape of one character, which may be a backslash itself; or none.
            None => 1 + json.get(at + 1..).map_or(0, first_len),
        };
    }
    mended
}

/// The UTF-16 code unit of the escape that begins at `at`, if one does.
fn unit(json: &str, at: usize) -> Option<u32> {
    let digits = json.get(at..at + ESCAPE_LEN)?.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

fn is_low(unit: Option<u32>) -> bool {
    matches!(unit, Some(0xdc00..=0xdfff))
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, half an emoji in a text makes the whole message one that nobody can read, or
    /// a text that is whole is altered.
    #[test]
    fn halves_alone_are_replaced_and_nothing_else() {
        for (json, expected) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D""#, r#""\ufffd""#),
            (r#""\ude00 \ud83d""#, r#""\ufffd \ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\n\ude00""#, r#""\ufffd\n\ufffd""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            // A backslash and letters.
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83""#, r#""\ud83""#),
            (r#""\u+83d""#, r#""\u+83d""#),
            (r#""\я\ud83d""#, r#""\я\ufffd""#),
            (r"\", r"\"),
            ("", ""),
        ] {
            assert_eq!(mended(json), expected);
        }
    }
}
