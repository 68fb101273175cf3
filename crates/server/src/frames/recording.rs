//! A recording: what writes down a connection's frames while the connection lives. Owns that it
//! stops for good when nobody can look at them any more, and that every record has an end.

use std::sync::Arc;

use sockeye::frame::Opcode;
use sockeye::{CloseCode, Direction, ObservedFrame, Observer};

use super::record::{NEVER_BEGAN, Record};
use super::track::Track;
use crate::ending::Ending;

/// A connection's record while it is written. Dropped without an end it writes one.
#[derive(Debug)]
pub(crate) struct Recording {
    record: Arc<Record>,
    message_len_max: usize,
    has_ended: bool,
}

/// What is told of each frame.
#[derive(Debug)]
struct Tape {
    /// None from when on nobody wants it.
    record: Option<Arc<Record>>,
    received: Track,
    sent: Track,
}

impl Recording {
    /// Of a connection whose messages may inflate to so many bytes.
    pub(super) fn new(record: Arc<Record>, message_len_max: usize) -> Self {
        Self {
            record,
            message_len_max,
            has_ended: false,
        }
    }

    /// What is to look on at the connection.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        Tape {
            record: Some(Arc::clone(&self.record)),
            received: Track::new(self.message_len_max),
            sent: Track::new(self.message_len_max),
        }
    }

    /// Writes down how the connection ended.
    pub(crate) fn end(mut self, ending: Ending) {
        self.has_ended = true;
        self.record.end(ending);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record.end(NEVER_BEGAN);
        }
    }
}

impl Observer for Tape {
    fn frame(&mut self, part: &ObservedFrame<'_>) {
        let Some(record) = &self.record else { return };
        if !record.is_wanted() {
            self.record = None;
            self.received.end();
            self.sent.end();
            return;
        }
        if fails(part) {
            // Nothing more of it passes: what was received is not read any further.
            if let Some(refused) = self.received.end() {
                record.push(refused);
            }
        }
        let time = record.age_at(part.time);
        let track = match part.direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        };
        if let Some(frame) = track.take(part, time) {
            record.push(frame);
        }
    }
}

/// Whether it is the Close that answers a fault of the peer: the frame that came in part is what it
/// answers, and was there before.
fn fails(part: &ObservedFrame<'_>) -> bool {
    if part.direction == Direction::Received || part.header.opcode != Opcode::Close {
        return false;
    }
    let code = part.payload.first_chunk().copied().map(u16::from_be_bytes);
    let faults = [
        CloseCode::PROTOCOL_ERROR,
        CloseCode::INVALID_PAYLOAD,
        CloseCode::MESSAGE_TOO_BIG,
    ];
    code.is_some_and(|code| faults.iter().any(|fault| fault.number() == code))
}

impl Drop for Tape {
    fn drop(&mut self) {
        // What broke off is shown as far as it came.
        if let Some(record) = self.record.as_ref().filter(|record| record.is_wanted()) {
            for frame in [self.received.end(), self.sent.end()].into_iter().flatten() {
                record.push(frame);
            }
        }
    }
}
