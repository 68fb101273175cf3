//! The sans-I/O WebSocket protocol core (RFC 6455, RFC 7692).

pub mod handshake;
pub mod limits;
