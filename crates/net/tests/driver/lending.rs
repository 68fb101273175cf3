//! Lent messages (`recv_with`): the thread's read buffer comes back whatever the callback does.

use std::pin::pin;
use std::task::Poll;

use crate::support::open::server;
use crate::support::wire::{TEXT, masked, payloads};

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
