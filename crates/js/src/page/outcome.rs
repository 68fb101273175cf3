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
    /// It was told to [stop](crate::Stop).
    Stopped,
}

/// A page that cannot be made.
#[derive(Debug)]
pub struct StartError {
    error: rquickjs::Error,
    memory_len_max: usize,
}

impl StartError {
    pub(super) fn new(error: rquickjs::Error, memory_len_max: usize) -> Self {
        Self {
            error,
            memory_len_max,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the JavaScript engine does not start")?;
        match self.memory_len_max {
            // No bound.
            0 => Ok(()),
            len => write!(formatter, "; a page may take {len} bytes (memory_len_max)"),
        }
    }
}

impl StdError for StartError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}
