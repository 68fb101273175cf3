//! Liveness: what was sent reaches the peer no later than when the sending task yields, whatever
//! the task waits for afterwards (contract 7).

use std::future::pending;

use sockeye::Message;
use tokio::io::duplex;
use tokio::net::TcpStream;
use tokio::task::yield_now;

use crate::support::open::server;
use crate::support::peer::{Peer, tcp_pair};
use crate::support::poll::settle;
use crate::support::wire::{CLOSE, PING, PONG, TEXT, masked, masked_close, payloads};

fn two_messages() -> Vec<u8> {
    [masked(TEXT, b"one"), masked(TEXT, b"two")].concat()
}

#[tokio::test(start_paused = true)]
async fn server_answer_to_the_first_of_two_messages_leaves_when_the_task_waits_for_ever() {
    let (mut ws, script) = server().await;
    script.bytes(two_messages());
    let task = tokio::spawn(async move {
        let message = ws.recv().await.unwrap().unwrap();
        ws.send(message).await.unwrap();
        pending::<()>().await;
        drop(ws);
    });
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"one"]);
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn server_fed_message_leaves_when_the_task_yields() {
    let (mut ws, script) = server().await;
    ws.feed("held").await.unwrap();
    assert_eq!(script.take_calls().writes, 0);
    yield_now().await;
    assert_eq!(payloads(&script.take_frames()), [b"held"]);
}

#[tokio::test(start_paused = true)]
async fn server_cloned_sender_in_another_task_is_not_held_by_undelivered_messages() {
    let (ws, script) = server().await;
    script.bytes(two_messages());
    let (sender, mut receiver) = ws.split();
    receiver.recv().await.unwrap().unwrap();
    let other = sender.clone();
    tokio::spawn(async move {
        other.send("from another task").await.unwrap();
        pending::<()>().await;
        drop(other);
    });
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"from another task"]);
}

#[tokio::test(start_paused = true)]
async fn server_answer_that_the_kernel_had_no_room_for_leaves_while_the_task_waits_elsewhere() {
    // RFC 6455 §6.1-8 TEST
    let (mut ws, script) = server().await;
    script.take_up_to(Some(3));
    ws.send("hello, there").await.unwrap();
    let task = tokio::spawn(async move {
        pending::<()>().await;
        drop(ws);
    });
    settle().await;
    script.take_up_to(None);
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"hello, there"]);
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn server_pong_leaves_while_the_task_is_busy_with_a_message_of_the_same_read() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"work"), masked(PING, b"alive?")].concat());
    ws.recv().await.unwrap().unwrap();
    settle().await;
    let frames = script.take_frames();
    assert_eq!(
        (frames[0].first, frames[0].payload.as_slice()),
        (PONG, &b"alive?"[..])
    );
}

#[tokio::test(start_paused = true)]
async fn server_pong_that_found_no_room_leaves_later_while_the_task_is_busy() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    script.bytes(
        [
            masked(PING, b"1"),
            masked(TEXT, b"work"),
            masked(PING, b"2"),
        ]
        .concat(),
    );
    ws.recv().await.unwrap().unwrap();
    script.take_up_to(None);
    settle().await;
    let pongs = script.take_frames();
    let newest = pongs.last().unwrap();
    assert_eq!((newest.first, newest.payload.as_slice()), (PONG, &b"2"[..]));
}

#[tokio::test(start_paused = true)]
async fn server_close_leaves_while_its_task_waits_elsewhere() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    script.take_up_to(Some(1));
    sender.close(Some(1000.into()), "").unwrap();
    script.take_up_to(None);
    settle().await;
    let frames = script.take_frames();
    assert_eq!(frames.last().map(|frame| frame.first), Some(CLOSE));
    drop((sender, receiver));
}

#[tokio::test(start_paused = true)]
async fn server_close_is_answered_at_once_by_a_task_that_waits_in_recv() {
    let (mut ws, script) = server().await;
    let receiving = tokio::spawn(async move { ws.recv().await });
    settle().await;
    script.bytes(masked_close(1000));
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1000));
    assert_eq!(receiving.await.unwrap().unwrap(), None);
}

/// Answers the first of two messages, then waits for ever; the peer must get the answer.
async fn answer_one_of_two(stream: TcpStream) {
    let mut ws = sockeye::accept(stream).await.unwrap();
    let first = ws.recv().await.unwrap().unwrap();
    ws.send(first).await.unwrap();
    pending::<()>().await;
    drop(ws);
}

async fn peer_gets_the_answer_to_the_first_of_two() {
    let (accepted, connected) = tcp_pair().await;
    let server = tokio::spawn(answer_one_of_two(accepted));
    let mut peer = Peer::open(connected).await;
    peer.send(&two_messages()).await;
    assert_eq!(peer.frame().await.unwrap().payload, b"one");
    server.abort();
}

#[tokio::test]
async fn server_on_a_current_thread_runtime_over_tcp_is_live() {
    peer_gets_the_answer_to_the_first_of_two().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_on_a_multi_thread_runtime_over_tcp_is_live() {
    for _ in 0..50 {
        peer_gets_the_answer_to_the_first_of_two().await;
    }
}

/// A receiving task that holds an undelivered message for ever, and a cloned sender elsewhere.
async fn peer_gets_what_a_cloned_sender_sends() {
    let (accepted, connected) = tcp_pair().await;
    let server = tokio::spawn(async move {
        let (sender, mut receiver) = sockeye::accept(accepted).await.unwrap().split();
        receiver.recv().await.unwrap().unwrap();
        let other = sender.clone();
        let sending = tokio::spawn(async move {
            other.send("from another task").await.unwrap();
            pending::<()>().await;
        });
        sending.await.unwrap();
    });
    let mut peer = Peer::open(connected).await;
    peer.send(&two_messages()).await;
    assert_eq!(peer.frame().await.unwrap().payload, b"from another task");
    server.abort();
}

#[tokio::test]
async fn server_cloned_sender_on_a_current_thread_runtime_over_tcp_is_live() {
    peer_gets_what_a_cloned_sender_sends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_cloned_sender_on_a_multi_thread_runtime_over_tcp_is_live() {
    for _ in 0..50 {
        peer_gets_what_a_cloned_sender_sends().await;
    }
}

#[tokio::test(start_paused = true)]
async fn server_reply_longer_than_a_pipe_drains_while_the_task_waits_elsewhere() {
    let (ours, theirs) = duplex(64);
    let server = tokio::spawn(async move {
        let mut ws = sockeye::accept(ours).await.unwrap();
        while let Some(message) = ws.recv().await.unwrap() {
            ws.send(Message::from(message.into_payload()))
                .await
                .unwrap();
            pending::<()>().await;
        }
    });
    let mut peer = Peer::open(theirs).await;
    let payload = vec![9; 60_000];
    peer.send(&masked(0x82, &payload)).await;
    assert_eq!(peer.frame().await.unwrap().payload, payload);
    server.abort();
}
