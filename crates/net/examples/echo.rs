//! A server that answers each message with itself, and nothing else.
//!
//! `cargo run -p sockeye --example echo [ADDRESS]`, then `sockeye connect ws://127.0.0.1:8080/`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use std::io;

use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    println!("ws://{}/", listener.local_addr()?);
    serve(listener).await;
    Ok(())
}

/// Accepts whoever comes. No error of a connection or of the system ends it.
pub(crate) async fn serve(listener: TcpListener) {
    loop {
        let report = |error| println!("no connection can be accepted: {error}");
        let (stream, address) = sockeye::accept_tcp(&listener, report).await;
        tokio::spawn(async move {
            if let Err(error) = echo(stream).await {
                println!("{address} is gone: {error}");
            }
        });
    }
}

/// One connection, until its client closes it.
async fn echo(stream: TcpStream) -> sockeye::Result<()> {
    let mut ws = sockeye::accept(stream).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}
