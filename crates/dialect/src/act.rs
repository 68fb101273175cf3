//! What a session wants done: frames, commands to the hub, the end of its connection. Plain data;
//! carries nothing out.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sockeye_hub::{Cause, Command, RequestId};

use crate::limits::REASON_LEN_MAX;

/// A message to the client. Cheap to clone, so that all receivers of one can share it.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: WebSocket has these two.
pub enum Frame {
    /// A text message.
    Text(Arc<str>),
    /// A binary message.
    Binary(Arc<[u8]>),
}

impl Frame {
    /// A text message.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a session ends its connection.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Close {
    /// What the connection was for is done. The reason is for people.
    Normal(&'static str),
    /// It got a binary message where the dialect knows text only, or the other way round.
    Unsupported(&'static str),
    /// Its address names a room that cannot be or is not there: which, and why.
    NoRoom(Box<str>),
    /// For a reason that the hub has a number for.
    Hub {
        /// The number.
        close: sockeye_hub::Close,
        /// What it was in this case: what was asked, or which bound was met. May be empty.
        detail: Box<str>,
    },
}

impl Close {
    /// For a reason that the hub has a number for, and what it was in this case.
    pub fn hub(close: sockeye_hub::Close, detail: &str) -> Self {
        let detail = detail.into();
        Self::Hub { close, detail }
    }

    /// The close code: 1000, 1003, 1008 (RFC 6455 §7.4.1) or one of the hub's.
    pub fn code(&self) -> u16 {
        match self {
            Self::Normal(_) => 1000,
            Self::Unsupported(_) => 1003,
            Self::NoRoom(_) => 1008,
            Self::Hub { close, .. } => close.code(),
        }
    }

    /// The reason, in the words of the Close frame: at most [`REASON_LEN_MAX`] bytes, and what is
    /// more is cut off between two characters.
    pub fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Normal(reason) | Self::Unsupported(reason) => cut(reason).into(),
            Self::NoRoom(reason) => cut(reason).into(),
            Self::Hub { close, detail } if detail.is_empty() => close.reason().into(),
            Self::Hub { close, detail } => {
                let mut reason = format!("{}: {detail}", close.reason());
                reason.truncate(cut(&reason).len());
                reason.into()
            }
        }
    }
}

/// As much of a reason as a Close frame has room for.
fn cut(reason: &str) -> &str {
    let len = reason.len().min(REASON_LEN_MAX);
    let mut lens = (0..=len).rev();
    lens.find_map(|len| reason.get(..len)).unwrap_or_default()
}

impl From<Cause> for Close {
    fn from(cause: Cause) -> Self {
        let met = cause.bound.map(|bound| bound.to_string());
        Self::hub(cause.close, &met.unwrap_or_default())
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.reason())
    }
}

/// One thing that a session wants done.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: whoever runs a session has to carry out each.
pub enum Act {
    /// To give the hub a command. Its answer comes back as a notice with this number.
    Command(RequestId, Command),
    /// To send the client a message, behind all that was sent before.
    Frame(Frame),
    /// To close the connection, once everything before is sent. The session says nothing more.
    Close(Close),
}

/// What a call of a session came to, in order.
#[derive(Debug, Default)]
pub struct Acts(Vec<Act>);

impl Acts {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants a command carried out.
    pub fn command(&mut self, request: RequestId, command: Command) {
        self.0.push(Act::Command(request, command));
    }

    /// Wants a message sent.
    pub fn frame(&mut self, frame: Frame) {
        self.0.push(Act::Frame(frame));
    }

    /// Wants the connection closed.
    pub fn close(&mut self, close: Close) {
        self.0.push(Act::Close(close));
    }

    /// Takes all out, in order. The room for the next ones is kept.
    pub fn drain(&mut self) -> impl Iterator<Item = Act> {
        self.0.drain(..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_hub::Limit;

    /// If this fails, a connection is closed with a code that says something else.
    #[test]
    fn closes_have_the_codes_of_the_rfc_and_of_the_hub() {
        assert_eq!(Close::Normal("bye").to_string(), "1000 bye");
        assert_eq!(
            Close::Unsupported("text only").to_string(),
            "1003 text only"
        );
        let no_room = Close::NoRoom("there is no such room: tea".into());
        assert_eq!(no_room.to_string(), "1008 there is no such room: tea");
        let hub = Close::hub(sockeye_hub::Close::BadRequest, "");
        assert_eq!(hub.to_string(), "3501 bad request");
        let cause = Cause {
            close: sockeye_hub::Close::TooManyRequests,
            bound: Some(Limit::CommandRate.at(10)),
        };
        assert_eq!(
            Close::from(cause).to_string(),
            "3013 too many requests: at most 10 commands of one session in a second"
        );
    }

    /// If this fails, a reason with somebody's words in it is not sent at all, or is no text.
    #[test]
    fn reason_is_cut_between_two_characters() {
        for detail in ["x".repeat(200), "é".repeat(100), "чай ".repeat(50)] {
            let whole = format!("bad request: {detail}");
            for close in [
                Close::NoRoom(whole.clone().into()),
                Close::hub(sockeye_hub::Close::BadRequest, &detail),
            ] {
                let reason = close.reason();
                assert!(whole.starts_with(&*reason));
                let missing = REASON_LEN_MAX - reason.len();
                assert!(
                    missing < 2,
                    "{missing} bytes for a character of at most two"
                );
            }
        }
        for bound in Limit::ALL.map(|limit| limit.at(usize::MAX)) {
            let close = sockeye_hub::Close::TooManyRequests;
            let cause = Cause {
                close,
                bound: Some(bound),
            };
            let told = Close::from(cause).reason().into_owned();
            assert!(told.ends_with(bound.limit.counted()), "{told} is cut");
        }
    }

    /// If this fails, a session's acts are carried out twice or in another order.
    #[test]
    fn acts_come_out_once_and_in_order() {
        let mut acts = Acts::new();
        acts.frame(Frame::text("1"));
        acts.frame(Frame::Binary([2].into()));
        acts.close(Close::Normal(""));
        let drained: Vec<Act> = acts.drain().collect();
        assert_eq!(
            drained,
            [
                Act::Frame(Frame::Text("1".into())),
                Act::Frame(Frame::Binary([2].into())),
                Act::Close(Close::Normal(""))
            ]
        );
        assert_eq!(acts.drain().count(), 0);
        assert!(Frame::text("").is_empty() && Frame::text("é").len() == 2);
    }
}
