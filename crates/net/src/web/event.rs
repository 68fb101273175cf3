//! The events that fire at a socket, and what they carry. Owns the forms of received data. Knows no
//! listener.

use std::fmt;
use std::sync::Arc;

use sockeye_proto::close::CloseEvent;
use sockeye_proto::message::Message;
use sockeye_proto::payload::{Payload, Text};

/// What fires at a socket, in the order in which it may: `open`, any number of `message`, then
/// perhaps `error`, then `close`, and nothing after that.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The connection is open.
    Open,
    /// A message came.
    Message(MessageEvent),
    /// The connection failed. It says no more, as a page is not to learn what its visitor's network
    /// is like; [`Options::on_log`](super::Options::on_log) gets the reason.
    Error,
    /// The connection is over.
    // WHATWG websockets §idl-7 step: the three attributes of CloseEvent.
    Close(CloseEvent),
}

/// The name of an event, without what it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// `open`.
    Open,
    /// `message`.
    Message,
    /// `error`.
    Error,
    /// `close`.
    Close,
}

impl Event {
    /// Its name.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Open => EventKind::Open,
            Self::Message(_) => EventKind::Message,
            Self::Error => EventKind::Error,
            Self::Close(_) => EventKind::Close,
        }
    }
}

impl EventKind {
    /// As `addEventListener` knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Message => "message",
            Self::Error => "error",
            Self::Close => "close",
        }
    }
}

/// A message, as an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageEvent {
    data: Data,
    origin: Arc<str>,
}

impl MessageEvent {
    pub(super) fn new(data: Data, origin: Arc<str>) -> Self {
        Self { data, origin }
    }

    /// The message.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The message, owned.
    pub fn into_data(self) -> Data {
        self.data
    }

    /// Where it came from: the origin of the socket's URL, such as `ws://example.com`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// The data of a message. Complete: a text, or bytes in one of the forms of [`BinaryType`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Data {
    /// A text.
    Text(Text),
    /// Bytes, while the binary type is `blob`.
    Blob(Blob),
    /// Bytes, while the binary type is `arraybuffer`.
    ArrayBuffer(Payload),
}

impl Data {
    pub(super) fn new(message: Message, binary_type: BinaryType) -> Self {
        match (message, binary_type) {
            (Message::Text(text), _) => Self::Text(text),
            (Message::Binary(bytes), BinaryType::Blob) => Self::Blob(Blob(bytes)),
            (Message::Binary(bytes), BinaryType::ArrayBuffer) => Self::ArrayBuffer(bytes),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Blob(_) | Self::ArrayBuffer(_) => None,
        }
    }

    /// The bytes, of a text as well.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_payload(),
            Self::Blob(blob) => blob.as_bytes(),
            Self::ArrayBuffer(bytes) => bytes,
        }
    }
}

/// Bytes that never change. A clone shares them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Blob(Payload);

impl Blob {
    /// A blob of these bytes.
    pub fn new(bytes: impl Into<Payload>) -> Self {
        Self(bytes.into())
    }

    /// Its length, in bytes.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Blob> for Message {
    fn from(blob: Blob) -> Self {
        Self::Binary(blob.0)
    }
}

/// In which form bytes are received.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum BinaryType {
    /// As a [`Blob`].
    #[default]
    Blob,
    /// As an array buffer, in Rust a [`Payload`].
    ArrayBuffer,
}

impl BinaryType {
    /// As the attribute `binaryType` has it.
    // WHATWG websockets §idl-3 step: the words of the enumeration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::ArrayBuffer => "arraybuffer",
        }
    }
}

/// How far a connection is. Complete: the standard has four.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u16)]
pub enum ReadyState {
    /// Not open yet.
    Connecting = 0,
    /// Open.
    Open = 1,
    /// The closing handshake runs, or `close` was called.
    Closing = 2,
    /// Closed, or never opened.
    Closed = 3,
}

impl ReadyState {
    /// As the attribute `readyState` has it: 0 to 3.
    // WHATWG websockets §idl-2 step: the constants.
    pub fn number(self) -> u16 {
        match self {
            Self::Connecting => 0,
            Self::Open => 1,
            Self::Closing => 2,
            Self::Closed => 3,
        }
    }
}

impl fmt::Display for ReadyState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connecting => "CONNECTING",
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scripts compare these numbers and words.
    #[test]
    fn states_and_types_have_the_numbers_and_words_of_the_standard() {
        // WHATWG websockets §idl-2 §idl-3 TEST
        let states = [
            (ReadyState::Connecting, 0, "CONNECTING"),
            (ReadyState::Open, 1, "OPEN"),
            (ReadyState::Closing, 2, "CLOSING"),
            (ReadyState::Closed, 3, "CLOSED"),
        ];
        for (state, number, name) in states {
            assert_eq!((state.number(), state as u16), (number, number));
            assert_eq!(state.to_string(), name);
        }
        assert_eq!(BinaryType::default().as_str(), "blob");
        assert_eq!(BinaryType::ArrayBuffer.as_str(), "arraybuffer");
        let kinds = [
            EventKind::Open,
            EventKind::Message,
            EventKind::Error,
            EventKind::Close,
        ];
        assert_eq!(
            kinds.map(EventKind::as_str),
            ["open", "message", "error", "close"]
        );
    }

    /// A blob would be sent as a text, or copied.
    #[test]
    fn blob_is_sent_as_the_bytes_that_it_shares() {
        let blob = Blob::new(vec![1, 2, 3]);
        let message = Message::from(blob.clone());
        assert_eq!(message.payload().as_ptr(), blob.as_bytes().as_ptr());
        assert_eq!((blob.size(), message.as_text()), (3, None));
    }
}
