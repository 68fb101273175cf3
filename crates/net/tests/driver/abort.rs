//! `abort`: the end at once. The `transport` is let go, TCP is reset, nobody waits any more, and it
//! is no error.

use sockeye::CloseCode;
use sockeye::limits::QUEUE_LEN_HIGH;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::support::open::server;
use crate::support::peer::{Peer, tcp_pair};
use crate::support::poll::settle;
use crate::support::wire::{TEXT, masked};

#[tokio::test(start_paused = true)]
async fn server_aborted_lets_go_of_the_transport_and_says_nothing() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.send("never sent").await.unwrap();
    ws.abort();
    assert!(script.is_dropped() && !script.is_shut());
    settle().await;
    assert_eq!(script.take_written(), b"");
}

#[tokio::test(start_paused = true)]
async fn server_aborted_ends_all_who_wait_and_all_who_come() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, mut receiver) = ws.split();
    sender.send(vec![0; QUEUE_LEN_HIGH]).await.unwrap();
    let receiving = tokio::spawn(async move { (receiver.recv().await, receiver) });
    let waiting = [0, 1].map(|which| {
        let sender = sender.clone();
        tokio::spawn(async move {
            if which == 0 {
                sender.send("more").await
            } else {
                sender.flush().await
            }
        })
    });
    settle().await;
    sender.abort();
    let (received, receiver) = receiving.await.unwrap();
    assert_eq!(received.unwrap(), None, "it was asked for");
    let event = receiver.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    for waited in waiting {
        assert!(waited.await.unwrap().is_err());
    }
    assert!(sender.is_closed() && sender.buffered_amount() == 0);
    assert!(sender.send("late").await.is_err());
    sender.abort();
}

#[tokio::test(start_paused = true)]
async fn server_aborted_still_delivers_what_its_last_read_brought() {
    let (ws, script) = server().await;
    let (sender, mut receiver) = ws.split();
    script.bytes(masked(TEXT, b"a").repeat(3));
    receiver.recv().await.unwrap().unwrap();
    sender.abort();
    for _ in 0..2 {
        assert!(receiver.recv().await.unwrap().is_some());
    }
    assert_eq!(receiver.recv().await.unwrap(), None);
}

#[tokio::test]
async fn server_aborted_over_tcp_resets_the_connection() {
    let (accepted, connected) = tcp_pair().await;
    let (ws, mut peer) = tokio::join!(sockeye::accept(accepted), Peer::open(connected));
    ws.unwrap().abort();
    let end = peer.stream.read(&mut [0; 16]).await.unwrap_err();
    assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn client_of_an_aborted_connection_sees_1006() {
    let (accepted, connected) = tcp_pair().await;
    let client = sockeye::Client::new("ws://localhost/").unwrap();
    let (server, client) = tokio::join!(sockeye::accept(accepted), client.connect_over(connected));
    server.unwrap().abort();
    let mut client = client.unwrap();
    assert!(client.recv().await.unwrap_err().is_lost());
    let event = client.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
}

/// What `connect` gives is a type of its own around TCP.
#[tokio::test]
async fn client_that_connected_by_url_and_aborts_resets_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let accepting = async { sockeye::accept(listener.accept().await.unwrap().0).await };
    let (client, server) = tokio::join!(sockeye::connect(&url), accepting);
    client.unwrap().abort();
    let error = server.unwrap().recv().await.unwrap_err();
    assert_eq!(kind(&error), Some(std::io::ErrorKind::ConnectionReset));
}

fn kind(error: &sockeye::Error) -> Option<std::io::ErrorKind> {
    let source = std::error::Error::source(error)?;
    Some(source.downcast_ref::<std::io::Error>()?.kind())
}
