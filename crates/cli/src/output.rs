//! Standard output. Owns what happens when nobody reads it any more.

use std::io::Write;

use crate::failure::Failure;

/// Prints to standard output, where nobody may be reading any more.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::run("cannot write to standard output", &error))
}
