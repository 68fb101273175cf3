//! What others wrote, in a line for a person: values of a configuration, what peers sent. Owns the
//! rule that none of it can move a cursor, change colours, or pass for another line.

use std::borrow::Cow;

/// `text` with everything escaped that a terminal would act on, or that changes the order in which
/// the rest is shown.
pub fn harmless(text: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a name in a file or from a peer clears a terminal, or is read backwards.
    #[test]
    fn what_a_terminal_would_act_on_is_escaped_and_letters_are_not() {
        assert_eq!(
            harmless("a\nb\x1b[31m\u{202e}"),
            "a\\nb\\u{1b}[31m\\u{202e}"
        );
        assert_eq!(harmless("чай\t`'\""), "чай\t`'\"");
    }
}
