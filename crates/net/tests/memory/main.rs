//! Memory and allocations of open connections, each bound in bytes and counted; one behaviour per
//! file.
//!
//! A binary of its own, as the counting allocator is one for the whole process. Everything runs on
//! the thread that counts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod allocations;
mod client;
mod compressed;
mod floods;
mod gauge;
mod handshakes;
mod idle;
mod lockstep;
mod queue;
mod streams;
#[cfg(feature = "tls")]
mod tls;
mod torrent;
