//! Messages (RFC 6455 §5.6): data, of one of two kinds. Control frames are not messages.

use crate::frame::Opcode;
use crate::payload::{Payload, Text};

/// Text or binary.
///
/// Complete: RFC 6455 §5.6 knows these two.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MessageKind {
    /// UTF-8 text.
    Text,
    /// Bytes that only the application understands.
    Binary,
}

impl MessageKind {
    /// The opcode of such a message's first frame.
    #[must_use]
    pub fn opcode(self) -> Opcode {
        match self {
            Self::Text => Opcode::Text,
            Self::Binary => Opcode::Binary,
        }
    }
}

/// A whole message.
///
/// Made of a `String` or a `Vec<u8>` without copying, and of a `&str`, a `&[u8]` or another buffer
/// that lends its bytes (`&buffer[..]`) with one copy.
///
/// Complete: RFC 6455 §5.6 knows two kinds of data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Message {
    /// UTF-8 text, checked.
    Text(Text),
    /// Bytes.
    Binary(Payload),
}

impl Message {
    /// A message of `kind` whose bytes the connection checked already.
    #[must_use]
    pub(crate) fn from_checked(kind: MessageKind, payload: Payload) -> Self {
        match kind {
            MessageKind::Text => Self::Text(Text::from_checked(payload)),
            MessageKind::Binary => Self::Binary(payload),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Text(_) => MessageKind::Text,
            Self::Binary(_) => MessageKind::Binary,
        }
    }

    /// Its bytes, whatever its kind.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        match self {
            Self::Text(text) => text.as_payload(),
            Self::Binary(payload) => payload,
        }
    }

    /// Its bytes, given away.
    #[must_use]
    pub fn into_payload(self) -> Payload {
        match self {
            Self::Text(text) => text.into_payload(),
            Self::Binary(payload) => payload,
        }
    }

    /// The text, or `None` for a binary message.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            Self::Binary(_) => None,
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<&String> for Message {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<Payload> for Message {
    fn from(payload: Payload) -> Self {
        Self::Binary(payload)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes.into())
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Message {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Binary(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_kind_follows_the_type_it_was_made_from() {
        assert_eq!(Message::from("a").kind(), MessageKind::Text);
        assert_eq!(Message::from("a").as_text(), Some("a"));
        assert_eq!(Message::from(vec![1]).kind(), MessageKind::Binary);
        assert_eq!(Message::from(&[1][..]).as_text(), None);
        assert_eq!(Message::from(b"a"), Message::from(vec![b'a']));
        let text = String::from("a");
        assert_eq!(Message::from(&text), Message::from(text));
        assert_eq!(Message::from("й").into_payload(), "й".as_bytes());
    }
}
