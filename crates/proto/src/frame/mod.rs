//! Frames on the wire (RFC 6455 §5): header, opcode. Knows no connection state.

mod header;
mod opcode;

pub use header::{EncodedHeader, FrameHeader, Rsv};
pub use opcode::Opcode;
