//! Corking: replies to messages that came in one read leave in one write (contract 7), counted at
//! the transport.

use sockeye::{MessageKind, Payload};

use crate::support::open::{client, server};
use crate::support::scripted::Calls;
use crate::support::wire::{BINARY, PING, PONG, TEXT, masked, payloads, unmasked};

const ONE_OF_EACH: Calls = Calls {
    reads: 1,
    writes: 1,
};

/// Sixteen texts, `message 0` to `message 15`, as a client sends them.
fn sixteen_messages() -> (Vec<Vec<u8>>, Vec<u8>) {
    let texts: Vec<Vec<u8>> = (0..16).map(|n| format!("message {n}").into()).collect();
    let wire = texts.iter().flat_map(|text| masked(TEXT, text)).collect();
    (texts, wire)
}

#[tokio::test(start_paused = true)]
async fn server_echoes_sixteen_messages_of_one_read_with_one_write() {
    let (mut ws, script) = server().await;
    let (texts, wire) = sixteen_messages();
    script.bytes(wire);
    for _ in 0..16 {
        let message = ws.recv().await.unwrap().unwrap();
        ws.send(message).await.unwrap();
    }
    assert_eq!(script.take_calls(), ONE_OF_EACH);
    assert_eq!(payloads(&script.take_frames()), texts);
}

#[tokio::test(start_paused = true)]
async fn client_answers_sixteen_messages_of_one_read_with_one_write() {
    let (mut ws, script) = client().await;
    let (texts, _) = sixteen_messages();
    script.bytes(
        texts
            .iter()
            .flat_map(|t| unmasked(TEXT, t))
            .collect::<Vec<_>>(),
    );
    for _ in 0..16 {
        let message = ws.recv().await.unwrap().unwrap();
        ws.send(message).await.unwrap();
    }
    assert_eq!(script.take_calls(), ONE_OF_EACH);
    let frames = script.take_frames();
    // RFC 6455 §5.1-1 TEST: every frame of a client is masked.
    assert!(frames.iter().all(|frame| frame.is_masked));
    assert_eq!(payloads(&frames), texts);
}

#[tokio::test(start_paused = true)]
async fn server_echoes_again_and_again_with_one_read_and_one_write_each() {
    let (mut ws, script) = server().await;
    for _ in 0..100 {
        script.bytes(sixteen_messages().1);
        for _ in 0..16 {
            let message = ws.recv().await.unwrap().unwrap();
            ws.send(message).await.unwrap();
        }
        assert_eq!(script.take_calls(), ONE_OF_EACH);
    }
}

#[tokio::test(start_paused = true)]
async fn server_echoes_lent_messages_with_one_read_and_one_write() {
    let (mut ws, script) = server().await;
    let (texts, wire) = sixteen_messages();
    script.bytes(wire);
    let count = ws
        .recv_with(|message, replies| replies.send(message.kind(), message.payload()).unwrap())
        .await;
    assert_eq!(count.unwrap(), Some(16));
    assert_eq!(script.take_calls(), ONE_OF_EACH);
    assert_eq!(payloads(&script.take_frames()), texts);
}

#[tokio::test(start_paused = true)]
async fn server_takes_the_rest_of_a_read_lent_and_writes_once() {
    let (mut ws, script) = server().await;
    let (texts, wire) = sixteen_messages();
    script.bytes(wire);
    let message = ws.recv().await.unwrap().unwrap();
    ws.send(message).await.unwrap();
    let count = ws
        .recv_with(|message, replies| replies.send(message.kind(), message.payload()).unwrap())
        .await;
    assert_eq!(count.unwrap(), Some(15));
    assert_eq!(script.take_calls(), ONE_OF_EACH);
    assert_eq!(payloads(&script.take_frames()), texts);
}

#[tokio::test(start_paused = true)]
async fn server_writes_what_was_fed_with_one_write_at_the_flush() {
    let (mut ws, script) = server().await;
    for n in 0..16_u8 {
        ws.feed(vec![n]).await.unwrap();
        assert_eq!(script.take_calls().writes, 0);
    }
    ws.flush().await.unwrap();
    assert_eq!(script.take_calls().writes, 1);
    assert_eq!(script.take_frames().len(), 16);
    assert_eq!(ws.buffered_amount(), 0);
}

#[tokio::test(start_paused = true)]
async fn server_writes_a_large_message_in_place_with_one_vectored_write() {
    let (mut ws, script) = server().await;
    let payload: Payload = vec![7; 1 << 20].into();
    ws.feed("before").await.unwrap();
    ws.feed(payload.clone()).await.unwrap();
    ws.flush().await.unwrap();
    assert_eq!(script.take_calls().writes, 1);
    let all = payloads(&script.take_frames());
    assert!(all == [b"before".as_slice(), &payload]);
}

#[tokio::test(start_paused = true)]
async fn server_writes_without_a_read_go_out_at_once() {
    let (mut ws, script) = server().await;
    for n in 1..4 {
        ws.send("unasked").await.unwrap();
        assert_eq!(script.take_calls().writes, 1, "send {n}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_sends_pong_before_messages_of_the_same_read_are_delivered() {
    let (mut ws, script) = server().await;
    let wire = [masked(PING, b"now"), masked(BINARY, b"one")].concat();
    script.bytes(wire);
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.kind(), MessageKind::Binary);
    let frames = script.take_frames();
    assert_eq!(
        (frames[0].first, frames[0].payload.as_slice()),
        (PONG, &b"now"[..])
    );
}

#[tokio::test(start_paused = true)]
async fn server_answers_messages_cut_anywhere_with_one_write_per_read_at_most() {
    let (texts, wire) = sixteen_messages();
    for cut in 1..wire.len() {
        let (mut ws, script) = server().await;
        script.bytes(&wire[..cut]);
        script.bytes(&wire[cut..]);
        for _ in 0..16 {
            let message = ws.recv().await.unwrap().unwrap();
            ws.send(message).await.unwrap();
        }
        let calls = script.take_calls();
        assert!(
            calls.reads == 2 && calls.writes <= 2,
            "cut at {cut}: {calls:?}"
        );
        assert_eq!(payloads(&script.take_frames()), texts);
    }
}
