//! Cancel safety (contract 8): futures that are polled a few times and dropped, for every small
//! number of polls, over a transport that gives and takes little by little. No byte and no message
//! is lost or doubled.

use std::future::poll_fn;
use std::pin::pin;

use sockeye::{MessageKind, WebSocket};

use crate::support::open::{client, server};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{
    BINARY, CLOSE, Frame, PING, PONG, TEXT, masked, masked_close, payloads, unmasked,
};

/// Most polls before a future is dropped.
const POLLS_MAX: usize = 5;

/// Messages of all sizes that matter to reading: several in one read, in fragments, larger than the
/// read buffer, with Pings among them. Ends with a Close.
fn conversation() -> (Vec<Vec<u8>>, Vec<u8>) {
    let large = vec![b'l'; 100_000];
    let mut wire = Vec::new();
    wire.extend(masked(TEXT, b"one"));
    wire.extend(masked(TEXT, b""));
    wire.extend(masked(PING, b"?"));
    wire.extend(masked(0x01, b"fr"));
    wire.extend(masked(PING, b"!"));
    wire.extend(masked(0x00, b"agm"));
    wire.extend(masked(0x80, b"ents"));
    wire.extend(masked(BINARY, &large));
    wire.extend(masked(TEXT, b"last"));
    wire.extend(masked_close(1000));
    let texts: [&[u8]; 5] = [b"one", b"", b"fragments", &large, b"last"];
    (texts.map(Vec::from).into(), wire)
}

/// Makes the peer give and take `len` bytes at a time, with a "not yet" before each.
fn dribbling(open: (WebSocket<Scripted>, Script), len: usize) -> (WebSocket<Scripted>, Script) {
    let (ws, script) = open;
    script.read_at_most(len);
    script.write_at_most(len);
    script.stutter();
    (ws, script)
}

