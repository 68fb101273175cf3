//! `send_stream`: a message piece by piece. Who waits for it, what goes between its pieces, and
//! what becomes of one that is not sent to its end.

use futures_util::FutureExt;
use sockeye::limits::QUEUE_LEN_HIGH;
use sockeye::{
    CloseCode, DeflatePolicy, MessageKind, PreparedMessage, SlowReceiver, broadcast, pair,
};

use crate::support::open::{client, deflating_server, server};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::wire::{BINARY, CLOSE, PING, PONG, TEXT, masked, payloads};

#[tokio::test(start_paused = true)]
async fn server_and_client_send_a_message_in_pieces_that_arrives_whole() {
    for (mut ws, script) in [server().await, client().await] {
        let mut stream = ws.send_stream(MessageKind::Text);
        assert_eq!(stream.kind(), MessageKind::Text);
        stream.write("a€").await.unwrap();
        stream.write("").await.unwrap();
        stream.write(&"€".as_bytes()[..1]).await.unwrap();
        stream.write(&"€".as_bytes()[1..]).await.unwrap();
        stream.finish().await.unwrap();
        ws.send_stream(MessageKind::Binary).finish().await.unwrap();
        ws.send("next").await.unwrap();
        let frames = script.take_frames();
        let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x01, 0x00, 0x00, 0x80, BINARY, TEXT]);
        assert_eq!(
            frames[..4]
                .iter()
                .flat_map(|f| f.payload.clone())
                .collect::<Vec<_>>(),
            "a€€".as_bytes()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn server_lets_other_messages_wait_for_the_end_and_pings_between_the_pieces() {
    let (ws, script) = server().await;
    let (mut sender, mut receiver) = ws.split();
    let other = sender.clone();
    let mut stream = sender.send_stream(MessageKind::Binary);
    assert!(
        poll_and_drop(other.send("before"), 1)
            .await
            .unwrap()
            .is_ok(),
        "it has not begun"
    );
    stream.write("one").await.unwrap();

    let waiting = other.clone();
    let waiting = tokio::spawn(async move { waiting.send("behind").await });
    let second = other.clone();
    let second = tokio::spawn(async move {
        let mut second = second;
        let mut stream = second.send_stream(MessageKind::Binary);
        stream.write("second").await?;
        stream.finish().await
    });
    settle().await;
    assert!(poll_and_drop(other.send("dropped"), 3).await.is_none());
    assert!(
        poll_and_drop(other.writable(), 3).await.is_none(),
        "nothing could be sent"
    );
    assert!(other.try_send("refused").unwrap_err().is_full());
    let report = broadcast([&other], &PreparedMessage::new("tick"), SlowReceiver::Skip);
    assert_eq!(report.skipped, 1);
    other.ping(b"?").await.unwrap();
    script.bytes(masked(PING, b"!"));
    assert!(poll_and_drop(receiver.recv(), 3).await.is_none());

    stream.write("two").await.unwrap();
    stream.finish().await.unwrap();
    waiting.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts[..6], [TEXT, 0x02, PING, PONG, 0x00, 0x80]);
    let behind = [[TEXT, 0x02, 0x80], [0x02, 0x80, TEXT]];
    assert!(
        behind.iter().any(|order| firsts[6..] == *order),
        "{firsts:x?}"
    );
}

#[tokio::test(start_paused = true)]
async fn server_writes_wait_for_room_and_a_dropped_one_left_nothing() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    let mut stream = ws.send_stream(MessageKind::Binary);
    let high = vec![1; QUEUE_LEN_HIGH];
    stream.write(&high).await.unwrap();
    assert!(poll_and_drop(stream.write("dropped"), 3).await.is_none());
    script.take_up_to(None);
    stream.write("kept").await.unwrap();
    stream.finish().await.unwrap();
    let all = payloads(&script.take_frames());
    assert!(all == [&high[..], b"kept", b""]);
}

#[tokio::test(start_paused = true)]
async fn server_closes_when_a_message_is_dropped_between_its_first_piece_and_its_end() {
    let (ws, script) = server().await;
    let (mut sender, _receiver) = ws.split();
    let other = sender.clone();
    let mut stream = sender.send_stream(MessageKind::Binary);
    stream.write("part").await.unwrap();
    let waiting = tokio::spawn(async move { other.send("behind").await });
    settle().await;
    drop(stream);
    assert!(
        waiting.await.unwrap().unwrap_err().is_closed(),
        "it does not wait for ever"
    );
    let frames = script.take_frames();
    assert_eq!(frames.len(), 2, "no last fragment: {frames:?}");
    assert_eq!(
        frames[1].close_code(),
        Some(CloseCode::INTERNAL_ERROR.number())
    );
}

