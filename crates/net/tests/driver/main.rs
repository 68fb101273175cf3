//! An open connection as its peer and its caller see it; one behaviour per file.
//!
//! One binary, as linking is most of what these tests cost.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod cancel;
mod cork;
mod lending;
mod liveness;
