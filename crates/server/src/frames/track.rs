//! The frames of one direction as they pass: parts become frames, compressed ones are inflated
//! along the way. Owns both bounds, on what is kept of a payload and on what is inflated.

use std::time::Duration;

use sockeye::frame::Opcode;
use sockeye::{ContextTakeover, Decompressor, ObservedFrame};

use super::frame::{Compression, Frame};
use crate::limits::FRAME_PAYLOAD_LEN_MAX;

/// What is inflated at once, in bytes.
const STEP: usize = 16 * 1024;

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Track {
    /// The frame of which a part passed.
    pending: Option<Frame>,
    message: Inflating,
    message_len_max: usize,
}

/// What is done with the compressed message that is passing.
#[derive(Debug)]
enum Inflating {
    /// There is none, or none of its bytes came yet.
    Idle,
    /// It is inflated, so many bytes until now. Never with context takeover, which the server does
    /// not agree to.
    Going(Box<Decompressor>, usize),
    /// It was given up.
    GivenUp(Compression),
}

impl Track {
    /// Of a connection whose messages may inflate to so many bytes.
    pub(super) fn new(message_len_max: usize) -> Self {
        Self {
            pending: None,
            message: Inflating::Idle,
            message_len_max,
        }
    }

    /// Takes the next part of a frame; the frame, when it is the last.
    pub(super) fn take(&mut self, part: &ObservedFrame<'_>, time: Duration) -> Option<Frame> {
        if part.offset == 0 {
            self.begin(part, time);
        }
        let mut frame = self.pending.take()?;
        frame.passed_len = part.offset + part.payload.len() as u64;
        if part.is_compressed {
            let ends_message = part.header.fin && part.is_last();
            self.inflate(part.payload, ends_message, &mut frame);
        } else {
            keep(&mut frame.payload, part.payload);
        }
        if part.is_last() {
            return Some(frame);
        }
        self.pending = Some(frame);
        None
    }

    /// The frame that broke off, if one did.
    pub(super) fn end(&mut self) -> Option<Frame> {
        self.message = Inflating::Idle;
        self.pending.take()
    }

    fn begin(&mut self, part: &ObservedFrame<'_>, time: Duration) {
        let header = &part.header;
        if !header.opcode.is_control() && header.opcode != Opcode::Continuation {
            self.message = Inflating::Idle;
        }
        let first_byte = header.encode().as_slice().first().copied();
        self.pending = Some(Frame {
            time,
            direction: part.direction,
            first_byte: first_byte.unwrap_or_default(),
            is_masked: header.masking_key.is_some(),
            len: header.payload_len,
            passed_len: 0,
            compression: if part.is_compressed {
                Compression::Inflated(0)
            } else {
                Compression::None
            },
            payload: Vec::new(),
        });
    }

    fn inflate(&mut self, input: &[u8], ends_message: bool, frame: &mut Frame) {
        if matches!(self.message, Inflating::Idle) {
            let decompressor = Box::new(Decompressor::new(ContextTakeover::No));
            self.message = Inflating::Going(decompressor, 0);
        }
        if let Inflating::Going(decompressor, total) = &mut self.message {
            let outcome = go(decompressor, input, total, self.message_len_max, frame);
            let outcome = outcome.and_then(|()| {
                let end = if ends_message {
                    decompressor.end_message()
                } else {
                    Ok(())
                };
                end.map_err(|_| Compression::Corrupt)
            });
            if let Err(compression) = outcome {
                self.message = Inflating::GivenUp(compression);
            }
        }
        if let Inflating::GivenUp(compression) = self.message {
            frame.compression = compression;
        }
        if ends_message {
            // It takes 46 KiB, which no connection keeps that says nothing.
            self.message = Inflating::Idle;
        }
    }
}

/// Inflates `input` into `frame`, as far as the limit on the message goes.
fn go(
    decompressor: &mut Decompressor,
    mut input: &[u8],
    total: &mut usize,
    message_len_max: usize,
    frame: &mut Frame,
) -> Result<(), Compression> {
    let mut inflated = Vec::new();
    loop {
        inflated.clear();
        let step = decompressor.inflate_some(input, &mut inflated, STEP);
        let (taken, is_full) = step.map_err(|_| Compression::Corrupt)?;
        input = input.get(taken..).unwrap_or_default();
        keep(&mut frame.payload, &inflated);
        if let Compression::Inflated(len) = &mut frame.compression {
            *len += inflated.len() as u64;
        }
        *total += inflated.len();
        if *total > message_len_max {
            return Err(Compression::TooLarge);
        }
        if !is_full && input.is_empty() {
            return Ok(());
        }
    }
}

fn keep(kept: &mut Vec<u8>, part: &[u8]) {
    let room = FRAME_PAYLOAD_LEN_MAX.saturating_sub(kept.len());
    kept.extend_from_slice(part.get(..room).unwrap_or(part));
}
