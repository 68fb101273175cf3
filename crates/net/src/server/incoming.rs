//! A bare stream's first request, before it is answered. Owns the choice between a WebSocket, a
//! refusal, and HTTP, which is given back untouched.

use std::fmt;

use sockeye_proto::Role;
use sockeye_proto::handshake::http1::{RequestHead, encode_response};
use tokio::io::AsyncWriteExt;

use super::Acceptor;
use crate::error::{Error, Phase, Result};
use crate::opening::{Settings, read_head};
use crate::parting::part_with;
use crate::rewound::Rewound;
use crate::telemetry;
use crate::transport::Transport;
use crate::upgrade::Upgrade;
use crate::websocket::WebSocket;

/// What a client asks for first; see [`Acceptor::read_request`]. Complete: it is one or the other.
pub enum Incoming<T> {
    /// A WebSocket, to be accepted or refused.
    WebSocket(Opening<T>),
    /// Anything else, to be answered by an HTTP server.
    Http(HttpRequest<T>),
}

/// A request for a WebSocket that keeps all rules, and waits for an answer. Dropping it closes the
/// transport without one.
#[must_use = "the client waits for an answer"]
pub struct Opening<T> {
    transport: T,
    leftover: Vec<u8>,
    head: RequestHead,
    upgrade: Upgrade,
    settings: Settings,
    keeps_request: bool,
}

/// A request of HTTP/1 that asks for no WebSocket, not answered and not consumed.
#[must_use = "the client waits for an answer"]
pub struct HttpRequest<T> {
    head: RequestHead,
    transport: Rewound<T>,
}

impl Acceptor {
    /// Reads the first request on a stream just accepted, so that one port serves WebSockets and
    /// HTTP, and that the application can look at a request before it is answered.
    ///
    /// ```no_run
    /// use sockeye::{Acceptor, Incoming};
    ///
    /// # async fn example(stream: tokio::net::TcpStream) -> sockeye::Result<()> {
    /// match Acceptor::default().read_request(stream).await? {
    ///     Incoming::WebSocket(opening) if opening.request().target() != "/chat" => {
    ///         opening.refuse(404, &[("Content-Type", "text/plain")], b"no such chat\n").await?;
    ///     }
    ///     Incoming::WebSocket(opening) => {
    ///         let mut ws = opening.header("Set-Cookie", "seen=1")?.accept().await?;
    ///         ws.send("hello").await?;
    ///     }
    ///     Incoming::Http(request) => {
    ///         // Every byte is still to be read: give it to hyper, or to any HTTP server.
    ///         let transport = request.into_transport();
    /// #       drop(transport);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What breaks a rule is answered as by [`accept`](Self::accept), under the same limits.
    ///
    /// # Errors
    /// [`is_peer_fault`](Error::is_peer_fault) for what is no HTTP/1, for a head beyond the limits,
    /// and for a request for a WebSocket that breaks a rule;
    /// [`is_timeout`](Error::is_timeout) and [`is_lost`](Error::is_lost) as for
    /// [`accept`](Self::accept).
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn read_request<T: Transport>(&self, mut transport: T) -> Result<Incoming<T>> {
        let reading = read_head::<RequestHead>(&mut transport);
        let read = self.0.settings.in_time(Phase::Handshake, reading).await?;
        let judged = read.and_then(|(head, leftover)| {
            let upgrade = self.upgrade(&head)?;
            Ok((head, leftover, upgrade))
        });
        let (head, leftover, upgrade) = match judged {
            Ok(judged) => judged,
            Err(error) => return Err(self.tell(transport, error)),
        };
        let Some(upgrade) = upgrade else {
            let read = [head.as_bytes(), &leftover].concat();
            let transport = Rewound::new(read, transport);
            return Ok(Incoming::Http(HttpRequest { head, transport }));
        };
        Ok(Incoming::WebSocket(Opening {
            transport,
            leftover,
            head,
            upgrade,
            settings: self.0.settings.clone(),
            keeps_request: self.0.keeps_request,
        }))
    }
}

impl<T: Transport> Opening<T> {
    /// The request.
    pub fn request(&self) -> &RequestHead {
        &self.head
    }

    /// The transport, such as for the peer's address. What is read from it directly is missing
    /// in the WebSocket.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The subprotocol that will be agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.upgrade.protocol()
    }

    /// Adds a header to the 101, such as `Set-Cookie`, and to those of earlier calls.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no header, or one that the handshake owns; the
    /// client gets no answer then.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.upgrade = self.upgrade.header(name, value)?;
        Ok(self)
    }

    /// Answers with the 101.
    ///
    /// # Errors
    /// [`is_lost`](Error::is_lost) for a client that left, [`is_timeout`](Error::is_timeout) for
    /// one that does not take the answer.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn accept(mut self) -> Result<WebSocket<T>> {
        let answer = self.upgrade.encode();
        let answering = async {
            self.transport.write_all(&answer).await?;
            self.transport.flush().await
        };
        let answered = self.settings.in_time(Phase::Handshake, answering).await?;
        answered.map_err(|error| Error::lost(Some(error)))?;
        let request = self.keeps_request.then(|| Box::new(self.head));
        let upgrade = self.upgrade.keeping(request);
        Ok(upgrade.start(self.transport, self.leftover))
    }

    /// Answers with another response, and closes. The length of the body and `Connection: close`
    /// are added. Ready once the answer is on its way: nobody waits for the client to leave.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a status outside 200 to 599 or what is no header; the
    /// client gets no answer then. [`is_lost`](Error::is_lost) and
    /// [`is_timeout`](Error::is_timeout) as for [`accept`](Self::accept).
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn refuse(
        mut self,
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<()> {
        let headers = headers.iter().copied().chain([("Connection", "close")]);
        let response = encode_response(status, "", headers, body)?;
        telemetry::refused_with(Role::Server, status, "application");
        let answering = async {
            self.transport.write_all(&response).await?;
            self.transport.shutdown().await
        };
        let answered = self.settings.in_time(Phase::Handshake, answering).await?;
        answered.map_err(|error| Error::lost(Some(error)))?;
        part_with(self.transport, Vec::new(), self.settings.timeouts.handshake);
        Ok(())
    }
}

impl<T> fmt::Debug for Incoming<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WebSocket(opening) => opening.fmt(formatter),
            Self::Http(request) => request.fmt(formatter),
        }
    }
}

/// Without the request, whose headers may be secret.
impl<T> fmt::Debug for Opening<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Opening")
            .field("upgrade", &self.upgrade)
            .finish_non_exhaustive()
    }
}

impl<T> HttpRequest<T> {
    /// The request: method, target, version and headers.
    pub fn head(&self) -> &RequestHead {
        &self.head
    }

    /// The transport, with every byte still to be read, the head's included.
    pub fn into_transport(self) -> Rewound<T> {
        self.transport
    }
}

/// Without the request, whose headers may be secret.
impl<T> fmt::Debug for HttpRequest<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpRequest")
            .field("method", &self.head.method())
            .finish_non_exhaustive()
    }
}
