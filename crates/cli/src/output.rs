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
    let words = words.to_string();
    let is_terminal = std::io::stderr().is_terminal();
    note(format_args!("sockeye: {}", shown(&words, is_terminal)));
}
