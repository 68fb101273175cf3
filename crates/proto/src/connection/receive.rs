//! Bytes to events (RFC 6455 §5.2-§5.5, §6.2): frames are checked against role and state, unmasked
//! in place, and put together to messages. Owns everything that reading remembers between two
//! reads. Keeps rules of RFC 6455 §5.4 §5.5.2 §5.5.3 §7.1.1 §8.1 and RFC 7692 §6.2.

use std::ops::Range;

use sockeye_simd::{Utf8Validator, apply_mask};

use super::Connection;
use super::assembly::{Assembly, Fate, count_fragment, utf8_fault};
use super::deflate::{Deflate, Inflated};
use super::header::PartialHeader;
use super::input::{Chunk, Event, Fold, Input, Received, Straight};
use crate::close::CloseFrame;
use crate::deflate::SharedCodecs;
use crate::fault::Fault;
use crate::frame::{FrameHeader, Opcode, Rsv};
use crate::limits::{FRAMED_LEN_MIN, READ_STRAIGHT_MIN};
use crate::message::MessageKind;

/// What reading remembers between two reads.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) stage: Stage,
    /// Whether the next message is to come in chunks.
    pub(super) wants_chunks: bool,
    /// The start of a header whose rest has not arrived.
    pub(super) partial: PartialHeader,
    /// The message whose first frame arrived and whose last did not. In a box, because most
    /// connections have none most of the time.
    pub(super) message: Option<Box<Assembly>>,
    /// Payload so far of a control frame that is not complete: at most 125 bytes, in a box because
    /// hardly any connection ever has one.
    pub(super) control: Box<[u8]>,
}

/// What the next byte is part of.
#[derive(Debug, Default)]
pub(super) enum Stage {
    /// A frame header.
    #[default]
    Header,
    /// The same, where the next message is to come in chunks: apart, so that no other message pays
    /// for the question.
    Wanted,
    /// The payload of a frame.
    Payload(Frame),
    /// Nothing we care about: the connection failed or the peer sent Close.
    Discard,
}

/// A frame whose payload is arriving.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    fin: bool,
    pub(super) opcode: Opcode,
    masking_key: Option<[u8; 4]>,
    payload_len: u64,
    /// Bytes of payload still to come. Invariant: at most `payload_len`.
    pub(super) rest: u64,
}

impl Frame {
    fn new(header: FrameHeader) -> Self {
        let FrameHeader {
            fin,
            opcode,
            masking_key,
            payload_len,
            ..
        } = header;
        Self {
            fin,
            opcode,
            masking_key,
            payload_len,
            rest: payload_len,
        }
    }

    /// The frame's header, but for its reserved bits, and the bytes of payload that arrived.
    pub(super) fn progress(&self) -> (FrameHeader, u64) {
        let header = FrameHeader {
            fin: self.fin,
            rsv: Rsv::NONE,
            opcode: self.opcode,
            masking_key: self.masking_key,
            payload_len: self.payload_len,
        };
        (header, self.payload_len - self.rest)
    }

    /// Unmasks the next `chunk` of payload and counts it as received.
    pub(super) fn unmask(&mut self, chunk: &mut [u8]) {
        if let Some(key) = self.masking_key {
            // Only the position modulo four matters to the mask.
            let offset = ((self.payload_len - self.rest) % 4) as usize;
            apply_mask(chunk, key, offset);
        }
        self.rest = self.rest.saturating_sub(chunk.len() as u64);
    }
}

impl Reader {
    /// Whether a compressed message is in progress.
    #[inline]
    pub(super) fn is_in_compressed(&self) -> bool {
        self.message
            .as_ref()
            .is_some_and(|message| message.compressed)
    }

    /// Whether the next byte begins a frame, and that a message.
    #[inline]
    pub(super) fn is_between_messages(&self) -> bool {
        matches!(self.stage, Stage::Header) && self.partial.is_empty() && self.message.is_none()
    }

    /// Whether the next byte is part of a header, or would be.
    #[inline]
    pub(super) fn is_at_header(&self) -> bool {
        matches!(self.stage, Stage::Header)
    }

    /// The same where the next message is to come in chunks.
    pub(super) fn is_between_chunked(&self) -> bool {
        matches!(self.stage, Stage::Wanted) && self.partial.is_empty() && self.message.is_none()
    }

    /// Whether the rest of a message in chunks waits for room, compressed.
    pub(super) fn is_held(&self) -> bool {
        self.message.as_ref().is_some_and(|message| message.is_held)
    }

    /// Whether the rest of a message waits that is too long to come whole.
    pub(super) fn is_held_whole(&self) -> bool {
        let message = self.message.as_ref();
        message.is_some_and(|message| message.is_held && message.fate == Fate::Whole)
    }

