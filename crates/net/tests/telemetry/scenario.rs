//! What happens to the connections that are told of.

use sockeye::{Acceptor, Client, CloseCode, DeflatePolicy, Incoming};
use sockeye_proto::fault::Fault;
use tokio::io::{AsyncWriteExt, duplex};

use crate::support::open::{REQUEST, deflating_server, server};
use crate::support::wire::{PING, TEXT, masked, masked_close, unmasked};

/// Words that only peers and users say, and that nobody is to read in a log.
pub(crate) const SECRETS: [&str; 4] = ["s3cret-cookie", "s3cret-auth", "s3cret-text", "s3cret-end"];

/// A connection that exchanges texts, measures a round trip and closes.
pub(crate) async fn talk() {
    let (mut client, mut server) = sockeye::pair();
    client.send("s3cret-text").await.unwrap();
    server.recv().await.unwrap().unwrap();
    server.send(vec![7; 300]).await.unwrap();
    client.recv().await.unwrap().unwrap();
    let sender = client.sender();
    let answering = tokio::spawn(async move { server.recv().await });
    let receiving = tokio::spawn(async move {
        client.recv().await.unwrap();
    });
    sender.round_trip().await.unwrap();
    sender.close(CloseCode::NORMAL, "s3cret-end").unwrap();
    answering.await.unwrap().unwrap();
    receiving.await.unwrap();
}

/// A client whose frame is not masked, and one that is cut off.
pub(crate) async fn fail() {
    let (mut ws, script) = server().await;
    script.bytes(unmasked(PING, b"s3cret-text"));
    script.end();
    let error = ws.recv().await.unwrap_err();
    assert!(matches!(error.fault(), Some(Fault::Peer(_))));
    let (mut ws, script) = server().await;
    script.read_error(std::io::ErrorKind::ConnectionReset);
    assert!(ws.recv().await.unwrap_err().is_lost());
}

/// Requests with secrets that are refused: by the rules, by the application, and by a server.
pub(crate) async fn refuse() {
    let lines = "Cookie: id=s3cret-cookie\r\nAuthorization: Bearer s3cret-auth\r\n";
    let (head, _) = REQUEST.rsplit_once("\r\n").unwrap();
    let broken = format!("{head}{lines}Origin: https://s3cret-text\r\n\r\n");
    let (mut client, stream) = duplex(4096);
    client.write_all(broken.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    assert!(sockeye::accept(stream).await.unwrap_err().is_peer_fault());

    let (mut client, stream) = duplex(4096);
    client
        .write_all(format!("{head}{lines}\r\n").as_bytes())
        .await
        .unwrap();
    client.shutdown().await.unwrap();
    let incoming = Acceptor::default().read_request(stream).await.unwrap();
    let Incoming::WebSocket(opening) = incoming else {
        unreachable!("the request asks for a WebSocket");
    };
    opening.refuse(404, &[], b"s3cret-text").await.unwrap();

    let (stream, mut server) = duplex(4096);
    let answer = b"HTTP/1.1 503 s3cret-text\r\nContent-Length: 0\r\n\r\n";
    server.write_all(answer).await.unwrap();
    let client = Client::new("ws://example.com/?s3cret-auth").unwrap();
    let client = client.cookie("id", "s3cret-cookie").unwrap();
    assert!(
        client
            .handshake_over(stream)
            .await
            .unwrap_err()
            .is_refused()
    );
}

/// A thousand bytes that compress, sent to a peer that takes 20 at first.
pub(crate) async fn compress() {
    let policy = DeflatePolicy::no_takeover();
    let (mut ws, script) = deflating_server(policy, "permessage-deflate").await;
    script.take_up_to(Some(20));
    ws.send(vec![b'z'; 1000]).await.unwrap();
    ws.send(vec![7; 50]).await.unwrap();
    script.take_up_to(None);
    ws.flush().await.unwrap();
    script.bytes(masked(TEXT, b"hello"));
    ws.recv().await.unwrap().unwrap();
    script.bytes(masked_close(3999));
    script.end();
    assert_eq!(ws.recv().await.unwrap(), None);
}
