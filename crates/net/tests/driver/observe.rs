//! The `observer`: it sees every frame, both ways, once, and changes nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sockeye::frame::Opcode;
use sockeye::limits::{QUEUE_LEN_HIGH, REFERENCE_LEN_MIN};
use sockeye::{CloseCode, DeflatePolicy, Direction, MessageKind, ObservedFrame, Observer};
use tokio::time::Instant;

use crate::support::open::{client, deflating_server, server};
use crate::support::poll::{pass, settle};
use crate::support::wire::{
    BINARY, CLOSE, PING, PONG, TEXT, masked, masked_close, payloads, unmasked,
};

/// A frame as the observer saw it, put together.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    direction: Direction,
    opcode: Opcode,
    is_masked: bool,
    is_compressed: bool,
    payload: Vec<u8>,
    time: std::time::Instant,
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Seen>>>);

impl Observer for Log {
    fn frame(&mut self, frame: &ObservedFrame<'_>) {
        let mut log = self.0.lock().unwrap();
        if frame.offset == 0 {
            log.push(Seen {
                direction: frame.direction,
                opcode: frame.header.opcode,
                is_masked: frame.header.masking_key.is_some(),
                is_compressed: frame.is_compressed,
                payload: Vec::new(),
                time: frame.time,
            });
        }
        // Parts of frames that go different ways may alternate.
        let mut same_way = log.iter_mut().rev();
        let seen = same_way
            .find(|seen| seen.direction == frame.direction)
            .unwrap();
        assert_eq!(seen.payload.len() as u64, frame.offset);
        seen.payload.extend_from_slice(frame.payload);
        let is_whole = seen.payload.len() as u64 == frame.header.payload_len;
        assert_eq!(frame.is_last(), is_whole);
    }
}

impl Log {
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// What was seen in one direction: opcodes and payloads.
    fn take_sorted(&self) -> [Vec<(Opcode, Vec<u8>)>; 2] {
        let all = self.take();
        [Direction::Received, Direction::Sent].map(|direction| {
            let those = all.iter().filter(|seen| seen.direction == direction);
            those
                .map(|seen| (seen.opcode, seen.payload.clone()))
                .collect()
        })
    }
}

fn first_byte(opcode: Opcode) -> u8 {
    match opcode {
        Opcode::Text => TEXT,
        Opcode::Binary => BINARY,
        Opcode::Close => CLOSE,
        Opcode::Ping => PING,
        Opcode::Pong => PONG,
        Opcode::Continuation => 0x80,
    }
}

