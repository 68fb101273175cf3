//! Messages as lines of a terminal. Owns how much of a binary one is shown.

use std::io::{self, Write};

use sockeye::Message;

use crate::harmless::harmless;

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
