//! `round_trip` and `latency`, in virtual time: only a Pong with the nonce of our own Ping counts.

use std::time::Duration;

use sockeye::{CloseCode, Keepalive, Sender};
use tokio::task::JoinHandle;

use crate::support::open::{client, config, server, server_with};
use crate::support::poll::{pass, poll_and_drop, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{Frame, PING, PONG, TEXT, masked, masked_close, unmasked};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn measuring(sender: &Sender<Scripted>) -> JoinHandle<sockeye::Result<Duration>> {
    let sender = sender.clone();
    tokio::spawn(async move { sender.round_trip().await })
}

/// The one Ping that was written.
fn ping(script: &Script) -> Frame {
    let mut frames = script.take_frames();
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0].first, PING);
    frames.remove(0)
}

#[tokio::test(start_paused = true)]
async fn server_measures_the_time_until_the_pong() {
    let (mut ws, script) = server().await;
    let sender = ws.sender();
    let receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    assert_eq!(sender.latency(), None);
    for time in [30 * MS, 7 * MS] {
        let round_trip = measuring(&sender);
        settle().await;
        let ping = ping(&script);
        pass(time).await;
        assert!(!round_trip.is_finished());
        script.bytes(masked(PONG, &ping.payload));
        assert_eq!(round_trip.await.unwrap().unwrap(), time);
        assert_eq!(sender.latency(), Some(time));
    }
    assert!(!receiving.is_finished());
}

#[tokio::test(start_paused = true)]
async fn client_measures_with_masked_pings_and_a_new_nonce_each_time() {
    let (mut ws, script) = client().await;
    let sender = ws.sender();
    let _receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    let mut nonces = Vec::new();
    for _ in 0..3 {
        let round_trip = measuring(&sender);
        settle().await;
        let ping = ping(&script);
        assert!(ping.is_masked);
        pass(MS).await;
        script.bytes(unmasked(PONG, &ping.payload));
        assert_eq!(round_trip.await.unwrap().unwrap(), MS);
        nonces.push(ping.payload);
    }
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2]);
}

#[tokio::test(start_paused = true)]
async fn pong_to_anything_else_measures_nothing() {
    let (mut ws, script) = server().await;
    let sender = ws.sender();
    ws.ping(b"mine").await.unwrap();
    let _receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    ping(&script);
    let round_trip = measuring(&sender);
    settle().await;
    let ping = ping(&script);
    let mut guess = ping.payload.clone();
    guess[0] ^= 1;
    for other in [&b"mine"[..], b"", b"12345678", &guess] {
        script.bytes(masked(PONG, other));
        pass(MS).await;
        assert!(!round_trip.is_finished(), "{other:?}");
    }
    script.bytes(masked(PONG, &ping.payload));
    assert_eq!(round_trip.await.unwrap().unwrap(), 4 * MS);
    script.bytes(masked(PONG, &ping.payload));
    pass(MS).await;
    assert_eq!(
        sender.latency(),
        Some(4 * MS),
        "the second Pong is nobody's"
    );
}

#[tokio::test(start_paused = true)]
async fn server_has_one_measurement_on_its_way_however_many_ask() {
    let (mut ws, script) = server().await;
    let sender = ws.sender();
    let _receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    let asking: Vec<_> = (0..100).map(|_| measuring(&sender)).collect();
    settle().await;
    let ping = ping(&script);
    pass(5 * MS).await;
    let late = measuring(&sender);
    pass(5 * MS).await;
    script.bytes(masked(PONG, &ping.payload));
    for round_trip in asking.into_iter().chain([late]) {
        assert_eq!(round_trip.await.unwrap().unwrap(), 10 * MS);
    }
    assert_eq!(script.take_frames(), []);
}

#[tokio::test(start_paused = true)]
async fn server_round_trip_dropped_after_any_number_of_polls_leaves_one_ping_at_most() {
    for polls in 0..5 {
        let (mut ws, script) = server().await;
        let sender = ws.sender();
        script.write_at_most(1);
        script.stutter();
        assert!(poll_and_drop(sender.round_trip(), polls).await.is_none());
        pass(3 * MS).await;
        let pings = script.take_frames();
        assert_eq!(pings.len(), usize::from(polls > 0));
        let Some(ping) = pings.first() else {
            continue;
        };
        // The Pong still tells the latency, and nobody is left to be woken for it.
        script.bytes([masked(PONG, &ping.payload), masked(TEXT, b"hi")].concat());
        ws.recv().await.unwrap().unwrap();
        assert_eq!(sender.latency(), Some(3 * MS));
    }
}

#[tokio::test(start_paused = true)]
async fn keepalive_measures_each_silence() {
    let config = config(|config| {
        config.keepalive = Some(Keepalive {
            interval: 20 * SECOND,
            timeout: 10 * SECOND,
        });
    });
    let (mut ws, script) = server_with(config).await;
    let sender = ws.sender();
    let receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
    for seconds in [4, 1, 9] {
        pass(20 * SECOND).await;
        let ping = ping(&script);
        pass(seconds * SECOND).await;
        script.bytes(masked(PONG, &ping.payload));
        settle().await;
        assert_eq!(sender.latency(), Some(seconds * SECOND));
    }
    pass(20 * SECOND).await;
    ping(&script);
    script.bytes(masked(TEXT, b"alive, but no Pong"));
    receiving.await.unwrap().unwrap();
    assert_eq!(sender.latency(), Some(9 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn server_that_measures_learns_of_the_end() {
    for ends in [
        |script: &Script| script.bytes(masked_close(1000)),
        Script::end,
        |script: &Script| script.read_error(std::io::ErrorKind::ConnectionReset),
    ] {
        let (mut ws, script) = server().await;
        let sender = ws.sender();
        let receiving = tokio::spawn(async move { ws.recv().await.map(|_| ()) });
        let round_trip = measuring(&sender);
        settle().await;
        ends(&script);
        let error = round_trip.await.unwrap().unwrap_err();
        assert!(error.is_closed() || error.is_lost(), "{error:?}");
        let _ = receiving.await.unwrap();
        assert_eq!(sender.latency(), None);
    }
    let (ws, _script) = server().await;
    let sender = ws.sender();
    let round_trip = measuring(&sender);
    settle().await;
    sender.close(CloseCode::NORMAL, "").unwrap();
    assert!(round_trip.await.unwrap().unwrap_err().is_closed());
    assert!(sender.round_trip().await.unwrap_err().is_closed());
}

#[tokio::test(start_paused = true)]
async fn server_measures_while_its_receiving_half_is_gone() {
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    let round_trip = measuring(&sender);
    settle().await;
    let ping = ping(&script);
    pass(2 * MS).await;
    script.bytes(masked(PONG, &ping.payload));
    assert_eq!(round_trip.await.unwrap().unwrap(), 2 * MS);
}
