//! One connection, from its first request to its end: HTTP until a request asks for a WebSocket,
//! then that. Owns the handover between the two, and every bound of the HTTP part.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use sockeye::upgrade::Upgrade;
use sockeye::{Acceptor, ServerTls, Stream, Transport, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::echo;
use crate::life::Life;
use crate::limits::{HEAD_LEN_MAX, LINGER_LEN_MAX, LINGER_TIMEOUT};
use crate::response::Body;
use crate::routes::{Answer, Route, answer};
use crate::slots::Opening;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Site {
    routes: &'static [Route],
    /// What makes connections speak TLS.
    tls: Option<ServerTls>,
    acceptor: Acceptor,
    http: http1::Builder,
    http_timeout: Duration,
}

impl Site {
    pub(crate) fn new(
        routes: &'static [Route],
        tls: Option<ServerTls>,
        acceptor: Acceptor,
        head_timeout: Duration,
        http_timeout: Duration,
    ) -> Self {
        let mut http = http1::Builder::new();
        // The number of fields stays hyper's own, as `limits::HEADERS_MAX` says.
        http.timer(TokioTimer::new())
            .header_read_timeout(head_timeout)
            .max_header_size(HEAD_LEN_MAX)
            .max_buf_size(HEAD_LEN_MAX);
        Self {
            routes,
            tls,
            acceptor,
            http,
            http_timeout,
        }
    }
}

/// Serves `transport` to its end. As long as it asks for no WebSocket it is an opening, which may
/// have to make room for another one.
pub(crate) async fn serve<T: Transport>(
    transport: T,
    site: Arc<Site>,
    life: Life,
    opening: Opening,
) {
    let opened = async {
        let stream = secure(transport, &site, life.clone()).await?;
        serve_http(stream, &site, life.clone()).await
    };
    if let Some((Some(ws), slot)) = opening.open(opened).await {
        // A task of its own: what HTTP needed is not kept for as long as the WebSocket lives.
        tokio::spawn(async move {
            echo::serve(ws, life).await;
            drop(slot);
        });
    }
}

/// TLS where it is spoken. A client that fails at that was told so, as far as TLS can.
async fn secure<T: Transport>(transport: T, site: &Site, mut life: Life) -> Option<Stream<T>> {
    let Some(tls) = &site.tls else {
        return Some(Stream::plain(transport));
    };
    tokio::select! {
        stream = tls.accept(transport) => stream.ok(),
        // Nothing was asked yet that could be answered.
        () = life.draining() => None,
    }
}

/// Answers requests until the client leaves, time is up, or a WebSocket begins.
async fn serve_http<T: Transport>(
    transport: T,
    site: &Arc<Site>,
    mut life: Life,
) -> Option<WebSocket<T>> {
    let pages = Pages {
        site: Arc::clone(site),
        upgrade: Cell::new(None),
    };
    let mut http = site.http.serve_connection(TokioIo::new(transport), pages);
    let end = async {
        tokio::select! {
            biased;
            end = poll_fn(|cx| http.poll_without_shutdown(cx)) => return end,
            () = life.draining() => {}
        }
        // What was asked is still answered.
        Pin::new(&mut http).graceful_shutdown();
        poll_fn(|cx| http.poll_without_shutdown(cx)).await
    };
    // A client that is too slow is cut off.
    let end = timeout(site.http_timeout, end).await.ok()?;
    let parts = http.into_parts();
    let transport = parts.io.into_inner();
    match parts.service.upgrade.take() {
        // The 101 is written: hyper ends only then.
        Some(upgrade) if end.is_ok() => Some(upgrade.start(transport, parts.read_buf.to_vec())),
        _ => {
            linger(transport).await;
            None
        }
    }
}

/// Closes so that the client can read our last response.
async fn linger(mut transport: impl Transport) {
    if transport.shutdown().await.is_err() {
        return;
    }
    let mut discarded = 0;
    let mut buffer = [0; 1024];
    let discard = async {
        while discarded < LINGER_LEN_MAX {
            match transport.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(len) => discarded += len,
            }
        }
    };
    // Whether the client closed or did not, we do now.
    let _ = timeout(LINGER_TIMEOUT, discard).await;
}

/// The requests of one connection.
struct Pages {
    site: Arc<Site>,
    /// The WebSocket that the last request asked for.
    upgrade: Cell<Option<Upgrade>>,
}

impl Service<Request<Incoming>> for Pages {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let site = &self.site;
        let response = match answer(site.routes, &site.acceptor, &request) {
            Answer::Response(response) => response,
            Answer::Upgrade(upgrade) => {
                let response = upgrade.response();
                self.upgrade.set(Some(upgrade));
                response
            }
        };
        ready(Ok(response))
    }
}

#[cfg(test)]
mod tests;
