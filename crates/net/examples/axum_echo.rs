//! A WebSocket as an argument of axum's handlers, beside a page, on one port.
//!
//! `cargo run -p sockeye --features axum --example axum_echo [ADDRESS]`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use axum::response::{Html, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use sockeye::{Acceptor, WebSocket, WebSocketUpgrade};
use tokio::net::TcpListener;

const PAGE: &str = "<!doctype html><title>Echo</title><script>
    const ws = new WebSocket('/echo', 'v1.echo');
    ws.onopen = () => ws.send('hello');
    ws.onmessage = ({ data }) => { document.body.append(data); ws.close(); };
</script>";

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    println!("http://{}/", listener.local_addr()?);
    let acceptor = Acceptor::default()
        .protocols(["v2.echo", "v1.echo"])
        .map_err(std::io::Error::other)?;
    let app = Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/echo", any(echo))
        .layer(Extension(acceptor));
    axum::serve(listener, app).await
}

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut ws: WebSocket| {
        if let Err(error) = answer(&mut ws).await {
            println!("a client is gone: {error}");
        }
    })
}

async fn answer(ws: &mut WebSocket) -> sockeye::Result<()> {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}
