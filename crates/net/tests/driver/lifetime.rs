//! The life of a connection's transport: it is let go when the peer has closed as well, or when the
//! closing budget is over, or when the runtime ends; never later.

use std::time::Duration;

use sockeye::CloseCode;

use crate::support::open::{client, server};
use crate::support::poll::{pass, settle};
use crate::support::scripted::Script;
use crate::support::wire::{BINARY, CLOSE, PING, PONG, TEXT, masked, masked_close, unmasked};

const BUDGET: Duration = Duration::from_secs(10);

/// Waits until the transport is let go, which must be when the budget is over.
async fn assert_let_go_at_the_budget(script: &Script) {
    pass(BUDGET.saturating_sub(Duration::from_millis(1))).await;
    assert!(!script.is_dropped(), "too early");
    pass(Duration::from_millis(2)).await;
    assert!(script.is_dropped(), "too late");
}

#[tokio::test(start_paused = true)]
async fn server_dropped_says_going_away_and_lets_go_when_the_peer_has_closed() {
    let (ws, script) = server().await;
    drop(ws);
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1001));
    assert!(!script.is_dropped());
    script.bytes(masked_close(1001));
    settle().await;
    assert!(script.is_shut() && !script.is_dropped());
    script.end();
    settle().await;
    assert!(script.is_dropped());
}

/// A client that reads 1001 believes that all is well, and comes back to the same defect.
#[tokio::test(start_paused = true)]
async fn server_dropped_by_a_panic_says_internal_error() {
    let (ws, script) = server().await;
    let handler = tokio::spawn(async move {
        let _ws = ws;
        panic!("on purpose")
    });
    assert!(handler.await.unwrap_err().is_panic());
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1011));
}

#[tokio::test(start_paused = true)]
async fn server_dropped_with_a_silent_peer_lets_go_at_the_budget() {
    let (ws, script) = server().await;
    drop(ws);
    assert_let_go_at_the_budget(&script).await;
}

#[tokio::test(start_paused = true)]
async fn client_dropped_with_a_silent_peer_lets_go_at_the_budget() {
    let (ws, script) = client().await;
    drop(ws);
    assert_let_go_at_the_budget(&script).await;
}

#[tokio::test(start_paused = true)]
async fn server_dropped_with_a_peer_that_takes_nothing_lets_go_at_the_budget() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.send(vec![0; 100_000]).await.unwrap();
    drop(ws);
    assert_let_go_at_the_budget(&script).await;
}

#[tokio::test(start_paused = true)]
async fn server_dropped_sends_what_was_queued_before_the_close() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.send("queued").await.unwrap();
    drop(ws);
    settle().await;
    script.take_up_to(None);
    settle().await;
    let frames = script.take_frames();
    assert_eq!(frames[0].payload, b"queued");
    assert_eq!(frames[1].close_code(), Some(1001));
}

#[tokio::test(start_paused = true)]
async fn server_dropped_after_a_fault_lets_go_at_the_budget_at_the_latest() {
    let (mut ws, script) = server().await;
    script.bytes(unmasked(TEXT, b"not masked"));
    assert!(ws.recv().await.unwrap_err().is_peer_fault());
    drop(ws);
    assert_let_go_at_the_budget(&script).await;
}

#[tokio::test(start_paused = true)]
async fn server_kept_after_the_end_lets_go_at_the_budget_all_the_same() {
    let (mut ws, script) = server().await;
    script.bytes(masked_close(1000));
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_let_go_at_the_budget(&script).await;
    drop(ws);
}

#[tokio::test(start_paused = true)]
async fn server_dropped_reads_small_messages_on_until_the_close_comes() {
    let (ws, script) = server().await;
    drop(ws);
    // What a peer sends before it sees our Close: far less than is thrown away at most.
    for _ in 0..200 {
        script.bytes(masked(TEXT, b"not seen yet"));
        settle().await;
    }
    assert!(!script.is_dropped());
    script.bytes(masked_close(1001));
    settle().await;
    assert!(script.is_shut(), "a clean end in spite of all");
}

