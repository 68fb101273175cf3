//! What libFuzzer is pointed at; see `cargo xtask fuzz`.

#[expect(dead_code, reason = "the tests need more of it than the target")]
#[path = "../../crates/hub/tests/support/mod.rs"]
mod channels;
#[expect(dead_code, reason = "the tests need more of it than the target")]
#[path = "../../crates/dialect/tests/support/mod.rs"]
mod chats;
#[expect(dead_code, reason = "the tests need more of it than the targets")]
#[path = "../../crates/proto/tests/support/mod.rs"]
mod support;
mod targets;

pub use sockeye_server::hostile::{command, forwarded, head, keys, room, settings, token};
pub use targets::{chat, chunks, close, deflate, frame, handshake, hub, pair};
