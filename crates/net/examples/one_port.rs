//! WebSockets and pages on one port without a feature: the first request on a stream decides
//! whether it becomes a WebSocket, is refused, or goes to an HTTP server, which is hyper's here.
//!
//! `cargo run -p sockeye --example one_port [ADDRESS]`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming as Body};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use sockeye::{Acceptor, Incoming, Rewound};
use tokio::net::{TcpListener, TcpStream};

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
        tokio::spawn(async move {
            if let Err(error) = serve(&acceptor, stream).await {
                println!("a client is gone: {error}");
            }
        });
    }
}

async fn serve(acceptor: &Acceptor, stream: TcpStream) -> sockeye::Result<()> {
    match acceptor.read_request(stream).await? {
        Incoming::WebSocket(opening) if opening.request().target() != "/echo" => {
            let headers = [("Content-Type", "text/plain")];
            opening.refuse(404, &headers, b"it is at /echo\n").await
        }
        Incoming::WebSocket(opening) => {
            let mut ws = opening.accept().await?;
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            Ok(())
        }
        Incoming::Http(request) => {
            serve_pages(request.into_transport()).await;
            Ok(())
        }
    }
}

/// This request, and those that follow on the same connection.
async fn serve_pages(transport: Rewound<TcpStream>) {
    let page = |_: Request<Body>| async {
        let page = Full::new(Bytes::from_static(b"there is a WebSocket at /echo\n"));
        Ok::<_, Infallible>(Response::new(page))
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(transport), service_fn(page));
    if let Err(error) = connection.await {
        println!("a client is gone: {error}");
    }
}
