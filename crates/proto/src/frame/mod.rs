//! Frames on the wire (RFC 6455 §5): header, opcode, and reading along. Knows no connection state.

mod header;
mod opcode;
mod tap;

pub use header::{EncodedHeader, FrameHeader, Rsv};
pub(crate) use header::{FirstByte, check_control_len, decode_len, is_masked};
pub use opcode::Opcode;
pub use tap::{FramePart, FrameTap};
