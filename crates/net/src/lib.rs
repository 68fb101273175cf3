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
//! Everything runs on a tokio runtime with I/O and time enabled.

mod agreement;
mod client;
mod driver;
mod error;
mod keeper;
mod keys;
pub mod limits;
mod opening;
mod outbox;
mod server;
mod split;
mod transport;
pub mod upgrade;
mod websocket;
mod workbench;

pub use client::{Client, connect};
pub use error::{Error, Phase, Response, Result};
pub use server::{Acceptor, accept};
pub use sockeye_proto::close::{CloseCode, CloseEvent};
pub use sockeye_proto::connection::{Config, DeflateConfig, Keepalive};
pub use sockeye_proto::deflate::ContextBudget;
pub use sockeye_proto::fault;
pub use sockeye_proto::handshake::{DeflateOffer, DeflatePolicy};
pub use sockeye_proto::message::{Message, MessageKind};
pub use sockeye_proto::payload::{Payload, Text};
pub use split::{Receiver, Sender};
pub use transport::Transport;
pub use websocket::{MessageRef, Replies, WebSocket};
