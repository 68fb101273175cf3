//! What libFuzzer is pointed at; see `cargo xtask fuzz`.

#[expect(dead_code, reason = "the tests need more of it than the target")]
#[path = "../../crates/hub/tests/support/mod.rs"]
mod channels;
#[expect(dead_code, reason = "the tests need more of it than the targets")]
#[path = "../../crates/proto/tests/support/mod.rs"]
mod support;
mod targets;

pub use targets::{chunks, close, deflate, frame, handshake, hub, pair};
