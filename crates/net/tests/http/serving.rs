//! Servers for one test each, and what a client asks them.

use std::net::SocketAddr;

use axum::Router;
use sockeye::{WebSocket, WebSocketUpgrade};
use tokio::net::{TcpListener, TcpStream};

use crate::support::open::REQUEST;
use crate::support::peer::Peer;

/// Serves `app` as axum does, for as long as the test runs.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

/// A handler that sends everything back.
pub(crate) async fn echo_handler(upgrade: WebSocketUpgrade) -> axum::response::Response {
    upgrade.on_upgrade(echo)
}

pub(crate) async fn echo(mut ws: WebSocket) {
    while let Ok(Some(message)) = ws.recv().await {
        if ws.send(message).await.is_err() {
            return;
        }
    }
}

/// A client that speaks raw bytes.
pub(crate) async fn client(address: SocketAddr) -> Peer<TcpStream> {
    Peer::new(TcpStream::connect(address).await.unwrap())
}

/// The head of the answer to `request`.
pub(crate) async fn ask(address: SocketAddr, request: &str) -> String {
    let mut client = client(address).await;
    client.send(request.as_bytes()).await;
    client.head().await
}

/// `REQUEST` with more lines.
pub(crate) fn with(lines: &str) -> String {
    let (head, _) = REQUEST.rsplit_once("\r\n").unwrap();
    format!("{head}{lines}\r\n\r\n")
}
