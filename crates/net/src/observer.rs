//! Looking on: each frame of a connection as it comes and goes, for a frame view, metrics or a log.
//! Owns what an observer is told; changes nothing about the connection.

use std::fmt;
use std::time::Instant;

use sockeye_proto::frame::{FrameHeader, FrameTap};

/// Somebody who looks on.
///
/// # Panics
/// One that panics is dropped and told nothing more; the connection goes on as if nobody had looked
/// on, and no byte of it is lost. The panic ends there, whoever's call showed the frame: its hook
/// has reported it. Where panics abort, it ends the process as any other.
pub trait Observer: Send + 'static {
    /// A frame passed, or the next part of one that does not come at once.
    ///
    /// It is called while the connection is locked: an observer takes what it needs and returns.
    /// One that calls the connection's own methods waits for itself.
    fn frame(&mut self, frame: &ObservedFrame<'_>);
}

/// Which way a frame goes.
///
/// Complete: there are two.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Direction {
    /// From the peer.
    Received,
    /// To the peer.
    Sent,
}

/// What an observer is told of a frame.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObservedFrame<'a> {
    /// Which way it goes.
    pub direction: Direction,
    /// Its header, as it is on the wire.
    pub header: FrameHeader,
    /// Whether its payload is a part of a compressed message: never where no compression was agreed
    /// on, whatever RSV1 says. The payload is then shown as it is on the wire; a
    /// [`Decompressor`](crate::Decompressor) for each direction inflates it.
    pub is_compressed: bool,
    /// Where in the frame's payload this part begins.
    pub offset: u64,
    /// The payload, or the part of it that passed at once, unmasked.
    pub payload: &'a [u8],
    /// When it was read, or first given to the transport, by the runtime's clock.
    pub time: Instant,
}

impl ObservedFrame<'_> {
    /// Whether the frame ends with this part.
    pub fn is_last(&self) -> bool {
        self.offset + self.payload.len() as u64 >= self.header.payload_len
    }
}

/// An observer, and where in the frames of both directions it is.
pub(crate) struct Observed {
    told: Told,
    /// None while the frame is arriving during which observing began.
    received: Option<FrameTap>,
    sent: FrameTap,
    /// Unwritten bytes that were shown.
    pub(crate) shown_len: usize,
    /// Bytes that were shown and come once more, as their read held too much.
    pub(crate) put_back_len: usize,
}

impl Observed {
    /// Begins behind the `queue_len` bytes that are queued already.
    pub(crate) fn new(observer: Box<dyn Observer>, queue_len: usize, has_deflate: bool) -> Self {
        Self {
            told: Told {
                observer,
                has_deflate,
            },
            received: None,
            sent: FrameTap::default(),
            shown_len: queue_len,
            put_back_len: 0,
        }
    }

    /// Shows what a read brought; `is_boundary` says that it begins with a message.
    pub(crate) fn show_received(&mut self, bytes: &[u8], is_boundary: bool, time: Instant) {
        let known = self.put_back_len.min(bytes.len());
        self.put_back_len -= known;
        let bytes = bytes.get(known..).unwrap_or_default();
        if is_boundary {
            self.received.get_or_insert_default();
        }
        if let Some(tap) = &mut self.received {
            self.told.show(tap, Direction::Received, bytes, time);
        }
    }

    /// Shows what is about to be written.
    pub(crate) fn show_sent(&mut self, bytes: &[u8], time: Instant) {
        self.told.show(&mut self.sent, Direction::Sent, bytes, time);
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Observed").finish_non_exhaustive()
    }
}

/// Who looks on.
struct Told {
    observer: Box<dyn Observer>,
    /// Whether compression was agreed on: RSV1 means nothing without.
    has_deflate: bool,
}

impl Told {
    fn show(&mut self, tap: &mut FrameTap, direction: Direction, mut bytes: &[u8], time: Instant) {
        while let Some(part) = tap.next(&mut bytes) {
            self.observer.frame(&ObservedFrame {
                direction,
                header: part.header,
                is_compressed: part.is_compressed && self.has_deflate,
                offset: part.offset,
                payload: &part.payload,
                time,
            });
        }
    }
}
