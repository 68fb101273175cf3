//! Closing from the peer's side: its Close is answered after what came before it, its absence is a
//! loss, and every end can be told from the others.

use std::error::Error as _;
use std::io;

use sockeye::limits::CLOSE_SEARCH_LEN_MAX;
use sockeye::{CloseCode, MessageKind};

use crate::support::open::{client, server};
use crate::support::poll::settle;
use crate::support::wire::{CLOSE, PING, PONG, TEXT, masked, masked_close, payloads, unmasked};

#[tokio::test(start_paused = true)]
async fn server_answers_messages_before_the_close_of_the_same_read_and_then_the_close() {
    let (mut ws, script) = server().await;
    let three = ["one", "two", "three"];
    let mut wire = three.map(|text| masked(TEXT, text.as_bytes())).concat();
    wire.extend(masked_close(3000));
    wire.extend(masked(TEXT, b"after the close"));
    script.bytes(wire);
    while let Some(message) = ws.recv().await.unwrap() {
        // Even a slow answer goes out before the Close.
        settle().await;
        ws.send(message).await.unwrap();
    }
    let frames = script.take_frames();
    assert_eq!(payloads(&frames), three.map(Vec::from));
    // RFC 6455 §5.5.1-5 TEST
    assert_eq!(frames.last().unwrap().close_code(), Some(3000));
    assert!(script.is_shut(), "the server ends TCP first");
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (3000.into(), true));
}

#[tokio::test(start_paused = true)]
async fn server_drops_a_pong_that_is_owed_no_earlier_than_the_close() {
    let (mut ws, script) = server().await;
    script.bytes([masked(PING, b"p"), masked_close(1000)].concat());
    assert_eq!(ws.recv().await.unwrap(), None);
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [PONG, CLOSE]);
}

#[tokio::test(start_paused = true)]
async fn server_answers_a_close_without_code_with_one_without_code() {
    let (mut ws, script) = server().await;
    script.bytes(masked(CLOSE, b""));
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(script.take_frames()[0].close_code(), None);
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::NO_STATUS, true));
}

#[tokio::test(start_paused = true)]
async fn server_recv_after_the_end_keeps_answering_none() {
    let (mut ws, script) = server().await;
    script.bytes(masked_close(1000));
    for _ in 0..3 {
        assert_eq!(ws.recv().await.unwrap(), None);
        assert_eq!(ws.recv_with(|_, _| {}).await.unwrap(), None);
    }
    assert!(ws.send("late").await.unwrap_err().is_closed());
    assert!(ws.feed("late").await.unwrap_err().is_closed());
    assert!(ws.ping(b"late").await.unwrap_err().is_closed());
    ws.flush().await.expect("everything that was sent has left");
    assert!(ws.close(CloseCode::NORMAL, "").await.unwrap().was_clean);
}

#[tokio::test(start_paused = true)]
async fn client_waits_for_the_end_of_tcp_after_the_servers_close() {
    let (mut ws, script) = client().await;
    script.bytes(unmasked(CLOSE, &1001_u16.to_be_bytes()));
    let receiving = tokio::spawn(async move { (ws.recv().await, ws.close_event()) });
    settle().await;
    assert_eq!(script.take_frames()[0].close_code(), Some(1001));
    assert!(!receiving.is_finished() && !script.is_shut());
    script.end();
    let (received, event) = receiving.await.unwrap();
    assert_eq!(received.unwrap(), None);
    assert!(event.is_some_and(|event| event.was_clean));
}

