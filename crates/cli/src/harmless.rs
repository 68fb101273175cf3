//! What others wrote, on a terminal: peers, and the scripts that print what peers sent. Owns the
//! rule that none of it can move the cursor, change colours, or pass for another line.

use std::borrow::Cow;

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

/// Lines that may be what a peer sent, as a script writes them: a terminal is not to act on them. A
/// file or another program gets them as they are.
pub(crate) fn shown(text: &str, is_terminal: bool) -> Cow<'_, str> {
    if !is_terminal {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(harmless).collect();
    Cow::Owned(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message that a chat prints could clear the screen, or pass for a prompt; a file would get
    /// other bytes than the script wrote.
    #[test]
    fn terminals_do_not_act_on_what_scripts_write() {
        assert_eq!(shown("a\tb\nc\x1b[2J\x07", true), "a\tb\nc\\u{1b}[2J\\u{7}");
        assert_eq!(shown("c\x1b[2J", false), "c\x1b[2J");
    }
}
