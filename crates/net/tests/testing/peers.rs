//! What a scripted peer does, seen by an ordinary connection.

use std::sync::Arc;
use std::time::Duration;

use sockeye::frame::Opcode;
use sockeye::limits::{PIPE_LEN, QUEUE_LEN_HIGH};
use sockeye::testing::{Frame, Peer};
use sockeye::{CloseCode, Config, Message};
use tokio::time::{Instant, timeout};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn client_peer_that_closes_sees_the_answer_and_the_end() {
    let (mut client, mut ws) = Peer::client();
    client.close(CloseCode::new(3000), "done").await;
    assert_eq!(ws.recv().await.unwrap(), None);
    client.expect_close(CloseCode::new(3000)).await;
    client.expect_end().await;
    let event = ws.close_event().unwrap();
    assert_eq!(
        (event.code, &*event.reason, event.was_clean),
        (CloseCode::new(3000), "done", true)
    );
}

#[tokio::test(start_paused = true)]
async fn server_peer_answers_a_close_and_ends_the_transport() {
    let (mut server, mut ws) = Peer::server();
    let closing = tokio::spawn(async move { ws.close(CloseCode::NORMAL, "bye").await });
    assert_eq!(server.expect_close(CloseCode::NORMAL).await, "bye");
    server.expect_end().await;
    let start = Instant::now();
    assert!(closing.await.unwrap().unwrap().was_clean);
    assert_eq!(start.elapsed(), Duration::ZERO, "no budget ran out");
}

#[tokio::test(start_paused = true)]
async fn peer_that_is_told_to_look_at_frames_answers_none() {
    let (mut server, mut ws) = Peer::server();
    ws.ping(b"?").await.unwrap();
    assert_eq!(server.expect_frame().await, Frame::new(Opcode::Ping, "?"));
    let closing = tokio::spawn(async move { ws.close(None, "").await });
    assert_eq!(server.expect_frame().await, Frame::new(Opcode::Close, ""));
    let start = Instant::now();
    let event = closing.await.unwrap().unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    assert_eq!(start.elapsed(), 10 * SECOND, "the whole closing budget");
}

#[tokio::test(start_paused = true)]
async fn peer_that_expects_answers_pings_for_an_hour() {
    let (mut client, mut ws) = Peer::client();
    let receiving = tokio::spawn(async move { ws.recv().await.unwrap() });
    client.expect_nothing(3600 * SECOND).await;
    client.send("still there").await;
    let message = receiving.await.unwrap();
    assert_eq!(message, Some(Message::from("still there")));
}

#[tokio::test(start_paused = true)]
async fn peer_that_stalls_is_found_silent() {
    let (mut client, mut ws) = Peer::client();
    let receiving = tokio::spawn(async move { ws.recv().await });
    client.stall(41 * SECOND).await;
    assert!(receiving.await.unwrap().unwrap_err().is_timeout());
    client.expect_close(CloseCode::INTERNAL_ERROR).await;
}

#[tokio::test(start_paused = true)]
async fn peer_that_stalls_makes_senders_wait_and_loses_nothing() {
    let (mut client, mut ws) = Peer::client();
    let mut sent = 0;
    while ws.try_send(vec![0; 1000]).is_ok() {
        sent += 1;
    }
    assert!(sent * 1000 > PIPE_LEN, "the pipe holds {PIPE_LEN} bytes");
    assert!(sent * 1000 < PIPE_LEN + QUEUE_LEN_HIGH + 1000, "{sent}");
    let waiting = tokio::spawn(async move { ws.send("last").await });
    client.stall(SECOND).await;
    assert!(!waiting.is_finished());
    for _ in 0..sent {
        client.expect(vec![0; 1000]).await;
    }
    client.expect("last").await;
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn peer_that_ends_or_resets_without_a_close_is_lost() {
    let (mut client, mut ws) = Peer::client();
    client.send("before").await;
    client.end().await;
    assert!(ws.recv().await.unwrap().is_some());
    assert!(ws.recv().await.unwrap_err().is_lost());
    client.expect_end().await;

    let (mut server, mut ws) = Peer::server();
    server.send("lost on its way").await;
    server.reset();
    assert!(ws.recv().await.unwrap_err().is_lost());
}

#[tokio::test(start_paused = true)]
async fn peer_may_break_every_rule() {
    let unmasked = Frame::new(Opcode::Text, "hi").encode(None);
    let lone = Frame::new(Opcode::Continuation, "");
    for bytes in [
        unmasked,
        lone.encode(Some([0; 4])),
        b"\x83\x80\0\0\0\0".to_vec(),
    ] {
        let (mut client, mut ws) = Peer::client();
        client.send_bytes(bytes).await;
        assert!(ws.recv().await.unwrap_err().is_peer_fault());
        client.expect_close(CloseCode::PROTOCOL_ERROR).await;
    }
    let (mut client, mut ws) = Peer::client();
    client.close(CloseCode::NO_STATUS, "").await;
    assert!(ws.recv().await.unwrap_err().is_peer_fault());
    client.expect_close(CloseCode::PROTOCOL_ERROR).await;
}

#[tokio::test(start_paused = true)]
async fn peer_sees_a_goodbye_of_a_dropped_connection_and_none_of_an_aborted_one() {
    let (mut client, ws) = Peer::client();
    drop(ws);
    client.expect_close(CloseCode::GOING_AWAY).await;
    client.expect_end().await;
    let (mut client, ws) = Peer::client();
    ws.abort();
    client.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn connection_under_test_has_the_limits_it_is_given() {
    let mut config = Config::default();
    config.message_len_max = 1000;
    let (mut client, mut ws) = Peer::client_with(&Arc::new(config));
    let is_of_no_socket = ws.look_at_transport(|stream| stream.get_ref().is_none());
    assert_eq!(is_of_no_socket, Some(true));
    client.send(vec![0; 1001]).await;
    assert!(ws.recv().await.unwrap_err().is_limit());
    client.expect_close(CloseCode::MESSAGE_TOO_BIG).await;
}

/// Fails if a script with all the patience in the world panics before it waits.
#[tokio::test(start_paused = true)]
async fn peer_with_patience_without_end_waits_for_what_comes() {
    let (mut client, mut ws) = Peer::client();
    client.set_patience(Duration::MAX);
    client.send("word").await;
    let message = ws.recv().await.unwrap().unwrap();
    ws.send(message).await.unwrap();
    client.expect("word").await;
    let waiting = timeout(SECOND, client.expect_nothing(Duration::MAX));
    assert!(waiting.await.is_err(), "it waits");
}
