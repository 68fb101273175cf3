//! Messages as lines of a terminal. Owns the rule that nothing a peer sends can move the cursor,
//! change colours, or pass for another line.

use std::borrow::Cow;
use std::io::{self, Write};

use sockeye::Message;

/// Bytes of a binary message that are shown.
const PREVIEW_LEN_MAX: usize = 32;

/// Writes `message` as one line behind `prefix`.
pub(super) fn write_message(
    out: &mut impl Write,
    prefix: &str,
    message: &Message,
) -> io::Result<()> {
    match message.as_text() {
        Some(text) => writeln!(out, "{prefix}{}", harmless(text))?,
        None => writeln!(out, "{prefix}{}", summary(message.payload()))?,
    }
    out.flush()
}

/// `text` with everything escaped that a terminal would act on, or that changes the order in which
/// the rest is shown.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if is_harmful(char) {
            safe.extend(char.escape_default());
        } else {
            safe.push(char);
        }
    }
    Cow::Owned(safe)
}

fn is_harmful(char: char) -> bool {
    let is_direction = matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(char, '\u{2066}'..='\u{2069}' | '\u{061c}');
    let is_line = matches!(char, '\u{2028}' | '\u{2029}');
    (char.is_control() && char != '\t') || is_direction || is_line
}

fn summary(payload: &[u8]) -> String {
    let shown: Vec<String> = payload
        .iter()
        .take(PREVIEW_LEN_MAX)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let more = if payload.len() > PREVIEW_LEN_MAX {
        " ..."
    } else {
        ""
    };
    format!("binary, {} bytes: {}{more}", payload.len(), shown.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: impl Into<Message>) -> String {
        let mut out = Vec::new();
        write_message(&mut out, "< ", &message.into()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_that_a_terminal_would_act_on_is_escaped() {
        assert_eq!(shown("привет\tвсем"), "< привет\tвсем\n");
        assert_eq!(shown("\x1b[2Jgone"), "< \\u{1b}[2Jgone\n");
        assert_eq!(shown("one\r\n< two"), "< one\\r\\n< two\n");
        assert_eq!(shown("a\u{202e}b\u{9b}c"), "< a\\u{202e}b\\u{9b}c\n");
    }

    #[test]
    fn binary_is_its_length_and_how_it_begins() {
        assert_eq!(shown(vec![0, 255]), "< binary, 2 bytes: 00 ff\n");
        let long = shown(vec![7; 33]);
        assert!(long.starts_with("< binary, 33 bytes: 07 07"), "{long}");
        assert!(long.ends_with("07 ...\n"), "{long}");
    }
}
