//! The object of browsers (`web`): an event whose future was dropped fires for the next one. The
//! clock runs, as these connect over TCP.

use futures_util::StreamExt;
use sockeye::Message;
use sockeye::web::{Dial, Event, Machine, Network, NetworkEvent, Settings, WebSocket};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::knife::{Case, Clock, Knife, play};
use crate::support::open::answer_to;
use crate::support::peer::Peer;
use crate::support::wire::{CLOSE, TEXT, unmasked};

pub(crate) const CASES: &[Case] = cases! {
    "Events::next" => next,
    "Network::event" => event,
    "Stream for Events" => stream,
};

#[test]
fn event_whose_future_is_dropped_at_any_poll_is_not_lost() {
    play(CASES, Clock::Real, 2);
}

/// A server that lets one client in, says a word and closes; the task ends with the client's Close.
async fn serve() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut peer = Peer::new(listener.accept().await.unwrap().0);
        let request = peer.head().await;
        peer.send(answer_to(&request, "").as_bytes()).await;
        peer.send(&unmasked(TEXT, b"one")).await;
        peer.send(&unmasked(CLOSE, &4000_u16.to_be_bytes())).await;
        assert_eq!(peer.frame().await.unwrap().close_code(), Some(4000));
    });
    (url, serving)
}

/// What fires at a socket of that server, in short.
fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.kind().as_str()).collect()
}

async fn next(knife: Knife) {
    let (url, serving) = serve().await;
    let (socket, mut events) = WebSocket::with_events(&url, ()).unwrap();
    let mut fired = Vec::new();
    while let Some(event) = again!(knife, events.next()) {
        fired.push(event);
    }
    assert_eq!(names(&fired), ["open", "message", "close"]);
    serving.await.unwrap();
    drop(socket);
}

async fn stream(knife: Knife) {
    let (url, serving) = serve().await;
    let (socket, mut events) = WebSocket::with_events(&url, ()).unwrap();
    let mut fired = Vec::new();
    while let Some(event) = again!(knife, StreamExt::next(&mut events)) {
        fired.push(event);
    }
    assert_eq!(names(&fired), ["open", "message", "close"]);
    serving.await.unwrap();
    drop(socket);
}

async fn event(knife: Knife) {
    let (url, serving) = serve().await;
    let mut machine = Machine::new(&url, ().into(), &Settings::default()).unwrap();
    let mut network = Network::new(Dial::default());
    network.line().command(machine.next_command().unwrap());
    let mut messages = Vec::new();
    let mut is_open = false;
    while let Some(event) = again!(knife, network.event()) {
        match event {
            NetworkEvent::Established { .. } => is_open = true,
            NetworkEvent::Message(message) => messages.push(message),
            NetworkEvent::Closed { event, .. } => assert_eq!(event.code.number(), 4000),
            _ => {}
        }
    }
    assert!(is_open);
    assert_eq!(messages, [Message::from("one")]);
    serving.await.unwrap();
}
