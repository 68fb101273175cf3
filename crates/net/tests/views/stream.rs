//! `Stream` and `Sink` (`stream`): what other crates make of a connection, with the same promises.

use futures_util::{SinkExt, StreamExt, stream};
use sockeye::limits::QUEUE_LEN_HIGH;
use sockeye::{CloseCode, Message, pair};

use crate::support::open::{client, server};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::wire::{TEXT, masked, masked_close, payloads};

#[tokio::test(start_paused = true)]
async fn pair_forwards_a_stream_and_gets_all_of_it_back() {
    let (client, server) = pair();
    let echoing = tokio::spawn(async move {
        let (sender, receiver) = server.split();
        receiver.forward(sender.into_sink()).await
    });
    let messages: Vec<_> = (0..500).map(|n| Message::from(format!("{n}"))).collect();
    let (sender, receiver) = client.split();
    let mut sink = sender.into_sink();
    let sending = async {
        sink.send_all(&mut stream::iter(messages.clone()).map(Ok))
            .await?;
        sink.close().await
    };
    let receiving = receiver.map(Result::unwrap).collect::<Vec<_>>();
    let (sent, received) = tokio::join!(sending, receiving);
    sent.unwrap();
    assert!(received == messages, "{} of 500", received.len());
    // The peer's Close ended the stream; then the sink is closed, which it is already.
    echoing.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn server_stream_ends_with_the_close_or_after_its_error() {
    let (ws, script) = server().await;
    script.bytes([masked(TEXT, b"one"), masked_close(1000)].concat());
    let mut ws = ws.into_stream();
    assert_eq!(ws.next().await.unwrap().unwrap(), Message::from("one"));
    assert!(ws.next().await.is_none() && ws.next().await.is_none());
    assert!(ws.receiver().close_event().unwrap().was_clean);

    let (ws, script) = server().await;
    script.bytes(masked(TEXT, b"one"));
    script.end();
    let mut ws = ws.into_stream();
    assert!(ws.next().await.unwrap().is_ok());
    assert!(ws.next().await.unwrap().unwrap_err().is_lost());
    assert!(ws.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn server_sink_writes_once_per_flush_and_by_itself_when_the_task_yields() {
    let (ws, script) = server().await;
    let mut ws = ws.into_stream();
    for n in 0..16 {
        ws.feed(format!("{n}").into()).await.unwrap();
    }
    assert_eq!(script.take_calls().writes, 0);
    ws.flush().await.unwrap();
    assert_eq!(script.take_calls().writes, 1);
    assert_eq!(script.take_frames().len(), 16);
    ws.feed("held".into()).await.unwrap();
    settle().await;
    assert_eq!(payloads(&script.take_frames()), [b"held"]);
}

#[tokio::test(start_paused = true)]
async fn server_sink_waits_for_room_and_a_dropped_wait_leaves_nothing() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let mut ws = ws.into_stream();
    ws.feed(vec![1; QUEUE_LEN_HIGH].into()).await.unwrap();
    assert!(poll_and_drop(ws.feed("dropped".into()), 5).await.is_none());
    let sending = tokio::spawn(async move {
        ws.send("kept".into()).await.unwrap();
        ws
    });
    settle().await;
    assert!(!sending.is_finished());
    script.take_up_to(None);
    let mut ws = sending.await.unwrap().into_inner();
    assert_eq!(payloads(&script.take_frames())[1..], [b"kept"]);
    script.bytes(masked(TEXT, b"still open"));
    assert!(ws.recv().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn server_stream_dropped_between_polls_loses_nothing() {
    for polls in 1..5 {
        let (ws, script) = server().await;
        script.read_at_most(3);
        script.stutter();
        let texts: Vec<_> = (0..50).map(|n| n.to_string()).collect();
        for text in &texts {
            script.bytes(masked(TEXT, text.as_bytes()));
        }
        script.bytes(masked_close(1000));
        let (mut ws, mut received) = (ws.into_stream(), Vec::new());
        loop {
            match poll_and_drop(ws.next(), polls).await {
                None => {}
                Some(None) => break,
                Some(Some(message)) => {
                    received.push(message.unwrap().as_text().unwrap().to_owned());
                }
            }
        }
        assert_eq!(received, texts, "{polls} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn client_sink_closes_with_1000_once_and_still_has_what_comes() {
    let (ws, script) = client().await;
    let mut ws = ws.into_stream();
    ws.close().await.unwrap();
    ws.close().await.unwrap();
    let frames = script.take_frames();
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].close_code(), Some(1000));
    assert!(ws.send("late".into()).await.unwrap_err().is_closed());
    assert!(ws.sender().is_closed());
    script.bytes(b"\x81\x02hi\x88\x02\x03\xE8".as_slice());
    script.end();
    assert_eq!(ws.next().await.unwrap().unwrap(), Message::from("hi"));
    assert!(ws.next().await.is_none());
    assert_eq!(ws.receiver().close_event().unwrap().code, CloseCode::NORMAL);
}

/// Fails if a sink waits for room that is of no use, as our own Close is queued.
#[tokio::test(start_paused = true)]
async fn client_sink_that_waits_for_room_learns_at_once_that_it_is_closed() {
    let (ws, script) = client().await;
    script.take_up_to(Some(0));
    let (sender, _receiver) = ws.split();
    let mut sink = sender.clone().into_sink();
    sink.feed(vec![1; QUEUE_LEN_HIGH].into()).await.unwrap();
    let waiting = tokio::spawn(async move { sink.feed("no room".into()).await });
    settle().await;
    assert!(!waiting.is_finished());
    sender.close(CloseCode::NORMAL, "").unwrap();
    settle().await;
    assert!(waiting.is_finished(), "there is nothing to wait for");
    assert!(waiting.await.unwrap().unwrap_err().is_closed());
}

#[tokio::test(start_paused = true)]
async fn client_sink_that_is_dropped_while_it_waits_says_goodbye() {
    let (ws, script) = client().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    let mut sink = sender.into_sink();
    sink.feed(vec![1; QUEUE_LEN_HIGH].into()).await.unwrap();
    assert!(
        poll_and_drop(sink.feed("dropped".into()), 3)
            .await
            .is_none()
    );
    drop((sink, receiver));
    script.take_up_to(None);
    settle().await;
    let frames = script.take_frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[1].close_code(), Some(1001));
}
