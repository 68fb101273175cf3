//! The guides in `docs/`, whose Rust is compiled, and run where it can be, as documentation tests.
//! Owns the list of them and nothing else: it is in no build but that of these tests.
//!
//! A block stands as a reader copies it, with its imports; lines that rustdoc would hide are not
//! hidden where people read the guides.

#[doc = include_str!("../../../docs/backpressure.md")]
mod backpressure {}

#[doc = include_str!("../../../docs/big-messages.md")]
mod big_messages {}

#[doc = include_str!("../../../docs/browser-object.md")]
mod browser_object {}

#[doc = include_str!("../../../docs/cancel-safety.md")]
mod cancel_safety {}

#[doc = include_str!("../../../docs/client.md")]
mod client {}

#[doc = include_str!("../../../docs/closing.md")]
mod closing {}

#[doc = include_str!("../../../docs/from-fastwebsockets.md")]
mod from_fastwebsockets {}

#[doc = include_str!("../../../docs/from-tokio-tungstenite.md")]
mod from_tokio_tungstenite {}

#[doc = include_str!("../../../docs/server.md")]
mod server {}

#[doc = include_str!("../../../docs/telemetry.md")]
mod telemetry {}

#[doc = include_str!("../../../docs/testing.md")]
mod testing {}

#[doc = include_str!("../../../docs/tls.md")]
mod tls {}

#[doc = include_str!("../../../docs/views.md")]
mod views {}
