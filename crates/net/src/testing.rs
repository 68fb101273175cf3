//! A scripted peer, for tests of what is built on a [`WebSocket`]. Owns the peer's end of a pipe in
//! memory; the connection under test is an ordinary one, with its limits, keepalive and closing.
//!
//! The peer does what the test says, in that order, and also what no proper peer does. It reads
//! only while it is told to expect something, and answers Pings and a Close on the way, as every
//! peer does. What comes instead of the expected fails the test, and names the line of the script.
//!
//! ```
//! use sockeye::testing::Peer;
//! use sockeye::{CloseCode, Result, Transport, WebSocket};
//!
//! async fn greet<T: Transport>(mut ws: WebSocket<T>) -> Result<()> {
//!     while let Some(name) = ws.recv().await? {
//!         ws.send(format!("Hello, {}!", name.as_text().unwrap_or("you"))).await?;
//!     }
//!     Ok(())
//! }
//!
//! // In a test: #[tokio::test(start_paused = true)]
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! async fn handler_greets_and_ends() {
//!     let (mut client, ws) = Peer::client();
//!     let handler = tokio::spawn(greet(ws));
//!     client.send("Ada").await;
//!     client.expect("Hello, Ada!").await;
//!     client.close(CloseCode::NORMAL, "").await;
//!     client.expect_close(CloseCode::NORMAL).await;
//!     client.expect_end().await;
//!     assert!(handler.await.unwrap().is_ok());
//! }
//! # handler_greets_and_ends();
//! ```
//!
//! With the clock paused no wait takes time: tokio moves it to the next deadline as soon as nobody
//! has anything to do.
//!
//! # Panics
//! Everything here fails a test by panicking. None of it belongs into a program; the feature
//! `testing` is for `[dev-dependencies]`.
//!
//! # Cancel safety
//! Dropping a future of [`Peer`] may lose what it read, or leave half a frame sent: let each end.

mod arrival;
mod expect;
mod frame;
mod say;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::message::MessageKind;

use crate::agreement::Agreement;
use crate::keeper;
use crate::limits::TEST_PATIENCE;
use crate::pipe::{OtherEnd, pipe};
use crate::stream::Stream;
use crate::websocket::WebSocket;

pub use frame::Frame;

/// The peer of a connection under test, which does as it is told.
///
/// It has no handshake and agrees to no extension and no subprotocol; for a test of these, give
/// both ends of a `tokio::io::duplex` to [`Client::handshake_over`](crate::Client::handshake_over)
/// and [`Acceptor::accept`](crate::Acceptor::accept).
pub struct Peer {
    /// What the peer is, not the connection under test.
    role: Role,
    end: OtherEnd,
    /// Bytes that were read and are no whole frame yet.
    read: Vec<u8>,
    /// The message whose last fragment did not come yet.
    message: Option<(MessageKind, Vec<u8>)>,
    has_closed: bool,
    patience: Duration,
}

impl Peer {
    /// A client, and the server's side of its connection: what a handler gets.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn client() -> (Self, WebSocket) {
        Self::client_with(&Arc::default())
    }

    /// As [`client`](Self::client), with the limits, keepalive and closing budget of the side under
    /// test.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn client_with(config: &Arc<Config>) -> (Self, WebSocket) {
        Self::open(Role::Client, Role::Server, config)
    }

    /// A server, and the client's side of its connection: what [`connect`](crate::connect) returns.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn server() -> (Self, WebSocket) {
        Self::server_with(&Arc::default())
    }

    /// As [`server`](Self::server), with the limits, keepalive and closing budget of the side under
    /// test.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn server_with(config: &Arc<Config>) -> (Self, WebSocket) {
        Self::open(Role::Server, Role::Client, config)
    }

    fn open(role: Role, tested: Role, config: &Arc<Config>) -> (Self, WebSocket) {
        let (pipe, end) = pipe();
        let connection = Connection::new(tested, Arc::clone(config), keeper::now());
        let stream = Stream::boxed(pipe);
        let ws = WebSocket::new(connection, stream, Vec::new(), Agreement::default());
        let peer = Self {
            role,
            end,
            read: Vec::new(),
            message: None,
            has_closed: false,
            patience: TEST_PATIENCE,
        };
        (peer, ws)
    }

    /// Sets how long the peer waits for what is expected, and for room for what it sends, before it
    /// fails the test. Default [`TEST_PATIENCE`].
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Peer")
            .field("role", &self.role)
            .field("unread", &self.read.len())
            .finish_non_exhaustive()
    }
}
