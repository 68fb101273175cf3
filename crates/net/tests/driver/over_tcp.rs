//! How connections end over real TCP: a reset, and a peer that is gone without a word. Each end can
//! be told from the others.

use std::error::Error as _;
use std::io;

use sockeye::fault::{Fault, Timeout};
use sockeye::{
    Client, CloseCode, Error, MessageKind, PreparedMessage, SlowReceiver, Stream, WebSocket,
    broadcast,
};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{Instant, pause};

use crate::support::open::answer_to;
use crate::support::peer::{Peer, tcp_pair};
use crate::support::wire::{CLOSE, TEXT, masked, unmasked};

/// A server's connection and its client.
async fn server() -> (WebSocket, Peer<TcpStream>) {
    let (accepted, connected) = tcp_pair().await;
    let (ws, peer) = tokio::join!(
        sockeye::accept(Stream::plain(accepted)),
        Peer::open(connected)
    );
    (ws.unwrap(), peer)
}

/// A client's connection and its server.
async fn client() -> (WebSocket, Peer<TcpStream>) {
    let (accepted, connected) = tcp_pair().await;
    let mut peer = Peer::new(accepted);
    let answering = async {
        let request = peer.head().await;
        peer.send(answer_to(&request, "").as_bytes()).await;
    };
    let client = Client::new("ws://example.com/").unwrap();
    let (ws, ()) = tokio::join!(client.connect_over(connected), answering);
    (ws.unwrap(), peer)
}

fn assert_reset(error: &Error) {
    assert!(error.is_lost(), "{error:?}");
    assert!(!error.is_peer_fault() && !error.is_limit() && !error.is_timeout());
    assert!(!error.is_closed() && error.fault().is_none());
    let source = error.source().and_then(|source| source.downcast_ref());
    assert_eq!(
        source.map(io::Error::kind),
        Some(io::ErrorKind::ConnectionReset)
    );
}

#[tokio::test]
async fn both_roles_report_a_reset_as_a_lost_connection_with_its_cause() {
    for (mut ws, peer) in [server().await, client().await] {
        // Without lingering, closing resets the connection.
        peer.stream.set_zero_linger().unwrap();
        drop(peer);
        assert_reset(&ws.recv().await.unwrap_err());
        assert_eq!(ws.recv().await.unwrap(), None);
        let event = ws.close_event().unwrap();
        assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
        assert!(ws.send("late").await.unwrap_err().is_lost());
    }
}

#[tokio::test]
async fn server_waiting_in_recv_learns_of_a_reset_after_a_message() {
    let (mut ws, mut peer) = server().await;
    let receiving = tokio::spawn(async move {
        let message = ws.recv().await.unwrap().unwrap();
        ws.send(message).await.unwrap();
        ws.recv().await.unwrap_err()
    });
    peer.send(&masked(TEXT, b"last words")).await;
    assert_eq!(peer.frame().await.unwrap().payload, b"last words");
    peer.stream.set_zero_linger().unwrap();
    drop(peer);
    assert_reset(&receiving.await.unwrap());
}

/// Fails if the reset that follows the Close of a server which hangs up on a long message hides why
/// it did, from a client that only sends.
#[tokio::test]
async fn client_that_only_sends_is_told_of_the_close_before_the_reset() {
    for wire in [
        unmasked(CLOSE, b"\x03\xf1"),
        [unmasked(TEXT, b"a word"), unmasked(CLOSE, b"\x03\xf1no")].concat(),
    ] {
        let (mut ws, mut peer) = client().await;
        let hanging_up = tokio::spawn(async move {
            peer.bytes(1000).await;
            peer.send(&wire).await;
            // What it did not read resets the connection.
        });
        let piece = vec![7; 100_000];
        let mut stream = ws.send_stream(MessageKind::Binary);
        let error = loop {
            if let Err(error) = stream.write(&piece).await {
                break error;
            }
        };
        assert_eq!(error.close_code(), Some(1009.into()), "{error:?}");
        hanging_up.await.unwrap();
    }
}

/// Fails if any handle does not know who the peer is, or a connection over something else does.
#[tokio::test]
async fn every_handle_knows_the_address_of_its_peer() {
    for (ws, peer) in [server().await, client().await] {
        let address = peer.stream.local_addr().ok();
        assert!(address.is_some() && ws.peer_addr() == address);
        let (sender, receiver) = ws.split();
        assert_eq!(sender.peer_addr(), address);
        assert_eq!(receiver.peer_addr(), address);
        sender.abort();
        assert_eq!(sender.peer_addr(), None, "the socket is gone");
    }
    let (accepted, connected) = tcp_pair().await;
    let address = connected.local_addr().ok();
    let (ws, _peer) = tokio::join!(sockeye::accept(accepted), Peer::open(connected));
    assert_eq!(
        ws.unwrap().peer_addr(),
        address,
        "without a stream around it"
    );
    let (ws, _other) = sockeye::pair();
    assert_eq!(ws.peer_addr(), None);
}

/// The text with the number `n`.
fn numbered(n: usize) -> String {
    format!("{n:01000}")
}

/// Fails if what the kernel takes of a message for many in part, or not at all, is lost, goes out
/// twice or in another order, or if nobody goes on once there is room.
#[tokio::test]
async fn server_broadcasts_once_and_in_order_however_the_kernel_cuts_it() {
    let (ws, mut peer) = server().await;
    let sender = ws.sender();
    let (mut sent, mut received) = (0, 0);
    for _ in 0..3 {
        // Until the kernel is full, and the queue then.
        loop {
            let message = PreparedMessage::new(numbered(sent));
            if broadcast([&sender], &message, SlowReceiver::Skip).sent == 0 {
                break;
            }
            sent += 1;
            yield_now().await;
        }
        assert!(sender.buffered_amount() > 0 && sent > received);
        while received < sent {
            let frame = peer.frame().await.unwrap();
            assert_eq!(frame.payload, numbered(received).as_bytes());
            received += 1;
        }
    }
}

/// Fails if what only a broadcast finds out is lost: that the peer has reset the connection.
#[tokio::test]
async fn server_that_broadcasts_to_a_peer_that_reset_reports_it() {
    let (mut ws, peer) = server().await;
    let sender = ws.sender();
    peer.stream.set_zero_linger().unwrap();
    drop(peer);
    let news = PreparedMessage::new("news");
    broadcast([&sender], &news, SlowReceiver::Skip);
    while sender.buffered_amount() > 0 {
        yield_now().await;
    }
    assert_reset(&ws.recv().await.unwrap_err());
    assert_eq!(broadcast([&sender], &news, SlowReceiver::Skip).gone, 1);
}

/// Waits for the end of a connection whose peer is there and says nothing.
async fn assert_given_up(mut ws: WebSocket) {
    // Nothing is on its way any more: only the clock can end this.
    pause();
    let start = Instant::now();
    let error = ws.recv().await.unwrap_err();
    // Some of the 40 s may have passed before; the runtime's timers count in milliseconds.
    let waited = start.elapsed().as_secs();
    assert!((35..=40).contains(&waited), "{waited}");
    assert!(error.is_timeout() && !error.is_lost() && !error.is_peer_fault());
    assert_eq!(error.fault(), Some(Fault::Timeout(Timeout::Pong)));
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
}

#[tokio::test]
async fn server_gives_up_a_client_that_is_gone_without_a_word() {
    let (ws, _peer) = server().await;
    assert_given_up(ws).await;
}

#[tokio::test]
async fn client_gives_up_a_server_that_is_gone_without_a_word() {
    let (ws, _peer) = client().await;
    assert_given_up(ws).await;
}
