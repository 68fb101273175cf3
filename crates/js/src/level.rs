//! How lines for the console are meant. Writes none.

/// How a line is meant that a script writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// `console.debug`, `console.log` and `console.info`.
    Log,
    /// What a page shows: what is added to it, and its dialogs.
    Shown,
    /// `console.warn`, and why a connection failed.
    Warning,
    /// `console.error`, and uncaught exceptions.
    Error,
}
