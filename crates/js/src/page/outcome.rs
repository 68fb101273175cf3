//! How a page ends, or does not begin. Runs none.

use std::error::Error as StdError;
use std::fmt;

/// How a page ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing can happen any more: no open socket, no timer.
    Finished,
    /// The same, but so many exceptions were caught by nobody.
    Failed(usize),
    /// It took too long and was stopped.
    TimedOut,
}

/// An engine that cannot be made.
#[derive(Debug)]
pub struct StartError(rquickjs::Error);

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the JavaScript engine does not start")
    }
}

impl StdError for StartError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

impl From<rquickjs::Error> for StartError {
    fn from(error: rquickjs::Error) -> Self {
        Self(error)
    }
}
