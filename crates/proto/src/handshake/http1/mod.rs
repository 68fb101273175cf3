//! HTTP/1.1 message heads (RFC 9112): reading, owning and writing them, apart from negotiation.
//!
//! Knows nothing of WebSocket, and nothing of bodies beyond writing one with its length.

mod encode;
mod fault;
mod head;
mod headers;
mod reader;

pub use encode::encode_response;
pub(crate) use encode::{check_header, push_header, write_response};
pub use fault::HeadFault;
pub use head::{Head, HttpVersion, RequestHead, ResponseHead};
pub use headers::Headers;
pub use reader::{HeadLimits, HeadRead, HeadReader};
