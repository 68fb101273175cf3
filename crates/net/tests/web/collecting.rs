//! Sockets that nothing refers to any more: what a browser's garbage collector does, a drop does.

use sockeye::web::{EventKind, WebSocket};

use crate::journal::{line, open};
use crate::server::{Server, soon, until_closed};
use crate::support::wire::{TEXT, unmasked};

/// The server would keep a connection that nobody has, or see a code that nobody gave.
#[tokio::test]
async fn dropped_socket_closes_without_a_code() {
    let server = Server::start().await;
    let (socket, mut events) = WebSocket::with_events(&server.url(), ()).unwrap();
    let peer = server.open().await;
    soon(events.next()).await.unwrap();
    drop(events);
    drop(socket.clone());
    assert_eq!(socket.ready_state(), WebSocket::OPEN);
    drop(socket);
    let frames = until_closed(peer).await;
    assert_eq!((frames.len(), frames[0].close_code()), (1, None));
}

/// An attempt that nobody waits for would go on.
#[tokio::test]
async fn dropped_socket_gives_its_attempt_up() {
    let server = Server::start().await;
    let socket = WebSocket::new(&server.url(), ()).unwrap();
    let mut peer = server.next().await;
    peer.head().await;
    drop(socket);
    assert_eq!(peer.frame().await, None);
}

/// What a page said last would get lost with its socket.
#[tokio::test]
async fn dropped_socket_sends_what_it_was_given_first() {
    let server = Server::start().await;
    let (socket, mut events) = WebSocket::with_events(&server.url(), ()).unwrap();
    let peer = server.open().await;
    soon(events.next()).await.unwrap();
    let large = vec![7; 8 << 20];
    socket.send(&large[..]).unwrap();
    socket.send("last words").unwrap();
    drop((socket, events));
    let frames = soon(until_closed(peer)).await;
    assert_eq!(frames.len(), 3);
    assert!(frames[0].payload == large);
    assert_eq!(frames[1].payload, b"last words");
    assert_eq!(frames[2].close_code(), None);
}

/// A page's one-liner, whose socket has no name, would stop hearing.
#[tokio::test]
async fn socket_with_a_listener_stays_until_the_listener_is_removed() {
    let server = Server::start().await;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let socket = WebSocket::new(&server.url(), ()).unwrap();
    let listener = socket.add_listener(EventKind::Message, move |socket, event| {
        said.send(line(socket, event)).unwrap();
    });
    drop(socket);
    let mut peer = server.open().await;
    peer.send(&unmasked(TEXT, b"still here?")).await;
    assert_eq!(
        soon(heard.recv()).await.unwrap(),
        "message in OPEN \"still here?\""
    );
    listener.remove();
    let frames = until_closed(peer).await;
    assert_eq!((frames.len(), frames[0].close_code()), (1, None));
}

/// A socket that will never open again would stay for its listener for `open`.
#[tokio::test]
async fn listener_for_open_keeps_no_open_socket() {
    let server = Server::start().await;
    let (said, heard) = tokio::sync::oneshot::channel();
    let mut said = Some(said);
    let socket = WebSocket::new(&server.url(), ()).unwrap();
    socket.on_open(move |_| said.take().unwrap().send(()).unwrap());
    drop(socket);
    let peer = server.open().await;
    soon(heard).await.unwrap();
    assert_eq!(until_closed(peer).await.len(), 1);
}

/// A socket that is referred to would be closed behind its owner's back.
#[tokio::test]
async fn socket_stays_while_something_refers_to_it() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let clone = socket.clone();
    drop(socket);
    let mut peer = server.open().await;
    assert_eq!(journal.next().await, "open in OPEN");
    peer.send(&unmasked(TEXT, b"1")).await;
    assert_eq!(journal.next().await, "message in OPEN \"1\"");
    clone.send("2").unwrap();
    assert_eq!(peer.frame().await.unwrap().payload, b"2");
}
