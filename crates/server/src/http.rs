//! HTTP on one connection, until it becomes a WebSocket or ends: HTTP/1.1, or HTTP/2 where TLS
//! agreed on it, which knows no WebSockets here. Owns every bound of that part, and that a client
//! can read our last response.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header;
use hyper::service::Service;
use hyper::{Request, Response, Version};
use hyper_util::rt::TokioIo;
use sockeye::upgrade::Upgrade;
use sockeye::{Stream, Transport, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::answer::{Answer, Desk, Entry};
use crate::excess::Excess;
use crate::limits::{LINGER_LEN_MAX, LINGER_TIMEOUT, TURNED_AWAY_TIMEOUT};
use crate::post::Post;
use crate::response::{Body, close, refuse_newcomer, turn_away};
use crate::site::Site;
use crate::stats::Count;

/// Answers requests until the client leaves, time is up, or a WebSocket begins. With an excess that
/// is the answer, whatever is asked.
pub(crate) async fn serve_http(
    stream: Stream,
    peer: Option<IpAddr>,
    excess: Option<Excess>,
    site: &Arc<Site>,
    post: &Post,
) -> Option<(WebSocket, Box<Entry>)> {
    let tls = stream.tls_info();
    let pages = Pages {
        site: Arc::clone(site),
        post: post.clone(),
        peer,
        excess,
        is_tls: tls.is_some(),
        agreed: Cell::new(None),
    };
    let protocol = tls.and_then(|info| info.alpn);
    if protocol.as_deref() == Some(b"h2") {
        // In a box: it is much larger than HTTP/1.1, which most connections are.
        Box::pin(serve_http2(stream, pages)).await;
        return None;
    }
    let time = pages.time();
    let mut life = post.life.clone();
    let mut http = site.http1.serve_connection(TokioIo::new(stream), pages);
    let end = async {
        tokio::select! {
            biased;
            end = poll_fn(|cx| http.poll_without_shutdown(cx)) => return end,
            // Whoever comes while the server leaves is given an answer, and no second one.
            () = life.leaving() => {}
        }
        // What was asked is still answered.
        Pin::new(&mut http).graceful_shutdown();
        poll_fn(|cx| http.poll_without_shutdown(cx)).await
    };
    // A client that is too slow is cut off.
    let end = timeout(time, end).await.ok()?;
    let parts = http.into_parts();
    let stream = parts.io.into_inner();
    match parts.service.agreed.take() {
        // The 101 is written: hyper ends only then.
        Some((upgrade, entry)) if end.is_ok() => {
            let ws = upgrade.start(stream, parts.read_buf.to_vec());
            Some((ws, entry))
        }
        _ => {
            linger(stream).await;
            None
        }
    }
}

async fn serve_http2(stream: Stream, pages: Pages) {
    let (site, mut life) = (Arc::clone(&pages.site), pages.post.life.clone());
    let time = pages.time();
    let mut http = pin!(site.http2.serve_connection(TokioIo::new(stream), pages));
    let end = async {
        tokio::select! {
            biased;
            // Whatever ended it was its client's doing, and the client was told.
            _ = http.as_mut() => return,
            () = life.leaving() => {}
        }
        http.as_mut().graceful_shutdown();
        let _ = http.await;
    };
    let _ = timeout(time, end).await;
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
    post: Post,
    /// Whoever holds the connection.
    peer: Option<IpAddr>,
    /// What there is too much of with it.
    excess: Option<Excess>,
    is_tls: bool,
    /// The WebSocket that the last request asked for.
    agreed: Cell<Option<(Box<Upgrade>, Box<Entry>)>>,
}

impl Pages {
    /// How long the connection may last unless it becomes a WebSocket.
    fn time(&self) -> Duration {
        match self.excess {
            Some(_) => TURNED_AWAY_TIMEOUT,
            None => self.site.http_timeout,
        }
    }

    fn respond(&self, request: &Request<Incoming>) -> Response<Body> {
        match self.excess {
            // As for everybody who comes then, which is said first.
            Some(_) if !self.post.life.is_serving() => return refuse_newcomer(),
            Some(excess) => return turn_away(excess),
            None => {}
        }
        let desk = Desk {
            site: &self.site,
            post: &self.post,
            peer: self.peer,
            is_tls: self.is_tls,
        };
        let post = desk.post;
        match desk.answer(request) {
            Answer::Response(response) if post.life.is_leaving() => close(response),
            Answer::Response(response) => response,
            Answer::Upgrade(upgrade, entry) => {
                let response = upgrade.response();
                self.agreed.set(Some((upgrade, entry)));
                response
            }
        }
    }
}

impl Service<Request<Incoming>> for Pages {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut response = self.respond(&request);
        if request.version() == Version::HTTP_2 {
            // RFC 9113 §8.2.2: these are about a connection of HTTP/1.1.
            response.headers_mut().remove(header::CONNECTION);
            response.headers_mut().remove(header::UPGRADE);
        }
        let counters = &self.post.counters;
        counters.count(Count::of_status(response.status()));
        ready(Ok(response))
    }
}
