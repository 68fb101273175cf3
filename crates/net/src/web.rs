//! The `WebSocket` object of browsers, with their behaviour: for people who know it by heart, and
//! for what embeds it elsewhere. Behind the feature `web`.
//!
//! It is the object of the [WHATWG WebSockets standard], step by step: the same exceptions, the
//! same events in the same order, the same `bufferedAmount`. Each step stands in
//! `conformance/spec/websockets.toml`, with its code and its test.
//!
//! | layer | is | for |
//! |---|---|---|
//! | [`WebSocket`] | the object, with listeners or [`Events`] | Rust programs |
//! | [`Machine`] | the object's steps, without I/O | other event loops |
//! | [`Network`] | the connection that a machine asks for | the same |
//!
//! What it is not made for: [`crate::WebSocket`] waits where this one buffers, tells what went
//! wrong where this one only says `error`, and streams what this one holds as a whole.
//!
//! [WHATWG WebSockets standard]: https://websockets.spec.whatwg.org/

mod address;
mod blocked;
mod credentials;
mod dial;
mod event;
mod exception;
mod handover;
mod listeners;
mod machine;
mod network;
mod options;
mod quote;
mod request;
mod socket;

pub use address::{Address, parse_url};
pub use dial::Dial;
pub use event::{BinaryType, Blob, Data, Event, EventKind, MessageEvent, ReadyState};
pub use exception::{DomException, ExceptionName};
pub use handover::Events;
pub use machine::{Command, Fired, Machine, NetworkEvent, Settings};
pub use network::{Line, Network};
pub use options::Options;
pub use request::{Protocols, Request};
pub use socket::{Listener, WebSocket};
pub use sockeye_proto::close::CloseEvent;
pub use url::Url;
