//! `try_send`: now or not at all, and nothing is lost with the refusal.

use sockeye::limits::{QUEUE_LEN_HIGH, REFERENCE_LEN_MIN};
use sockeye::{CloseCode, Message, PreparedMessage, TrySendError};

use crate::support::open::{client, server};
use crate::support::peer::{Peer, tcp_pair};
use crate::support::poll::settle;
use crate::support::wire::{TEXT, masked, payloads};

#[tokio::test(start_paused = true)]
async fn server_try_send_is_written_at_once() {
    let (mut ws, script) = server().await;
    ws.try_send("now").unwrap();
    assert_eq!(script.take_calls().writes, 1);
    assert_eq!(payloads(&script.take_frames()), [b"now"]);
}

#[tokio::test(start_paused = true)]
async fn server_and_client_try_send_give_the_message_back_at_the_high_mark() {
    macro_rules! fills_and_drains {
        ($open:ident, $len:expr) => {
            let (mut ws, script) = $open().await;
            script.take_up_to(Some(0));
            let mut sent: Vec<Vec<u8>> = Vec::new();
            let refused = loop {
                let payload = vec![u8::try_from(sent.len() % 256).unwrap(); $len];
                match ws.try_send(payload.clone()) {
                    Ok(()) => sent.push(payload),
                    Err(TrySendError::Full(message)) => break (message, payload),
                    Err(error) => panic!("{error:?}"),
                }
            };
            assert_eq!(refused.0, Message::from(refused.1));
            let queued = ws.buffered_amount();
            let bound = QUEUE_LEN_HIGH..QUEUE_LEN_HIGH + $len + 14;
            assert!(bound.contains(&queued), "{queued}");
            let prepared = PreparedMessage::new("no room");
            assert!(ws.try_send_prepared(&prepared).unwrap_err().is_full());
            script.take_up_to(None);
            // Nobody woke the keeper yet: the attempt itself looks whether there is room.
            ws.try_send("room").unwrap();
            sent.push(b"room".to_vec());
            settle().await;
            assert!(payloads(&script.take_frames()) == sent);
        };
    }
    fills_and_drains!(server, 1000);
    fills_and_drains!(server, REFERENCE_LEN_MIN);
    fills_and_drains!(client, 3000);
}

#[tokio::test(start_paused = true)]
async fn server_try_send_holds_replies_back_as_send_does() {
    let (mut ws, script) = server().await;
    script.bytes(masked(TEXT, b"a").repeat(16));
    for _ in 0..16 {
        let message = ws.recv().await.unwrap().unwrap();
        ws.try_send(message).unwrap();
    }
    assert_eq!(script.take_calls().writes, 1);
    assert_eq!(script.take_frames().len(), 16);
}

#[tokio::test(start_paused = true)]
async fn server_try_send_after_the_end_says_so_and_keeps_the_message() {
    let (ws, _script) = server().await;
    let (sender, receiver) = ws.split();
    assert!(!sender.is_closed());
    sender.close(CloseCode::NORMAL, "").unwrap();
    assert!(sender.is_closed());
    match sender.try_send("late") {
        Err(TrySendError::Closed(message, error)) => {
            assert!(error.is_closed() && message == Message::from("late"));
        }
        other => panic!("{other:?}"),
    }
    drop(receiver);
    let (mut ws, script) = server().await;
    script.write_error(std::io::ErrorKind::BrokenPipe);
    ws.try_send("lost").unwrap();
    match ws.try_send("late") {
        Err(TrySendError::Closed(_, error)) => assert!(error.is_lost()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn server_try_send_over_tcp_is_not_refused_while_the_kernel_has_room() {
    let (accepted, connected) = tcp_pair().await;
    let (ws, _peer) = tokio::join!(sockeye::accept(accepted), Peer::open(connected));
    let mut ws = ws.unwrap();
    // More calls than a task may make before its runtime wants it to yield, fewer bytes than any
    // kernel takes.
    for n in 0..300 {
        assert!(ws.try_send(vec![7; 1000]).is_ok(), "message {n}");
    }
}
