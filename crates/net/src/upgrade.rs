//! Opening handshakes whose HTTP is spoken by another stack, such as hyper: one port for pages and
//! WebSockets. Owns what was agreed until the connection starts; the rules are
//! [`Acceptor`](crate::Acceptor)'s.
//!
//! The stack shows its request through [`RequestView`] to [`Acceptor::upgrade`], sends a 101 with
//! the [`headers`](Upgrade::headers) it is given, and hands over its transport with the bytes that
//! it read too far. Hand over the transport itself (a `TcpStream`, not a box around one), and the
//! connection costs what one costs that this library accepted. For hyper, and what is built on it,
//! the features `hyper`, `tower` and `axum` do all of this.
//!
//! ```
//! use std::borrow::Cow;
//! use sockeye::upgrade::{HeaderView, HttpVersion, RequestView};
//!
//! struct Head<'a>(&'a [(&'a str, &'a [u8])]);
//!
//! impl HeaderView for Head<'_> {
//!     fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
//!         let named = self.0.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
//!         named.map(|(_, value)| *value)
//!     }
//! }
//!
//! impl RequestView for Head<'_> {
//!     fn method(&self) -> &str { "GET" }
//!     fn target(&self) -> Cow<'_, str> { "/echo".into() }
//!     fn version(&self) -> HttpVersion { HttpVersion::HTTP_11 }
//! }
//!
//! let acceptor = sockeye::Acceptor::default();
//! assert!(acceptor.upgrade(&Head(&[("Host", b"example.com")]))?.is_none());
//! let upgrade = acceptor.upgrade(&Head(&[
//!     ("Host", b"example.com"),
//!     ("Connection", b"Upgrade"),
//!     ("Upgrade", b"websocket"),
//!     ("Sec-WebSocket-Version", b"13"),
//!     ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
//! ]))?;
//! let upgrade = upgrade.expect("a whole opening handshake");
//! let accept = upgrade.headers().find(|(name, _)| *name == "Sec-WebSocket-Accept");
//! assert_eq!(accept, Some(("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
//! // Send the 101, then: let ws = upgrade.start(stream, leftover);
//! # Ok::<(), sockeye::upgrade::Refusal>(())
//! ```
//!
//! [`Acceptor::upgrade`]: crate::Acceptor::upgrade

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::deflate::ContextPermit;
use sockeye_proto::handshake::http1::RequestHead;
use sockeye_proto::handshake::server::Acceptance;

use crate::agreement::Agreement;
use crate::error::Result;
use crate::keeper;
use crate::transport::Transport;
use crate::websocket::WebSocket;

pub use sockeye_proto::handshake::http1::HttpVersion;
pub use sockeye_proto::handshake::server::{Refusal, UpgradeRequest};
pub use sockeye_proto::handshake::{HeaderView, RequestView};

/// A WebSocket that was agreed to and whose 101 is still to be sent.
#[derive(Debug)]
pub struct Upgrade {
    acceptance: Acceptance,
    /// For compression contexts of the connection's own, where it was granted any.
    permit: Option<ContextPermit>,
    config: Arc<Config>,
    /// The request, if it is to be kept.
    request: Option<Box<RequestHead>>,
}

impl Upgrade {
    pub(crate) fn new(
        acceptance: Acceptance,
        permit: Option<ContextPermit>,
        config: Arc<Config>,
    ) -> Self {
        Self {
            acceptance,
            permit,
            config,
            request: None,
        }
    }

    /// Keeps `request` for as long as the connection is open.
    pub(crate) fn keeping(mut self, request: Option<Box<RequestHead>>) -> Self {
        self.request = request;
        self
    }

    /// The headers of the 101, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.acceptance.headers()
    }

    /// The whole 101.
    pub fn encode(&self) -> Vec<u8> {
        self.acceptance.encode()
    }

    /// Adds a header to the 101, such as `Set-Cookie`, and to those of earlier calls.
    ///
    /// # Errors
    /// [`is_misuse`](crate::Error::is_misuse) for what is no header, or one that the handshake
    /// owns.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.acceptance = self.acceptance.header(name, value)?;
        Ok(self)
    }

    /// The subprotocol agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.acceptance.protocol()
    }

    /// Takes over `transport`, on which the 101 was sent; `leftover` is what was read behind the
    /// request's head.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start<T: Transport>(self, transport: T, leftover: Vec<u8>) -> WebSocket<T> {
        let agreed = &self.acceptance;
        let mut agreement = Agreement::new(agreed.protocol(), agreed.deflate());
        if let Some(request) = self.request {
            agreement.keep_request(request);
        }
        let connection = Connection::new(Role::Server, self.config, keeper::now());
        let connection = match agreement.deflate {
            Some(deflate) => connection.with_deflate(deflate, self.permit),
            None => connection,
        };
        WebSocket::new(connection, transport, leftover, agreement)
    }
}

#[cfg(test)]
mod tests {
    use sockeye_proto::handshake::http1::{HeadLimits, HeadRead, HeadReader, RequestHead};
    use tokio::io::duplex;

    use crate::{Acceptor, Message};

    const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v1, v2\r\n\r\n";

    fn head(request: &[u8]) -> RequestHead {
        let mut reader = HeadReader::<RequestHead>::new(HeadLimits::default());
        match reader.read(request).unwrap() {
            HeadRead::Complete { head, .. } => head,
            HeadRead::Partial => panic!("the request is whole"),
        }
    }

    #[tokio::test]
    async fn upgrade_starts_with_the_bytes_that_were_read_too_far() {
        let acceptor = Acceptor::default().protocols(["v2"]).unwrap();
        let upgrade = acceptor.upgrade(&head(REQUEST)).unwrap().unwrap();
        assert_eq!(upgrade.protocol(), Some("v2"));
        assert!(upgrade.encode().starts_with(b"HTTP/1.1 101 "));
        // The text "hi", masked with zeros; its last byte is still on its way.
        let (client, transport) = duplex(64);
        let mut ws = upgrade.start(transport, vec![0x81, 0x82, 0, 0, 0, 0, b'h']);
        let (_, mut client) = tokio::io::split(client);
        tokio::io::AsyncWriteExt::write_all(&mut client, b"i")
            .await
            .unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(Message::from("hi")));
        assert_eq!(ws.protocol(), Some("v2"));
    }

    #[test]
    fn upgrade_of_a_broken_request_is_refused_and_of_an_ordinary_one_is_none() {
        let acceptor = Acceptor::default();
        let ordinary = head(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(acceptor.upgrade(&ordinary).unwrap().is_none());
        let broken = head(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
        assert_eq!(acceptor.upgrade(&broken).unwrap_err().status(), 400);
    }
}
