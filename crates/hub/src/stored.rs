//! A publication as bytes, for engines that keep it outside of this process. Owns the form, whose
//! first byte is its version: what was written once can be read for ever. Not what clients get.
//!
//! Version 1, numbers little-endian, a text as its length in four bytes and its UTF-8:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version, 1 |
//! | 1 | the kind: 0 text, 1 JSON, 2 binary |
//! | 1 | which of the following are there, a bit for each, the first one lowest |
//! | 8 | the time in milliseconds |
//! | text | the event's name |
//! | - | a publisher, of which the next two are parts |
//! | 8 | its session |
//! | text | its user |
//! | 8 | the excluded session |
//! | text | the idempotency key |
//! | 8 | the version of the state |
//! | 4, texts | the tags: how many, then name and value of each, in the order of their names |
//! | rest | the payload |
//!
//! Each publication has exactly one form.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::id::SessionId;
use crate::name::UserId;
use crate::publication::{Kind, Payload, Publication, Publisher};

const VERSION: u8 = 1;

const EVENT: u8 = 1;
const PUBLISHER: u8 = 1 << 1;
const SESSION: u8 = 1 << 2;
const USER: u8 = 1 << 3;
const EXCLUDED: u8 = 1 << 4;
const KEY: u8 = 1 << 5;
const STATE: u8 = 1 << 6;
const TAGS: u8 = 1 << 7;

/// Why bytes are no publication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoredFault {
    /// They are of a version that this program does not know.
    Version {
        /// Which.
        version: u8,
    },
    /// They end too early.
    Truncated,
    /// A part is not what it has to be.
    Malformed {
        /// Which part.
        what: &'static str,
    },
}

impl fmt::Display for StoredFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { version } => {
                write!(
                    f,
                    "stored form of version {version}, only {VERSION} is known"
                )
            }
            Self::Truncated => write!(f, "stored form ends too early"),
            Self::Malformed { what } => write!(f, "stored form with a malformed {what}"),
        }
    }
}

impl std::error::Error for StoredFault {}

impl Publication {
    /// Writes the stored form behind what is in `bytes`. Texts other than the payload must be
    /// within their bounds: see [`check`](Self::check).
    pub fn encode_stored(&self, bytes: &mut Vec<u8>) {
        bytes.extend([VERSION, kind_byte(self.payload.kind()), self.flags()]);
        bytes.extend(self.time_ms.to_le_bytes());
        let publisher = self.publisher.as_ref();
        let session = publisher.and_then(|publisher| publisher.session);
        let user = publisher.and_then(|publisher| publisher.user.as_ref());
        put_text(bytes, self.event.as_deref());
        put_number(bytes, session.map(|session| session.0));
        put_text(bytes, user.map(UserId::as_str));
        put_number(bytes, self.excluded.map(|session| session.0));
        put_text(bytes, self.idempotency_key.as_deref());
        put_number(bytes, self.version);
        if !self.tags.is_empty() {
            put_len(bytes, self.tags.len());
            for (name, value) in &self.tags {
                put_text(bytes, Some(name));
                put_text(bytes, Some(value));
            }
        }
        bytes.extend_from_slice(self.payload.as_bytes());
    }

    fn flags(&self) -> u8 {
        let publisher = self.publisher.as_ref();
        let has = |flag, is_there| if is_there { flag } else { 0 };
        has(EVENT, self.event.is_some())
            | has(PUBLISHER, publisher.is_some())
            | has(
                SESSION,
                publisher.is_some_and(|publisher| publisher.session.is_some()),
            )
            | has(
                USER,
                publisher.is_some_and(|publisher| publisher.user.is_some()),
            )
            | has(EXCLUDED, self.excluded.is_some())
            | has(KEY, self.idempotency_key.is_some())
            | has(STATE, self.version.is_some())
            | has(TAGS, !self.tags.is_empty())
    }

