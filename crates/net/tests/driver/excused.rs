//! Silence and the end of input are judged with care (`driver::tend`, `driver::read`): a peer is
//! silent only where somebody listened, slow is not silent, and what is queued when input ends
//! still goes out.

use std::time::Duration;

use sockeye::{Client, CloseCode, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, advance, interval};

use crate::support::open::REQUEST;
use crate::support::poll::settle;
use crate::support::wire::{BINARY, CLOSE, frames, masked, masked_close};

const SECOND: Duration = Duration::from_secs(1);

/// A server's connection whose client is the raw end of a pipe that holds `capacity` bytes.
async fn server(capacity: usize) -> (WebSocket<DuplexStream>, DuplexStream) {
    let (near, mut far) = duplex(capacity);
    let opening = async {
        far.write_all(REQUEST.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(far.read_u8().await.unwrap());
        }
    };
    let (ws, ()) = tokio::join!(sockeye::accept(near), opening);
    (ws.unwrap(), far)
}

#[tokio::test(start_paused = true)]
async fn server_that_only_sends_keeps_a_client_whose_pongs_lie_unread() {
    let (near, far) = duplex(1 << 20);
    let client = Client::new("ws://example.com/").unwrap();
    let (mut server, mut client) =
        tokio::try_join!(sockeye::accept(near), client.connect_over(far)).unwrap();
    let reading = tokio::spawn(async move {
        let mut count = 0;
        while client.recv().await.unwrap().is_some() {
            count += 1;
        }
        count
    });
    for _ in 0..60 {
        server.send("tick").await.unwrap();
        settle().await;
        advance(5 * SECOND).await;
    }
    let end = server.close(CloseCode::NORMAL, "").await.unwrap();
    assert!(end.was_clean, "{end}");
    assert_eq!(reading.await.unwrap(), 60);
}

#[tokio::test(start_paused = true)]
async fn server_fails_a_silent_client_once_it_listens() {
    let (mut server, _far) = server(1 << 20).await;
    for _ in 0..20 {
        advance(10 * SECOND).await;
        settle().await;
    }
    server.send("still here").await.unwrap();
    let error = server.recv().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn server_keeps_a_client_that_reads_slowly_but_steadily() {
    let (mut server, mut far) = server(1000).await;
    server.send(vec![7; 50_000]).await.unwrap();
    let waiting = tokio::spawn(async move { server.recv().await });
    let mut received = Vec::new();
    while received.len() < 50_004 {
        advance(15 * SECOND).await;
        settle().await;
        let mut some = [0; 1000];
        let count = far.read(&mut some).await.unwrap();
        assert!(count > 0, "cut off after {} bytes", received.len());
        received.extend_from_slice(&some[..count]);
    }
    let message = frames(received).remove(0);
    assert_eq!((message.first, message.payload.len()), (BINARY, 50_000));
    waiting.abort();
}

#[tokio::test(start_paused = true)]
async fn server_fails_a_silent_client_whatever_it_sends_into_a_buffer_with_room() {
    let (server, _far) = server(1 << 20).await;
    let (sender, mut receiver) = server.split();
    let ticking = tokio::spawn(async move {
        let mut ticks = interval(5 * SECOND);
        while sender.send("tick").await.is_ok() {
            ticks.tick().await;
        }
    });
    let start = Instant::now();
    let error = receiver.recv().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(start.elapsed(), 40 * SECOND, "interval and timeout");
    ticking.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn server_fails_a_client_that_takes_no_byte_of_what_is_queued() {
    let (mut server, _far) = server(1000).await;
    server.send(vec![7; 50_000]).await.unwrap();
    let error = server.recv().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn server_answers_all_of_a_client_that_closed_and_ended_its_input() {
    let (mut server, mut far) = server(70_000).await;
    let serving = tokio::spawn(async move {
        while let Some(message) = server.recv().await.unwrap() {
            server.send(message).await.unwrap();
        }
        server.close_event().unwrap()
    });
    let payload = vec![7; 200_000];
    far.write_all(&[masked(BINARY, &payload), masked_close(1000)].concat())
        .await
        .unwrap();
    far.shutdown().await.unwrap();
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.unwrap();
    let answer = frames(answer);
    assert_eq!(answer.len(), 2, "{answer:?}");
    assert_eq!(answer[0].payload, payload);
    assert_eq!(
        (answer[1].first, answer[1].close_code()),
        (CLOSE, Some(1000))
    );
    assert!(serving.await.unwrap().was_clean);
}
