//! WebSockets on a port that serves HTTP: `http_upgrade`, and those around it that never wait
//! (`extract`, `service`), so that there is no poll to drop them at.

use std::convert::Infallible;
use std::pin::Pin;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Request;
use futures_util::FutureExt;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sockeye::{Acceptor, ServiceBody, WebSocket, WebSocketService, WebSocketUpgrade};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tower_service::Service;

use crate::hesitant::hesitant;
use crate::knife::{Case, Clock, Knife, play};
use crate::support::open::REQUEST;

pub(crate) const CASES: &[Case] = cases! {
    "WebSocketUpgrade::accept" => upgrade,
};

/// What is complete with its first poll.
pub(crate) const READY_AT_ONCE: &[&str] = &[
    "Body for ServiceBody",
    "FromRequestParts for WebSocketUpgrade",
    "OptionalFromRequestParts for WebSocketUpgrade",
    "Service for WebSocketService",
];

type Upgrading = Pin<Box<dyn Future<Output = sockeye::Result<WebSocket>> + Send>>;

#[test]
fn upgrade_dropped_at_any_poll_closes_the_connection() {
    play(CASES, Clock::Virtual, 1);
}

/// Serves one request with hyper. The futures of its upgrades come through the channel, and what
/// the client gets until the end is the task's result.
fn serve() -> (mpsc::Receiver<Upgrading>, tokio::task::JoinHandle<Vec<u8>>) {
    let (near, mut far, _) = hesitant(20);
    let (tx, rx) = mpsc::channel(1);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let upgrade = Acceptor::default().upgrade_http(&mut request);
        let (response, upgrading) = upgrade.unwrap().unwrap().accept::<Empty<Bytes>>();
        tx.try_send(Box::pin(upgrading) as Upgrading).unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(near), service);
    tokio::spawn(connection.with_upgrades());
    let heard = tokio::spawn(async move {
        far.write_all(REQUEST.as_bytes()).await.unwrap();
        let mut all = Vec::new();
        far.read_to_end(&mut all).await.unwrap();
        all
    });
    (rx, heard)
}

async fn upgrade(knife: Knife) {
    loop {
        let (mut upgrades, heard) = serve();
        let upgrading = upgrades.recv().await.unwrap();
        let opened = knife.cut(upgrading).await;
        let is_open = opened.map(|opened| drop(opened.unwrap())).is_some();
        // The client learns of the end, however it came.
        let heard = heard.await.unwrap();
        assert!(heard.starts_with(b"HTTP/1.1 101 "));
        if is_open {
            break;
        }
    }
}

#[tokio::test]
async fn extractors_and_services_are_ready_at_once() {
    let (mut parts, ()) = Request::new(()).into_parts();
    let upgrade = <WebSocketUpgrade as FromRequestParts<()>>::from_request_parts;
    let extracted = upgrade(&mut parts, &()).now_or_never();
    assert!(extracted.expect("it does not wait").is_err());
    let upgrade = <WebSocketUpgrade as OptionalFromRequestParts<()>>::from_request_parts;
    let extracted = upgrade(&mut parts, &()).now_or_never();
    assert!(extracted.expect("it does not wait").unwrap().is_none());

    let mut service = WebSocketService::new(Acceptor::default(), async |_: WebSocket, _| {});
    let answered = service.call(Request::new(())).now_or_never();
    let response = answered.expect("it does not wait").unwrap();
    let body: ServiceBody = response.into_body();
    assert!(body.collect().now_or_never().is_some(), "nor does its body");
}
