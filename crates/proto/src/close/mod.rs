//! Close codes and Close frames (RFC 6455 §5.5.1, §7.4): what may be on the wire and in which
//! direction. Owns no connection state.

mod code;
mod frame;

pub use code::CloseCode;
pub use frame::CloseEvent;
pub use frame::CloseFrame;
