//! Lent messages (`recv_with`): the thread's read buffer comes back whatever the callback does.

use std::pin::pin;
use std::task::Poll;

use sockeye::MessageKind;

use crate::support::open::server;
use crate::support::wire::{BINARY, TEXT, masked, payloads};

#[tokio::test(start_paused = true)]
async fn server_callback_that_panics_does_not_end_other_connections_of_its_thread() {
    let (mut victim, victim_script) = server().await;
    let (mut ws, script) = server().await;
    script.bytes(masked(TEXT, b"boom"));
    let task = tokio::spawn(async move { ws.recv_with(|_, _| panic!("a test's")).await.is_ok() });
    assert!(task.await.unwrap_err().is_panic());
    victim_script.bytes(masked(TEXT, b"still here"));
    let message = victim.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("still here"));
}

#[tokio::test(start_paused = true)]
async fn server_callback_may_use_another_connection() {
    let (mut other, other_script) = server().await;
    let (mut ws, script) = server().await;
    other_script.bytes(masked(TEXT, b"other"));
    script.bytes(masked(TEXT, b"one"));
    let mut seen = Vec::new();
    let receiving = ws.recv_with(|message, replies| {
        seen.push(message.payload().to_vec());
        let mut inner = pin!(other.recv());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(Ok(Some(message))) = inner.as_mut().poll(&mut cx) else {
            panic!("the other connection's message has arrived");
        };
        seen.push(message.payload().to_vec());
        replies.send(message.kind(), message.payload()).unwrap();
    });
    assert_eq!(receiving.await.unwrap(), Some(1));
    assert_eq!(seen, [b"one".to_vec(), b"other".to_vec()]);
    assert_eq!(payloads(&script.take_frames()), [b"other"]);
}

/// Fails if a reply could put a text on the wire that every peer must fail the connection for.
#[tokio::test(start_paused = true)]
async fn server_reply_of_text_that_is_not_utf8_is_misuse_and_queues_nothing() {
    // RFC 6455 §5.6-1 TEST
    let (mut ws, script) = server().await;
    script.bytes(masked(TEXT, b"one"));
    let mut refused = Vec::new();
    let receiving = ws.recv_with(|_, replies| {
        for text in [&b"ab\xFF"[..], b"\xE2\x82"] {
            refused.push(replies.send(MessageKind::Text, text).unwrap_err());
        }
        replies.send(MessageKind::Binary, b"\xFF").unwrap();
        replies
            .send(MessageKind::Text, "\u{20AC}".as_bytes())
            .unwrap();
    });
    assert_eq!(receiving.await.unwrap(), Some(1));
    for (error, offset) in refused.iter().zip([2, 0]) {
        assert!(error.is_misuse(), "{error}");
        let said = format!("not UTF-8 at byte {offset}");
        assert!(error.to_string().contains(&said), "{error}");
    }
    assert_eq!(
        payloads(&script.take_frames()),
        [b"\xFF".as_slice(), "\u{20AC}".as_bytes()]
    );
}

/// Fails if a message that is given back is not the one that came: its kind or its bytes.
#[tokio::test(start_paused = true)]
async fn server_echo_of_lent_messages_keeps_kind_and_bytes() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"text"), masked(BINARY, b"\xFF")].concat());
    let receiving = ws.recv_with(|message, replies| replies.echo(message).unwrap());
    assert_eq!(receiving.await.unwrap(), Some(2));
    let frames = script.take_frames();
    let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [TEXT, BINARY]);
    assert_eq!(payloads(&frames), [b"text".as_slice(), b"\xFF"]);
}
