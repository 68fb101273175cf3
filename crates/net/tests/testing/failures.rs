//! How a script fails: with its own line, what was expected and what came.

use std::time::Duration;

use sockeye::frame::Opcode;
use sockeye::testing::Peer;
use sockeye::{CloseCode, WebSocket};

/// What a script panics with, and the connection under test does `before`.
async fn failure<F: Future<Output = ()> + Send + 'static>(
    before: impl AsyncFnOnce(&mut WebSocket),
    script: impl FnOnce(Peer) -> F,
) -> String {
    let (client, mut ws) = Peer::client();
    before(&mut ws).await;
    let failed = tokio::spawn(script(client)).await.unwrap_err();
    let text = *failed.into_panic().downcast::<String>().unwrap();
    let (line, what) = text.split_once(": ").unwrap();
    assert!(line.contains("failures.rs:"), "{text}");
    what.to_owned()
}

async fn nothing(_: &mut WebSocket) {}

async fn word(ws: &mut WebSocket) {
    ws.send("word").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn script_that_gets_another_message_shows_both() {
    let what = failure(word, |mut client| async move {
        client.expect("other").await;
    });
    assert_eq!(what.await, r#"expected text "other", but text "word" came"#);
    let what = failure(
        async |ws: &mut WebSocket| ws.send(vec![b'x'; 1000]).await.unwrap(),
        |mut client| async move { client.expect(b"\x01").await },
    );
    let xs = "x".repeat(200);
    let expected = format!(r#"expected binary "\x01", but binary "{xs}".. (1000 bytes) came"#);
    assert_eq!(what.await, expected);
}

#[tokio::test(start_paused = true)]
async fn script_that_waits_in_vain_says_for_how_long() {
    let what = failure(nothing, |mut client| async move {
        client.set_patience(Duration::from_secs(5));
        client.expect_message().await;
    });
    assert_eq!(what.await, "expected a message, but nothing came for 5s");
}

#[tokio::test(start_paused = true)]
async fn script_that_gets_a_close_or_the_end_says_so() {
    let (mut client, mut ws) = Peer::client();
    let closing = tokio::spawn(async move { ws.close(CloseCode::new(4001), "why").await });
    let script = tokio::spawn(async move { client.expect_pong("x").await });
    let text = *script
        .await
        .unwrap_err()
        .into_panic()
        .downcast::<String>()
        .unwrap();
    let what = r#"expected a Pong with 1 B "x", but a Close came: 4001 "why""#;
    assert!(text.ends_with(what), "{text}");
    closing.await.unwrap().unwrap();

    let (mut client, ws) = Peer::client();
    ws.abort();
    let script = tokio::spawn(async move { client.expect_close(CloseCode::NORMAL).await });
    let text = *script
        .await
        .unwrap_err()
        .into_panic()
        .downcast::<String>()
        .unwrap();
    let what = "expected a Close with 1000, but the connection ended";
    assert!(text.ends_with(what), "{text}");
}

#[tokio::test(start_paused = true)]
async fn script_that_expects_nothing_shows_what_came() {
    let what = failure(word, |mut client| async move {
        client.expect_nothing(Duration::from_secs(1)).await;
    });
    assert_eq!(
        what.await,
        r#"expected nothing for 1s, but text "word" came"#
    );
    let what = failure(word, |mut client| async move { client.expect_end().await });
    let expected = r#"expected the end of the connection, but text "word" came"#;
    assert_eq!(what.await, expected);
}

#[tokio::test(start_paused = true)]
async fn script_whose_message_is_not_received_asks_whether_anybody_does() {
    let what = failure(nothing, |mut client| async move {
        client.send(vec![0; 1 << 20]).await;
    });
    let what = what.await;
    assert!(what.starts_with("cannot send 1048590 bytes"), "{what}");
    assert!(
        what.contains("60s") && what.ends_with("call `recv`?"),
        "{what}"
    );
}

#[tokio::test(start_paused = true)]
async fn script_that_sends_to_a_connection_that_is_gone_fails() {
    let (mut client, ws) = Peer::client();
    ws.abort();
    let script = tokio::spawn(async move { client.send("hi").await });
    let text = *script
        .await
        .unwrap_err()
        .into_panic()
        .downcast::<String>()
        .unwrap();
    assert!(text.ends_with("the connection is gone"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn script_that_looks_at_frames_gets_messages_as_frames() {
    let (mut client, mut ws) = Peer::client();
    ws.send("word").await.unwrap();
    let frame = client.expect_frame().await;
    assert_eq!(
        (frame.opcode, &*frame.payload),
        (Opcode::Text, &b"word"[..])
    );
}
