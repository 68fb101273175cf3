//! The chats on a real hub, as clients see them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../../proto/tests/support/dice.rs"]
mod dice;
#[path = "../../../proto/tests/support/seeds.rs"]
mod seeds;
#[path = "../support/mod.rs"]
mod support;

mod document;
mod hostile;
mod json;
