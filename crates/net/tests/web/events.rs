//! Events as a stream (`handover`): one at a time, with the socket as it is at that event.

use futures_util::StreamExt;
use sockeye::web::{BinaryType, Data, Event, WebSocket};

use crate::server::{Server, close_frame, soon, until_closed};
use crate::support::wire::{BINARY, TEXT, unmasked};

/// Who reads events would see the state of a later one.
#[tokio::test]
async fn socket_is_as_each_event_finds_it() {
    let server = Server::start().await;
    let (socket, mut events) = WebSocket::with_events(&server.url(), ()).unwrap();
    let mut peer = server.open().await;
    let bytes = unmasked(BINARY, &[1]);
    let all = [
        bytes.clone(),
        bytes,
        unmasked(TEXT, b"2"),
        close_frame(1000, ""),
    ];
    peer.send(&all.concat()).await;

    assert_eq!(soon(events.next()).await, Some(Event::Open));
    assert_eq!(socket.ready_state(), WebSocket::OPEN);
    let mut data = async || match soon(events.next()).await {
        Some(Event::Message(message)) => message.into_data(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(data().await, Data::Blob(_)));
    socket.set_binary_type(BinaryType::ArrayBuffer);
    assert!(matches!(data().await, Data::ArrayBuffer(_)));
    assert_eq!(data().await.as_text(), Some("2"));
    // The Close was read long ago, if anything was.
    assert_eq!(socket.ready_state(), WebSocket::OPEN);
    let closed = tokio::spawn(until_closed(peer));
    assert!(matches!(soon(events.next()).await, Some(Event::Close(_))));
    assert_eq!(socket.ready_state(), WebSocket::CLOSED);
    assert_eq!(soon(events.next()).await, None);
    assert_eq!(
        soon(socket.events().next()).await,
        None,
        "who comes late hears nothing"
    );
    closed.await.unwrap();
}

/// A program would take as much memory as its server likes to send.
#[tokio::test]
async fn server_waits_for_who_does_not_read_events() {
    let server = Server::start().await;
    let (_socket, mut events) = WebSocket::with_events(&server.url(), ()).unwrap();
    let mut peer = server.open().await;
    let message = unmasked(BINARY, &vec![7; 1 << 20]);
    let sent = tokio::spawn(async move {
        for _ in 0..64 {
            peer.send(&message).await;
        }
        peer
    });
    assert_eq!(soon(events.next()).await, Some(Event::Open));
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(!sent.is_finished(), "64 MiB went somewhere");
    for _ in 0..64 {
        let event = soon(events.next()).await.unwrap();
        assert!(
            matches!(event, Event::Message(message) if message.data().as_bytes().len() == 1 << 20)
        );
    }
    soon(sent).await.unwrap();
}

/// Two readers would share the events between them.
#[tokio::test]
async fn each_reader_gets_every_event() {
    let server = Server::start().await;
    let (socket, first) = WebSocket::with_events(&server.url(), ()).unwrap();
    let second = socket.events();
    let mut peer = server.open().await;
    peer.send(&[unmasked(TEXT, b"1"), close_frame(4000, "bye")].concat())
        .await;
    let closing = tokio::spawn(until_closed(peer));
    // As streams.
    let (first, second) =
        soon(async { tokio::join!(first.collect::<Vec<_>>(), second.collect::<Vec<_>>()) }).await;
    assert_eq!(first.len(), 3);
    assert_eq!(first, second);
    closing.await.unwrap();
}

/// A program that ends its runtime would leave a thread waiting for events that no task fires.
#[test]
fn events_end_with_the_runtime() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let own = runtime();
    let (_socket, mut events) = own.block_on(async {
        // Nobody answers: the listener's queue takes the connection.
        let server = Server::start().await;
        let opened = WebSocket::with_events(&server.url(), ()).unwrap();
        server.next().await;
        opened
    });
    drop(own);
    assert_eq!(runtime().block_on(soon(events.next())), None);
}
