//! Messages in pieces (`recv_stream`, `send_stream`), and their views behind the feature `io`.

use sockeye::MessageKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::knife::{Case, Clock, Knife, play};
use crate::support::wire::{CLOSE, Frame, TEXT};
use crate::world::{ROLES, TEXTS, hear_all, open_tight};

pub(crate) const CASES: &[Case] = cases! {
    "AsyncRead for RecvStream" => read,
    "AsyncWrite for SendStream" => write_view,
    "Receiver::recv_stream" => chunk_of_half,
    "RecvStream::chunk" => chunk,
    "SendStream::finish" => finish,
    "SendStream::write" => write,
    "WebSocket::recv_stream" => chunk,
};

#[test]
fn message_in_pieces_with_any_call_dropped_at_any_poll_loses_and_doubles_nothing() {
    play(CASES, Clock::Virtual, 3);
}

async fn chunk(knife: Knife) {
    hear_all(async |mut ws| {
        let mut texts = Vec::new();
        while let Some(mut message) = again!(knife, ws.recv_stream()).unwrap() {
            let mut text = Vec::new();
            while let Some(chunk) = again!(knife, message.chunk()).unwrap() {
                text.extend_from_slice(&chunk);
            }
            texts.push(text);
        }
        (texts, ws)
    })
    .await;
}

async fn chunk_of_half(knife: Knife) {
    hear_all(async |ws| {
        let (sender, mut receiver) = ws.split();
        let mut texts = Vec::new();
        while let Some(mut message) = again!(knife, receiver.recv_stream()).unwrap() {
            let mut text = Vec::new();
            while let Some(chunk) = message.chunk().await.unwrap() {
                text.extend_from_slice(&chunk);
            }
            texts.push(text);
        }
        (texts, (sender, receiver))
    })
    .await;
}

async fn read(knife: Knife) {
    hear_all(async |mut ws| {
        let mut texts = Vec::new();
        while let Some(mut message) = ws.recv_stream().await.unwrap() {
            let mut text = Vec::new();
            while again!(knife, message.read_buf(&mut text)).unwrap() > 0 {}
            texts.push(text);
        }
        (texts, ws)
    })
    .await;
}

async fn write(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        let mut message = ws.send_stream(MessageKind::Text);
        for text in TEXTS {
            again!(knife, message.write(text)).unwrap();
        }
        message.finish().await.unwrap();
        drop(ws);
        expect_one(&heard.await.unwrap());
    }
}

async fn write_view(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        let mut message = ws.send_stream(MessageKind::Text);
        for text in TEXTS {
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                let len = again!(knife, message.write_buf(&mut &*rest)).unwrap();
                rest = &rest[len..];
            }
        }
        again!(knife, message.flush()).unwrap();
        again!(knife, message.shutdown()).unwrap();
        drop(message);
        drop(ws);
        expect_one(&heard.await.unwrap());
    }
}

/// What is dropped here is the message: its end, or a Close that says that there is none.
async fn finish(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        let mut message = ws.send_stream(MessageKind::Text);
        for text in TEXTS {
            message.write(text).await.unwrap();
        }
        let finished = knife.cut(message.finish()).await;
        drop(ws);
        let frames = heard.await.unwrap();
        if let Some(finished) = finished {
            finished.unwrap();
            expect_one(&frames);
        } else {
            assert!(
                frames.iter().all(|frame| !is_last_fragment(frame)),
                "{frames:?}"
            );
            let close = frames.last().unwrap();
            assert_eq!(close.close_code(), Some(1011), "{frames:?}");
        }
    }
}

fn is_last_fragment(frame: &Frame) -> bool {
    frame.first == 0x80 || frame.first == TEXT
}

/// That [`TEXTS`] came as one message, and a Close behind it.
fn expect_one(frames: &[Frame]) {
    let (close, message) = frames.split_last().unwrap();
    assert_eq!(close.first, CLOSE, "{frames:?}");
    let payload: Vec<u8> = message
        .iter()
        .flat_map(|frame| frame.payload.clone())
        .collect();
    assert_eq!(payload, TEXTS.concat().as_bytes());
    let firsts: Vec<u8> = message.iter().map(|frame| frame.first).collect();
    assert!(firsts.starts_with(&[TEXT & 0x7F]), "{firsts:x?}");
    assert!(firsts.ends_with(&[0x80]), "{firsts:x?}");
    assert!(
        firsts[1..firsts.len() - 1].iter().all(|first| *first == 0),
        "{firsts:x?}"
    );
}
