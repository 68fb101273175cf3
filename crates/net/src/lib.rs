//! WebSockets for tokio: RFC 6455 with one driver that corks by itself, stays bounded whatever a
//! peer does, and costs an idle connection no buffer.
//!
//! ```no_run
//! # async fn example() -> sockeye::Result<()> {
//! let mut ws = sockeye::connect("ws://127.0.0.1:8080/echo").await?;
//! ws.send("hello").await?;
//! if let Some(message) = ws.recv().await? {
//!     println!("{}", message.as_text().unwrap_or("binary"));
//! }
//! let end = ws.close(sockeye::CloseCode::NORMAL, "bye").await?;
//! assert!(end.was_clean);
//! # Ok(())
//! # }
//! ```
//!
//! The server's side of the same, for every connection of a listener:
//!
//! ```no_run
//! # async fn example(listener: tokio::net::TcpListener) -> std::io::Result<()> {
//! loop {
//!     let (stream, _) = listener.accept().await?;
//!     stream.set_nodelay(true)?;
//!     tokio::spawn(async move {
//!         let mut ws = sockeye::accept(stream).await?;
//!         while let Some(message) = ws.recv().await? {
//!             ws.send(message).await?;
//!         }
//!         sockeye::Result::Ok(())
//!     });
//! }
//! # }
//! ```
//!
//! The features `hyper`, `axum` and `tower` are for servers that speak HTTP on the same port:
//! `WebSocketUpgrade` is an argument of axum's handlers, `WebSocketService` a tower service,
//! `Acceptor::upgrade_http` takes hyper's requests. Without them [`Acceptor::read_request`] tells
//! the two apart.
//!
//! # TLS
//!
//! `wss` URLs need no code and no setup: the certificates are those that the system trusts, and the
//! cryptography is part of the crate. `ClientTls` is for own roots and client certificates,
//! `ServerTls` for servers:
//!
//! ```no_run
//! # #[cfg(feature = "tls")]
//! # async fn example(tcp: tokio::net::TcpStream, pem: &[u8], key: &[u8]) -> sockeye::Result<()> {
//! let tls = sockeye::ServerTls::from_pem(pem, key)?;
//! let mut ws = sockeye::accept(tls.accept(tcp).await?).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The feature `tls` is on by default. Without it there is no rustls in the build, and a `wss` URL
//! is an error that says so.
//!
//! Everything runs on a tokio runtime with I/O and time enabled.
//!
//! # Guides
//!
//! In the repository, under `docs/`: [a client], [servers] on a stream, with hyper, axum and tower,
//! [TLS], [backpressure], [big messages], [closing], [cancel safety], [memory], [telemetry],
//! [testing], coming from [tokio-tungstenite] or [fastwebsockets], and [the browser's object].
//!
//! [a client]: https://github.com/sockeye/sockeye/blob/main/docs/client.md
//! [servers]: https://github.com/sockeye/sockeye/blob/main/docs/server.md
//! [TLS]: https://github.com/sockeye/sockeye/blob/main/docs/tls.md
//! [backpressure]: https://github.com/sockeye/sockeye/blob/main/docs/backpressure.md
//! [big messages]: https://github.com/sockeye/sockeye/blob/main/docs/big-messages.md
//! [telemetry]: https://github.com/sockeye/sockeye/blob/main/docs/telemetry.md
//! [closing]: https://github.com/sockeye/sockeye/blob/main/docs/closing.md
//! [cancel safety]: https://github.com/sockeye/sockeye/blob/main/docs/cancel-safety.md
//! [memory]: https://github.com/sockeye/sockeye/blob/main/docs/memory.md
//! [testing]: https://github.com/sockeye/sockeye/blob/main/docs/testing.md
//! [tokio-tungstenite]: https://github.com/sockeye/sockeye/blob/main/docs/from-tokio-tungstenite.md
//! [the browser's object]: https://github.com/sockeye/sockeye/blob/main/docs/browser-object.md
//! [fastwebsockets]: https://github.com/sockeye/sockeye/blob/main/docs/from-fastwebsockets.md
//!
//! # Features
//!
//! None of these is on by default, and none changes what is there without it.
//!
//! | feature | adds | needs |
//! |---|---|---|
//! | `io` | tokio's `AsyncRead` and `AsyncWrite`: `WebSocket::into_io` over binary messages, and one message piece by piece | |
//! | `json` | `recv_json`, `send_json`: typed messages | `serde`, `serde_json` |
//! | `metrics` | counters, gauges and histograms, for a recorder of yours: docs/telemetry.md | `metrics` |
//! | `stream` | `WebSocket::into_stream`, `Sender::into_sink`; `Receiver` is a `Stream` | `futures-core`, `futures-sink` |
//! | `testing` | `testing::Peer`: a scripted peer, for the tests of what you build | |
//! | `web` | `web::WebSocket`: the object of browsers, with their events and exceptions: docs/browser-object.md | `url` |
//! | `tracing` | a span for each connection, events for its end and its faults: docs/telemetry.md | `tracing` |