#[tokio::test(start_paused = true)]
async fn server_reports_an_end_without_close_once_and_after_the_messages() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"one"), masked(TEXT, b"two")].concat());
    script.end();
    assert!(ws.recv().await.unwrap().is_some());
    assert!(ws.recv().await.unwrap().is_some());
    let error = ws.recv().await.unwrap_err();
    assert!(error.is_lost() && !error.is_peer_fault() && !error.is_timeout());
    assert_eq!(ws.recv().await.unwrap(), None);
    let event = ws.close_event().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    assert!(ws.send("late").await.unwrap_err().is_lost());
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_reports_an_end_inside_a_message_as_lost() {
    for wire in [
        &masked(TEXT, b"cut")[..4],
        &masked(0x01, b"no end"),
        &[0x81],
    ] {
        let (mut ws, script) = server().await;
        script.bytes(wire);
        script.end();
        assert!(ws.recv().await.unwrap_err().is_lost(), "{wire:x?}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_reports_a_reset_with_its_cause() {
    let (mut ws, script) = server().await;
    script.read_error(io::ErrorKind::ConnectionReset);
    let error = ws.recv().await.unwrap_err();
    assert!(error.is_lost());
    let source = error.source().and_then(|source| source.downcast_ref());
    let kind = source.map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::ConnectionReset));
}

#[tokio::test(start_paused = true)]
async fn server_whose_writing_fails_still_receives_what_came_before() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"one"), masked_close(1000)].concat());
    script.end();
    script.write_error(io::ErrorKind::BrokenPipe);
    let message = ws.recv().await.unwrap().unwrap();
    // Written or not is found out by writing: the first send may still succeed.
    let _ = ws.send(message).await;
    let code = |error: sockeye::Error| (error.is_lost(), error.close_code());
    let closed = (false, Some(CloseCode::NORMAL));
    assert_eq!(code(ws.send("again").await.unwrap_err()), closed);
    assert_eq!(code(ws.flush().await.unwrap_err()), closed);
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(ws.close_event().unwrap().code, CloseCode::NORMAL);
}

/// Fails if a sender whose peer said 1009 and hung up is told of a broken pipe: nobody would look
/// for the length of the message.
#[tokio::test(start_paused = true)]
async fn client_that_only_sends_is_told_of_the_close_that_nobody_read() {
    let close = unmasked(CLOSE, b"\x03\xf1too big");
    let big = vec![7; 1000];
    for before in [Vec::new(), unmasked(TEXT, b"one"), unmasked(TEXT, &big)] {
        let (mut ws, script) = client().await;
        script.write_error(io::ErrorKind::BrokenPipe);
        let mut stream = ws.send_stream(MessageKind::Binary);
        // Written or not is found out by writing: the first piece may still succeed.
        let _ = stream.write(&big).await;
        script.bytes([&before[..], &close].concat());
        script.end();
        let error = stream.write(&big).await.unwrap_err();
        assert!(error.is_closed() && !error.is_lost(), "{error:?}");
        assert_eq!(error.close_code(), Some(CloseCode::MESSAGE_TOO_BIG));
        assert!(error.to_string().contains("\"too big\""), "{error}");
        drop(stream);
        let error = ws.try_send("more").unwrap_err();
        assert!(error.to_string().contains("nothing any more"));
        assert!(ws.send("more").await.unwrap_err().close_code().is_some());
        if !before.is_empty() {
            assert!(ws.recv().await.unwrap().is_some(), "it is still received");
        }
        assert_eq!(ws.recv().await.unwrap(), None);
        assert_eq!(ws.close_event().unwrap().code, CloseCode::MESSAGE_TOO_BIG);
    }
}

/// Fails if the look at what the peer said takes the bytes from the task that receives, or its
/// waker.
#[tokio::test(start_paused = true)]
async fn client_whose_writing_fails_while_another_task_receives_loses_nothing() {
    let (ws, script) = client().await;
    let (sender, mut receiver) = ws.split();
    let receiving = tokio::spawn(async move {
        let message = receiver.recv().await.unwrap();
        (message, receiver.recv().await.unwrap_err())
    });
    settle().await;
    script.write_error(io::ErrorKind::BrokenPipe);
    let _ = sender.send("one").await;
    assert!(sender.send("two").await.unwrap_err().is_lost());
    settle().await;
    assert!(sender.send("three").await.unwrap_err().is_lost());
    script.bytes(unmasked(TEXT, b"kept"));
    script.end();
    let (message, error) = receiving.await.unwrap();
    assert_eq!(message.unwrap().as_text(), Some("kept"));
    assert!(error.is_lost(), "{error:?}");
}

