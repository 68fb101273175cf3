//! `AsyncRead` and `AsyncWrite` (`io`): bytes as if there were no messages, and an end only where
//! the peer said that this is all.

use std::io::ErrorKind;

use sockeye::limits::{IO_MESSAGE_LEN_MAX, QUEUE_LEN_HIGH};
use sockeye::pair;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};

use crate::support::open::{client, server};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::wire::{BINARY, TEXT, masked, masked_close, payloads};

/// Bytes whose place shows.
fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn pair_carries_a_stream_of_bytes_both_ways_to_its_end() {
    let (client, server) = pair();
    let echoing = tokio::spawn(async move {
        let (mut reading, mut writing) = split(server.into_io());
        let copied = copy(&mut reading, &mut writing).await;
        // The peer's Close was answered, so there is nothing left to shut down.
        (copied, writing.shutdown().await)
    });
    let sent = bytes(1_000_000);
    let (mut reading, mut writing) = split(client.into_io());
    let mut received = vec![0; sent.len()];
    let (wrote, read) = tokio::join!(
        async {
            writing.write_all(&sent).await?;
            writing.flush().await
        },
        reading.read_exact(&mut received),
    );
    wrote.unwrap();
    read.unwrap();
    assert!(received == sent);
    writing.shutdown().await.unwrap();
    assert_eq!(reading.read(&mut [0; 10]).await.unwrap(), 0);
    let (copied, shut) = echoing.await.unwrap();
    assert_eq!(copied.unwrap(), 1_000_000);
    shut.unwrap();
}

#[tokio::test(start_paused = true)]
async fn server_reads_across_messages_whatever_their_lengths() {
    for read_len in [1, 7, 1000] {
        let (ws, script) = server().await;
        let all = bytes(3000);
        for (n, part) in all.chunks(97).enumerate() {
            script.bytes(masked(BINARY, part));
            if n % 3 == 0 {
                script.bytes(masked(BINARY, b""));
            }
        }
        script.bytes(masked_close(1000));
        let (mut ws, mut read) = (ws.into_io(), Vec::new());
        loop {
            let mut room = vec![0; read_len];
            match ws.read(&mut room).await.unwrap() {
                0 => break,
                len => read.extend_from_slice(&room[..len]),
            }
        }
        assert!(read == all, "{read_len}");
    }
}

#[tokio::test(start_paused = true)]
async fn server_says_end_only_where_the_peer_said_that_this_is_all() {
    let end = async |wire: Vec<u8>| {
        let (ws, script) = server().await;
        script.bytes([masked(BINARY, b"part"), wire].concat());
        script.end();
        let (mut ws, mut read) = (ws.into_io(), Vec::new());
        let end = ws
            .read_to_end(&mut read)
            .await
            .map_err(|error| error.kind());
        assert_eq!(read, b"part");
        assert!(ws.close_event().is_some());
        end
    };
    assert_eq!(end(masked_close(1000)).await, Ok(4));
    assert_eq!(end(masked(0x88, b"")).await, Ok(4));
    for code in [1001, 1011, 4000] {
        assert_eq!(
            end(masked_close(code)).await,
            Err(ErrorKind::ConnectionAborted)
        );
    }
    assert_eq!(end(Vec::new()).await, Err(ErrorKind::ConnectionReset));
    assert_eq!(end(vec![0xFF]).await, Err(ErrorKind::InvalidData));
}

#[tokio::test(start_paused = true)]
async fn server_takes_no_text_for_bytes() {
    let (ws, script) = server().await;
    script.bytes(masked(TEXT, b"text"));
    let mut ws = ws.into_io();
    let error = ws.read(&mut [0; 10]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

#[tokio::test(start_paused = true)]
async fn server_writes_messages_of_a_bounded_length_with_one_write_per_flush() {
    let (ws, script) = server().await;
    let mut ws = ws.into_io();
    assert_eq!(ws.write(b"").await.unwrap(), 0);
    for part in [b"a", b"b"] {
        ws.write_all(part).await.unwrap();
    }
    ws.flush().await.unwrap();
    assert_eq!(script.take_calls().writes, 1);
    assert_eq!(payloads(&script.take_frames()), [b"a", b"b"]);
    let long = bytes(2 * IO_MESSAGE_LEN_MAX + 1);
    ws.write_all(&long).await.unwrap();
    ws.flush().await.unwrap();
    let frames = script.take_frames();
    let lens: Vec<_> = frames.iter().map(|frame| frame.payload.len()).collect();
    assert_eq!(lens, [IO_MESSAGE_LEN_MAX, IO_MESSAGE_LEN_MAX, 1]);
    assert!(frames.iter().all(|frame| frame.first == BINARY));
    assert!(payloads(&frames).concat() == long);
}

#[tokio::test(start_paused = true)]
async fn client_write_waits_for_room_and_a_dropped_one_wrote_nothing() {
    let (ws, script) = client().await;
    script.take_up_to(Some(0));
    let mut ws = ws.into_io();
    let first = vec![1; QUEUE_LEN_HIGH];
    ws.write_all(&first).await.unwrap();
    assert!(poll_and_drop(ws.write(b"dropped"), 5).await.is_none());
    assert!(poll_and_drop(ws.flush(), 5).await.is_none());
    script.take_up_to(None);
    assert_eq!(ws.write(b"kept").await.unwrap(), 4);
    ws.shutdown().await.unwrap();
    settle().await;
    let frames = script.take_frames();
    assert!(payloads(&frames) == [&first[..], b"kept"]);
    assert_eq!(frames[2].close_code(), Some(1000));
    let late = ws.write(b"late").await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::BrokenPipe);
    assert!(ws.sender().is_closed());
}
