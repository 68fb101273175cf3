//! A sender that never pauses does not keep control frames from their turn: a Pong goes out within
//! one full queue, and a flood of Pings still gets few of them.

use sockeye::limits::QUEUE_LEN_HIGH;
use tokio::task::JoinHandle;

use crate::support::open::server;
use crate::support::poll::settle;
use crate::support::scripted::Script;
use crate::support::wire::{BINARY, Frame, PING, PONG, masked, take_frame};

/// Bytes of one of its messages.
const MESSAGE_LEN: usize = 1024;

/// A server whose one task receives and whose other one sends without a pause, to a peer that takes
/// bytes as it is told to.
async fn busy_server() -> (Script, [JoinHandle<()>; 2]) {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, mut receiver) = ws.split();
    let sending =
        tokio::spawn(async move { while sender.feed(vec![0; MESSAGE_LEN]).await.is_ok() {} });
    let receiving = tokio::spawn(async move { while let Ok(Some(_)) = receiver.recv().await {} });
    settle().await;
    (script, [sending, receiving])
}

/// The frames that the peer takes in `steps` steps; the queue never gets empty. Before each step it
/// sends `sent`.
async fn take(script: &Script, steps: usize, sent: &[u8]) -> Vec<Frame> {
    let mut taken = Vec::new();
    for _ in 0..steps {
        if !sent.is_empty() {
            script.bytes(sent);
        }
        script.take_up_to(Some(MESSAGE_LEN / 2));
        settle().await;
        taken.extend(script.take_written());
    }
    std::iter::from_fn(|| take_frame(&mut taken)).collect()
}

#[tokio::test(start_paused = true)]
async fn server_that_sends_without_a_pause_answers_a_ping_within_one_full_queue() {
    let (script, tasks) = busy_server().await;
    script.bytes(masked(PING, b"alive?"));
    let steps = 3 * QUEUE_LEN_HIGH / MESSAGE_LEN;
    let frames = take(&script, steps, b"").await;
    let pongs: Vec<_> = frames
        .iter()
        .filter(|frame| frame.first != BINARY)
        .collect();
    assert_eq!(pongs.len(), 1, "{pongs:?}");
    assert_eq!(
        (pongs[0].first, &pongs[0].payload[..]),
        (PONG, &b"alive?"[..])
    );
    tasks.iter().for_each(JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn server_that_sends_without_a_pause_answers_few_pings_of_a_flood() {
    let (script, tasks) = busy_server().await;
    let steps = 8 * QUEUE_LEN_HIGH / MESSAGE_LEN;
    let frames = take(&script, steps, &masked(PING, b"?").repeat(100)).await;
    let pongs = frames.iter().filter(|frame| frame.first == PONG).count();
    // One in each full queue, and all of a read that finds the queue empty in between.
    assert!((4..=steps).contains(&pongs), "{pongs}");
    tasks.iter().for_each(JoinHandle::abort);
}
