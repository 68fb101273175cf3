//! What a session wants done: frames, commands to the hub, the end of its connection. Plain data;
//! carries nothing out.

use std::fmt;
use std::sync::Arc;

use sockeye_hub::{Command, RequestId};

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
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Close {
    /// What the connection was for is done. The reason is for people, at most 123 bytes.
    Normal(&'static str),
    /// It got a binary message where the dialect knows text only, or the other way round.
    Unsupported(&'static str),
    /// For a reason that the hub has a number for.
    Hub(sockeye_hub::Close),
}

impl Close {
    /// The close code: 1000, 1003 (RFC 6455 §7.4.1) or one of the hub's.
    pub fn code(self) -> u16 {
        match self {
            Self::Normal(_) => 1000,
            Self::Unsupported(_) => 1003,
            Self::Hub(close) => close.code(),
        }
    }

    /// The reason, in the words of the Close frame.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Normal(reason) | Self::Unsupported(reason) => reason,
            Self::Hub(close) => close.reason(),
        }
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

    /// If this fails, a connection is closed with a code that says something else.
    #[test]
    fn closes_have_the_codes_of_the_rfc_and_of_the_hub() {
        assert_eq!(Close::Normal("bye").to_string(), "1000 bye");
        assert_eq!(
            Close::Unsupported("text only").to_string(),
            "1003 text only"
        );
        let hub = Close::Hub(sockeye_hub::Close::BadRequest);
        assert_eq!(hub.to_string(), "3501 bad request");
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
