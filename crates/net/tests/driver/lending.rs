//! Lent messages (`recv_with`) and their `replies`: the thread's read buffer comes back whatever
//! the callback does.

use std::pin::pin;
use std::task::Poll;

use sockeye::MessageKind;
use sockeye::limits::QUEUE_LEN_HIGH;

use crate::support::open::server;
use crate::support::wire::{BINARY, CLOSE, TEXT, masked, payloads};

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

/// Two ends that send more than fits and read without answering read on nevertheless.
#[tokio::test(start_paused = true)]
async fn readers_that_do_not_answer_are_not_held_up_by_what_others_send() {
    const COUNT: usize = 20;
    let (a, b) = sockeye::pair();
    let flood = |mut ws: sockeye::WebSocket<tokio::io::DuplexStream>| async move {
        let sender = ws.sender();
        let sending = tokio::spawn(async move {
            for _ in 0..COUNT {
                sender.send(vec![0; 50_000]).await.unwrap();
            }
        });
        let mut count = 0;
        while count < COUNT {
            count += ws.recv_with(|_, _| {}).await.unwrap().unwrap();
        }
        sending.await.unwrap();
        (ws, count)
    };
    let (a, b) = tokio::join!(flood(a), flood(b));
    assert_eq!((a.1, b.1), (COUNT, COUNT));
}

#[tokio::test(start_paused = true)]
async fn reader_with_a_full_queue_that_does_not_answer_hears_the_close() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    while ws.try_send(vec![0; 10_000]).is_ok() {}
    script.bytes(masked(CLOSE, &1000_u16.to_be_bytes()));
    assert_eq!(ws.recv_with(|_, _| {}).await.unwrap(), None);
    let event = ws.close_event().unwrap();
    assert_eq!(event.code, sockeye::CloseCode::NORMAL);
    assert!(!event.was_clean, "our Close never left");
}

/// Who answers is held up by a full queue: what it holds is bounded by the answers to one read.
#[tokio::test(start_paused = true)]
async fn reader_that_answers_waits_for_room() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    script.bytes(masked(TEXT, b"first"));
    script.bytes(masked(TEXT, b"second"));
    let answered = ws.recv_with(|_, replies| {
        replies
            .send(MessageKind::Binary, &vec![0; QUEUE_LEN_HIGH])
            .unwrap();
    });
    assert_eq!(answered.await.unwrap(), Some(1));
    let mut seen = 0;
    let next = ws.recv_with(|_, _| seen += 1);
    let waited = tokio::time::timeout(std::time::Duration::from_secs(1), next).await;
    assert!(waited.is_err(), "{waited:?}");
    script.take_up_to(None);
    assert_eq!(ws.recv_with(|_, _| seen += 1).await.unwrap(), Some(1));
    assert_eq!(seen, 1);
}
