//! A peer that is silent for too long: everybody who waits for it is told so, with one reason,
//! whatever they wait for. Time is virtual.

use std::sync::Arc;
use std::time::Duration;

use sockeye::fault::{Fault, Timeout};
use sockeye::{Error, MessageKind, Sender, Transport, pair_with};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::keepalive::KEEPALIVE;
use crate::support::open::{config, server_with};
use crate::support::poll::settle;

const SECOND: Duration = Duration::from_secs(1);

/// [`KEEPALIVE`], and 5 s to close.
fn impatient() -> Arc<sockeye::Config> {
    config(|config| {
        config.close_timeout = 5 * SECOND;
        config.keepalive = Some(KEEPALIVE);
    })
}

/// One task for each way to wait in a sending half. Each ends with its name and its error.
fn waiters<T: Transport>(sender: &Sender<T>) -> JoinSet<(&'static str, Error)> {
    let mut waiters = JoinSet::new();
    let of = || sender.clone();
    let (one, two, three, four, five, mut six) = (of(), of(), of(), of(), of(), of());
    waiters.spawn(async move { ("send", one.send("no room").await.unwrap_err()) });
    waiters.spawn(async move { ("flush", two.flush().await.unwrap_err()) });
    waiters.spawn(async move { ("writable", three.writable().await.unwrap_err()) });
    waiters.spawn(async move { ("ping", four.ping(b"no room").await.unwrap_err()) });
    waiters.spawn(async move { ("round_trip", five.round_trip().await.unwrap_err()) });
    waiters.spawn(async move {
        let mut message = six.send_stream(MessageKind::Text);
        ("send_stream", message.write("no room").await.unwrap_err())
    });
    waiters
}

fn assert_all(told: Vec<(&'static str, Error)>, len: usize, timeout: Timeout) {
    assert_eq!(told.len(), len);
    for (name, error) in told {
        assert!(error.is_timeout() && !error.is_lost(), "{name}: {error:#}");
        assert_eq!(error.fault(), Some(Fault::Timeout(timeout)), "{name}");
    }
}

/// Fails if a task that waits for room, or for the queue to leave, is told another reason than the
/// one that receives, or later.
#[tokio::test(start_paused = true)]
async fn client_whose_peer_is_silent_has_one_reason_for_all_who_wait() {
    let (client, _silent) = pair_with(&impatient());
    let (sender, mut receiver) = client.split();
    let full = vec![0; 2 * sockeye::limits::QUEUE_LEN_HIGH];
    sender.send(full).await.unwrap();
    let waiters = waiters(&sender);
    let received = receiver.recv().await.unwrap_err();
    let given_up = Instant::now();
    assert_all(vec![("recv", received)], 1, Timeout::Pong);
    assert_all(waiters.join_all().await, 6, Timeout::Pong);
    assert_eq!(Instant::now(), given_up, "nobody waits for the Close");
    let late = sender.send("late").await.unwrap_err();
    assert_all(vec![("late", late)], 1, Timeout::Pong);
}

/// Fails if those who wait for the queue to leave take a closing budget that passed for a broken
/// pipe.
#[tokio::test(start_paused = true)]
async fn client_whose_peer_does_not_take_the_close_has_one_reason_for_all_who_wait() {
    let (client, _silent) = pair_with(&impatient());
    let start = Instant::now();
    let (sender, mut receiver) = client.split();
    let full = vec![0; 2 * sockeye::limits::QUEUE_LEN_HIGH];
    sender.send(full).await.unwrap();
    sender.close(None, "").unwrap();
    let other = sender.clone();
    let flushing = tokio::spawn(async move { other.flush().await.unwrap_err() });
    let received = receiver.recv().await.unwrap_err();
    let told = vec![("recv", received), ("flush", flushing.await.unwrap())];
    assert_all(told, 2, Timeout::Close);
    assert_eq!(start.elapsed(), 5 * SECOND);
    let late = sender.flush().await.unwrap_err();
    assert_all(vec![("late", late)], 1, Timeout::Close);
}

/// Fails if senders learn less than who receives where the peer ended its side and takes nothing
/// more: they wait until the budget ends, and no Close tells them before.
#[tokio::test(start_paused = true)]
async fn server_whose_peer_ended_and_takes_nothing_has_one_reason_for_all_who_wait() {
    let (ws, script) = server_with(impatient()).await;
    script.take_up_to(Some(0));
    let (sender, mut receiver) = ws.split();
    let full = vec![0; sockeye::limits::QUEUE_LEN_HIGH];
    sender.send(full).await.unwrap();
    let waiters = waiters(&sender);
    settle().await;
    script.end();
    let received = receiver.recv().await.unwrap_err();
    assert_all(vec![("recv", received)], 1, Timeout::Close);
    assert_all(waiters.join_all().await, 6, Timeout::Close);
}
