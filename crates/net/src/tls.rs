//! TLS (RFC 8446, and RFC 5246 for old peers) with rustls. Owns what clients and servers demand of
//! each other, never the WebSocket in it.
//! Keeps a rule of RFC 6455 §10.6.
//! RFC 6455 §10.6-1 MUST: TLS is part of the library, on by default.
//!
//! The cryptography is chosen here and handed over by name: neither the process nor another crate
//! has to install a default, and none that they install changes anything.

mod client;
mod crypto;
mod info;
mod pem;
mod server;

pub use client::ClientTls;
pub use info::TlsInfo;
pub use server::ServerTls;
