//! The marks of the write queue: at the high one senders wait, at the low one they go on, and the
//! bound in bytes is the one that was set.

use std::future::pending;
use std::time::Duration;

use sockeye::limits::{QUEUE_LEN_HIGH, QUEUE_LEN_LOW};
use sockeye::{CloseCode, PreparedMessage, QueueMarks, SlowReceiver, broadcast};
use tokio::time::timeout;

use crate::support::open::{client, server};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::wire::payloads;

fn marks(low: usize, high: usize) -> QueueMarks {
    QueueMarks::new(low, high).unwrap()
}

#[tokio::test(start_paused = true)]
async fn server_is_writable_at_once_while_little_is_unwritten() {
    let (mut ws, script) = server().await;
    ws.writable().await.unwrap();
    script.take_up_to(Some(0));
    ws.send(vec![0; QUEUE_LEN_LOW - 4]).await.unwrap();
    assert_eq!(ws.buffered_amount(), QUEUE_LEN_LOW);
    ws.writable().await.unwrap();
    ws.send("more").await.unwrap();
    assert!(poll_and_drop(ws.writable(), 5).await.is_none());
}

/// Fails if the words of `QueueMarks` and what sends disagree by a byte, or with each other.
#[tokio::test(start_paused = true)]
async fn server_has_room_one_byte_below_the_high_mark_and_none_at_it() {
    const HIGH: usize = 1000;
    for below in [0, 1] {
        let (mut ws, script) = server().await;
        ws.set_queue_marks(marks(100, HIGH));
        script.take_up_to(Some(0));
        // Its header takes four bytes.
        ws.try_send(vec![7; HIGH - 4 - below]).unwrap();
        assert_eq!(ws.buffered_amount(), HIGH - below);
        let has_room = below == 1;
        let sent = poll_and_drop(ws.send("one"), 3).await.is_some();
        assert_eq!(sent, has_room, "send, {below} below");

        let (mut ws, script) = server().await;
        ws.set_queue_marks(marks(100, HIGH));
        script.take_up_to(Some(0));
        ws.send(vec![7; HIGH - 4 - below]).await.unwrap();
        assert_eq!(ws.try_send("one").is_ok(), has_room, "{below} below");
        // Whatever is queued whole, no more is.
        assert!(ws.try_send("two").unwrap_err().is_full());
        let prepared = PreparedMessage::new("three");
        assert!(ws.try_send_prepared(&prepared).unwrap_err().is_full());
    }
}

#[tokio::test(start_paused = true)]
async fn server_waits_for_the_low_mark_and_not_for_the_empty_queue() {
    for (low, high) in [(QUEUE_LEN_LOW, QUEUE_LEN_HIGH), (10, 1000), (0, 1)] {
        let (mut ws, script) = server().await;
        ws.set_queue_marks(marks(low, high));
        script.take_up_to(Some(0));
        ws.send(vec![7; high]).await.unwrap();
        let queued = ws.buffered_amount();
        assert!(ws.try_send("no room").unwrap_err().is_full());
        let (sender, mut receiver) = ws.split();
        let writable = tokio::spawn({
            let sender = sender.clone();
            async move { sender.writable().await }
        });
        let sending = tokio::spawn(async move {
            sender.send("room").await.unwrap();
            pending::<()>().await;
        });
        settle().await;
        script.take_up_to(Some(queued - low - 1));
        settle().await;
        assert!(!writable.is_finished(), "{low}: a byte too early");
        script.take_up_to(Some(1));
        settle().await;
        assert!(writable.is_finished(), "{low}: there is room");
        script.take_up_to(None);
        settle().await;
        let all = payloads(&script.take_frames());
        assert!(all == [&vec![7; high][..], b"room"], "{low}, {high}");
        assert!(poll_and_drop(receiver.recv(), 2).await.is_none());
        sending.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn server_and_client_queue_at_most_the_high_mark_and_one_message() {
    macro_rules! is_bounded {
        ($open:ident) => {
            for high in [1, 500, 1 << 20] {
                let (mut ws, script) = $open().await;
                ws.set_queue_marks(marks(0, high));
                script.take_up_to(Some(0));
                while poll_and_drop(ws.send(vec![1; 100]), 2).await.is_some() {}
                let queued = ws.buffered_amount();
                assert!((high..high + 106).contains(&queued), "{high}: {queued}");
            }
        };
    }
    is_bounded!(server);
    is_bounded!(client);
}

#[tokio::test(start_paused = true)]
async fn broadcast_goes_by_each_receivers_own_mark() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.set_queue_marks(marks(0, 10));
    let (sender, message) = (ws.sender(), PreparedMessage::new("ten or more"));
    let skip = || broadcast([&sender], &message, SlowReceiver::Skip).skipped;
    assert_eq!((skip(), skip()), (0, 1));
    ws.set_queue_marks(marks(0, 20));
    assert_eq!((skip(), skip()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn server_that_waits_goes_on_when_its_mark_is_raised() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    sender.send(vec![0; QUEUE_LEN_HIGH]).await.unwrap();
    let waiting = tokio::spawn({
        let sender = sender.clone();
        async move { sender.send("more").await }
    });
    settle().await;
    assert!(!waiting.is_finished());
    sender.set_queue_marks(marks(0, 2 * QUEUE_LEN_HIGH));
    settle().await;
    assert!(waiting.is_finished());
    drop(receiver);
}

#[tokio::test(start_paused = true)]
async fn server_that_waits_for_room_learns_of_the_end() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    sender.send(vec![0; QUEUE_LEN_HIGH]).await.unwrap();
    let waiting = tokio::spawn({
        let sender = sender.clone();
        async move { sender.writable().await }
    });
    settle().await;
    sender.close(CloseCode::NORMAL, "").unwrap();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(error.is_closed());
    assert!(sender.writable().await.unwrap_err().is_closed());
    drop(receiver);

    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.send(vec![0; QUEUE_LEN_HIGH]).await.unwrap();
    script.write_error(std::io::ErrorKind::BrokenPipe);
    assert!(ws.writable().await.unwrap_err().is_lost());
}

#[tokio::test(start_paused = true)]
async fn server_writable_dropped_after_any_number_of_polls_changes_nothing() {
    for polls in 0..5 {
        let (mut ws, script) = server().await;
        script.write_at_most(1000);
        script.stutter();
        ws.send(vec![1; QUEUE_LEN_HIGH]).await.unwrap();
        let _ = poll_and_drop(ws.writable(), polls).await;
        ws.writable().await.unwrap();
        assert!(ws.buffered_amount() <= QUEUE_LEN_LOW);
        ws.send("last").await.unwrap();
        ws.flush().await.unwrap();
        assert_eq!(script.take_frames().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn two_tasks_that_flush_do_not_keep_each_other_awake() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    sender.feed("a little").await.unwrap();
    let mut flushing =
        [sender.clone(), sender].map(|sender| tokio::spawn(async move { sender.flush().await }));
    for taken in [0, 3] {
        script.take_up_to(Some(taken));
        // Paused time moves on only when no task has anything to do.
        let waited = timeout(Duration::from_secs(1), &mut flushing[0]).await;
        assert!(waited.is_err() && !flushing[1].is_finished());
    }
    script.take_up_to(None);
    for flushed in flushing {
        flushed.await.unwrap().unwrap();
    }
    drop(receiver);
}