/// Fails if a part of a compressed message is ended by whatever empties the compressor, so that the
/// peer takes it for the whole.
#[tokio::test(start_paused = true)]
async fn server_closes_when_a_compressed_message_is_dropped_unfinished() {
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        for pieces in 1..4 {
            let (ws, script) = deflating_server(policy, "permessage-deflate").await;
            let (mut sender, _receiver) = ws.split();
            let other = sender.clone();
            let mut stream = sender.send_stream(MessageKind::Text);
            for _ in 0..pieces {
                stream
                    .write(&"again and again, ".repeat(100))
                    .await
                    .unwrap();
            }
            drop(stream);
            assert!(other.send("behind").await.unwrap_err().is_closed());
            let frames = script.take_frames();
            let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
            let mut expected = vec![0x00; pieces];
            expected[0] = 0x41;
            expected.push(CLOSE);
            assert_eq!(firsts, expected, "compressed, and without a last fragment");
            let close = frames.last().unwrap();
            assert_eq!(close.close_code(), Some(CloseCode::INTERNAL_ERROR.number()));
        }
    }
}

/// Fails if `# Leaks` of `SendStream` promises too much or too little: a leaked one holds up
/// messages, nothing else, and not beyond a close.
#[tokio::test(start_paused = true)]
async fn server_with_a_leaked_message_goes_on_but_for_its_messages_until_it_is_closed() {
    let (mut ws, script) = server().await;
    let sender = ws.sender();
    let mut stream = ws.send_stream(MessageKind::Binary);
    stream.write("part").await.unwrap();
    std::mem::forget(stream);
    let waiting = tokio::spawn({
        let sender = sender.clone();
        async move { sender.send("behind").await }
    });
    script.bytes([masked(PING, b"?"), masked(TEXT, b"heard")].concat());
    assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("heard"));
    sender.ping(b"!").await.unwrap();
    assert!(ws.try_send("refused").unwrap_err().is_full());
    assert!(poll_and_drop(ws.send("waits"), 5).await.is_none());
    assert!(!waiting.is_finished());
    drop(ws);
    sender.close(CloseCode::NORMAL, "").unwrap();
    assert!(waiting.await.unwrap().unwrap_err().is_closed());
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [0x02, PONG, PING, CLOSE], "and no last fragment");
}

#[tokio::test(start_paused = true)]
async fn server_forgets_a_message_of_which_nothing_was_sent() {
    let (mut ws, script) = server().await;
    drop(ws.send_stream(MessageKind::Binary));
    let mut stream = ws.send_stream(MessageKind::Text);
    assert!(stream.write(b"\xFF").await.unwrap_err().is_misuse());
    drop(stream);
    ws.send("next").await.unwrap();
    assert_eq!(payloads(&script.take_frames()), [b"next"]);
}

#[tokio::test(start_paused = true)]
async fn server_does_not_end_a_text_inside_a_character() {
    let (mut ws, script) = server().await;
    let mut stream = ws.send_stream(MessageKind::Text);
    stream.write(b"\xE2\x82").await.unwrap();
    assert!(stream.finish().await.unwrap_err().is_misuse());
    assert_eq!(script.take_frames()[1].first, CLOSE);
}

#[tokio::test(start_paused = true)]
async fn client_whose_peer_closes_inside_its_message_learns_so() {
    let (mut client, server) = pair();
    let mut stream = client.send_stream(MessageKind::Binary);
    stream.write("part").await.unwrap();
    settle().await;
    server.abort();
    settle().await;
    let error = loop {
        if let Err(error) = stream.write(vec![0; 100_000]).await {
            break error;
        }
    };
    assert!(error.is_lost() || error.is_closed(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn server_whose_handle_closes_inside_a_message_sends_the_close_between_pieces() {
    let (mut ws, script) = server().await;
    let other = ws.sender();
    let mut stream = ws.send_stream(MessageKind::Binary);
    stream.write("part").await.unwrap();
    other.close(CloseCode::NORMAL, "").unwrap();
    assert!(stream.write("more").await.unwrap_err().is_closed());
    drop(stream);
    let frames = script.take_frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(
        frames[1].close_code(),
        Some(1000),
        "the first one stays the only one"
    );
}

#[tokio::test(start_paused = true)]
async fn server_compresses_each_piece_and_marks_the_first() {
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        let (mut ws, script) = deflating_server(policy, "permessage-deflate").await;
        let text = "again and again, ".repeat(1000);
        for _ in 0..2 {
            let mut stream = ws.send_stream(MessageKind::Text);
            stream.write(&text).await.unwrap();
            stream.write(&text).await.unwrap();
            stream.finish().await.unwrap();
        }
        let frames = script.take_frames();
        let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x41, 0x00, 0x80, 0x41, 0x00, 0x80]);
        assert!(
            frames
                .iter()
                .all(|frame| frame.payload.len() < text.len() / 10)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn server_replies_to_messages_lent_while_another_task_begins_a_message_are_not_lost() {
    let (mut ws, script) = server().await;
    let mut other = ws.sender();
    script.bytes(masked(TEXT, b"question"));
    ws.recv_with(|message, replies| {
        // As if another thread had its turn between reading and replying.
        let mut stream = other.send_stream(MessageKind::Binary);
        stream.write("one").now_or_never().unwrap().unwrap();
        replies.send(message.kind(), message.payload()).unwrap();
        stream.finish().now_or_never().unwrap().unwrap();
    })
    .await
    .unwrap();
    ws.flush().await.unwrap();
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [0x02, 0x80, TEXT], "whole messages only");
    assert_eq!(frames[2].payload, b"question");
}
