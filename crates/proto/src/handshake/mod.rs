//! The opening handshake (RFC 6455 section 4) over HTTP/1.1, for both sides, without I/O.
//!
//! HTTP syntax lives in [`http1`]; what client and server say with it lives in [`client`] and
//! [`server`]; the rest are the grammars of single header fields. A server that already has an
//! HTTP stack implements [`RequestView`] for its request type and skips [`http1`].
//!
//! Nothing here knows a clock, a socket or a random source: the key's 16 random bytes are an
//! argument. Nothing a peer sends may panic, cost more than linear time, or make more memory
//! retained than the limits in [`crate::limits`] say.
//!
//! # Example
//!
//! Both sides of one handshake:
//!
//! ```
//! use sockeye_proto::handshake::client::ClientRequest;
//! use sockeye_proto::handshake::http1::{HeadLimits, HeadRead, HeadReader};
//! use sockeye_proto::handshake::http1::{RequestHead, ResponseHead};
//! use sockeye_proto::handshake::server::{self, Answer};
//! use sockeye_proto::handshake::{Key, WsUrl};
//!
//! let url = WsUrl::parse("ws://example.com/chat")?;
//! let request = ClientRequest::new(&url, Key::from_random([7; 16])).protocols(["chat"])?;
//!
//! let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
//! let HeadRead::Complete { head, .. } = reader.read(&request.encode())? else { panic!() };
//! let upgrade = server::check(&head)?.expect("this is an upgrade");
//! let accepted = upgrade.accept(&Answer {
//!     protocol: upgrade.choose_protocol(&["chat"]),
//!     ..Answer::default()
//! })?;
//!
//! let mut reader = HeadReader::<ResponseHead>::new(HeadLimits::default());
//! let HeadRead::Complete { head, .. } = reader.read(&accepted.encode())? else { panic!() };
//! assert_eq!(request.verify(&head)?.protocol.as_deref(), Some("chat"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub mod client;
pub mod deflate_params;
pub mod extension;
mod fault;
mod fields;
pub mod http1;
mod key;
pub mod server;
pub mod subprotocol;
pub mod tokens;
mod url;
mod view;

pub use deflate_params::{DeflateAgreed, DeflateFault, DeflateOffer, DeflatePolicy};
pub use fault::{Field, FieldFault, Misuse};
pub use fields::check_additional;
pub use key::{Key, accept_for, encode_base64};
pub use url::{Scheme, UrlFault, WsUrl};
pub use view::{HeaderView, RequestView, ResponseView};