    /// Reads a stored form, which is all of `bytes`. Takes no more memory than they do.
    ///
    /// # Errors
    /// If they are no stored form of a version that is known.
    pub fn decode_stored(bytes: &[u8]) -> Result<Self, StoredFault> {
        let mut reader = Reader(bytes);
        let [version, kind, flags] = reader.take()?;
        if version != VERSION {
            return Err(StoredFault::Version { version });
        }
        let time_ms = u64::from_le_bytes(reader.take()?);
        let has = |flag| flags & flag != 0;
        if !has(PUBLISHER) && (has(SESSION) || has(USER)) {
            return Err(StoredFault::Malformed { what: "publisher" });
        }
        let event = reader.text(has(EVENT))?.map(Into::into);
        let session = reader.number(has(SESSION))?.map(SessionId);
        let user = reader.text(has(USER))?.map(UserId::new).transpose();
        let user = user.map_err(|_| StoredFault::Malformed { what: "user" })?;
        Ok(Self {
            event,
            publisher: has(PUBLISHER).then_some(Publisher { session, user }),
            excluded: reader.number(has(EXCLUDED))?.map(SessionId),
            idempotency_key: reader.text(has(KEY))?.map(Into::into),
            version: reader.number(has(STATE))?,
            tags: reader.tags(has(TAGS))?,
            time_ms,
            payload: payload(kind, reader.0)?,
        })
    }
}

fn kind_byte(kind: Kind) -> u8 {
    match kind {
        Kind::Text => 0,
        Kind::Json => 1,
        Kind::Binary => 2,
    }
}

fn payload(kind: u8, bytes: &[u8]) -> Result<Payload, StoredFault> {
    let text = || -> Result<Arc<str>, StoredFault> {
        let text = std::str::from_utf8(bytes);
        Ok(text
            .map_err(|_| StoredFault::Malformed { what: "payload" })?
            .into())
    };
    match kind {
        0 => Ok(Payload::Text(text()?)),
        1 => Ok(Payload::Json(text()?)),
        2 => Ok(Payload::Binary(bytes.into())),
        _ => Err(StoredFault::Malformed { what: "kind" }),
    }
}

fn put_len(bytes: &mut Vec<u8>, len: usize) {
    let len = u32::try_from(len).expect("bounds on texts and tags are far below 2^32");
    bytes.extend(len.to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: Option<&str>) {
    if let Some(text) = text {
        put_len(bytes, text.len());
        bytes.extend_from_slice(text.as_bytes());
    }
}

fn put_number(bytes: &mut Vec<u8>, number: Option<u64>) {
    bytes.extend(number.into_iter().flat_map(u64::to_le_bytes));
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const LEN: usize>(&mut self) -> Result<[u8; LEN], StoredFault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(StoredFault::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self, is_there: bool) -> Result<Option<u64>, StoredFault> {
        if is_there {
            Ok(Some(u64::from_le_bytes(self.take()?)))
        } else {
            Ok(None)
        }
    }

    fn text(&mut self, is_there: bool) -> Result<Option<&'a str>, StoredFault> {
        if !is_there {
            return Ok(None);
        }
        let len = u32::from_le_bytes(self.take()?);
        let len = usize::try_from(len).map_err(|_| StoredFault::Truncated)?;
        let (text, rest) = self.0.split_at_checked(len).ok_or(StoredFault::Truncated)?;
        self.0 = rest;
        let text = std::str::from_utf8(text);
        Ok(Some(
            text.map_err(|_| StoredFault::Malformed { what: "text" })?,
        ))
    }

    fn tags(&mut self, is_there: bool) -> Result<BTreeMap<String, String>, StoredFault> {
        let mut tags = BTreeMap::new();
        if !is_there {
            return Ok(tags);
        }
        let count = u32::from_le_bytes(self.take()?);
        for _ in 0..count {
            let (Some(name), Some(value)) = (self.text(true)?, self.text(true)?) else {
                return Err(StoredFault::Truncated);
            };
            if tags
                .last_key_value()
                .is_some_and(|(last, _): (&String, _)| **last >= *name)
            {
                return Err(StoredFault::Malformed {
                    what: "order of tags",
                });
            }
            tags.insert(name.to_owned(), value.to_owned());
        }
        if tags.is_empty() {
            return Err(StoredFault::Malformed {
                what: "list of tags",
            });
        }
        Ok(tags)
    }
}

#[cfg(test)]
mod tests;
