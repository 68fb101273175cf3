//! A frame as it is kept, and how a page is told of it. Owns that form, which `web/frames/` reads.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sockeye::Direction;

/// A frame that passed.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Since the connection was agreed to.
    pub(super) time: Duration,
    /// As the server sees it.
    pub(super) direction: Direction,
    /// FIN, the reserved bits and the opcode, as they stand on the wire.
    pub(super) first_byte: u8,
    pub(super) is_masked: bool,
    /// Length of its payload on the wire, in bytes.
    pub(super) len: u64,
    /// How much of that passed: less than `len` where the connection broke.
    pub(super) passed_len: u64,
    pub(super) compression: Compression,
    /// The start of its payload, inflated where it could be.
    pub(super) payload: Vec<u8>,
}

/// What is known of a frame's compression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Compression {
    /// It is not compressed.
    None,
    /// Its payload inflates to so many bytes.
    Inflated(u64),
    /// It belongs to a message that inflates to more than the server accepts.
    TooLarge,
    /// It belongs to a message that cannot be inflated.
    Corrupt,
}

impl Frame {
    /// What it takes in memory beside itself.
    pub(super) fn heap_len(&self) -> usize {
        self.payload.len()
    }

    /// How a page is told of it, `number` being its place in its connection.
    pub(super) fn to_json(&self, number: u64) -> Value {
        let (inflated_len, fault) = match self.compression {
            Compression::None => (None, None),
            Compression::Inflated(len) => (Some(len), None),
            Compression::TooLarge => (None, Some("too large")),
            Compression::Corrupt => (None, Some("corrupt")),
        };
        json!({
            "number": number,
            "time_us": u64::try_from(self.time.as_micros()).unwrap_or(u64::MAX),
            "from": match self.direction {
                Direction::Received => "client",
                Direction::Sent => "server",
            },
            "first_byte": self.first_byte,
            "is_masked": self.is_masked,
            "len": self.len,
            "passed_len": self.passed_len,
            "is_compressed": self.compression != Compression::None,
            "inflated_len": inflated_len,
            "fault": fault,
            "payload": STANDARD.encode(&self.payload),
        })
    }
}
