//! One frame as a test writes or sees it. Owns no rule: a frame may be one that must not be sent.

use sockeye_proto::frame::{FrameHeader, Opcode, Rsv};
use sockeye_proto::payload::Payload;

/// A frame, unmasked.
///
/// Complete: RFC 6455 §5.2 has these parts, and the masking is the sender's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// Last fragment of the message.
    pub fin: bool,
    /// The reserved bits.
    pub rsv: Rsv,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The bytes.
    pub payload: Payload,
}

impl Frame {
    /// A frame that is a whole message, the last fragment of one, or a control frame.
    pub fn new(opcode: Opcode, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: true,
            rsv: Rsv::NONE,
            opcode,
            payload: Payload::from(payload.as_ref()),
        }
    }

    /// A frame that others of the same message follow.
    pub fn fragment(opcode: Opcode, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: false,
            ..Self::new(opcode, payload)
        }
    }

    /// The bytes on the wire, masked with `masking_key` if there is one: clients must, servers must
    /// not (RFC 6455 §5.1).
    pub fn encode(&self, masking_key: Option<[u8; 4]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let header = FrameHeader {
            fin: self.fin,
            rsv: self.rsv,
            opcode: self.opcode,
            masking_key,
            payload_len: self.payload.len() as u64,
        };
        header.append_to(&mut bytes);
        let key = masking_key.unwrap_or_default();
        bytes.extend(
            self.payload
                .iter()
                .zip(key.iter().cycle())
                .map(|(a, b)| a ^ b),
        );
        bytes
    }
}
