//! `round_trip` and `latency`, in virtual time: only a Pong with the nonce of our own Ping counts.

use std::time::Duration;

use sockeye::limits::HELD_LEN_MAX;
use sockeye::{CloseCode, Keepalive, Sender};
use tokio::task::JoinHandle;

use crate::support::open::{client, config, server, server_with};
use crate::support::poll::{pass, poll_and_drop, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{CLOSE, Frame, PING, PONG, TEXT, masked, masked_close, unmasked};

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

/// Fails if a handle that nobody split cannot measure, or pays for it with a message.
#[tokio::test(start_paused = true)]
async fn handle_measures_by_itself_and_keeps_what_came_before_the_pong() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"one"), masked(TEXT, b"two")].concat());
    assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("one"));
    let measuring = tokio::spawn(async move { (ws.round_trip().await, ws) });
    settle().await;
    let ping = ping(&script);
    script.bytes(masked(TEXT, b"three"));
    pass(5 * MS).await;
    let behind = [masked(TEXT, b"four"), masked(PONG, &ping.payload)].concat();
    script.bytes([behind, masked(TEXT, b"five")].concat());
    let (round_trip, mut ws) = measuring.await.unwrap();
    assert_eq!(round_trip.unwrap(), 5 * MS);
    assert_eq!(ws.latency(), Some(5 * MS));
    for text in ["two", "three", "four", "five"] {
        assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some(text));
    }
    ws.send("at once").await.unwrap();
    assert_eq!(script.take_frames().len(), 1, "nothing is held back");
}

/// Fails if a peer that sends and never answers makes the measuring side hold all of it.
#[tokio::test(start_paused = true)]
async fn handle_that_measures_keeps_so_much_and_no_more() {
    const LEN: usize = 60_000;
    let (mut ws, script) = server().await;
    for _ in 0..2 * HELD_LEN_MAX / LEN {
        script.bytes(masked(TEXT, &vec![b'x'; LEN]));
    }
    let error = ws.round_trip().await.unwrap_err();
    assert!(error.is_limit() && !error.is_closed(), "{error:?}");
    assert!(error.to_string().contains(&HELD_LEN_MAX.to_string()));
    let read = script.take_calls().reads;
    let bound = HELD_LEN_MAX / LEN..=HELD_LEN_MAX / LEN + 2;
    assert!(bound.contains(&read), "{read} reads");
    let ping = ping(&script);
    script.bytes(masked(PONG, &ping.payload));
    for _ in 0..2 * HELD_LEN_MAX / LEN {
        assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), LEN);
    }
    assert!(poll_and_drop(ws.recv(), 1).await.is_none());
    assert!(ws.latency().is_some(), "the pong counts all the same");
}

/// Fails if the end of the connection leaves who measures waiting, or answers a Close before the
/// messages that came with it were handed out.
#[tokio::test(start_paused = true)]
async fn handle_that_measures_learns_of_the_end_and_can_still_answer() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"last"), masked_close(1001)].concat());
    let error = ws.round_trip().await.unwrap_err();
    assert_eq!(error.close_code(), Some(CloseCode::GOING_AWAY));
    let last = ws.recv().await.unwrap().unwrap();
    ws.send(last).await.unwrap();
    assert_eq!(ws.recv().await.unwrap(), None);
    let firsts = script.take_frames();
    let firsts: Vec<u8> = firsts.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [PING, TEXT, CLOSE]);

    let (mut ws, script) = server().await;
    script.bytes(masked(TEXT, b"before"));
    script.read_error(std::io::ErrorKind::ConnectionReset);
    assert!(ws.round_trip().await.unwrap_err().is_lost());
    assert!(ws.recv().await.unwrap().is_some());
    assert_eq!(ws.recv().await.unwrap(), None, "the loss was reported");
}
