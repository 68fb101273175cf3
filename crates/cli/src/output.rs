//! Standard output and standard error. Owns what happens when nobody reads them any more: the print
//! macros would panic.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use crate::failure::Failure;
use crate::harmless::shown;

/// Prints to standard output, where nobody may be reading any more.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::run("cannot write to standard output", &error))
}

/// Tells a person something beside the output. If nobody listens, nobody needs to know.
pub(crate) fn note(words: impl Display) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// The same without an end of the line, which comes later or is written over.
pub(crate) fn note_part(words: impl Display) {
    let mut out = std::io::stderr();
    let _ = write!(out, "{words}").and_then(|()| out.flush());
}

/// Tells a person about trouble, in words that may be a peer's.
pub(crate) fn complain(words: impl Display) {
    note(complaint(
        &words.to_string(),
        std::io::stderr().is_terminal(),
    ));
}

fn complaint(words: &str, is_terminal: bool) -> String {
    format!("sockeye: {}", shown(words, is_terminal))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server answered, in the words of an error, could pass for another line or colour it.
    #[test]
    fn terminal_does_not_act_on_complaints() {
        let words = "refused: \x1b[31mfine\r";
        assert_eq!(
            complaint(words, true),
            "sockeye: refused: \\u{1b}[31mfine\\r"
        );
        assert_eq!(complaint(words, false), format!("sockeye: {words}"));
    }
}
