//! The hub over an engine on real threads: what the virtual time of its own tests cannot show.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod node;
mod order;