/// Fails if the look at what the peer said keeps the library from reading for a sender that dropped
/// its receiving half.
#[tokio::test(start_paused = true)]
async fn client_without_a_receiving_half_is_told_of_the_close_as_well() {
    let (ws, script) = client().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    settle().await;
    script.write_error(io::ErrorKind::BrokenPipe);
    let _ = sender.send("one").await;
    assert!(sender.send("two").await.unwrap_err().is_lost());
    settle().await;
    script.bytes(unmasked(CLOSE, b"\x03\xf1"));
    settle().await;
    let error = sender.send("three").await.unwrap_err();
    assert_eq!(error.close_code(), Some(CloseCode::MESSAGE_TOO_BIG));
}

/// Fails if a peer that sends without end and never closes has a failing writer hold all of it.
#[tokio::test(start_paused = true)]
async fn client_looks_for_a_close_only_so_far() {
    let (mut ws, script) = client().await;
    for _ in 0..3 * CLOSE_SEARCH_LEN_MAX / 50_000 {
        script.bytes(unmasked(TEXT, &vec![b'x'; 50_000]));
    }
    script.write_error(io::ErrorKind::BrokenPipe);
    let _ = ws.send("one").await;
    script.take_calls();
    for _ in 0..10 {
        assert!(ws.send("two").await.unwrap_err().is_lost());
    }
    let reads = script.take_calls().reads;
    assert!(reads <= CLOSE_SEARCH_LEN_MAX / 50_000 + 20, "{reads} reads");
    assert!(ws.recv().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn server_whose_client_ended_its_input_and_then_resets_reports_the_loss_at_once() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(100));
    ws.send(vec![7; 50_000]).await.unwrap();
    let receiving = tokio::spawn(async move { ws.recv().await });
    script.end();
    settle().await;
    assert!(!receiving.is_finished(), "the rest may still go out");
    script.write_error(io::ErrorKind::ConnectionReset);
    settle().await;
    assert!(receiving.is_finished(), "nothing else is waited for");
    let error = receiving.await.unwrap().unwrap_err();
    assert!(error.is_lost() && !error.is_timeout(), "{error:?}");
    let source = error.source().and_then(|source| source.downcast_ref());
    assert_eq!(
        source.map(io::Error::kind),
        Some(io::ErrorKind::ConnectionReset)
    );
}

#[tokio::test(start_paused = true)]
async fn server_that_waits_to_send_is_told_when_the_clients_close_is_answered() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, mut receiver) = ws.split();
    let receiving = tokio::spawn(async move { receiver.recv().await });
    let sending = tokio::spawn(async move {
        loop {
            if let Err(error) = sender.send(vec![7; 60_000]).await {
                return error;
            }
        }
    });
    settle().await;
    assert!(!sending.is_finished());
    script.bytes(masked_close(1000));
    settle().await;
    assert!(sending.is_finished(), "no message follows our Close");
    assert!(sending.await.unwrap().is_closed());
    receiving.abort();
}

/// CVE-2025-5399: a transport that takes nothing and does not wait either must not be asked for
/// ever.
#[tokio::test(start_paused = true)]
async fn server_whose_writes_take_nothing_gives_up() {
    let (mut ws, script) = server().await;
    script.write_zero();
    script.bytes([masked(PING, b"?"), masked(TEXT, b"one")].concat());
    assert!(ws.recv().await.unwrap().is_some());
    assert!(ws.send("no").await.unwrap_err().is_lost());
    script.end();
    assert!(ws.recv().await.unwrap_err().is_lost());
}
