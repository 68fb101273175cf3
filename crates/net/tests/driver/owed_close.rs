//! A Close that is owed to the peer when the application never calls `recv` again: it goes out by
//! itself when half of the closing budget is over, and the connection ends with the budget. Time is
//! virtual; the `keeper` is what acts.

use std::time::Duration;

use sockeye::{CloseCode, WebSocket};

use crate::support::open::{client_with, config, server, server_with};
use crate::support::poll::{pass, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{CLOSE, TEXT, masked, masked_close, payloads, unmasked};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Half of the closing budget.
const HALF: Duration = Duration::from_secs(5);

const NEARLY_HALF: Duration = Duration::from_millis(4999);

/// A server whose task received the message before `last` and now has other things to do.
async fn busy_server(last: &[u8]) -> (WebSocket<Scripted>, Script) {
    let (mut ws, script) = server().await;
    script.bytes([&masked(TEXT, b"work"), last].concat());
    assert!(ws.recv().await.unwrap().is_some());
    (ws, script)
}

/// Until half of the budget nothing happens, then the Close goes out; with the budget the transport
/// is let go.
async fn assert_told_at_half_and_let_go_at_the_budget(script: &Script, code: u16) {
    pass(NEARLY_HALF).await;
    assert_eq!(script.take_frames(), [], "what came may still be answered");
    pass(2 * MILLISECOND).await;
    let frames = script.take_frames();
    assert_eq!((frames.len(), frames[0].close_code()), (1, Some(code)));
    pass(NEARLY_HALF.saturating_sub(MILLISECOND)).await;
    assert!(!script.is_dropped(), "too early");
    pass(2 * MILLISECOND).await;
    assert!(script.is_dropped(), "too late");
}

#[tokio::test(start_paused = true)]
async fn server_that_never_receives_again_answers_a_close_and_lets_go() {
    let (mut ws, script) = busy_server(&masked_close(3000)).await;
    assert_told_at_half_and_let_go_at_the_budget(&script, 3000).await;
    assert!(script.is_shut(), "the server ends TCP first");
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (3000.into(), true));
    assert!(ws.send("late").await.unwrap_err().is_closed());
    assert_eq!(ws.recv().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn server_that_never_receives_again_says_what_was_wrong_and_lets_go() {
    let (mut ws, script) = busy_server(&unmasked(TEXT, b"not masked")).await;
    assert_told_at_half_and_let_go_at_the_budget(&script, 1002).await;
    assert!(script.is_shut());
    assert_eq!(ws.close_event().unwrap().code, CloseCode::ABNORMAL);
    assert!(ws.recv().await.unwrap_err().is_peer_fault());
    assert_eq!(ws.recv().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn client_that_never_receives_again_answers_a_close_and_lets_go() {
    let (mut ws, script) = client_with(config(|config| config.keepalive = None)).await;
    let close = unmasked(CLOSE, &1001_u16.to_be_bytes());
    script.bytes([unmasked(TEXT, b"work"), close].concat());
    assert!(ws.recv().await.unwrap().is_some());
    assert_told_at_half_and_let_go_at_the_budget(&script, 1001).await;
    assert!(ws.close_event().unwrap().was_clean);
}

#[tokio::test(start_paused = true)]
async fn server_that_lends_messages_and_never_receives_again_answers_a_close_and_lets_go() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"work"), masked_close(1000)].concat());
    assert_eq!(ws.recv_with(|_, _| {}).await.unwrap(), Some(1));
    assert_told_at_half_and_let_go_at_the_budget(&script, 1000).await;
}

#[tokio::test(start_paused = true)]
async fn server_answers_what_came_before_a_close_for_half_of_the_budget() {
    let (mut ws, script) = busy_server(&masked_close(1000)).await;
    pass(NEARLY_HALF).await;
    ws.send("just in time").await.unwrap();
    pass(2 * MILLISECOND).await;
    assert!(ws.send("late").await.unwrap_err().is_closed());
    let frames = script.take_frames();
    assert_eq!(payloads(&frames), [b"just in time"]);
    assert_eq!(frames[1].close_code(), Some(1000));
}

#[tokio::test(start_paused = true)]
async fn server_that_answers_a_close_late_has_no_longer_budget() {
    let (mut ws, script) = server_with(config(|config| config.close_timeout = 2 * HALF)).await;
    script.bytes([masked(TEXT, b"work"), masked_close(1000)].concat());
    assert!(ws.recv().await.unwrap().is_some());
    pass(NEARLY_HALF).await;
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(script.take_frames()[0].close_code(), Some(1000));
    pass(HALF).await;
    assert!(!script.is_dropped(), "too early");
    pass(2 * MILLISECOND).await;
    assert!(script.is_dropped(), "one budget for all of it");
}

#[tokio::test(start_paused = true)]
async fn server_whose_peer_takes_nothing_is_let_go_at_the_budget_and_senders_learn_it_at_half() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    script.bytes([masked(TEXT, b"work"), masked_close(1000)].concat());
    assert!(ws.recv().await.unwrap().is_some());
    let (sender, receiver) = ws.split();
    let full = vec![0; sockeye::limits::QUEUE_LEN_HIGH];
    sender.send(full).await.unwrap();
    let sending = tokio::spawn(async move { sender.send("no room").await });
    pass(HALF + MILLISECOND).await;
    assert!(sending.is_finished(), "room is of no use any more");
    assert!(sending.await.unwrap().unwrap_err().is_closed());
    pass(HALF).await;
    settle().await;
    assert!(script.is_dropped());
    drop(receiver);
}
