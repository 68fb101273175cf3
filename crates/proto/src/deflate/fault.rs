//! Why a compressed message could not be inflated. Each variant is the peer's doing; which close
//! code it becomes is decided where messages are received.

use std::fmt;

/// What is wrong with a compressed message. The decompressor that reported it has forgotten
/// everything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InflateFault {
    /// The peer's data is not DEFLATE, or refers further back than its window.
    Corrupt {
        /// Bytes of the compressed message that were read when it showed.
        at: u64,
    },
    /// It consists of too many DEFLATE streams.
    Streams {
        /// The most accepted.
        max: u32,
    },
    /// It inflates to more than was allowed.
    TooLarge {
        /// The most bytes that this call could append.
        budget: usize,
    },
    /// It ends inside a DEFLATE block.
    Unfinished {
        /// The length of the compressed message, in bytes.
        len: u64,
    },
}

impl fmt::Display for InflateFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt { at } => {
                write!(
                    formatter,
                    "the peer's compressed message is corrupt near byte {at}"
                )
            }
            Self::Streams { max } => {
                write!(
                    formatter,
                    "a compressed message has more than {max} deflate streams"
                )
            }
            Self::TooLarge { budget } => {
                write!(
                    formatter,
                    "a compressed message inflates to more than {budget} bytes"
                )
            }
            Self::Unfinished { len } => {
                write!(
                    formatter,
                    "the peer's compressed message of {len} bytes ends inside a block"
                )
            }
        }
    }
}

impl std::error::Error for InflateFault {}