#[tokio::test(start_paused = true)]
async fn server_recv_dropped_after_any_number_of_polls_loses_and_doubles_nothing() {
    let (texts, wire) = conversation();
    for polls in 1..POLLS_MAX {
        for len in [61, 4096, usize::MAX] {
            let (mut ws, script) = dribbling(server().await, len);
            script.bytes(wire.clone());
            let mut received = Vec::new();
            loop {
                match poll_and_drop(ws.recv(), polls).await {
                    None => {}
                    Some(Ok(Some(message))) => received.push(message.payload().to_vec()),
                    Some(end) => break assert_eq!(end.unwrap(), None),
                }
            }
            assert!(received == texts, "{polls} polls, {len} bytes");
            assert!(ws.close_event().is_some_and(|event| event.was_clean));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn server_recv_with_dropped_after_any_number_of_polls_loses_and_doubles_nothing() {
    let (texts, wire) = conversation();
    for polls in 1..POLLS_MAX {
        for len in [61, 4096, usize::MAX] {
            let (mut ws, script) = dribbling(server().await, len);
            script.bytes(wire.clone());
            let mut received = Vec::new();
            // Some messages of a read are taken the other way, so that both ways meet.
            let first = ws.recv().await.unwrap().unwrap();
            received.push(first.payload().to_vec());
            loop {
                let receiving = ws.recv_with(|message, replies| {
                    received.push(message.payload().to_vec());
                    replies.send(message.kind(), message.payload()).unwrap();
                });
                if let Some(end) = poll_and_drop(receiving, polls).await
                    && end.unwrap().is_none()
                {
                    break;
                }
            }
            assert!(received == texts, "{polls} polls, {len} bytes");
            settle_until_written(&ws).await;
            assert!(payloads(&script.take_frames()) == texts[1..], "{polls}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn server_recv_with_never_calls_back_in_a_poll_that_does_not_complete() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    script.bytes(masked(TEXT, b"asks for more than fits"));
    let answering = ws.recv_with(|message, replies| {
        let answer = vec![b' '; sockeye::limits::QUEUE_LEN_HIGH];
        replies.send(message.kind(), &answer).unwrap();
    });
    answering.await.unwrap().unwrap();
    let three = [b"a", b"b", b"c"].map(|text| masked(TEXT, text)).concat();
    script.bytes(three);
    ws.recv().await.unwrap().unwrap();
    let mut calls = 0;
    let polled = poll_and_drop(ws.recv_with(|_, _| calls += 1), 3).await;
    assert!(polled.is_none(), "there is no room for replies");
    assert_eq!(calls, 0);
    script.take_up_to(None);
    let count = ws.recv_with(|_, _| calls += 1).await.unwrap();
    assert_eq!((count, calls), (Some(2), 2));
}

/// Waits until the connection has nothing unwritten.
async fn settle_until_written(ws: &WebSocket<Scripted>) {
    while ws.buffered_amount() > 0 {
        tokio::task::yield_now().await;
    }
}

/// Sends numbered messages with futures dropped after `polls` polls while the peer takes little by
/// little; those that say they were sent arrive, whole, in order, and no other.
macro_rules! dropped_sends_are_whole_or_nothing {
    ($open:ident, $send:ident, $len:expr) => {
        for polls in 1..POLLS_MAX {
            let (mut ws, script) = dribbling($open().await, 1000);
            let mut queued = Vec::new();
            for n in 0..200_u32 {
                let mut payload = vec![0; $len];
                payload[..4].copy_from_slice(&n.to_be_bytes());
                match poll_and_drop(ws.$send(payload.clone()), polls).await {
                    None => {}
                    Some(result) => {
                        result.unwrap();
                        queued.push(payload);
                    }
                }
            }
            settle_until_written(&ws).await;
            assert!(queued.len() >= 5, "{polls} polls: {}", queued.len());
            let arrived = payloads(&script.take_frames());
            assert!(arrived == queued, "{polls} polls: {}", arrived.len());
        }
    };
}

#[tokio::test(start_paused = true)]
async fn server_send_dropped_after_any_number_of_polls_queued_all_or_nothing() {
    dropped_sends_are_whole_or_nothing!(server, send, 5000);
}

#[tokio::test(start_paused = true)]
async fn server_send_by_reference_dropped_after_any_number_of_polls_queued_all_or_nothing() {
    dropped_sends_are_whole_or_nothing!(server, send, 9000);
}

#[tokio::test(start_paused = true)]
async fn client_send_dropped_after_any_number_of_polls_queued_all_or_nothing() {
    dropped_sends_are_whole_or_nothing!(client, send, 9000);
}

#[tokio::test(start_paused = true)]
async fn server_feed_dropped_after_any_number_of_polls_queued_all_or_nothing() {
    dropped_sends_are_whole_or_nothing!(server, feed, 5000);
}

#[tokio::test(start_paused = true)]
async fn server_send_waits_for_room_and_a_dropped_one_left_nothing() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    let high = vec![1; sockeye::limits::QUEUE_LEN_HIGH];
    ws.send(high.clone()).await.unwrap();
    assert!(poll_and_drop(ws.send("dropped"), 5).await.is_none());
    assert!(poll_and_drop(ws.feed("dropped"), 5).await.is_none());
    assert!(poll_and_drop(ws.ping(b"dropped"), 5).await.is_none());
    script.take_up_to(None);
    ws.send("kept").await.unwrap();
    let all = payloads(&script.take_frames());
    assert!(all == [high.as_slice(), b"kept"]);
}

#[tokio::test(start_paused = true)]
async fn server_flush_dropped_after_any_number_of_polls_changes_nothing() {
    for polls in 0..POLLS_MAX {
        let (mut ws, script) = dribbling(server().await, 100);
        for text in ["one", "two", "three"] {
            ws.feed(text).await.unwrap();
            let _ = poll_and_drop(ws.flush(), polls).await;
        }
        ws.flush().await.unwrap();
        let all = payloads(&script.take_frames());
        assert_eq!(all, [&b"one"[..], b"two", b"three"], "{polls} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn server_ping_dropped_after_any_number_of_polls_was_sent_once_or_not() {
    for polls in 0..POLLS_MAX {
        let (mut ws, script) = dribbling(server().await, 1);
        let sent = poll_and_drop(ws.ping(b"p"), polls).await.is_some();
        settle_until_written(&ws).await;
        let pings = script.take_frames();
        assert_eq!(pings.len(), usize::from(sent), "{polls} polls");
        assert!(pings.iter().all(|frame| frame.first == PING));
    }
}

#[tokio::test(start_paused = true)]
async fn server_close_dropped_after_any_number_of_polls_was_sent_once() {
    for polls in 1..POLLS_MAX {
        let (mut ws, script) = dribbling(server().await, 1);
        let done = poll_and_drop(ws.close(Some(3000.into()), "enough"), polls).await;
        assert!(done.is_none(), "the peer did not answer");
        settle().await;
        script.bytes(masked_close(3000));
        script.end();
        let event = ws.close(Some(4000.into()), "again").await.unwrap();
        assert!(event.was_clean && event.code == 3000.into());
        let frames = script.take_frames();
        assert_eq!(frames.len(), 1, "{polls} polls: {frames:?}");
        assert_eq!(&frames[0].payload[2..], b"enough");
    }
}

#[tokio::test(start_paused = true)]
async fn client_and_server_pongs_are_whole_and_single_however_recv_is_dropped() {
    for polls in 1..POLLS_MAX {
        let (mut ws, script) = dribbling(client().await, 1);
        for n in 0..5_u8 {
            script.bytes(unmasked(PING, &[n]));
            // Three bytes, each with a "not yet" before it, and then some.
            for _ in 0..20 {
                assert!(poll_and_drop(ws.recv(), polls).await.is_none());
            }
            settle_until_written(&ws).await;
            let pong = script.take_frames();
            let expected = Frame {
                first: PONG,
                is_masked: true,
                payload: vec![n],
            };
            assert_eq!(pong, [expected], "{polls} polls");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn server_tasks_that_race_recv_against_send_lose_nothing() {
    let (mut ws, script) = dribbling(server().await, 3);
    let mut received = 0;
    for n in 0..300_u32 {
        script.bytes(masked(TEXT, n.to_string().as_bytes()));
        tokio::select! {
            biased;
            message = ws.recv() => {
                let message = message.unwrap().unwrap();
                assert_eq!(message.kind(), MessageKind::Text);
                assert_eq!(message.as_text(), Some(received.to_string().as_str()));
                received += 1;
            }
            () = tokio::task::yield_now() => {}
        }
        ws.send(n.to_string()).await.unwrap();
    }
    while received < 300 {
        let message = ws.recv().await.unwrap().unwrap();
        assert_eq!(message.as_text(), Some(received.to_string().as_str()));
        received += 1;
    }
    settle_until_written(&ws).await;
    let sent = payloads(&script.take_frames());
    let expected: Vec<Vec<u8>> = (0..300_u32).map(|n| n.to_string().into()).collect();
    assert_eq!(sent, expected);
}

#[tokio::test(start_paused = true)]
async fn server_closing_after_dropped_recv_still_answers_the_close() {
    let (mut ws, script) = server().await;
    script.read_at_most(1);
    script.bytes(masked_close(1001));
    for _ in 0..4 {
        let _ = poll_and_drop(ws.recv(), 1).await;
    }
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(script.take_frames()[0].first, CLOSE);
}

#[tokio::test(start_paused = true)]
async fn server_send_goes_on_waiting_when_another_of_the_same_task_is_dropped() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    let high = vec![1; sockeye::limits::QUEUE_LEN_HIGH];
    sender.send(high).await.unwrap();
    let task = tokio::spawn(async move {
        let mut kept = pin!(sender.send("kept"));
        let mut dropped = Some(Box::pin(sender.send("dropped")));
        // Polled only when woken, so that a lost wakeup shows.
        poll_fn(|cx| {
            let polled = kept.as_mut().poll(cx);
            if let Some(mut dropped) = dropped.take() {
                assert!(dropped.as_mut().poll(cx).is_pending());
            }
            polled
        })
        .await
    });
    settle().await;
    script.take_up_to(None);
    settle().await;
    assert!(task.is_finished(), "it was not woken");
    assert_eq!(payloads(&script.take_frames())[1], b"kept");
    drop(receiver);
}
