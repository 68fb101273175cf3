//! The methods of `websocket`: receiving, sending, closing.

use sockeye::{CloseCode, PreparedMessage};

use crate::knife::{Case, Clock, Knife, play};
use crate::support::wire::PING;
use crate::world::{
    ROLES, TEXTS, count, expect_all, hear_all, listen, open, open_tight, talk, tight,
};

pub(crate) const CASES: &[Case] = cases! {
    "WebSocket::close" => close,
    "WebSocket::feed" => feed,
    "WebSocket::flush" => flush,
    "WebSocket::ping" => ping,
    "WebSocket::recv" => recv,
    "WebSocket::recv_with" => recv_with,
    "WebSocket::round_trip" => round_trip,
    "WebSocket::send" => send,
    "WebSocket::send_prepared" => send_prepared,
    "WebSocket::writable" => writable,
};

#[test]
fn handle_with_any_call_dropped_at_any_poll_loses_and_doubles_nothing() {
    play(CASES, Clock::Virtual, 3);
}

async fn recv(knife: Knife) {
    hear_all(async |mut ws| {
        let mut texts = Vec::new();
        while let Some(message) = again!(knife, ws.recv()).unwrap() {
            texts.push(message.payload().to_vec());
        }
        assert!(ws.close_event().unwrap().was_clean);
        (texts, ws)
    })
    .await;
}

async fn recv_with(knife: Knife) {
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        ws.set_queue_marks(tight());
        let heard = talk(role, peer);
        let mut texts = Vec::new();
        loop {
            let received = again!(
                knife,
                ws.recv_with(|message, replies| {
                    texts.push(message.payload().to_vec());
                    replies.send(message.kind(), message.payload()).unwrap();
                })
            );
            if received.unwrap().is_none() {
                break;
            }
        }
        assert_eq!(texts, TEXTS.map(str::as_bytes));
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn send(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        for text in TEXTS {
            again!(knife, ws.send(text)).unwrap();
        }
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn feed(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        for text in TEXTS {
            again!(knife, ws.feed(text)).unwrap();
        }
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn send_prepared(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        for prepared in TEXTS.map(PreparedMessage::new) {
            again!(knife, ws.send_prepared(&prepared)).unwrap();
        }
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn flush(knife: Knife) {
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        let heard = listen(role, peer);
        for text in TEXTS {
            ws.feed(text).await.unwrap();
            again!(knife, ws.flush()).unwrap();
            assert_eq!(ws.buffered_amount(), 0);
        }
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn writable(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        for text in TEXTS {
            again!(knife, ws.writable()).unwrap();
            ws.try_send(text).unwrap();
        }
        drop(ws);
        expect_all(&heard.await.unwrap());
    }
}

async fn ping(knife: Knife) {
    for role in ROLES {
        let (mut ws, heard) = open_tight(role).await;
        for text in TEXTS {
            again!(knife, ws.ping(text.as_bytes())).unwrap();
        }
        drop(ws);
        let frames = heard.await.unwrap();
        let pings = frames.iter().filter(|frame| frame.first == PING);
        let payloads: Vec<_> = pings.map(|frame| frame.payload.as_slice()).collect();
        assert_eq!(payloads, TEXTS.map(str::as_bytes));
    }
}

/// Nobody else reads: what comes before the Pong is kept, however often the future is dropped.
async fn round_trip(knife: Knife) {
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        let heard = talk(role, peer);
        let measured = again!(knife, ws.round_trip());
        let mut texts = Vec::new();
        while let Some(message) = ws.recv().await.unwrap() {
            texts.push(message.payload().to_vec());
        }
        assert_eq!(texts, TEXTS.map(str::as_bytes));
        // The peer says goodbye before it looks at the Ping.
        assert!(measured.unwrap_err().is_closed());
        drop(ws);
        assert!(count(&heard.await.unwrap(), PING) <= 1);
    }
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        let heard = listen(role, peer);
        for _ in 0..2 {
            let took = again!(knife, ws.round_trip()).unwrap();
            assert_eq!(ws.latency(), Some(took));
        }
        drop(ws);
        // A future may be dropped between its Pong and its end: then the next one asks again.
        let pings = count(&heard.await.unwrap(), PING);
        assert!((2..=3).contains(&pings), "{pings}");
    }
}

async fn close(knife: Knife) {
    for role in ROLES {
        let (mut ws, peer) = open(role).await;
        let heard = listen(role, peer);
        for text in TEXTS {
            ws.feed(text).await.unwrap();
        }
        let event = again!(knife, ws.close(CloseCode::NORMAL, "enough")).unwrap();
        assert!(event.was_clean && event.code == CloseCode::NORMAL);
        let frames = heard.await.unwrap();
        expect_all(&frames);
        assert_eq!(&frames.last().unwrap().payload[2..], b"enough");
    }
}
