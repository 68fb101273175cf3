//! Messages that are received in chunks, whatever their length: who asked for it, what is handed
//! out when, and what becomes of a message that nobody wants to its end. Owns the bound on what is
//! held of such a message; never the order of frames.

use std::time::Instant;

use super::Connection;
use super::assembly::Fate;
use super::input::{Chunk, Event, Input};
use super::receive::{Frame, Stage};
use crate::fault::{Fault, Limit};
use crate::limits::CHUNK_INPUT_LEN;
use crate::message::MessageKind;

impl Connection {
    /// Has the message that is in progress, or else the next one, come in chunks: its kind, once it
    /// has begun. Its length then has no limit.
    ///
    /// What there is of it, [`poll_chunk`](Self::poll_chunk) says; where a chunk is full, or the
    /// last, it is an [`Event::Chunk`]. A message that lies whole in one read is an
    /// [`Event::Message`] all the same. Those behind it, or behind the last chunk, come whole.
    pub fn receive_chunks(&mut self) -> Option<MessageKind> {
        let Some(message) = &mut self.reader.message else {
            self.reader.want_chunks(true);
            return None;
        };
        match message.fate {
            Fate::Whole => {
                message.fate = Fate::Chunks;
                // Without takeover its payload so far was only gathered.
                message.is_held = message.compressed;
            }
            Fate::Chunks => {}
            Fate::Skipped => {
                self.reader.want_chunks(true);
                return None;
            }
        }
        Some(message.kind)
    }

    /// Has the next message come whole after all, if it has not begun.
    pub fn receive_whole(&mut self) {
        self.reader.want_chunks(false);
    }

    /// Throws away the rest of the message that comes in chunks. It is still checked, and inflated
    /// where later messages refer to it.
    pub fn skip_message(&mut self) {
        let message = self.reader.message.as_mut();
        if let Some(message) = message.filter(|message| message.fate == Fate::Chunks) {
            message.fate = Fate::Skipped;
            message.bytes = Vec::new();
        }
    }

    /// What there is of the message that comes in chunks: a chunk, which may be the last, or the
    /// fault that shows now. `None` where more bytes are needed; so ask before reading.
    pub fn poll_chunk(&mut self, now: Instant) -> Option<Event> {
        let event = match self.take_held() {
            Ok(event) => event.or_else(|| self.take_chunk()),
            Err(fault) => Some(self.fail(fault)),
        };
        self.start_owed_budget(&|| now);
        event
    }

    /// Inflates what waited for room, and ends the frame if that was its rest.
    fn take_held(&mut self) -> Result<Option<Event>, Fault> {
        if !self.reader.is_held() {
            return Ok(None);
        }
        if let Some(full) = self.inflate_chunk(&[])? {
            return Ok(Some(full));
        }
        match self.reader.stage {
            Stage::Payload(frame) if frame.rest == 0 && !frame.opcode.is_control() => {
                self.end_frame(frame)
            }
            _ => Ok(None),
        }
    }

    /// From now on a message longer than [`message_len_max`](super::Config::message_len_max) does
    /// not fail the connection at once but is an [`Event::Oversize`]:
    /// [`refuse_oversize`](Self::refuse_oversize), or have it come in chunks. Whoever goes on
    /// without either gets the same event again.
    ///
    /// Where its frames announce its length it stays [`unread`](Input::unread) from the frame on
    /// that is too long. Of one that is compressed it shows while it is inflated: that part is
    /// taken, and an input of no bytes has the event again.
    pub fn defer_limits(&mut self) {
        self.defers_limits = true;
    }

    /// A compressed message turned out to be too long: a fault, unless the caller may avert it.
    #[cold]
    pub(super) fn find_oversize(&self) -> Result<Option<Event>, Fault> {
        if self.defers_limits {
            return Ok(Some(Event::Oversize));
        }
        let max = self.config.message_len_max;
        Err(Fault::Limit(Limit::MessageLen { max }))
    }

    /// Fails the connection, as a message is longer than it may be.
    pub fn refuse_oversize(&mut self) -> Fault {
        self.refuse_message(self.config.message_len_max)
    }

    /// Fails the connection, as a message is longer than `max` bytes.
    pub fn refuse_message(&mut self, max: usize) -> Fault {
        let fault = Fault::Limit(Limit::MessageLen { max });
        self.fail(fault);
        fault
    }

    /// A fault as an event: where that was asked for, one that the caller can still avert.
    #[cold]
    pub(super) fn fail_or_defer(&mut self, fault: Fault, input: &mut Input<'_>) -> Event {
        let is_header = matches!(self.reader.stage, Stage::Header | Stage::Wanted);
        if self.defers_limits
            && is_header
            && matches!(fault, Fault::Limit(Limit::MessageLen { .. }))
        {
            self.spill(input);
            return Event::Oversize;
        }
        self.fail(fault)
    }

    /// The message whose next frame is checked is longer than `max` bytes: a fault, unless it comes
    /// in chunks.
    #[cold]
    pub(super) fn check_oversize(&self, max: usize) -> Result<(), Fault> {
        let in_chunks = match &self.reader.message {
            Some(message) => message.fate != Fate::Whole,
            None => self.reader.wants_chunks,
        };
        if in_chunks {
            Ok(())
        } else {
            Err(Fault::Limit(Limit::MessageLen { max }))
        }
    }

    /// Hands out what there is of a message that comes in chunks.
    #[cold]
    pub(super) fn take_chunk(&mut self) -> Option<Event> {
        let message = self.reader.message.as_mut()?;
        match message.fate {
            Fate::Whole => None,
            Fate::Skipped => {
                let len = message.bytes.len();
                message.bytes.clear();
                (len > 0).then_some(Event::Skipped(len))
            }
            Fate::Chunks => {
                let bytes = message.take_chunk();
                let chunk = Chunk {
                    kind: message.kind,
                    bytes,
                    is_last: false,
                };
                (!chunk.bytes.is_empty()).then(|| Event::Chunk(Box::new(chunk)))
            }
        }
    }

    /// More compressed payload of such a message: as much as fills a chunk.
    pub(super) fn continue_inflating(
        &mut self,
        mut frame: Frame,
        input: &mut Input<'_>,
    ) -> Result<Option<Event>, Fault> {
        let is_held = self.reader.is_held();
        let len = if is_held {
            0
        } else {
            frame.rest.min(CHUNK_INPUT_LEN as u64)
        };
        let range = input.take(len);
        let bytes = input.slice(range);
        frame.unmask(bytes);
        self.reader.stage = Stage::Payload(frame);
        if let Some(full) = self.inflate_chunk(bytes)? {
            return Ok(Some(full));
        }
        if frame.rest > 0 {
            Ok(None)
        } else {
            self.end_frame(frame)
        }
    }

    /// Inflates `bytes`, or what waits. Answers the chunk that is full with it, if one is.
    pub(super) fn inflate_chunk(&mut self, bytes: &[u8]) -> Result<Option<Event>, Fault> {
        let (Some(message), Some(deflate)) = (&mut self.reader.message, &mut self.deflate) else {
            return Ok(None);
        };
        let budget = &self.config.chunk_contexts;
        message.is_held = deflate.inflate_chunk(bytes, message, budget)?;
        Ok(if message.is_held {
            self.take_chunk()
        } else {
            None
        })
    }
}
