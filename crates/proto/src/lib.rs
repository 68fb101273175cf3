//! The sans-I/O WebSocket protocol core (RFC 6455, RFC 7692).

pub mod close;
pub mod connection;
pub mod deflate;
pub mod fault;
pub mod frame;
pub mod handshake;
pub mod limits;
pub mod message;
pub mod payload;
mod role;

pub use role::Role;
