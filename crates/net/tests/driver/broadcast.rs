//! `broadcast` and prepared messages: everyone gets the same message, nobody waits for anybody, and
//! the slow have the fate that was stated.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use sockeye::limits::{QUEUE_LEN_HIGH, REFERENCE_LEN_MIN};
use sockeye::{
    Client, CloseCode, DeflateOffer, DeflatePolicy, Message, Payload, PreparedMessage, Sender,
    SlowReceiver, WebSocket, broadcast,
};
use tokio::io::{DuplexStream, duplex};

use crate::support::open::{client, deflating_server, server};
use crate::support::poll::{pass, poll_and_drop, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{BINARY, Frame, PING, PONG, TEXT, masked, payloads};

/// `count` connections of a server.
async fn room(count: usize) -> (Vec<WebSocket<Scripted>>, Vec<Script>) {
    let mut room = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (ws, script) = server().await;
        room.0.push(ws);
        room.1.push(script);
    }
    room
}

fn senders(room: &[WebSocket<Scripted>]) -> Vec<Sender<Scripted>> {
    room.iter().map(WebSocket::sender).collect()
}

/// Lets every task that is ready have one turn.
async fn wake_and_wait() {
    let mut is_second = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_second, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// `text`, `count` times over.
fn long(count: usize) -> String {
    r#"{"kind":"tick","price":1234,"name":"sockeye"},"#.repeat(count)
}

#[tokio::test(start_paused = true)]
async fn server_broadcasts_to_all_and_each_gets_it_with_one_write() {
    let (room, scripts) = room(50).await;
    let senders = senders(&room);
    for n in 0..16 {
        let message = PreparedMessage::new(format!("message {n}"));
        let report = broadcast(&senders, &message, SlowReceiver::Skip);
        assert_eq!((report.sent, report.skipped, report.gone), (50, 0, 0));
    }
    settle().await;
    for script in scripts {
        assert_eq!(script.take_calls().writes, 1, "sixteen messages at a time");
        let texts: Vec<Vec<u8>> = (0..16).map(|n| format!("message {n}").into()).collect();
        let frames = script.take_frames();
        assert!(frames.iter().all(|frame| frame.first == TEXT));
        assert_eq!(payloads(&frames), texts);
    }
}

#[tokio::test(start_paused = true)]
async fn server_broadcasts_many_times_without_a_break_and_nobody_counts_as_slow() {
    let (room, scripts) = room(3).await;
    let senders = senders(&room);
    let message = PreparedMessage::new(vec![7; 1000]);
    for _ in 0..1000 {
        let report = broadcast(&senders, &message, SlowReceiver::Skip);
        assert_eq!(report.sent, 3, "the transport takes everything");
    }
    settle().await;
    for script in scripts {
        assert_eq!(script.take_frames().len(), 1000);
    }
}

#[tokio::test(start_paused = true)]
async fn server_writes_a_broadcast_to_five_hundred_in_two_turns() {
    // A transport of the runtime's, which lets one task do no more than 128 things in a turn.
    let pairs: Vec<_> = (0..500).map(|_| sockeye::pair()).collect();
    let senders: Vec<_> = pairs.iter().map(|(_, server)| server.sender()).collect();
    broadcast(&senders, &PreparedMessage::new("news"), SlowReceiver::Skip);
    let turns = tokio::spawn(async move {
        let mut turns = 0;
        while senders.iter().any(|sender| sender.buffered_amount() > 0) {
            turns += 1;
            wake_and_wait().await;
        }
        turns
    });
    assert_eq!(turns.await.unwrap(), 1, "between those of the keeper");
}

#[tokio::test]
async fn thread_without_a_runtime_broadcasts_and_sends() {
    let (mut client, server) = sockeye::pair();
    let sender = server.sender();
    let thread = std::thread::spawn(move || {
        let news = PreparedMessage::new("news");
        assert_eq!(broadcast([&sender], &news, SlowReceiver::Skip).sent, 1);
        sender.try_send("more").unwrap();
    });
    for expected in ["news", "more"] {
        let message = client.recv().await.unwrap().unwrap();
        assert_eq!(message.as_text(), Some(expected));
    }
    thread.join().unwrap();
}

#[tokio::test(start_paused = true)]
async fn slow_receiver_is_skipped_holds_at_most_its_bound_and_delays_nobody() {
    for len in [1000, REFERENCE_LEN_MIN] {
        let (room, scripts) = room(3).await;
        scripts[1].take_up_to(Some(0));
        let senders = senders(&room);
        let mut skipped = 0;
        for n in 0..200_u8 {
            let message = PreparedMessage::new(vec![n; len]);
            let report = broadcast(&senders, &message, SlowReceiver::Skip);
            skipped += report.skipped;
            assert_eq!(report.sent + report.skipped, 3);
            assert!(room[1].buffered_amount() < QUEUE_LEN_HIGH + len + 4);
            settle().await;
            assert_eq!(scripts[0].take_frames().len(), 1, "message {n}");
        }
        assert!(skipped > 100, "{skipped}");
        scripts[1].take_up_to(None);
        settle().await;
        // What it was sent is whole and in order.
        let kept = payloads(&scripts[1].take_frames());
        assert_eq!(kept.len(), 200 - skipped);
        for (n, payload) in kept.iter().enumerate() {
            assert!(payload[..] == vec![u8::try_from(n).unwrap(); len]);
        }
        let report = broadcast(&senders, &PreparedMessage::new("new"), SlowReceiver::Skip);
        assert_eq!(report.sent, 3, "it is not slow any more");
    }
}

#[tokio::test(start_paused = true)]
async fn slow_receiver_is_closed_with_the_code_and_let_go_within_the_budget() {
    for (asked, told) in [(CloseCode::TRY_AGAIN_LATER, 1013), (1006.into(), 1013)] {
        let (room, scripts) = room(2).await;
        scripts[0].take_up_to(Some(0));
        let senders = senders(&room);
        let message = PreparedMessage::new(vec![1; QUEUE_LEN_HIGH]);
        let slow = SlowReceiver::Close(asked);
        assert_eq!(broadcast(&senders, &message, slow).sent, 2);
        let report = broadcast(&senders, &message, slow);
        assert_eq!((report.sent, report.closed), (1, 1));
        assert!(senders[0].is_closed() && !senders[1].is_closed());
        let report = broadcast(&senders, &message, slow);
        assert_eq!((report.sent, report.closed, report.gone), (1, 0, 1));
        scripts[0].take_up_to(None);
        settle().await;
        let frames = scripts[0].take_frames();
        assert_eq!(frames.len(), 2, "the message that it had, and the Close");
        assert_eq!(frames[1].close_code(), Some(told));
        pass(Duration::from_secs(11)).await;
        assert!(scripts[0].is_dropped() && !scripts[1].is_dropped());
    }
}

#[tokio::test(start_paused = true)]
async fn lost_connection_is_gone_and_the_others_are_served() {
    let (mut room, scripts) = room(3).await;
    let senders = senders(&room);
    scripts[1].read_error(std::io::ErrorKind::ConnectionReset);
    assert!(room[1].recv().await.unwrap_err().is_lost());
    drop(room.remove(2));
    scripts[2].end();
    settle().await;
    let report = broadcast(&senders, &PreparedMessage::new("hi"), SlowReceiver::Skip);
    assert_eq!((report.sent, report.gone), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn large_message_is_queued_by_reference_and_small_one_is_copied() {
    let (room, scripts) = room(2).await;
    let large = Payload::from(vec![5; 1 << 20]);
    let message = PreparedMessage::new(large.clone());
    let address = message.message().payload().as_ptr();
    assert_eq!(address, large.as_ptr());
    broadcast(&senders(&room), &message, SlowReceiver::Skip);
    settle().await;
    for script in scripts {
        assert_eq!(script.take_calls().writes, 1, "header and payload at once");
        let frames = script.take_frames();
        assert!(frames[0].first == BINARY && frames[0].payload == *large);
    }
}

#[tokio::test(start_paused = true)]
async fn hundred_receivers_with_and_without_takeover_share_one_compression() {
    let message = PreparedMessage::new(long(20));
    let mut first = None;
    for n in 0..100 {
        let policy = if n % 2 == 0 {
            DeflatePolicy::takeover()
        } else {
            DeflatePolicy::no_takeover()
        };
        let (ws, script) = deflating_server(policy, "permessage-deflate").await;
        let report = broadcast([&ws.sender()], &message, SlowReceiver::Skip);
        assert_eq!(report.sent, 1);
        settle().await;
        let frames = script.take_frames();
        assert_eq!(frames[0].first, 0xC1, "RSV1: compressed");
        assert!(frames[0].payload.len() < 200);
        let first = first.get_or_insert_with(|| frames.clone());
        assert_eq!(*first, frames);
    }
    assert_eq!(message.compressions(), 1);
}

/// A server and a client, connected, with compression and takeover in both directions.
async fn takeover_pair() -> (WebSocket<DuplexStream>, WebSocket<DuplexStream>) {
    let (server, client) = duplex(1 << 20);
    let acceptor = sockeye::Acceptor::default().deflate(Some(DeflatePolicy::takeover()));
    let offer = Some(DeflateOffer::takeover());
    let connecting = Client::new("ws://localhost/").unwrap().deflate(offer);
    let (server, client) = tokio::join!(acceptor.accept(server), connecting.handshake_over(client));
    let (server, client) = (server.unwrap(), client.unwrap());
    assert_eq!(server.extensions(), "permessage-deflate");
    (server, client)
}

#[tokio::test(start_paused = true)]
async fn client_with_takeover_inflates_prepared_messages_among_ordinary_ones() {
    let (mut server, mut client) = takeover_pair().await;
    let prepared = PreparedMessage::new(long(30));
    for n in 1..10 {
        let ordinary = long(n);
        server.send(ordinary.clone()).await.unwrap();
        server.send_prepared(&prepared).await.unwrap();
        server.try_send_prepared(&prepared).unwrap();
        server.send(ordinary.clone()).await.unwrap();
        let ordinary = Message::from(ordinary);
        for expected in [&ordinary, prepared.message(), prepared.message(), &ordinary] {
            assert_eq!(client.recv().await.unwrap().as_ref(), Some(expected));
        }
    }
    assert_eq!(prepared.compressions(), 1);
}

#[tokio::test(start_paused = true)]
async fn client_sends_a_prepared_message_masked_with_a_key_of_its_own() {
    // RFC 6455 §5.1-1 TEST: each frame of a client, prepared or not.
    let (mut ws, script) = client().await;
    let prepared = PreparedMessage::new("hello");
    for _ in 0..2 {
        ws.send_prepared(&prepared).await.unwrap();
        assert_eq!(
            broadcast([&ws.sender()], &prepared, SlowReceiver::Skip).sent,
            1
        );
    }
    ws.flush().await.unwrap();
    let expected = Frame {
        first: TEXT,
        is_masked: true,
        payload: b"hello".to_vec(),
    };
    assert_eq!(script.take_frames(), vec![expected; 4]);
}

#[tokio::test(start_paused = true)]
async fn server_send_prepared_waits_for_room_and_a_dropped_one_left_nothing() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    let high = PreparedMessage::new(vec![1; QUEUE_LEN_HIGH]);
    let (dropped, kept) = (
        PreparedMessage::new("dropped"),
        PreparedMessage::new("kept"),
    );
    ws.send_prepared(&high).await.unwrap();
    assert!(poll_and_drop(ws.send_prepared(&dropped), 5).await.is_none());
    script.take_up_to(None);
    ws.send_prepared(&kept).await.unwrap();
    let all = payloads(&script.take_frames());
    assert!(all == [high.message().payload(), &b"kept"[..]]);
}

#[tokio::test(start_paused = true)]
async fn server_corks_prepared_replies_as_others() {
    let (mut ws, script) = server().await;
    script.bytes([masked(PING, b"?"), masked(TEXT, b"a").repeat(16)].concat());
    let reply = PreparedMessage::new("reply");
    for _ in 0..16 {
        ws.recv().await.unwrap().unwrap();
        ws.send_prepared(&reply).await.unwrap();
    }
    assert_eq!(
        script.take_calls().writes,
        2,
        "the Pong, and sixteen replies"
    );
    let frames = script.take_frames();
    assert_eq!((frames[0].first, frames.len()), (PONG, 17));
}