mod agreement;
mod broadcast;
mod client;
mod driver;
mod error;
#[cfg(feature = "axum")]
mod extract;
#[cfg(all(
    doctest,
    feature = "axum",
    feature = "io",
    feature = "json",
    feature = "stream",
    feature = "testing",
    feature = "tls",
    feature = "tower",
    feature = "web"
))]
mod guides;
#[cfg(feature = "hyper")]
mod http_upgrade;
#[cfg(feature = "json")]
mod json;
mod keeper;
mod keys;
pub mod limits;
mod marks;
mod observer;
mod opening;
mod outbox;
mod pair;
#[cfg(feature = "testing")]
mod pipe;
mod recv_stream;
mod rewound;
mod send_stream;
mod server;
#[cfg(feature = "tower")]
mod service;
mod split;
mod stream;
mod sync;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod try_send;
pub mod upgrade;
#[cfg(any(feature = "io", feature = "stream"))]
mod views;
#[cfg(feature = "web")]
pub mod web;
mod websocket;
mod workbench;

pub use broadcast::{BroadcastReport, SlowReceiver, broadcast};
pub use client::{Client, Target, connect};
pub use error::{Error, Phase, Response, Result};
#[cfg(feature = "hyper")]
pub use http_upgrade::{HttpHead, Rejection, WebSocketUpgrade};
#[cfg(feature = "json")]
pub use json::JsonError;
pub use marks::QueueMarks;
pub use observer::{Direction, ObservedFrame, Observer};
pub use opening::Timeouts;
pub use pair::{pair, pair_with};
pub use recv_stream::RecvStream;
pub use rewound::Rewound;
pub use send_stream::SendStream;
pub use server::{Acceptor, HttpRequest, Incoming, Opening, accept};
#[cfg(feature = "tower")]
pub use service::{ServiceBody, WebSocketService};
pub use sockeye_proto::close::{CloseCode, CloseEvent};
pub use sockeye_proto::connection::{Config, DeflateConfig, Keepalive, PreparedMessage};
pub use sockeye_proto::deflate::ContextBudget;
pub use sockeye_proto::fault;
pub use sockeye_proto::frame;
pub use sockeye_proto::handshake::http1::{Headers, HttpVersion, RequestHead, ResponseHead};
pub use sockeye_proto::handshake::server::Origins;
pub use sockeye_proto::handshake::{DeflateOffer, DeflatePolicy};
pub use sockeye_proto::message::{Message, MessageKind};
pub use sockeye_proto::payload::{Payload, Text};
pub use split::{Receiver, Sender};
pub use stream::Stream;
#[cfg(feature = "tls")]
pub use tls::{ClientTls, ServerTls, TlsInfo};
pub use transport::Transport;
pub use try_send::TrySendError;
#[cfg(feature = "io")]
pub use views::MessageIo;
#[cfg(feature = "stream")]
pub use views::{MessageSink, MessageStream};
pub use websocket::{MessageRef, Replies, WebSocket};
