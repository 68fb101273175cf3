//! WebSockets out of the requests that hyper reads, by hand or below axum and tower. Owns the
//! handover: hyper's connection becomes ours once the 101 is written, down to the raw socket. Keeps
//! rules of RFC 6455 §7.2.2.

mod head;
mod rejection;

use std::io;
use std::time::Duration;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::{Error, Phase, Result};
use crate::rewound::Rewound;
use crate::server::Acceptor;
use crate::stream::Stream;
use crate::tcp::send_at_once;
use crate::transport::Transport;
use crate::upgrade::Upgrade;
use crate::websocket::WebSocket;

pub use head::HttpHead;
pub use rejection::Rejection;

/// A request that asks for a WebSocket and may have it. Answer it with
/// [`on_upgrade`](Self::on_upgrade), or with any response instead: then it is refused.
///
/// With the feature `axum` it is an argument of handlers:
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::response::Response;
/// use sockeye::{WebSocket, WebSocketUpgrade};
///
/// async fn echo(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on_upgrade(async |mut ws: WebSocket| {
///         while let Ok(Some(message)) = ws.recv().await {
///             let _ = ws.send(message).await;
///         }
///     })
/// }
/// # let _: axum::Router = axum::Router::new().route("/echo", axum::routing::any(echo));
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the client waits for a response"]
pub struct WebSocketUpgrade {
    upgrade: Upgrade,
    connection: OnUpgrade,
    timeout: Duration,
}

impl Acceptor {
    /// Judges a request that hyper read, by the same rules as [`accept`](Self::accept); `Ok(None)`
    /// asks for no WebSocket and is left as it is. hyper's connection has to be served
    /// [with upgrades](hyper::server::conn::http1::Connection::with_upgrades).
    ///
    /// Paths and users are the application's to look at, before or after.
    ///
    /// # Errors
    /// [`Rejection`] for a WebSocket's request that breaks a rule, or of a page that may not
    /// connect; it knows the response to send.
    pub fn upgrade_http<B>(
        &self,
        request: &mut Request<B>,
    ) -> std::result::Result<Option<WebSocketUpgrade>, Rejection> {
        let upgrade = self.upgrade(&HttpHead::from(&*request))?;
        let timeout = self.handshake_timeout();
        WebSocketUpgrade::new(upgrade, timeout, request.extensions_mut())
    }
}

impl WebSocketUpgrade {
    /// Takes the connection out of a request, if that is to become a WebSocket.
    pub(crate) fn new(
        upgrade: Option<Upgrade>,
        timeout: Duration,
        extensions: &mut Extensions,
    ) -> std::result::Result<Option<Self>, Rejection> {
        let Some(upgrade) = upgrade else {
            return Ok(None);
        };
        let connection = extensions.remove::<OnUpgrade>();
        Ok(Some(Self {
            upgrade,
            connection: connection.ok_or_else(Rejection::not_upgradable)?,
            timeout,
        }))
    }

    /// The subprotocol agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.upgrade.protocol()
    }

    /// Adds a header to the 101, such as `Set-Cookie`, and to those of earlier calls.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for what is no header, or one that the handshake owns.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        self.upgrade = self.upgrade.header(name, value)?;
        Ok(self)
    }

    /// The 101, behind which `serve` gets the WebSocket in a task of its own. It is not called for
    /// a client that left before; [`accept`](Self::accept) tells of those.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn on_upgrade<B: Default, F>(
        self,
        serve: impl FnOnce(WebSocket) -> F + Send + 'static,
    ) -> Response<B>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (response, upgrading) = self.accept();
        tokio::spawn(async move {
            // In a box that is gone afterwards: the task keeps the connection, for long.
            if let Ok(ws) = Box::pin(upgrading).await {
                serve(ws).await;
            }
        });
        response
    }

    /// The 101, and the WebSocket once that is written: await it in another task than the one that
    /// returns the response.
    ///
    /// Where hyper served a `TcpStream` or a [`Stream`], that is what the WebSocket runs over,
    /// without hyper in between; another transport stays in hyper's box.
    ///
    /// # Errors
    /// [`is_lost`](Error::is_lost) for a client that left before it was written, or a response
    /// that was never sent; [`is_timeout`](Error::is_timeout) if it was not in the time that
    /// [`Acceptor::open_timeout`] says.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the connection.
    pub fn accept<B: Default>(
        self,
    ) -> (
        Response<B>,
        impl Future<Output = Result<WebSocket>> + Send + 'static,
    ) {
        let response = self.upgrade.response();
        let upgrading = async move {
            // RFC 6455 §7.2.2-1 MUST: given up during the handshake, the transport is closed.
            let upgraded = timeout(self.timeout, self.connection)
                .await
                .map_err(|_| Error::open_timeout(Phase::Handshake))?
                .map_err(|error| Error::lost(Some(io::Error::other(error))))?;
            let (stream, leftover) = raw(upgraded);
            if let Some(tcp) = stream.get_ref() {
                // A socket that does not know this is as good without.
                let _ = send_at_once(tcp);
            }
            Ok(self.upgrade.start(stream, leftover))
        };
        (response, upgrading)
    }
}

impl Upgrade {
    /// The 101 as hyper sends it.
    pub fn response<B: Default>(&self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        append(response.headers_mut(), self.headers());
        response
    }
}

/// What hyper served, and what it read too far.
fn raw(upgraded: Upgraded) -> (Stream, Vec<u8>) {
    let upgraded = match unwrap::<TcpStream>(upgraded) {
        Ok((tcp, leftover)) => return (Stream::plain(tcp), leftover),
        Err(upgraded) => upgraded,
    };
    let upgraded = match unwrap::<Stream>(upgraded) {
        Ok(raw) => return raw,
        Err(upgraded) => upgraded,
    };
    let upgraded = match unwrap::<Rewound<TcpStream>>(upgraded) {
        Ok(rewound) => {
            let (tcp, leftover) = unwind(rewound);
            return (Stream::plain(tcp), leftover);
        }
        Err(upgraded) => upgraded,
    };
    match unwrap::<Rewound<Stream>>(upgraded) {
        Ok(rewound) => unwind(rewound),
        // In the box hyper gives back itself what it read too far.
        Err(other) => (Stream::boxed(TokioIo::new(other)), Vec::new()),
    }
}

/// What was read too far of a transport that was read before: the last first.
fn unwind<T>((rewound, mut leftover): (Rewound<T>, Vec<u8>)) -> (T, Vec<u8>) {
    let (transport, rest) = rewound.into_parts();
    leftover.extend(rest);
    (transport, leftover)
}

/// A `T` out of hyper's box, or the box: served by hyper as it is, or by hyper-util as axum does,
/// which wraps it once more.
fn unwrap<T: Transport>(upgraded: Upgraded) -> std::result::Result<(T, Vec<u8>), Upgraded> {
    let (io, read) = match upgraded.downcast::<TokioIo<T>>() {
        Ok(parts) => (parts.io, parts.read_buf),
        Err(upgraded) => {
            let parts = auto::upgrade::downcast::<TokioIo<T>>(upgraded)?;
            (parts.io, parts.read_buf)
        }
    };
    Ok((io.into_inner(), read.to_vec()))
}

/// Appends headers that were checked when they were made.
fn append<'a>(headers: &mut HeaderMap, added: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in added {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
}
