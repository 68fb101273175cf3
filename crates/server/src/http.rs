//! HTTP on one connection, until it becomes a WebSocket or ends. Owns every bound of that part, and
//! that a client can read our last response.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sockeye::{Stream, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use crate::answer::{Answer, Entry, answer};
use crate::limits::{LINGER_LEN_MAX, LINGER_TIMEOUT};
use crate::post::Post;
use crate::response::{Body, close};
use crate::site::Site;
use crate::visit::Visit;

/// Answers requests until the client leaves, time is up, or a WebSocket begins.
pub(crate) async fn serve_http(
    stream: Stream,
    address: Option<IpAddr>,
    site: &Arc<Site>,
    post: &Post,
) -> Option<Visit> {
    let pages = Pages {
        site: Arc::clone(site),
        post: post.clone(),
        entry: Cell::new(None),
    };
    let mut life = post.life.clone();
    // Whoever comes while the server leaves is given an answer, and no second one.
    let is_late = life.is_leaving();
    let mut http = site.http.serve_connection(TokioIo::new(stream), pages);
    let end = async {
        tokio::select! {
            biased;
            end = poll_fn(|cx| http.poll_without_shutdown(cx)) => return end,
            () = life.leaving(), if !is_late => {}
        }
        // What was asked is still answered.
        Pin::new(&mut http).graceful_shutdown();
        poll_fn(|cx| http.poll_without_shutdown(cx)).await
    };
    // A client that is too slow is cut off.
    let end = timeout(site.http_timeout, end).await.ok()?;
    let parts = http.into_parts();
    let stream = parts.io.into_inner();
    match parts.service.entry.take() {
        // The 101 is written: hyper ends only then.
        Some(entry) if end.is_ok() => Some(Visit {
            ws: entry.upgrade.start(stream, parts.read_buf.to_vec()),
            application: entry.application,
            path: entry.path,
            address,
            since: Instant::now(),
        }),
        _ => {
            linger(stream).await;
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
    post: Post,
    /// The WebSocket that the last request asked for.
    entry: Cell<Option<Entry>>,
}

impl Service<Request<Incoming>> for Pages {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let response = match answer(&self.site, &self.post, &request) {
            Answer::Response(response) if self.post.life.is_leaving() => close(response),
            Answer::Response(response) => response,
            Answer::Upgrade(entry) => {
                let response = entry.upgrade.response();
                self.entry.set(Some(entry));
                response
            }
        };
        ready(Ok(response))
    }
}