#[tokio::test(start_paused = true)]
async fn server_shows_each_frame_once_however_reads_and_writes_are_cut() {
    let large = vec![b'l'; 100_000];
    let wire = [
        masked(TEXT, b"one"),
        masked(PING, b"?"),
        masked(0x01, b"fr"),
        masked(0x80, b"agment"),
        masked(BINARY, &large),
        masked(TEXT, b""),
        masked_close(1000),
    ]
    .concat();
    for len in [1, 1000, usize::MAX] {
        for stutters in [false, true] {
            let (mut ws, script) = server().await;
            let log = Log::default();
            ws.observe(log.clone());
            script.read_at_most(len);
            script.write_at_most(len);
            if stutters {
                script.stutter();
            }
            script.bytes(wire.clone());
            while let Some(message) = ws.recv().await.unwrap() {
                ws.send(message).await.unwrap();
            }
            settle().await;
            let [received, sent] = log.take_sorted();
            let opcodes: Vec<_> = received.iter().map(|(opcode, _)| *opcode).collect();
            let expected = [
                Opcode::Text,
                Opcode::Ping,
                Opcode::Text,
                Opcode::Continuation,
                Opcode::Binary,
                Opcode::Text,
                Opcode::Close,
            ];
            assert_eq!(opcodes, expected, "{len}");
            assert!(received[3].1 == b"agment" && received[4].1 == large);
            // What was shown is what was written.
            while script.take_calls().writes > 0 {
                pass(Duration::from_millis(1)).await;
            }
            let written = script.take_frames();
            let shown = sent
                .iter()
                .map(|(opcode, payload)| (first_byte(*opcode), payload));
            assert!(written.len() >= 5);
            assert!(shown.eq(written.iter().map(|frame| (frame.first, &frame.payload))));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn client_shows_its_own_frames_unmasked_and_says_that_they_were() {
    let (mut ws, script) = client().await;
    let log = Log::default();
    ws.observe(log.clone());
    ws.send("asked").await.unwrap();
    script.bytes(unmasked(TEXT, b"answered"));
    ws.recv().await.unwrap().unwrap();
    let seen = log.take();
    assert_eq!(
        (&seen[0].payload[..], seen[0].is_masked),
        (&b"asked"[..], true)
    );
    assert_eq!(
        (&seen[1].payload[..], seen[1].is_masked),
        (&b"answered"[..], false)
    );
    assert_eq!(seen.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn server_shows_what_waits_in_the_queue_once_and_with_the_time_of_its_turn() {
    let (mut ws, script) = server().await;
    let log = Log::default();
    ws.feed("before").await.unwrap();
    ws.observe(log.clone());
    script.take_up_to(Some(0));
    let start = Instant::now().into_std();
    ws.send(vec![1; REFERENCE_LEN_MIN]).await.unwrap();
    pass(Duration::from_secs(1)).await;
    ws.send(vec![2; QUEUE_LEN_HIGH]).await.unwrap();
    pass(Duration::from_secs(1)).await;
    for room in [1, 100, 10_000] {
        script.take_up_to(Some(room));
        settle().await;
    }
    script.take_up_to(None);
    ws.send("last").await.unwrap();
    ws.flush().await.unwrap();
    let seen = log.take();
    let times: Vec<_> = seen
        .iter()
        .map(|seen| (seen.time - start).as_secs())
        .collect();
    assert_eq!(times, [0, 1, 2]);
    let written = payloads(&script.take_frames());
    assert!(seen.iter().map(|seen| &seen.payload).eq(&written[1..]));
}

#[tokio::test(start_paused = true)]
async fn server_shows_compressed_frames_as_they_are_on_the_wire() {
    let (mut ws, script) = deflating_server(DeflatePolicy::takeover(), "permessage-deflate").await;
    let log = Log::default();
    ws.observe(log.clone());
    ws.send("a".repeat(1000)).await.unwrap();
    ws.send("short").await.unwrap();
    let written = script.take_frames();
    let seen = log.take();
    assert!(seen[0].is_compressed && !seen[1].is_compressed);
    assert!(
        seen.iter()
            .map(|seen| &seen.payload)
            .eq(written.iter().map(|frame| &frame.payload))
    );
    assert!(seen[0].payload.len() < 50);
}

/// If this fails, a payload that breaks a rule by its reserved bit is told as compressed, and who
/// looks for the fault sees an empty message that cannot be inflated.
#[tokio::test(start_paused = true)]
async fn server_shows_rsv1_without_an_agreement_as_not_compressed() {
    let (mut ws, script) = server().await;
    let log = Log::default();
    ws.observe(log.clone());
    let mut frame = masked(TEXT, b"hi");
    frame[0] |= 0x40;
    script.bytes(frame);
    assert!(ws.recv().await.unwrap_err().is_peer_fault());
    let seen = log.take();
    assert_eq!(seen[0].payload, b"hi");
    assert!(!seen[0].is_compressed);
}

#[tokio::test(start_paused = true)]
async fn server_observed_in_the_middle_of_a_message_begins_with_the_next_one() {
    let wire = masked(TEXT, b"half of it");
    for cut in 1..wire.len() {
        let (mut ws, script) = server().await;
        script.bytes(&wire[..cut]);
        assert!(
            crate::support::poll::poll_and_drop(ws.recv(), 2)
                .await
                .is_none()
        );
        let log = Log::default();
        ws.observe(log.clone());
        script.bytes(&wire[cut..]);
        ws.recv().await.unwrap().unwrap();
        script.bytes(masked(TEXT, b"next"));
        ws.recv().await.unwrap().unwrap();
        let [received, _] = log.take_sorted();
        assert_eq!(received, [(Opcode::Text, b"next".to_vec())], "cut at {cut}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_shows_a_read_that_holds_too_much_once() {
    // Compressed, one read holds more than a turn's work: its rest is put back and read again.
    let (mut sender, out) = crate::support::open::deflating_client().await;
    for _ in 0..40 {
        sender.send("z".repeat(100_000)).await.unwrap();
    }
    sender.flush().await.unwrap();
    let wire = out.take_written();
    assert!(wire.len() < 20_000);
    let (mut ws, script) =
        deflating_server(DeflatePolicy::no_takeover(), "permessage-deflate").await;
    let log = Log::default();
    ws.observe(log.clone());
    script.bytes(wire);
    for _ in 0..40 {
        let message = ws.recv().await.unwrap().unwrap();
        assert_eq!(
            (message.kind(), message.payload().len()),
            (MessageKind::Text, 100_000)
        );
    }
    let seen = log.take();
    assert_eq!(seen.len(), 40);
    let first = &seen[0].payload;
    assert!(
        seen.iter()
            .all(|seen| seen.is_compressed && seen.payload == *first)
    );
}

#[tokio::test(start_paused = true)]
async fn server_shows_bytes_that_are_no_frames_no_further() {
    let (mut ws, script) = server().await;
    let log = Log::default();
    ws.observe(log.clone());
    script.bytes(
        [
            &masked(TEXT, b"good")[..],
            b"\x83\x80bad",
            &masked(TEXT, b"late"),
        ]
        .concat(),
    );
    ws.recv().await.unwrap().unwrap();
    assert!(ws.recv().await.unwrap_err().is_peer_fault());
    let [received, sent] = log.take_sorted();
    assert_eq!(received, [(Opcode::Text, b"good".to_vec())]);
    assert_eq!(sent[0].0, Opcode::Close);
    assert_eq!(
        sent[0].1[..2],
        CloseCode::PROTOCOL_ERROR.number().to_be_bytes()
    );
}

/// Looks on until the frame with this payload, at which it panics.
struct Fragile(Log, &'static [u8]);

impl Observer for Fragile {
    fn frame(&mut self, frame: &ObservedFrame<'_>) {
        assert_ne!(frame.payload, self.1, "this is what the test wants");
        self.0.frame(frame);
    }
}

/// Fails if an observer that panics takes a message, a task or the connection with it, or is shown
/// anything after that.
#[tokio::test(start_paused = true)]
async fn server_whose_observer_panics_goes_on_and_shows_it_nothing_more() {
    for word in [&b"in"[..], b"out"] {
        let (mut ws, script) = server().await;
        let log = Log::default();
        ws.observe(Fragile(log.clone(), word));
        script.bytes([masked(TEXT, b"before"), masked(TEXT, b"in")].concat());
        for expected in ["before", "in"] {
            let message = ws.recv().await.unwrap().unwrap();
            assert_eq!(message.as_text(), Some(expected));
        }
        // By its own task, and by the library's.
        ws.send("out").await.unwrap();
        ws.feed("late").await.unwrap();
        settle().await;
        assert_eq!(payloads(&script.take_frames()), [&b"out"[..], b"late"]);
        let seen = log.take();
        let payloads: Vec<_> = seen.iter().map(|seen| &*seen.payload).collect();
        match word {
            b"in" => assert_eq!(payloads, [b"before"]),
            _ => assert_eq!(payloads, [&b"before"[..], b"in"]),
        }
        let other = Log::default();
        ws.observe(other.clone());
        ws.send("seen").await.unwrap();
        assert_eq!(other.take().len(), 1, "the next one is told");
    }
}
