//! A proxy: for each client a connection to the same server. Messages and close codes go both ways,
//! each side waits for the other to take what it sent, and a loss on one side is one on the other.
//!
//! `cargo run -p sockeye --example proxy -- ws://127.0.0.1:9001/ [ADDRESS]`
#![expect(clippy::print_stdout, reason = "a program that says where it listens")]

use std::error::Error;

use sockeye::{Acceptor, Client, CloseCode, Incoming, Receiver, Result, Sender, Transport};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let target = args.next().ok_or("usage: proxy URL [ADDRESS]")?;
    let address = args.next();
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    println!("ws://{}/", listener.local_addr()?);
    serve(listener, Client::new(&target)?).await;
    Ok(())
}

/// Connects whoever comes with what `target` connects to.
pub(crate) async fn serve(listener: TcpListener, target: Client) {
    let acceptor = Acceptor::default();
    loop {
        let report = |error| println!("no connection can be accepted: {error}");
        let (stream, address) = sockeye::accept_tcp(&listener, report).await;
        let (acceptor, target) = (acceptor.clone(), target.clone());
        tokio::spawn(async move {
            if let Err(error) = attend(&acceptor, stream, target).await {
                println!("{address} cannot be served: {error}");
            }
        });
    }
}

/// One client: it gets its WebSocket once the server's is open, or learns that there is none.
async fn attend(acceptor: &Acceptor, stream: TcpStream, target: Client) -> Result<()> {
    let Incoming::WebSocket(opening) = acceptor.read_request(stream).await? else {
        return Ok(());
    };
    let server = match target.connect().await {
        Ok(server) => server,
        Err(error) => {
            let headers = [("Content-Type", "text/plain")];
            opening.refuse(502, &headers, b"no server\n").await?;
            return Err(error);
        }
    };
    let (to_server, from_server) = server.split();
    let (to_client, from_client) = opening.accept().await?.split();
    tokio::join!(
        forward(from_client, to_server),
        forward(from_server, to_client)
    );
    Ok(())
}

/// One direction, until its sender ends it.
async fn forward<A: Transport, B: Transport>(mut from: Receiver<A>, to: Sender<B>) {
    while let Ok(Some(message)) = from.recv().await {
        if to.send(message).await.is_err() {
            // The receiver has closed, or is lost: the other direction passes that on.
            return;
        }
    }
    let passed_on = match from.close_event() {
        Some(end) if end.code.is_sendable() => to.close(end.code, &end.reason),
        Some(end) if end.code == CloseCode::NO_STATUS => to.close(None, ""),
        // No Close came, so none is made up.
        _ => {
            to.abort();
            Ok(())
        }
    };
    passed_on.expect("a code and a reason that came may be sent");
}
