//! The methods of `split`'s halves, each of which another task may have.

use std::time::Duration;

use sockeye::PreparedMessage;

use crate::knife::{Case, Clock, Knife, play};
use crate::support::wire::PING;
use crate::world::{ROLES, TEXTS, count, expect_all, hear_all, listen, open, tight};

pub(crate) const CASES: &[Case] = cases! {
    "Receiver::recv" => recv,
    "Sender::feed" => feed,
    "Sender::flush" => flush,
    "Sender::ping" => ping,
    "Sender::round_trip" => round_trip,
    "Sender::send" => send,
    "Sender::send_prepared" => send_prepared,
    "Sender::writable" => writable,
};

#[test]
fn halves_with_any_call_dropped_at_any_poll_lose_and_double_nothing() {
    play(CASES, Clock::Virtual, 3);
}

async fn recv(knife: Knife) {
    hear_all(async |ws| {
        let (sender, mut receiver) = ws.split();
        let mut texts = Vec::new();
        while let Some(message) = again!(knife, receiver.recv()).unwrap() {
            texts.push(message.payload().to_vec());
        }
        (texts, (sender, receiver))
    })
    .await;
}

/// Sends [`TEXTS`] through a sender whose queue is full after each of them, while the connection
/// itself reads.
macro_rules! each_text_is_sent_once {
    ($knife:ident, |$sender:ident, $text:ident| $send:expr) => {
        for role in ROLES {
            let (ws, peer) = open(role).await;
            ws.sender().set_queue_marks(tight());
            let heard = listen(role, peer);
            let ($sender, receiver) = ws.split();
            drop(receiver);
            for $text in TEXTS {
                again!($knife, $send).unwrap();
            }
            drop($sender);
            expect_all(&heard.await.unwrap());
        }
    };
}

async fn send(knife: Knife) {
    each_text_is_sent_once!(knife, |sender, text| sender.send(text));
}

async fn feed(knife: Knife) {
    each_text_is_sent_once!(knife, |sender, text| sender.feed(text));
}

async fn send_prepared(knife: Knife) {
    each_text_is_sent_once!(knife, |sender, text| async {
        sender.send_prepared(&PreparedMessage::new(text)).await
    });
}

/// Nothing waits between the two steps, so that a dropped one sent nothing.
async fn writable(knife: Knife) {
    each_text_is_sent_once!(knife, |sender, text| async {
        sender.writable().await?;
        sender.try_send(text).unwrap();
        sockeye::Result::Ok(())
    });
}

async fn flush(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = listen(role, peer);
        let (sender, receiver) = ws.split();
        for text in TEXTS {
            sender.feed(text).await.unwrap();
            again!(knife, sender.flush()).unwrap();
            assert_eq!(sender.buffered_amount(), 0);
        }
        drop((sender, receiver));
        expect_all(&heard.await.unwrap());
    }
}

async fn ping(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = listen(role, peer);
        let (sender, receiver) = ws.split();
        sender.set_queue_marks(tight());
        for text in TEXTS {
            again!(knife, sender.ping(text.as_bytes())).unwrap();
        }
        drop((sender, receiver));
        assert_eq!(count(&heard.await.unwrap(), PING), TEXTS.len());
    }
}

async fn round_trip(knife: Knife) {
    for role in ROLES {
        let (ws, peer) = open(role).await;
        let heard = listen(role, peer);
        let (sender, receiver) = ws.split();
        drop(receiver);
        for _ in 0..2 {
            // Called again it joins the Ping that is on its way.
            let took = again!(knife, sender.round_trip()).unwrap();
            assert_eq!(sender.latency(), Some(took));
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
        drop(sender);
        assert_eq!(count(&heard.await.unwrap(), PING), 2);
    }
}
