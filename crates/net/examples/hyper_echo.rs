//! WebSockets and pages on one port, with hyper and nothing above it.
//!
//! `cargo run -p sockeye --features hyper --example hyper_echo [ADDRESS]`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sockeye::{Acceptor, WebSocket};
use tokio::net::TcpListener;

type Body = Full<Bytes>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    println!("http://{}/", listener.local_addr()?);
    let acceptor = Acceptor::default();
    loop {
        let report = |error| println!("no connection can be accepted: {error}");
        let (stream, _) = sockeye::accept_tcp(&listener, report).await;
        let acceptor = acceptor.clone();
        let service = service_fn(move |request| {
            let response = answer(&acceptor, request);
            async { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        tokio::spawn(connection);
    }
}

fn answer(acceptor: &Acceptor, mut request: Request<Incoming>) -> Response<Body> {
    if request.uri().path() != "/echo" {
        return page(StatusCode::NOT_FOUND, "there is a WebSocket at /echo\n");
    }
    match acceptor.upgrade_http(&mut request) {
        Ok(Some(upgrade)) => upgrade.on_upgrade(echo),
        Ok(None) => page(StatusCode::OK, "this address speaks WebSocket\n"),
        Err(rejection) => rejection.response(),
    }
}

fn page(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

async fn echo(mut ws: WebSocket) {
    while let Ok(Some(message)) = ws.recv().await {
        if ws.send(message).await.is_err() {
            return;
        }
    }
}
