//! What came instead of the expected, in words. Owns the text of failures, and no byte.

use std::fmt;
use std::time::Duration;

use sockeye_proto::close::CloseEvent;
use sockeye_proto::fault::PeerFault;
use sockeye_proto::message::{Message, MessageKind};
use sockeye_proto::payload::Payload;

use super::Frame;

/// Bytes of a payload that a failure shows.
const SHOWN_LEN: usize = 200;

/// The next thing that came from the connection under test.
pub(super) enum Arrival {
    Message(Message),
    Pong(Payload),
    /// Its code is 1005 if the frame had none.
    Close(CloseEvent),
    /// A frame that nothing was made of.
    Frame(Frame),
    /// The end of the transport, so many bytes into a frame.
    End(usize),
    /// What is no frame, or one that may not stand here.
    Broken(String),
    /// Nothing, for so long.
    Nothing(Duration),
}

impl From<PeerFault> for Arrival {
    fn from(fault: PeerFault) -> Self {
        Self::Broken(fault.to_string())
    }
}

impl fmt::Display for Arrival {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => {
                write!(formatter, "{} came", Shown(message))
            }
            Self::Pong(payload) => write!(formatter, "a Pong came: {payload:?}"),
            Self::Close(close) => {
                let CloseEvent { code, reason, .. } = close;
                write!(formatter, "a Close came: {code} {reason:?}")
            }
            Self::Frame(frame) => write!(formatter, "a frame came: {frame:?}"),
            Self::End(0) => formatter.write_str("the connection ended"),
            Self::End(len) => write!(formatter, "the connection ended {len} bytes into a frame"),
            Self::Broken(fault) => write!(formatter, "this came: {fault}"),
            Self::Nothing(time) => write!(formatter, "nothing came for {time:?}"),
        }
    }
}

/// A message as a failure shows it: a text as text, and not all of a long one.
pub(super) struct Shown<'a>(pub(super) &'a Message);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(message) = self;
        let payload = message.payload();
        let start = payload.get(..SHOWN_LEN).unwrap_or(payload);
        let text = String::from_utf8_lossy(start);
        match message.kind() {
            MessageKind::Text => write!(formatter, "text {text:?}")?,
            MessageKind::Binary => write!(formatter, "binary \"{}\"", start.escape_ascii())?,
        }
        if payload.len() > SHOWN_LEN {
            write!(formatter, ".. ({} bytes)", payload.len())?;
        }
        Ok(())
    }
}
