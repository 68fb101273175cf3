//! The views behind features: `json`, `stream`, `io`. Each is tried over a script, which counts
//! what reaches the transport, and over a pair.
//!
//! `cargo test -p sockeye --all-features`: without a feature its file is not there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this binary needs a part of it")]
#[path = "../support/mod.rs"]
mod support;

#[cfg(feature = "io")]
mod bytes;
#[cfg(feature = "io")]
mod io;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "stream")]
mod stream;
