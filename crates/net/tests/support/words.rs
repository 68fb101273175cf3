//! What an error says.

use std::error::Error as _;

use sockeye::Error;

/// An error with everything behind it, in one line.
pub(crate) fn words(error: &Error) -> String {
    let mut words = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        words.push(error.to_string());
        source = error.source();
    }
    words.join(": ")
}
