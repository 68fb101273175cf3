//! What others wrote, on a terminal: peers, and the scripts that print what peers sent. Owns the
//! rule that none of it can move the cursor, change colours, or pass for another line.

use std::borrow::Cow;

pub(crate) use sockeye_server::harmless;

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
