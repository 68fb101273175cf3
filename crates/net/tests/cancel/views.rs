//! What the features `io`, `json` and `stream` add (`views`).

use futures_util::{SinkExt, StreamExt};
use sockeye::{Message, MessageIo, Sender};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::hesitant::Hesitant;
use crate::knife::{Case, Clock, Knife, play};
use crate::support::wire::{BINARY, CLOSE, TEXT, payloads};
use crate::world::{ROLES, TEXTS, count, expect_all, frame_to, hear_all, listen, open, tight};

pub(crate) const CASES: &[Case] = cases! {
    "AsyncRead for MessageIo" => read,
    "AsyncWrite for MessageIo" => write,
    "Receiver::recv_json" => recv_json_by_half,
    "Sender::send_json" => send_json_by_half,
    "Sink for MessageSink" => sink_of_half,
    "Sink for MessageStream" => sink,
    "Stream for MessageStream" => stream,
    "Stream for Receiver" => stream_of_half,
    "WebSocket::recv_json" => recv_json,
    "WebSocket::send_json" => send_json,
};

#[test]
fn views_with_any_call_dropped_at_any_poll_lose_and_double_nothing() {
    play(CASES, Clock::Virtual, 3);
}

async fn read(knife: Knife) {
    for role in ROLES {
        let (ws, mut peer) = open(role).await;
        let bytes = [
            frame_to(role, BINARY, b"bin"),
            frame_to(role, BINARY, b"ary"),
        ];
        peer.send(&bytes.concat()).await;
        peer.send(&frame_to(role, CLOSE, &1000_u16.to_be_bytes()))
            .await;
        let (mut io, mut read) = (ws.into_io(), Vec::new());
        while again!(knife, io.read_buf(&mut read)).unwrap() > 0 {}
        assert_eq!(read, b"binary");
    }
}

async fn write(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        ws.sender().set_queue_marks(tight());
        let heard = listen(role, peer);
        let mut io: MessageIo<Hesitant> = ws.into_io();
        for text in TEXTS {
            let written = again!(knife, io.write(text.as_bytes())).unwrap();
            assert_eq!(written, text.len(), "it fits into a message");
        }
        again!(knife, io.flush()).unwrap();
        again!(knife, io.shutdown()).unwrap();
        let mut rest = Vec::new();
        again!(knife, io.read_buf(&mut rest)).unwrap();
        let frames = heard.await.unwrap();
        assert_eq!(payloads(&frames).concat(), TEXTS.concat().as_bytes());
        assert_eq!(count(&frames, CLOSE), 1);
    }
}

async fn stream(knife: Knife) {
    hear_all(async |ws| {
        let mut stream = ws.into_stream();
        let mut texts = Vec::new();
        while let Some(message) = again!(knife, stream.next()) {
            texts.push(message.unwrap().payload().to_vec());
        }
        (texts, stream)
    })
    .await;
}

async fn stream_of_half(knife: Knife) {
    hear_all(async |ws| {
        let (sender, mut receiver) = ws.split();
        let mut texts = Vec::new();
        while let Some(message) = again!(knife, receiver.next()) {
            texts.push(message.unwrap().payload().to_vec());
        }
        (texts, (sender, receiver))
    })
    .await;
}

/// Sends [`TEXTS`] through a sink step by step: `SinkExt::send` is two of them, and dropped between
/// them it has sent.
macro_rules! sink_texts {
    ($knife:ident, $sink:ident) => {
        for text in TEXTS {
            again!(
                $knife,
                std::future::poll_fn(|cx| $sink.poll_ready_unpin(cx))
            )
            .unwrap();
            $sink.start_send_unpin(Message::from(text)).unwrap();
        }
        again!($knife, $sink.flush()).unwrap();
        again!($knife, $sink.close()).unwrap();
    };
}

async fn sink(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        ws.sender().set_queue_marks(tight());
        let heard = listen(role, peer);
        let mut sink = ws.into_stream();
        sink_texts!(knife, sink);
        drop(sink);
        expect_all(&heard.await.unwrap());
    }
}

async fn sink_of_half(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = listen(role, peer);
        let (sender, receiver): (Sender<Hesitant>, _) = ws.split();
        sender.set_queue_marks(tight());
        let mut sink = sender.into_sink();
        sink_texts!(knife, sink);
        drop((sink, receiver));
        expect_all(&heard.await.unwrap());
    }
}

/// Has the peer of a connection send numbers, which are texts of JSON.
macro_rules! numbers_come_once {
    ($knife:ident, |$ws:ident| $halves:expr, $receiver:ident) => {
        for role in ROLES {
            let ($ws, mut peer) = open(role).await;
            let numbers = ["1", "22", "333"].map(|text| frame_to(role, TEXT, text.as_bytes()));
            peer.send(&numbers.concat()).await;
            let (_sender, mut $receiver) = $halves;
            for number in [1, 22, 333] {
                let received = again!($knife, $receiver.recv_json::<u32>());
                assert_eq!(received.unwrap(), Some(number));
            }
        }
    };
}

async fn recv_json(knife: Knife) {
    numbers_come_once!(knife, |ws| ((), ws), receiver);
}

async fn recv_json_by_half(knife: Knife) {
    numbers_come_once!(knife, |ws| ws.split(), receiver);
}

async fn send_json(knife: Knife) {
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        ws.set_queue_marks(tight());
        let heard = listen(role, peer);
        for number in [1, 22, 333] {
            again!(knife, ws.send_json(&number)).unwrap();
        }
        drop(ws);
        assert_eq!(payloads(&heard.await.unwrap()).concat(), b"122333");
    }
}

async fn send_json_by_half(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = listen(role, peer);
        let (sender, receiver) = ws.split();
        sender.set_queue_marks(tight());
        for number in [1, 22, 333] {
            again!(knife, sender.send_json(&number)).unwrap();
        }
        drop((sender, receiver));
        assert_eq!(payloads(&heard.await.unwrap()).concat(), b"122333");
    }
}