#[tokio::test(start_paused = true)]
async fn server_without_receiver_answers_pings_and_sends_on() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    script.bytes([masked(TEXT, b"unread"), masked(PING, b"?")].concat());
    settle().await;
    sender.send("still here").await.unwrap();
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [PONG, TEXT]);
    drop(sender);
    settle().await;
    assert_eq!(script.take_frames()[0].first, CLOSE);
    assert_let_go_at_the_budget(&script).await;
}

#[tokio::test(start_paused = true)]
async fn server_without_receiver_ends_when_the_peer_closes() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    script.bytes(masked_close(1000));
    script.end();
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1000));
    assert!(script.is_dropped(), "nobody has to call anything");
    assert!(sender.send("late").await.unwrap_err().is_closed());
}

#[tokio::test(start_paused = true)]
async fn server_without_sender_receives_until_the_peer_closes() {
    let (ws, script) = server().await;
    let (sender, mut receiver) = ws.split();
    drop(sender);
    settle().await;
    assert_eq!(script.take_written(), b"", "no goodbye yet");
    script.bytes(masked(TEXT, b"one"));
    assert!(receiver.recv().await.unwrap().is_some());
    script.bytes(masked_close(1000));
    assert_eq!(receiver.recv().await.unwrap(), None);
    drop(receiver);
    script.end();
    settle().await;
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_flooding_a_keeper_does_not_keep_other_tasks_from_running() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    let megabyte = masked(BINARY, &vec![0; 1 << 20]);
    for _ in 0..64 {
        script.bytes(megabyte.clone());
    }
    // The keeper reads for as long as there is something; this task still gets its turns.
    for turn in 0..4 {
        let before = script.take_calls().reads;
        assert!(before < 1000, "turn {turn}: {before} reads without a break");
        tokio::task::yield_now().await;
    }
    drop(sender);
}

/// Runs `work` on a runtime of its own, which ends right after.
fn on_a_runtime_that_ends<F: Future>(work: impl FnOnce() -> F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(work())
}

#[test]
fn server_dropped_just_before_the_runtime_ends_lets_go_with_it() {
    let script = on_a_runtime_that_ends(|| async {
        let (ws, script) = server().await;
        drop(ws);
        settle().await;
        script
    });
    assert!(script.is_dropped());
}

#[test]
fn server_owned_by_a_task_lets_go_when_the_runtime_ends() {
    let script = on_a_runtime_that_ends(|| async {
        let (mut ws, script) = server().await;
        tokio::spawn(async move { ws.recv().await.map(|_| ()) });
        settle().await;
        script
    });
    assert!(script.is_dropped());
}

#[test]
fn server_that_survives_its_runtime_lets_go_when_it_is_dropped() {
    let (ws, script) = on_a_runtime_that_ends(|| async {
        let (mut ws, script) = server().await;
        ws.feed("held").await.unwrap();
        (ws, script)
    });
    assert!(!script.is_dropped());
    drop(ws);
    assert!(script.is_dropped());
}

#[test]
fn server_whose_transport_wakes_it_after_the_runtime_ended_lets_go() {
    let (ws, script) = on_a_runtime_that_ends(|| async {
        let (mut ws, script) = server().await;
        script.take_up_to(Some(1));
        ws.send("more than a byte").await.unwrap();
        (ws, script)
    });
    script.take_up_to(None);
    drop(ws);
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_closed_twice_and_dropped_says_goodbye_once() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    sender.close(CloseCode::NORMAL, "first").unwrap();
    sender.close(CloseCode::NORMAL, "second").unwrap();
    drop((sender, receiver));
    settle().await;
    let frames = script.take_frames();
    assert_eq!(frames.len(), 1);
    assert_eq!(&frames[0].payload[2..], b"first");
}

#[tokio::test(start_paused = true)]
async fn server_whose_sender_is_left_says_goodbye_when_that_is_dropped() {
    let (ws, script) = server().await;
    let sender = ws.sender();
    drop(ws);
    script.bytes(masked(PING, b"?"));
    script.bytes(masked(TEXT, b"to nobody"));
    settle().await;
    sender.send("still here").await.unwrap();
    let frames = script.take_frames();
    assert_eq!((frames[0].first, frames[1].first), (PONG, TEXT));
    assert_eq!(frames.len(), 2, "no goodbye yet");
    drop(sender);
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1001));
}
