//! What goes into a connection and what comes out: the bytes of one read, and events. Owns the
//! cursor over a read; never a decision about frames.

use std::fmt;
use std::ops::Range;
use std::time::Instant;

use sockeye_simd::Utf8Validator;

use crate::close::CloseFrame;
use crate::fault::Fault;
use crate::message::MessageKind;

/// The bytes of one read, on their way through a connection. They are unmasked in place.
///
/// Feed it to [`poll_event`](super::Connection::poll_event) until that answers `None`: then all
/// bytes were taken, and what is not complete is kept in the connection.
pub struct Input<'a> {
    /// Tells when the bytes came.
    pub(super) now: &'a dyn Fn() -> Instant,
    pub(super) bytes: &'a mut [u8],
    /// Invariant: at most `bytes.len()`; what is before it was taken.
    pub(super) at: usize,
    /// The message whose first fragments are in this read, drawn together.
    pub(super) fold: Option<Fold>,
}

/// A large message in the making, as [`straight`](super::Connection::straight) lends it.
///
/// Complete: whoever reads into it needs no more.
#[derive(Debug)]
pub struct Straight<'a> {
    /// The message so far. What is there must stay.
    pub buffer: &'a mut Vec<u8>,
    /// Bytes of the frame that are still to come: the most that may be appended.
    pub rest: usize,
    /// Whether the buffer was made larger just now, so that its spare memory is fresh.
    pub has_grown: bool,
}

impl<'a> Input<'a> {
    pub(super) fn new(now: &'a dyn Fn() -> Instant, bytes: &'a mut [u8]) -> Self {
        Self {
            now,
            bytes,
            at: 0,
            fold: None,
        }
    }

    /// The read's bytes; those that [`Received::InPlace`] names are payload, unmasked and checked.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// What no event took yet, as it came. A caller that stops after a message, because it has
    /// enough for now, keeps these bytes and begins with them next time.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.rest()
    }

    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Whether all of it was taken, and nothing of it is still to be kept.
    #[inline]
    pub(super) fn is_done(&self) -> bool {
        self.at == self.bytes.len() && self.fold.is_none()
    }

    /// Takes `len` bytes, or as many as there are: their range.
    #[inline]
    pub(super) fn take(&mut self, len: u64) -> Range<usize> {
        let start = self.at;
        let left = self.bytes.len() - start;
        self.at = start + usize::try_from(len).map_or(left, |len| len.min(left));
        start..self.at
    }

    /// The bytes at `range`, which [`take`](Self::take) gave.
    #[inline]
    pub(super) fn slice(&mut self, range: Range<usize>) -> &mut [u8] {
        self.bytes.get_mut(range).unwrap_or_default()
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Input")
            .field("len", &self.bytes.len())
            .field("at", &self.at)
            .field("fold", &self.fold)
            .finish_non_exhaustive()
    }
}

/// Fragments of one message that lie whole in one read, moved next to each other, so that a message
/// in several frames costs no allocation either.
#[derive(Debug)]
pub(super) struct Fold {
    pub(super) kind: MessageKind,
    /// Where in the read the payload gathered so far stands.
    pub(super) range: Range<usize>,
    pub(super) utf8: Utf8Validator,
    pub(super) empty_fragments: u32,
}

/// What happened, in the order in which the peer did it.
#[derive(Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A whole message arrived.
    Message(Received),
    /// Some of a message arrived for which
    /// [`receive_chunks`](super::Connection::receive_chunks) was called.
    Chunk(Box<Chunk>),
    /// So many bytes arrived of a message for which
    /// [`skip_message`](super::Connection::skip_message) was called.
    Skipped(usize),
    /// A message is longer than it may be. Only after
    /// [`defer_limits`](super::Connection::defer_limits), which says what to do now.
    Oversize,
    /// A Ping arrived; unless our Close was sent before, its Pong is pending and comes with the
    /// next [`poll_output`](super::Connection::poll_output).
    Ping,
    /// A Pong arrived, asked for or not (RFC 6455 §5.5.3); its payload, at most 125 bytes.
    Pong(Box<[u8]>),
    /// The peer's Close arrived; our answer, if it is still owed, is pending.
    Close(CloseFrame),
    /// The connection failed; our Close, if none was sent, is pending, and all further input is
    /// discarded.
    Fault(Fault),
}

/// Some of a message that is received in chunks.
///
/// Complete: there is nothing else to say of it.
#[derive(Debug, Eq, PartialEq)]
pub struct Chunk {
    /// Text or binary.
    pub kind: MessageKind,
    /// Payload, unmasked and inflated: at most [`CHUNK_LEN_MAX`](crate::limits::CHUNK_LEN_MAX)
    /// bytes or as many as the read had, and before the first chunk what was gathered. Of a text
    /// whole characters.
    pub bytes: Vec<u8>,
    /// Whether the message ends with it. The last one may be empty, no other is.
    pub is_last: bool,
}

/// Where a whole message's payload is.
#[derive(Debug, Eq, PartialEq)]
pub enum Received {
    /// In the bytes of this read: nothing was copied.
    InPlace {
        /// Text or binary.
        kind: MessageKind,
        /// Its place in [`Input::bytes`].
        range: Range<usize>,
    },
    /// In a buffer of its own: it came in several reads, or compressed.
    Owned {
        /// Text or binary.
        kind: MessageKind,
        /// The payload.
        bytes: Vec<u8>,
    },
}

impl Received {
    /// Bytes of memory that are the message's own: none of one that lies in the read.
    #[inline]
    pub fn own_len(&self) -> usize {
        match self {
            Self::InPlace { .. } => 0,
            Self::Owned { bytes, .. } => bytes.capacity(),
        }
    }
}
