//! Frames on the wire (RFC 6455 §5): header, opcode. Knows no connection state.

mod header;
mod opcode;

pub use header::{EncodedHeader, FrameHeader, Rsv};
pub(crate) use header::{FirstByte, check_control_len, decode_len, is_masked};
pub use opcode::Opcode;
