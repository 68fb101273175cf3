//! Sending to a peer that never reads: the queue is bounded and `send` waits (CVE-2020-35896).

use std::time::Duration;

use sockeye::limits::{QUEUE_LEN_HIGH, REFERENCE_LEN_MIN};
use sockeye::{Acceptor, Payload, PreparedMessage, SlowReceiver, broadcast};
use tokio::time::timeout;

use crate::gauge::{assert_peak, counted, runtime};
use crate::support::open::{REQUEST, config};
use crate::torrent::Torrent;

/// Sends messages of `len` bytes until one has to wait; the bytes queued then.
fn queued_when_send_waits(len: usize, peak: usize) -> usize {
    let runtime = runtime();
    let (transport, _) = Torrent::new(REQUEST.as_bytes(), b"-", 0);
    let acceptor = Acceptor::default().config(config(|config| config.keepalive = None));
    let accepting = acceptor.accept(transport.never_reads());
    let mut ws = runtime.block_on(accepting).unwrap();
    let message = Payload::from(vec![7; len]);
    let (count, info) = counted(&runtime, async {
        let mut count = 0;
        loop {
            let sending = ws.send(message.clone());
            match timeout(Duration::from_secs(3600), sending).await {
                Ok(sent) => sent.unwrap(),
                Err(_) => return count,
            }
            count += 1;
            assert!(count < 1_000_000, "it never waits");
        }
    });
    assert!(count > 0);
    assert_peak(&info, peak);
    ws.buffered_amount()
}

#[test]
fn server_send_to_a_peer_that_never_reads_waits_at_the_queue_bound() {
    let queued = queued_when_send_waits(100, 3 * QUEUE_LEN_HIGH);
    assert!(
        (QUEUE_LEN_HIGH..QUEUE_LEN_HIGH + 200).contains(&queued),
        "{queued}"
    );
}

#[test]
fn server_send_of_large_messages_waits_with_one_message_more_than_the_bound() {
    // Large messages are queued where they lie: the queue itself stays small.
    let queued = queued_when_send_waits(1 << 20, 4096);
    assert!(queued <= QUEUE_LEN_HIGH + (1 << 20) + 10, "{queued}");
}

#[test]
fn server_tasks_that_gave_up_waiting_to_send_leave_nothing_behind() {
    let runtime = runtime();
    let (transport, _) = Torrent::new(REQUEST.as_bytes(), b"-", 0);
    let acceptor = Acceptor::default().config(config(|config| config.keepalive = None));
    let accepting = acceptor.accept(transport.never_reads());
    let (sender, receiver) = runtime.block_on(accepting).unwrap().split();
    let (high, message) = (Payload::from(vec![7; QUEUE_LEN_HIGH]), Payload::from(b"x"));
    let give_up = |count: usize| {
        let (sender, message) = (sender.clone(), message.clone());
        async move {
            for _ in 0..count {
                let (sender, message) = (sender.clone(), message.clone());
                let task = tokio::spawn(async move {
                    let sending = sender.send(message);
                    assert!(timeout(Duration::from_secs(1), sending).await.is_err());
                });
                task.await.unwrap();
            }
        }
    };
    runtime.block_on(sender.send(high)).unwrap();
    runtime.block_on(give_up(100));
    let ((), info) = counted(&runtime, give_up(5000));
    crate::gauge::assert_kept(&info, 4096);
    drop((sender, receiver));
}

/// Broadcasts messages of `len` bytes to receivers that never read until all are slow; the bytes
/// that each of them holds then, apart from the messages themselves.
fn held_by_slow_receivers(len: usize, bound: usize) {
    const COUNT: usize = 50;
    let runtime = runtime();
    let acceptor = Acceptor::default().config(config(|config| config.keepalive = None));
    let room = runtime.block_on(async {
        let mut room = Vec::new();
        for _ in 0..COUNT {
            let (transport, _) = Torrent::new(REQUEST.as_bytes(), b"-", 0);
            room.push(acceptor.accept(transport.never_reads()).await.unwrap());
        }
        room
    });
    let senders: Vec<_> = room.iter().map(sockeye::WebSocket::sender).collect();
    let message = PreparedMessage::new(vec![7; len]);
    let (rounds, info) = counted(&runtime, async {
        let mut rounds = 0;
        while broadcast(&senders, &message, SlowReceiver::Skip).sent > 0 {
            rounds += 1;
            crate::support::poll::settle().await;
        }
        rounds
    });
    assert!(rounds > 0);
    assert_peak(&info, COUNT * bound);
    for ws in &room {
        let queued = ws.buffered_amount();
        assert!(queued < QUEUE_LEN_HIGH + len + 14, "{queued}");
    }
    drop((room, senders));
}

#[test]
fn slow_receivers_of_small_messages_hold_the_high_mark_each() {
    held_by_slow_receivers(1000, 3 * QUEUE_LEN_HIGH);
}

#[test]
fn slow_receivers_of_large_messages_share_their_bytes() {
    held_by_slow_receivers(REFERENCE_LEN_MIN, 4096);
    held_by_slow_receivers(1 << 20, 4096);
}
