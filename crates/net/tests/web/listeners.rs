//! Listeners and event handlers of a socket that is connected, and what they can do to it.

use std::sync::{Arc, Mutex};

use sockeye::web::{Event, EventKind, Options, WebSocket};

use crate::server::{Server, close_frame, soon, until_closed};
use crate::support::wire::{TEXT, unmasked};

/// A page that sets `onmessage` twice would hear each message twice.
#[tokio::test]
async fn handlers_are_one_per_event_and_listeners_as_many_as_were_added() {
    // WHATWG websockets §idl-8 TEST
    let server = Server::start().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = |name: &'static str| {
        let heard = Arc::clone(&heard);
        move || heard.lock().unwrap().push(name)
    };
    let (ended, end) = tokio::sync::oneshot::channel();
    let mut ended = Some(ended);
    let socket = WebSocket::with(&Options::new(), &server.url(), (), |socket| {
        let (first, second, open) = (hear("first"), hear("second"), hear("open"));
        let (listener, once, gone) = (hear("listener"), hear("once"), hear("gone"));
        socket.on_open(move |_| open());
        socket.on_error(|_| unreachable!("nothing fails"));
        socket.remove_handler(EventKind::Error);
        socket.on_message(move |_, _| first());
        socket.add_listener_once(EventKind::Message, move |_, _| once());
        socket
            .add_listener(EventKind::Message, move |_, _| gone())
            .remove();
        socket.add_listener(EventKind::Message, move |_, _| listener());
        socket.on_message(move |_, _| second());
        socket.on_close(move |socket, close| {
            assert_eq!(socket.ready_state(), WebSocket::CLOSED);
            ended.take().unwrap().send(close.clone()).unwrap();
        });
    })
    .unwrap();
    let mut peer = server.open().await;
    let messages = [
        unmasked(TEXT, b"1"),
        unmasked(TEXT, b"2"),
        close_frame(1000, ""),
    ];
    peer.send(&messages.concat()).await;
    until_closed(peer).await;
    assert!(soon(end).await.unwrap().was_clean);
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    assert_eq!(
        heard,
        ["open", "second", "once", "listener", "second", "listener"]
    );
    drop(socket);
}

/// One bug in one listener would end the connection, or the other listeners' events.
#[tokio::test]
async fn listener_that_panics_harms_nobody() {
    let server = Server::start().await;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let socket = WebSocket::with(&Options::new(), &server.url(), (), |socket| {
        socket.on_message(|_, _| panic!("on purpose"));
        socket.add_listener(EventKind::Message, move |_, event| {
            said.send(event.clone()).unwrap();
        });
    })
    .unwrap();
    let mut peer = server.open().await;
    for text in [b"1", b"2"] {
        peer.send(&unmasked(TEXT, text)).await;
        assert!(soon(heard.recv()).await.is_some());
    }
    assert_eq!(socket.ready_state(), WebSocket::OPEN);
}

/// A listener that keeps its own socket would keep it for ever.
#[tokio::test]
async fn listeners_are_let_go_after_close() {
    let server = Server::start().await;
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let socket = WebSocket::new(&server.url(), ()).unwrap();
    let (own, events) = (socket.clone(), socket.events());
    socket.on_message(move |_, _| {
        let _ = (&own, &held);
    });
    drop(socket);
    let mut peer = server.open().await;
    peer.send(&close_frame(1000, "")).await;
    let closing = tokio::spawn(until_closed(peer));
    let mut events = events;
    while soon(events.next()).await.is_some() {}
    closing.await.unwrap();
    soon(async {
        while Arc::strong_count(&token) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A listener that comes too late, and keeps its own socket, would keep it for ever.
#[tokio::test]
async fn listener_that_comes_after_close_is_not_kept() {
    let (socket, mut events) = WebSocket::with_events("ws://127.0.0.1:25/", ()).unwrap();
    while soon(events.next()).await.is_some() {}
    let token = Arc::new(());
    let (own, held) = (socket.clone(), Arc::clone(&token));
    let listener = socket.add_listener(EventKind::Close, move |_, _| {
        let _ = (&own, &held);
    });
    drop(listener);
    assert_eq!(Arc::strong_count(&token), 1);
}

/// One bug in what only writes down why it failed would take the events of that failure.
#[tokio::test]
async fn log_that_panics_harms_nobody() {
    let options = Options::new().on_log(|_| panic!("on purpose"));
    let (_socket, mut events) = options.open("ws://127.0.0.1:25/", ()).unwrap();
    assert_eq!(soon(events.next()).await, Some(Event::Error));
    assert!(soon(events.next()).await.is_some());
}

/// A listener that adds one, or replaces itself, would be stuck or be called twice.
#[tokio::test]
async fn listeners_change_listeners_from_inside() {
    let server = Server::start().await;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let socket = WebSocket::with(&Options::new(), &server.url(), (), |socket| {
        socket.on_message(move |socket, _| {
            said.send("first").unwrap();
            let said = said.clone();
            socket.on_message(move |_, _| said.send("second").unwrap());
        });
    })
    .unwrap();
    let mut peer = server.open().await;
    peer.send(&[unmasked(TEXT, b"1"), unmasked(TEXT, b"2")].concat())
        .await;
    assert_eq!(soon(heard.recv()).await, Some("first"));
    assert_eq!(soon(heard.recv()).await, Some("second"));
    drop(socket);
}
