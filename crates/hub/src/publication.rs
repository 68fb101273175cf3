//! What is published: the payload and what is known of it. Owns which publications are well-formed;
//! knows no wire format.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::id::SessionId;
use crate::limits::{
    EVENT_LEN_MAX, IDEMPOTENCY_KEY_LEN_MAX, PUBLICATION_OVERHEAD, TAG_LEN_MAX, TAGS_MAX,
};
use crate::name::UserId;
use crate::position::Position;
use crate::refused::{Bound, Limit, Refused};

/// The bytes that are published, shared by all who hold them. Its kind is part of it, so that what
/// says text is UTF-8.
#[derive(Clone, Eq, PartialEq)]
// Complete: these are the kinds that WebSocket and JSON know.
pub enum Payload {
    /// Text.
    Text(Arc<str>),
    /// One JSON value. Whoever makes it answers for the syntax; the hub does not parse.
    Json(Arc<str>),
    /// Bytes.
    Binary(Arc<[u8]>),
}

/// What a payload is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete, as `Payload` is.
pub enum Kind {
    /// UTF-8.
    Text,
    /// One JSON value in UTF-8.
    Json,
    /// Bytes.
    Binary,
}

impl Payload {
    /// Which of the three it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Json(_) => Kind::Json,
            Self::Binary(_) => Kind::Binary,
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) | Self::Json(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// The text, unless it is binary.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Json(text) => Some(text),
            Self::Binary(_) => None,
        }
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl fmt::Debug for Payload {
    // Not the payload: debug output ends up in logs, and payloads are people's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.kind(), self.len())
    }
}

/// Who published.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: two fields that only mean something together.
pub struct Publisher {
    /// The session, unless a server published in the name of a user.
    pub session: Option<SessionId>,
    /// The user, unless the session is anonymous.
    pub user: Option<UserId>,
}

/// A publication, as it is given to a channel. Where it stands in the stream is its [`Entry`]'s.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: a field more changes the stored form too, which has a version.
pub struct Publication {
    /// What is published.
    pub payload: Payload,
    /// The event's name, for dialects that have them; at most [`EVENT_LEN_MAX`] bytes.
    pub event: Option<Arc<str>>,
    /// Who published, as the server knows it. Never what a client says of itself.
    pub publisher: Option<Publisher>,
    /// The session that does not get it, usually the publisher's own.
    pub excluded: Option<SessionId>,
    /// What receivers may filter by; at most [`TAGS_MAX`], each part at most [`TAG_LEN_MAX`] bytes.
    pub tags: BTreeMap<String, String>,
    /// When it was published, in milliseconds since 1970-01-01 UTC.
    pub time_ms: u64,
    /// A second publication with the same key in the channel's window is not published again; at
    /// most [`IDEMPOTENCY_KEY_LEN_MAX`] bytes.
    pub idempotency_key: Option<Arc<str>>,
    /// The version of the state that it tells. One that is not above the channel's last is stale
    /// and not published.
    pub version: Option<u64>,
}

impl Publication {
    /// A publication of nothing but a payload.
    pub fn new(payload: Payload, time_ms: u64) -> Self {
        Self {
            payload,
            event: None,
            publisher: None,
            excluded: None,
            tags: BTreeMap::new(),
            time_ms,
            idempotency_key: None,
            version: None,
        }
    }

    /// Checks all bounds.
    ///
    /// # Errors
    /// Which bound it breaks.
    pub fn check(&self, payload_len_max: usize) -> Result<(), PublicationFault> {
        let within = |limit: Limit, len, max| {
            if len > max {
                let bound = limit.at(max);
                return Err(PublicationFault { bound, len });
            }
            Ok(())
        };
        let len = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        within(Limit::PayloadLen, self.payload.len(), payload_len_max)?;
        within(Limit::EventLen, len(&self.event), EVENT_LEN_MAX)?;
        let key = len(&self.idempotency_key);
        within(Limit::KeyLen, key, IDEMPOTENCY_KEY_LEN_MAX)?;
        within(Limit::Tags, self.tags.len(), TAGS_MAX)?;
        for (name, value) in &self.tags {
            within(Limit::TagLen, name.len().max(value.len()), TAG_LEN_MAX)?;
        }
        Ok(())
    }

    /// What it is charged with where it is kept, in bytes.
    pub fn charge(&self) -> usize {
        let tags: usize = self
            .tags
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let texts = [&self.event, &self.idempotency_key];
        let texts: usize = texts.into_iter().flatten().map(|text| text.len()).sum();
        PUBLICATION_OVERHEAD + self.payload.len() + tags + texts
    }
}

/// A publication in its place. Shared by everybody who keeps or delivers it.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: that is what an entry is.
pub struct Entry {
    /// Where it stands.
    pub position: Position,
    /// What was published.
    pub publication: Publication,
}

/// Which bound a publication breaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PublicationFault {
    /// Which.
    pub bound: Bound,
    /// How much there is: bytes, or tags.
    pub len: usize,
}

impl fmt::Display for PublicationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (len, counted) = (self.len, self.bound.limit.counted());
        write!(f, "{len} {counted}, at most {} are allowed", self.bound.max)
    }
}

impl std::error::Error for PublicationFault {}

impl From<PublicationFault> for Refused {
    fn from(fault: PublicationFault) -> Self {
        fault.bound.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Publication {
        Publication::new(Payload::Text("привет".into()), 7)
    }

    /// If this fails, a peer can make us keep more than the bounds of a publication say.
    #[test]
    fn each_bound_is_checked() {
        let text = |len| Some("x".repeat(len).into());
        assert_eq!(sample().check(12), Ok(()));
        let fault = sample().check(11).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "12 bytes of payload, at most 11 are allowed"
        );
        let mut long = sample();
        long.event = text(EVENT_LEN_MAX + 1);
        assert_eq!(long.check(12).unwrap_err().bound.limit, Limit::EventLen);
        let mut long = sample();
        long.idempotency_key = text(IDEMPOTENCY_KEY_LEN_MAX + 1);
        assert_eq!(long.check(12).unwrap_err().bound.limit, Limit::KeyLen);
        let mut long = sample();
        long.tags.insert(String::new(), "x".repeat(TAG_LEN_MAX + 1));
        assert_eq!(long.check(12).unwrap_err().bound.limit, Limit::TagLen);
        let mut many = sample();
        many.tags = (0..=TAGS_MAX)
            .map(|tag| (tag.to_string(), String::new()))
            .collect();
        assert_eq!(many.check(12).unwrap_err().bound.limit, Limit::Tags);
    }

    /// If this fails, people's words end up in logs.
    #[test]
    fn debug_output_keeps_the_payload_to_itself() {
        let debug = format!("{:?}", sample());
        assert!(
            debug.contains("Text(12 bytes)") && !debug.contains("привет"),
            "{debug}"
        );
    }

    /// If this fails, binary passes for text, or a history holds more than it is charged with.
    #[test]
    fn kind_text_and_charge_follow_the_content() {
        let binary = Payload::Binary([0xff].into());
        assert_eq!((binary.kind(), binary.as_text()), (Kind::Binary, None));
        let json = Payload::Json("1".into());
        assert_eq!(
            (json.kind(), json.as_text(), json.is_empty()),
            (Kind::Json, Some("1"), false)
        );
        let mut publication = sample();
        publication.tags.insert("ab".into(), "c".into());
        publication.event = Some("e".into());
        assert_eq!(publication.charge(), PUBLICATION_OVERHEAD + 12 + 3 + 1);
    }
}
