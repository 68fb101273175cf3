//! Allocations per read and per message, in steady state: at most one for each block of up to 16
//! KiB that the small messages of a read share, none when they are lent, none to send (contract 6).

use std::cell::RefCell;

use sockeye::{MessageKind, WebSocket};

use crate::gauge::{counted, runtime};
use crate::support::open::server;
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{TEXT, masked};

const ROUNDS: u64 = 100;

/// So many messages come in each read.
const BATCH: usize = 16;

/// And so many in each large one, of 60 KB.
const LARGE_BATCH: usize = 60;

fn batch() -> Vec<u8> {
    masked(TEXT, b"a message").repeat(BATCH)
}

fn large_batch() -> Vec<u8> {
    masked(TEXT, &[b'a'; 1000]).repeat(LARGE_BATCH)
}

/// A connection, and what `ROUNDS` of `round` allocate on it, once everything has its size, when
/// each brings `read`. The script's own allocations are made before.
fn allocations_per_round<F>(read: &[u8], mut round: impl FnMut(WebSocket<Scripted>) -> F) -> f64
where
    F: Future<Output = WebSocket<Scripted>>,
{
    let runtime = runtime();
    let (mut ws, script) = runtime.block_on(server());
    let rounds = usize::try_from(ROUNDS).unwrap();
    let prepare = |script: &Script| {
        script.reserve(1 << 20, rounds);
        for _ in 0..rounds {
            script.bytes(read);
        }
    };
    let mut run = |ws: WebSocket<Scripted>| {
        let mut ws = Some(ws);
        let ((), info) = counted(&runtime, async {
            for _ in 0..rounds {
                ws = Some(round(ws.take().unwrap()).await);
            }
        });
        (ws.unwrap(), info.count_total)
    };
    prepare(&script);
    (ws, _) = run(ws);
    prepare(&script);
    let (_ws, count) = run(ws);
    assert_eq!(script.take_calls().reads, 2 * rounds);
    f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(ROUNDS).unwrap())
}

/// `count_total` says what the test is about: allocations, exactly.
#[track_caller]
fn assert_count(found: f64, expected: u32) {
    assert!(
        (found - f64::from(expected)).abs() < 0.001,
        "{found}, not {expected}"
    );
}

#[test]
fn server_echoes_a_batch_without_an_allocation() {
    let count = allocations_per_round(&batch(), |mut ws| async {
        for _ in 0..BATCH {
            let message = ws.recv().await.unwrap().unwrap();
            ws.send(message).await.unwrap();
        }
        ws
    });
    assert_count(count, 0);
}

/// Nobody who keeps one small message keeps a whole read alive.
#[test]
fn server_receives_60_kb_of_small_messages_with_one_allocation_for_each_of_4_blocks() {
    let count = allocations_per_round(&large_batch(), |mut ws| async {
        for _ in 0..LARGE_BATCH {
            let message = ws.recv().await.unwrap().unwrap();
            assert!(message.payload().pinned_len() <= 16 * 1024);
        }
        ws
    });
    assert_count(count, 4);
}

#[test]
fn server_receives_60_kb_of_lent_messages_without_an_allocation() {
    let count = allocations_per_round(&large_batch(), |mut ws| async {
        let count = ws.recv_with(|_, _| {}).await;
        assert_eq!(count.unwrap(), Some(LARGE_BATCH));
        ws
    });
    assert_count(count, 0);
}

#[test]
fn server_echoes_a_lent_batch_without_an_allocation() {
    let count = allocations_per_round(&batch(), |mut ws| async {
        let count = ws
            .recv_with(|message, replies| {
                replies.send(message.kind(), message.payload()).unwrap();
            })
            .await;
        assert_eq!(count.unwrap(), Some(BATCH));
        ws
    });
    assert_count(count, 0);
}

#[test]
fn server_receives_a_batch_without_an_allocation_once_earlier_messages_are_gone() {
    let count = allocations_per_round(&batch(), |mut ws| async {
        for _ in 0..BATCH {
            let message = ws.recv().await.unwrap().unwrap();
            assert_eq!(message.kind(), MessageKind::Text);
        }
        ws
    });
    assert_count(count, 0);
}

#[test]
fn server_receives_a_batch_with_one_allocation_while_earlier_messages_are_held() {
    let held = RefCell::new(Vec::with_capacity(
        2 * BATCH * usize::try_from(ROUNDS).unwrap(),
    ));
    let count = allocations_per_round(&batch(), |mut ws| async {
        for _ in 0..BATCH {
            let message = ws.recv().await.unwrap().unwrap();
            held.borrow_mut().push(message);
        }
        ws
    });
    assert_count(count, 1);
}