    /// Whether the message in progress is compressed and does not come whole.
    fn is_inflating_chunks(&self) -> bool {
        self.message
            .as_ref()
            .is_some_and(|message| message.compressed && message.fate != Fate::Whole)
    }

    /// A message began that is not whole in one read.
    fn begin(&mut self, mut message: Assembly) {
        if std::mem::take(&mut self.wants_chunks) {
            message.fate = Fate::Chunks;
        }
        self.message = Some(Box::new(message));
        self.enter_header();
    }

    /// Sets whether the next message is to come in chunks.
    pub(super) fn want_chunks(&mut self, wants_chunks: bool) {
        self.wants_chunks = wants_chunks;
        self.enter_header();
    }

    /// Between two frames it matters whether the next message is wanted in chunks.
    fn enter_header(&mut self) {
        if matches!(self.stage, Stage::Header | Stage::Wanted) {
            self.stage = if self.wants_chunks {
                Stage::Wanted
            } else {
                Stage::Header
            };
        }
    }

    /// From now on all input is thrown away, and nothing is kept.
    pub(super) fn discard(&mut self) {
        *self = Self {
            stage: Stage::Discard,
            ..Self::default()
        };
    }
}

impl Connection {
    /// The next event in `input`, `None` at its end.
    #[inline]
    pub(super) fn receive(
        &mut self,
        input: &mut Input<'_>,
        codecs: &mut SharedCodecs,
    ) -> Result<Option<Event>, Fault> {
        loop {
            let event = match self.reader.stage {
                // RFC 6455 §6.2-1 MUST: a header, then its payload, then the next header.
                Stage::Header | Stage::Wanted => {
                    let Some(header) = self.next_header(input)? else {
                        self.spill(input);
                        return Ok(None);
                    };
                    self.begin_frame(header, input)?
                }
                Stage::Payload(frame) => {
                    let is_over = input.rest().is_empty() && frame.rest > 0;
                    if is_over && !self.reader.is_held_whole() {
                        return Ok(None);
                    }
                    self.continue_frame(frame, input, codecs)?
                }
                Stage::Discard => {
                    input.at = input.bytes.len();
                    return Ok(None);
                }
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    /// A frame begins. If all of it is in `input` it is dealt with in place.
    #[inline]
    pub(super) fn begin_frame(
        &mut self,
        header: FrameHeader,
        input: &mut Input<'_>,
    ) -> Result<Option<Event>, Fault> {
        let is_whole = input.rest().len() as u64 >= header.payload_len;
        if header.opcode.is_control() {
            if !is_whole {
                self.spill(input);
                self.reader.stage = Stage::Payload(Frame::new(header));
                return Ok(None);
            }
            let range = take_unmasked(&header, input);
            return self.handle_control(header.opcode, input.slice(range));
        }
        // RFC 6455 §5.4-5 MUST: a message may be one frame or several; both ways end in one event.
        let is_compressed = header.rsv.is_rsv1_only();
        if is_whole && self.reader.message.is_none() && !is_compressed {
            let event = fold_frame(header, input)?;
            if event.is_some() {
                self.reader.want_chunks(false);
            }
            return Ok(event);
        }
        self.spill(input);
        // RFC 6455 §6.2-3 §6.2-4 MUST: a first frame begins a message, whose kind is its opcode.
        if self.reader.message.is_none() {
            let message = Assembly::new(kind_of(header.opcode), is_compressed);
            self.reader.begin(message);
        }
        self.reader.stage = Stage::Payload(Frame::new(header));
        Ok(None)
    }

    /// More payload of a frame that was not whole in one read.
    fn continue_frame(
        &mut self,
        mut frame: Frame,
        input: &mut Input<'_>,
        codecs: &mut SharedCodecs,
    ) -> Result<Option<Event>, Fault> {
        if self.reader.is_inflating_chunks() && !frame.opcode.is_control() {
            return self.continue_inflating(frame, input);
        }
        if self.reader.is_held_whole() {
            return self.find_oversize();
        }
        let range = input.take(frame.rest);
        let chunk = input.slice(range);
        frame.unmask(chunk);
        self.reader.stage = Stage::Payload(frame);
        if frame.opcode.is_control() {
            let control = std::mem::take(&mut self.reader.control);
            self.reader.control = [&control, &*chunk].concat().into();
        } else if let Some(message) = &mut self.reader.message {
            // RFC 7692 §6.2-1 §6.2-2 MUST: compressed payload is joined and inflated, other is not.
            match &mut self.deflate {
                Some(deflate) if message.compressed => {
                    let last = frame.fin && frame.rest == 0;
                    let max = self.config.message_len_max;
                    let inflated = deflate.inflate(chunk, last, message, max, codecs)?;
                    if inflated == Inflated::Oversize {
                        return self.find_oversize();
                    }
                }
                _ => message.append(chunk, frame.rest, frame.fin)?,
            }
            if message.fate == Fate::Skipped {
                message.bytes.clear();
            }
        }
        if frame.rest > 0 {
            Ok(None)
        } else {
            self.end_frame(frame)
        }
    }

    /// A frame that was not whole in one read is complete now.
    pub(super) fn end_frame(&mut self, frame: Frame) -> Result<Option<Event>, Fault> {
        self.reader.stage = Stage::Header;
        self.reader.enter_header();
        if frame.opcode.is_control() {
            let payload = std::mem::take(&mut self.reader.control);
            return self.handle_control(frame.opcode, &payload);
        }
        if !frame.fin {
            if let Some(message) = &mut self.reader.message {
                message.count_fragment(frame.payload_len)?;
            }
            return Ok(None);
        }
        let Some(message) = self.reader.message.take() else {
            return Ok(None);
        };
        let fate = message.fate;
        if message.compressed && fate != Fate::Whole {
            self.deflate
                .as_mut()
                .map_or(Ok(()), Deflate::finish_chunks)?;
        }
        let (kind, bytes) = message.finish()?;
        Ok(match fate {
            Fate::Whole => Some(Event::Message(Received::Owned { kind, bytes })),
            Fate::Chunks => Some(Event::Chunk(Box::new(Chunk {
                kind,
                bytes,
                is_last: true,
            }))),
            Fate::Skipped => None,
        })
    }

    /// RFC 6455 §5.4-4 §6.2-2 MUST: control frames are handled as they come, also inside a message.
    fn handle_control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<Option<Event>, Fault> {
        match opcode {
            Opcode::Ping => {
                // RFC 6455 §5.5.2-1 MUST: a Ping is answered, here the newest one.
                // RFC 6455 §5.5.3-1 must: with the Ping's own payload.
                // DEVIATION: after our own Close, a Ping that crossed it is not answered. The peer
                // is to answer the Close and may end TCP with that, and bytes written to an ended
                // connection reset it, which can cost us the peer's Close.
                if !self.closing.is_sent() {
                    self.pong = Some(payload.into());
                }
                Ok(Some(Event::Ping))
            }
            Opcode::Pong => Ok(Some(Event::Pong(payload.into()))),
            _ => {
                let frame = CloseFrame::decode(payload).map_err(Fault::Peer)?;
                self.closing.received(&frame);
                self.stop_keepalive();
                if let Some(deflate) = &mut self.deflate {
                    deflate.stop_receiving();
                }
                // RFC 6455 §7.1.1-1 SHOULD: what comes after the peer's Close is discarded.
                self.reader.discard();
                Ok(Some(Event::Close(frame)))
            }
        }
    }

    /// The read is over and the message whose fragments were drawn together in it is not: keep it.
    #[inline]
    pub(super) fn spill(&mut self, input: &mut Input<'_>) {
        if input.fold.is_some() {
            self.keep_fold(input);
        }
    }

    #[cold]
    fn keep_fold(&mut self, input: &mut Input<'_>) {
        if let Some(fold) = input.fold.take() {
            let payload = input.bytes.get(fold.range.clone()).unwrap_or_default();
            self.reader.begin(Assembly::from_fold(&fold, payload));
        }
    }

    /// Whether so much of a frame is missing that [`straight`](Self::straight) may have its buffer.
    #[inline]
    #[must_use]
    pub fn is_in_large_frame(&self) -> bool {
        matches!(self.reader.stage, Stage::Payload(frame) if frame.rest >= READ_STRAIGHT_MIN as u64)
    }

    /// The buffer of a large message whose next bytes can be read straight into it; `None` where
    /// reading through [`input`](Self::input) is as good.
    ///
    /// The caller appends at most `rest` bytes, as they come from the transport, and then calls
    /// [`straight_filled`](Self::straight_filled). There is spare capacity for at least one.
    pub fn straight(&mut self) -> Option<Straight<'_>> {
        if !self.is_in_large_frame() {
            return None;
        }
        let Stage::Payload(frame) = self.reader.stage else {
            return None;
        };
        let message = self.reader.message.as_mut()?;
        if message.compressed || message.fate == Fate::Skipped || frame.opcode.is_control() {
            return None;
        }
        let has_grown = message.make_room(frame.rest, frame.fin);
        Some(Straight {
            buffer: &mut message.bytes,
            rest: usize::try_from(frame.rest).unwrap_or(usize::MAX),
            has_grown,
        })
    }

    /// Takes what was read straight into the buffer that [`straight`](Self::straight) lent; it was
    /// `start` bytes long before.
    pub fn straight_filled(
        &mut self,
        start: usize,
        now: &dyn Fn() -> std::time::Instant,
    ) -> Option<Event> {
        self.timers.heard(now, self.config.keepalive);
        let event = match self.take_straight(start) {
            Ok(event) => event,
            Err(fault) => Some(self.fail(fault)),
        };
        self.start_owed_budget(now);
        event
    }

    fn take_straight(&mut self, start: usize) -> Result<Option<Event>, Fault> {
        let Stage::Payload(mut frame) = self.reader.stage else {
            return Ok(None);
        };
        let Some(message) = &mut self.reader.message else {
            return Ok(None);
        };
        frame.unmask(message.bytes.get_mut(start..).unwrap_or_default());
        self.reader.stage = Stage::Payload(frame);
        message.check_from(start)?;
        if frame.rest > 0 {
            Ok(None)
        } else {
            self.end_frame(frame)
        }
    }
}

/// A data frame that lies whole in `input`, of a message that does so until now.
///
/// A message in one frame is an event as it lies there; fragments are moved up to the first one.
#[inline]
fn fold_frame(header: FrameHeader, input: &mut Input<'_>) -> Result<Option<Event>, Fault> {
    let range = take_unmasked(&header, input);
    if header.fin && input.fold.is_none() {
        let kind = kind_of(header.opcode);
        if kind == MessageKind::Text {
            check_whole_text(input.slice(range.clone()))?;
        }
        if range.len() >= FRAMED_LEN_MIN {
            put_plain_header(header, range.start, input);
        }
        return Ok(Some(Event::Message(Received::InPlace { kind, range })));
    }
    fold_fragment(header, range, input)
}

/// Puts the header in front of the payload as a server would send it. It is shorter than the masked
/// one that stood there, and nobody needs that any more. Where the start of the header came in an
/// earlier read there may be no room.
fn put_plain_header(header: FrameHeader, payload_start: usize, input: &mut Input<'_>) {
    let plain = FrameHeader {
        masking_key: None,
        ..header
    }
    .encode();
    if let Some(start) = payload_start.checked_sub(plain.as_slice().len()) {
        input
            .slice(start..payload_start)
            .copy_from_slice(plain.as_slice());
    }
}

/// One of several fragments: its payload at `range` joins those before it.
fn fold_fragment(
    header: FrameHeader,
    range: Range<usize>,
    input: &mut Input<'_>,
) -> Result<Option<Event>, Fault> {
    // RFC 6455 §5.4-2 §5.4-10 MUST: payload joins in the order of arrival, the first frame says
    // what kind it is.
    let mut fold = input.fold.take().unwrap_or_else(|| Fold {
        kind: kind_of(header.opcode),
        range: range.start..range.start,
        utf8: Utf8Validator::new(),
        empty_fragments: 0,
    });
    if fold.kind == MessageKind::Text {
        fold.utf8
            .push(input.slice(range.clone()))
            .map_err(utf8_fault)?;
    }
    let len = range.len();
    if fold.range.end != range.start {
        input.bytes.copy_within(range, fold.range.end);
    }
    fold.range.end += len;
    if header.fin {
        fold.utf8.finish().map_err(utf8_fault)?;
        let Fold { kind, range, .. } = fold;
        return Ok(Some(Event::Message(Received::InPlace { kind, range })));
    }
    count_fragment(&mut fold.empty_fragments, header.payload_len)?;
    input.fold = Some(fold);
    Ok(None)
}

/// Takes the payload of a frame that is whole in `input` and unmasks it: its place.
#[inline]
fn take_unmasked(header: &FrameHeader, input: &mut Input<'_>) -> Range<usize> {
    let range = input.take(header.payload_len);
    if let Some(key) = header.masking_key {
        // RFC 6455 §6.2-5 MUST: a client's payload is unmasked.
        apply_mask(input.slice(range.clone()), key, 0);
    }
    range
}

/// RFC 6455 §8.1-1 MUST: a text that is not UTF-8 fails the connection.
#[inline]
fn check_whole_text(bytes: &[u8]) -> Result<(), Fault> {
    if sockeye_simd::is_utf8(bytes) {
        Ok(())
    } else {
        Err(find_bad_byte(bytes))
    }
}

#[cold]
fn find_bad_byte(bytes: &[u8]) -> Fault {
    let mut utf8 = Utf8Validator::new();
    let found = utf8.push(bytes).and_then(|()| utf8.finish());
    utf8_fault(
        found
            .err()
            .unwrap_or(sockeye_simd::Utf8Error { valid_up_to: 0 }),
    )
}

/// The kind of message that a first frame with `opcode` begins.
#[inline]
fn kind_of(opcode: Opcode) -> MessageKind {
    if opcode == Opcode::Text {
        MessageKind::Text
    } else {
        MessageKind::Binary
    }
}
