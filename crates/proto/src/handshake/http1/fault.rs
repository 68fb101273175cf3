//! What can be wrong with a received head as HTTP.

use core::error::Error;
use core::fmt;

/// Why a head was refused before anybody looked at its meaning.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HeadFault {
    /// The blank line did not come within the limit.
    TooLong {
        /// The most bytes a head may have.
        limit: usize,
    },
    /// There are more header lines than the limit.
    TooManyHeaders {
        /// The most header lines a head may have.
        limit: usize,
    },
    /// A CR or LF stands alone; only CRLF ends a line, as anything else lets two parsers disagree
    /// about where a head ends.
    LineEnding {
        /// Where in the head, in bytes from its start.
        offset: usize,
    },
    /// A NUL byte, which no part of a head can hold. Often a TLS client on a plain port.
    Nul {
        /// Where in the head, in bytes from its start.
        offset: usize,
    },
    /// A response does not begin with `HTTP/`: whoever answers speaks another protocol.
    NotHttp {
        /// How it begins, escaped and cut.
        start: String,
    },
    /// The request line or status line is malformed.
    StartLine {
        /// The line, escaped and cut.
        line: String,
    },
    /// The start line names an HTTP version other than 1.0 and 1.1.
    Version {
        /// The line, escaped and cut.
        line: String,
    },
    /// A header line is malformed: no colon, a name that is no token, a control character in the
    /// value, or a continuation of the line before (obsolete line folding).
    HeaderLine {
        /// The line, escaped and cut.
        line: String,
    },
}

impl HeadFault {
    /// The status code a server answers this fault with: 400, 431 or 505.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLong { .. } | Self::TooManyHeaders { .. } => 431,
            Self::Version { .. } => 505,
            Self::LineEnding { .. }
            | Self::Nul { .. }
            | Self::NotHttp { .. }
            | Self::StartLine { .. }
            | Self::HeaderLine { .. } => 400,
        }
    }
}

impl fmt::Display for HeadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "head is longer than {limit} bytes"),
            Self::TooManyHeaders { limit } => write!(f, "head has more than {limit} headers"),
            Self::LineEnding { offset } => {
                write!(
                    f,
                    "line at byte {offset} of the head does not end with CR LF"
                )
            }
            Self::Nul { offset } => write!(f, "byte {offset} of the head is NUL"),
            Self::NotHttp { start } => {
                write!(f, "the answer begins with \"{start}\", not with \"HTTP/\"")
            }
            Self::StartLine { line } => write!(f, "malformed start line \"{line}\""),
            Self::Version { line } => write!(f, "\"{line}\" is neither HTTP/1.0 nor HTTP/1.1"),
            Self::HeaderLine { line } => write!(f, "malformed header line \"{line}\""),
        }
    }
}

impl Error for HeadFault {}
