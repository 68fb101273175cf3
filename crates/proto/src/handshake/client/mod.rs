//! The client's side of the handshake (RFC 6455 section 4.1).
//!
//! [`ClientRequest`] is built and encoded; [`ClientRequest::verify`] then judges the response.

mod fault;
mod origin;
mod request;
mod verify;

pub use fault::ClientFault;
pub use request::ClientRequest;
pub use verify::Agreed;
