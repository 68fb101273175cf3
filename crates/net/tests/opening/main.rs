//! Opening a connection, from either side; one behaviour per file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod client;
mod client_misuse;
mod glued;
mod server;
mod silence;
