//! The table of `docs/closing.md`, row by row: what `recv` answers, what the event says, and what
//! the peer gets.

use std::time::Duration;

use sockeye::frame::Opcode;
use sockeye::testing::{Frame, Peer};
use sockeye::{CloseCode, Error, WebSocket};

/// Expects that `recv` fails once as `is` says, and that the end is 1006 and not clean.
async fn fails_once(ws: &mut WebSocket, is: impl Fn(&Error) -> bool) {
    let error = ws.recv().await.unwrap_err();
    assert!(is(&error), "{error:?}");
    ends(ws, CloseCode::ABNORMAL, "", false).await;
}

/// Expects that `recv` answers `None` from now on, and an event.
async fn ends(ws: &mut WebSocket, code: CloseCode, reason: &str, was_clean: bool) {
    for _ in 0..2 {
        assert_eq!(ws.recv().await.unwrap(), None);
    }
    let event = ws.close_event().unwrap();
    let expected = (code, reason, was_clean);
    assert_eq!((event.code, &*event.reason, event.was_clean), expected);
}

#[tokio::test(start_paused = true)]
async fn peer_that_closed_gets_its_code_back_and_recv_its_messages() {
    let (mut client, mut ws) = Peer::client();
    client.send("last").await;
    client.close(CloseCode::new(4000), "why").await;
    assert!(ws.recv().await.unwrap().is_some());
    ends(&mut ws, CloseCode::new(4000), "why", true).await;
    assert_eq!(client.expect_close(CloseCode::new(4000)).await, "");

    let (mut client, mut ws) = Peer::client();
    client.close(None, "").await;
    ends(&mut ws, CloseCode::NO_STATUS, "", true).await;
    client.expect_close(CloseCode::NO_STATUS).await;
}

#[tokio::test(start_paused = true)]
async fn close_sends_its_code_behind_what_is_queued_and_answers_the_peers() {
    let (mut client, mut ws) = Peer::client();
    ws.feed("queued").await.unwrap();
    let closing = tokio::spawn(async move { ws.close(CloseCode::new(4001), "why").await });
    client.expect("queued").await;
    assert_eq!(client.expect_close(CloseCode::new(4001)).await, "why");
    let event = closing.await.unwrap().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::new(4001), true));
}

#[tokio::test(start_paused = true)]
async fn dropped_connection_sends_what_was_queued_and_goes_away() {
    let (mut client, mut ws) = Peer::client();
    ws.feed("queued").await.unwrap();
    drop(ws);
    client.expect("queued").await;
    client.expect_close(CloseCode::GOING_AWAY).await;
}

#[tokio::test(start_paused = true)]
async fn panic_and_abort_of_a_task_are_drops_of_its_connection() {
    let (mut client, mut ws) = Peer::client();
    let task = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    tokio::task::yield_now().await;
    task.abort();
    client.expect_close(CloseCode::GOING_AWAY).await;
    let (mut client, ws) = Peer::client();
    let task = tokio::spawn(async move { panic!("{ws:?}") });
    client.expect_close(CloseCode::INTERNAL_ERROR).await;
    assert!(task.await.unwrap_err().is_panic());
}

#[tokio::test(start_paused = true)]
async fn aborted_connection_ends_without_a_word_or_an_error() {
    let (mut client, mut ws) = Peer::client();
    ws.sender().abort();
    ends(&mut ws, CloseCode::ABNORMAL, "", false).await;
    client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn lost_connection_is_lost_once() {
    let (mut client, mut ws) = Peer::client();
    client.end().await;
    fails_once(&mut ws, Error::is_lost).await;
    let (client, mut ws) = Peer::client();
    client.reset();
    fails_once(&mut ws, Error::is_lost).await;
}

#[tokio::test(start_paused = true)]
async fn peer_that_breaks_the_protocol_is_told_with_what() {
    for (frame, code) in [
        (Frame::new(Opcode::Continuation, ""), 1002),
        (Frame::new(Opcode::Text, b"\xFF"), 1007),
    ] {
        let (mut client, mut ws) = Peer::client();
        client.send_frame(&frame).await;
        fails_once(&mut ws, Error::is_peer_fault).await;
        client.expect_close(CloseCode::new(code)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn peer_that_runs_into_a_limit_is_told_which() {
    let (mut client, mut ws) = Peer::client();
    let empty = Frame::fragment(Opcode::Continuation, "");
    client.send_frame(&Frame::fragment(Opcode::Text, "")).await;
    for _ in 0..1024 {
        client.send_frame(&empty).await;
    }
    fails_once(&mut ws, Error::is_limit).await;
    client.expect_close(CloseCode::POLICY_VIOLATION).await;
    // The 1009 of a message that is too long is in `peers`.
}

#[tokio::test(start_paused = true)]
async fn silent_peer_is_told_so() {
    let (mut client, mut ws) = Peer::client();
    let receiving = tokio::spawn(async move {
        fails_once(&mut ws, Error::is_timeout).await;
    });
    client.stall(Duration::from_secs(41)).await;
    receiving.await.unwrap();
    client.expect_close(CloseCode::INTERNAL_ERROR).await;
}
