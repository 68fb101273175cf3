//! Keepalive and its deadlines, in virtual time: a silent peer is asked and then given up, a living
//! one never, whatever the connection is busy with.

use std::sync::Arc;
use std::time::Duration;

use sockeye::fault::{Fault, Timeout};
use sockeye::{CloseCode, Config, Keepalive};
use tokio::time::{Instant, timeout};

use crate::support::open::{client_with, config, server_with};
use crate::support::poll::{pass, settle};
use crate::support::wire::{CLOSE, PING, PONG, TEXT, masked};

const SECOND: Duration = Duration::from_secs(1);

/// A Ping after 20 s of silence, 10 s to answer.
pub(crate) const KEEPALIVE: Keepalive = Keepalive {
    interval: Duration::from_secs(20),
    timeout: Duration::from_secs(10),
};

fn keepalive() -> Arc<Config> {
    config(|config| config.keepalive = Some(KEEPALIVE))
}

#[tokio::test(start_paused = true)]
async fn server_pings_a_silent_peer_and_fails_one_that_stays_silent() {
    let (mut ws, script) = server_with(keepalive()).await;
    let start = Instant::now();
    let receiving = tokio::spawn(async move { (ws.recv().await.unwrap_err(), ws) });
    pass(19 * SECOND).await;
    assert_eq!(script.take_frames(), []);
    pass(2 * SECOND).await;
    assert_eq!(script.take_frames()[0].first, PING);
    let (error, mut ws) = receiving.await.unwrap();
    assert_eq!(start.elapsed(), 30 * SECOND);
    assert!(error.is_timeout() && !error.is_lost() && !error.is_peer_fault());
    assert_eq!(error.fault(), Some(Fault::Timeout(Timeout::Pong)));
    assert_eq!(script.take_frames()[0].close_code(), Some(1011));
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(ws.close_event().unwrap().code, CloseCode::ABNORMAL);
    drop(ws);
    pass(11 * SECOND).await;
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_is_content_with_any_sign_of_life() {
    let (mut ws, script) = server_with(keepalive()).await;
    let receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    // A Pong, an unasked Pong, half a header, a fragment: each within 10 s of the Ping.
    let long = masked(0x01, b"a fragment");
    let (half, rest) = long.split_at(3);
    let signs = [
        masked(PONG, b""),
        masked(PONG, b"unasked"),
        half.to_vec(),
        rest.to_vec(),
    ];
    for sign in signs {
        pass(29 * SECOND).await;
        script.bytes(sign);
        settle().await;
        assert!(!receiving.is_finished());
    }
    let pings = script.take_frames();
    assert_eq!(pings.len(), 4, "one for each silence: {pings:?}");
}

#[tokio::test(start_paused = true)]
async fn server_does_not_ping_a_peer_that_talks() {
    let (mut ws, script) = server_with(keepalive()).await;
    let receiving = tokio::spawn(async move { while let Ok(Some(_)) = ws.recv().await {} });
    for _ in 0..50 {
        pass(15 * SECOND).await;
        script.bytes(masked(TEXT, b"talking"));
    }
    settle().await;
    assert_eq!(script.take_frames(), []);
    receiving.abort();
}

#[tokio::test(start_paused = true)]
async fn server_deadlines_pass_while_a_write_is_blocked() {
    let (ws, script) = server_with(keepalive()).await;
    script.take_up_to(Some(0));
    let (sender, mut receiver) = ws.split();
    sender
        .send(vec![0; sockeye::limits::QUEUE_LEN_HIGH])
        .await
        .unwrap();
    let start = Instant::now();
    let sending = tokio::spawn(async move { sender.send("no room").await });
    assert!(receiver.recv().await.unwrap_err().is_timeout());
    assert_eq!(start.elapsed(), 30 * SECOND);
    assert!(sending.await.unwrap().is_err());
    assert_eq!(start.elapsed(), 30 * SECOND, "the sender learns it at once");
}

#[tokio::test(start_paused = true)]
async fn server_that_lends_messages_and_has_no_room_for_replies_learns_of_a_deadline() {
    let (mut ws, script) = server_with(keepalive()).await;
    script.take_up_to(Some(0));
    ws.send(vec![0; sockeye::limits::QUEUE_LEN_HIGH])
        .await
        .unwrap();
    let start = Instant::now();
    assert!(ws.recv_with(|_, _| {}).await.unwrap_err().is_timeout());
    assert_eq!(start.elapsed(), 30 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn client_without_keepalive_waits_for_ever() {
    let (mut ws, script) = client_with(config(|config| config.keepalive = None)).await;
    let year = 365 * 24 * 3600 * SECOND;
    assert!(timeout(year, ws.recv()).await.is_err());
    assert_eq!(script.take_frames(), []);
}

#[tokio::test(start_paused = true)]
async fn client_keeps_alive_while_its_task_only_sleeps() {
    let (ws, script) = client_with(keepalive()).await;
    pass(21 * SECOND).await;
    let frames = script.take_frames();
    assert!(frames[0].first == PING && frames[0].is_masked);
    drop(ws);
}

#[tokio::test(start_paused = true)]
async fn server_never_pings_once_it_closes() {
    let (ws, script) = server_with(config(|config| {
        config.close_timeout = 100 * SECOND;
        config.keepalive = Some(Keepalive {
            interval: SECOND,
            timeout: SECOND,
        });
    }))
    .await;
    drop(ws);
    pass(99 * SECOND).await;
    let frames = script.take_frames();
    assert_eq!((frames.len(), frames[0].first), (1, CLOSE));
    assert!(!script.is_dropped());
    pass(2 * SECOND).await;
    assert!(script.is_dropped());
}
