//! A transport that panics takes its own connection with it and nothing else: the other connections
//! of its thread share the `keeper`, which goes on.

use std::error::Error as _;
use std::time::Duration;

use sockeye::{CloseCode, Error, WebSocket};

use crate::support::open::server;
use crate::support::poll::{pass, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{PING, TEXT, payloads};

/// A connection whose transport panicked while its keeper wrote.
async fn panicked() -> (WebSocket<Scripted>, Script) {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(1));
    ws.send("more than a byte").await.unwrap();
    script.panic_on_write();
    settle().await;
    (ws, script)
}

fn assert_panic_is_named(error: &Error) {
    assert!(error.is_lost() && !error.is_peer_fault(), "{error:?}");
    let source = error.source().unwrap().to_string();
    assert_eq!(source, "the transport panicked");
}

#[tokio::test(start_paused = true)]
async fn server_whose_transport_panics_in_the_keeper_is_lost() {
    let (mut ws, script) = panicked().await;
    assert!(script.is_dropped());
    assert_panic_is_named(&ws.recv().await.unwrap_err());
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    assert!(ws.send("late").await.unwrap_err().is_lost());
    assert_eq!(ws.recv().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn server_waiting_in_recv_learns_that_its_transport_panicked() {
    let (ws, script) = server().await;
    let (sender, mut receiver) = ws.split();
    script.take_up_to(Some(1));
    sender.send("more than a byte").await.unwrap();
    let receiving = tokio::spawn(async move { receiver.recv().await.unwrap_err() });
    settle().await;
    script.panic_on_write();
    settle().await;
    assert!(receiving.is_finished(), "it waits for nobody");
    assert_panic_is_named(&receiving.await.unwrap());
    assert!(sender.flush().await.unwrap_err().is_lost());
}

#[tokio::test(start_paused = true)]
async fn server_beside_one_that_panics_is_written_for_and_keeps_its_deadlines() {
    let (mut other, script) = server().await;
    let (panicking, _) = panicked().await;
    other.feed("held").await.unwrap();
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"held"]);
    pass(Duration::from_secs(21)).await;
    assert_eq!(script.take_frames()[0].first, PING);
    drop((panicking, other));
    pass(Duration::from_secs(11)).await;
    assert!(script.is_dropped(), "the closing budget is kept as well");
}

#[tokio::test(start_paused = true)]
async fn server_dropped_whose_transport_panics_is_let_go() {
    let (ws, script) = server().await;
    let (mut other, other_script) = server().await;
    script.panic_on_write();
    drop(ws);
    other.feed("held").await.unwrap();
    settle().await;
    assert!(script.is_dropped());
    let frames = other_script.take_frames();
    assert_eq!((frames.len(), frames[0].first), (1, TEXT));
}
