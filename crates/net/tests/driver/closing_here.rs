//! Closing from this side (RFC 6455 §7.1.2): against a peer that answers, is silent, is half gone,
//! or gone. Time is virtual.

use std::io;
use std::time::Duration;

use sockeye::CloseCode;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::open::{client, client_with, config, server, server_with};
use crate::support::poll::{pass, settle};
use crate::support::scripted::Script;
use crate::support::wire::{CLOSE, TEXT, masked, masked_close, payloads, unmasked};

const BUDGET: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn server_close_is_answered_and_tcp_ends_cleanly() {
    let (mut ws, script) = server().await;
    script.bytes(masked_close(3001));
    script.end();
    let event = ws.close(CloseCode::NORMAL, "done").await.unwrap();
    assert_eq!((event.code, event.was_clean), (3001.into(), true));
    assert!(script.is_shut());
    let frames = script.take_frames();
    assert_eq!((frames.len(), frames[0].close_code()), (1, Some(1000)));
    assert_eq!(&frames[0].payload[2..], b"done");
    assert_eq!(ws.recv().await.unwrap(), None);
    drop(ws);
    settle().await;
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_close_throws_away_what_still_arrives() {
    let (mut ws, script) = server().await;
    script.bytes([masked(TEXT, b"late"), masked_close(1000)].concat());
    script.end();
    let event = ws.close(None, "").await.unwrap();
    assert!(event.was_clean);
    // RFC 6455 §5.5.1-4 TEST: nothing follows our Close, which has no code here.
    let frames = script.take_frames();
    assert_eq!((frames.len(), frames[0].close_code()), (1, None));
}

#[tokio::test(start_paused = true)]
async fn server_that_closes_and_goes_on_receiving_gets_what_was_on_its_way() {
    let (ws, script) = server().await;
    let (sender, mut receiver) = ws.split();
    sender.close(CloseCode::NORMAL, "").unwrap();
    script.bytes([masked(TEXT, b"on its way"), masked_close(1000)].concat());
    let message = receiver.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("on its way"));
    assert_eq!(receiver.recv().await.unwrap(), None);
    assert!(sender.send("too late").await.unwrap_err().is_closed());
}

/// Fails if `docs/closing.md` is wrong about a Close that a sender starts: who receives is told of
/// a silent peer at the end of the budget, and of one that answered while nobody received as well.
#[tokio::test(start_paused = true)]
async fn server_whose_sender_closes_is_told_of_a_peer_that_is_silent_or_was_not_heard() {
    for answers in [false, true] {
        let (ws, script) = server().await;
        let (sender, mut receiver) = ws.split();
        sender.close(CloseCode::NORMAL, "done").unwrap();
        if answers {
            script.bytes(masked_close(1000));
        }
        pass(BUDGET).await;
        assert!(script.is_dropped(), "the budget holds without anybody");
        let error = receiver.recv().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(receiver.recv().await.unwrap(), None);
        let event = receiver.close_event().unwrap();
        assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    }
    let (ws, script) = server().await;
    let (sender, receiver) = ws.split();
    drop(receiver);
    sender.close(CloseCode::NORMAL, "done").unwrap();
    script.bytes(masked_close(1000));
    script.end();
    settle().await;
    assert!(script.is_dropped(), "the library received the answer");
}

#[tokio::test(start_paused = true)]
async fn server_close_of_a_silent_peer_ends_with_the_budget() {
    let (mut ws, script) = server().await;
    let start = Instant::now();
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!(start.elapsed(), BUDGET);
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
    assert!(script.is_dropped(), "the transport is let go at once");
    assert_eq!(ws.recv().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn server_close_has_the_budget_that_it_was_given() {
    let budget = Duration::from_millis(1500);
    let (mut ws, _script) = server_with(config(|c| c.close_timeout = budget)).await;
    let start = Instant::now();
    ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!(start.elapsed(), budget);
}

#[tokio::test(start_paused = true)]
async fn server_close_of_a_peer_that_takes_no_byte_ends_with_the_budget() {
    let (mut ws, script) = server().await;
    script.take_up_to(Some(0));
    ws.send("stuck").await.unwrap();
    let start = Instant::now();
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!((start.elapsed(), event.was_clean), (BUDGET, false));
    assert!(script.is_dropped());
    let error = ws.flush().await.unwrap_err();
    assert!(error.is_timeout(), "what was sent never left: {error:?}");
}

/// Has the peer take a kilobyte each second.
fn take_slowly(script: &Script) -> JoinHandle<()> {
    script.take_up_to(Some(0));
    let script = script.clone();
    tokio::spawn(async move {
        loop {
            script.take_up_to(Some(1024));
            pass(Duration::from_secs(1)).await;
        }
    })
}

#[tokio::test(start_paused = true)]
async fn server_close_is_not_prolonged_by_a_peer_that_takes_the_queue_slowly() {
    let (mut ws, script) = server().await;
    let taking = take_slowly(&script);
    ws.send(vec![0; 60 * 1024]).await.unwrap();
    let start = Instant::now();
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!((start.elapsed(), event.was_clean), (BUDGET, false));
    assert!(script.is_dropped());
    let taken = script.take_written().len();
    assert!((5 * 1024..20 * 1024).contains(&taken), "{taken}");
    assert!(
        ws.flush().await.unwrap_err().is_timeout(),
        "that is not hidden"
    );
    taking.abort();
}

#[tokio::test(start_paused = true)]
async fn server_that_flushes_before_it_closes_waits_for_a_slow_peer() {
    let (mut ws, script) = server().await;
    let taking = take_slowly(&script);
    let start = Instant::now();
    ws.send(vec![0; 60 * 1024]).await.unwrap();
    ws.flush().await.unwrap();
    assert!(start.elapsed() > 5 * BUDGET);
    script.bytes(masked_close(1000));
    script.end();
    assert!(ws.close(CloseCode::NORMAL, "").await.unwrap().was_clean);
    let frames = script.take_frames();
    assert_eq!(payloads(&frames), [vec![0; 60 * 1024]]);
    assert_eq!(frames.last().unwrap().close_code(), Some(1000));
    taking.abort();
}

#[tokio::test(start_paused = true)]
async fn server_close_is_not_prolonged_by_a_peer_that_keeps_talking() {
    let (ws, script) = server().await;
    let start = Instant::now();
    let (sender, mut receiver) = ws.split();
    sender.close(CloseCode::NORMAL, "").unwrap();
    let talking = tokio::spawn({
        let script = script.clone();
        async move {
            loop {
                script.bytes(masked(TEXT, b"still talking"));
                pass(Duration::from_millis(500)).await;
            }
        }
    });
    let error = loop {
        match receiver.recv().await {
            Ok(message) => assert!(message.is_some()),
            Err(error) => break error,
        }
    };
    talking.abort();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(start.elapsed(), BUDGET);
}

#[tokio::test(start_paused = true)]
async fn server_close_of_a_peer_that_only_ends_tcp_is_not_clean() {
    let (mut ws, script) = server().await;
    script.end();
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
}

#[tokio::test(start_paused = true)]
async fn server_close_of_a_peer_that_resets_is_not_clean() {
    let (mut ws, script) = server().await;
    script.read_error(io::ErrorKind::ConnectionReset);
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!((event.code, event.was_clean), (CloseCode::ABNORMAL, false));
}

#[tokio::test(start_paused = true)]
async fn server_close_that_cannot_be_written_still_finds_the_peers_close() {
    let (mut ws, script) = server().await;
    script.write_error(io::ErrorKind::BrokenPipe);
    script.bytes(masked_close(1001));
    script.end();
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!(event.code, CloseCode::GOING_AWAY);
}

#[tokio::test(start_paused = true)]
async fn server_close_frames_that_cross_are_not_answered_again() {
    let (ws, script) = server().await;
    let (sender, mut receiver) = ws.split();
    script.bytes(masked_close(1000));
    sender.close(CloseCode::from(4000), "mine").unwrap();
    assert_eq!(receiver.recv().await.unwrap(), None);
    let frames = script.take_frames();
    assert_eq!((frames.len(), frames[0].close_code()), (1, Some(4000)));
    assert!(receiver.close_event().unwrap().was_clean);
}

#[tokio::test(start_paused = true)]
async fn client_close_waits_for_the_server_to_end_tcp() {
    // RFC 6455 §7.1.1-3 TEST
    let (mut ws, script) = client().await;
    let start = Instant::now();
    let server = tokio::spawn({
        let script = script.clone();
        async move {
            script.bytes(unmasked(CLOSE, &1000_u16.to_be_bytes()));
            pass(Duration::from_secs(3)).await;
            assert!(!script.is_shut(), "the server goes first");
            script.end();
        }
    });
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    server.await.unwrap();
    assert!(event.was_clean);
    assert_eq!(start.elapsed(), Duration::from_secs(3));
    // RFC 6455 §5.5.1-3 TEST: a client masks its Close as well.
    assert!(script.take_frames()[0].is_masked);
}

#[tokio::test(start_paused = true)]
async fn client_close_answered_by_a_server_that_leaves_tcp_open_is_clean_at_the_budget() {
    let (mut ws, script) = client_with(config(|c| c.keepalive = None)).await;
    let start = Instant::now();
    script.bytes(unmasked(CLOSE, &1000_u16.to_be_bytes()));
    let event = ws.close(CloseCode::NORMAL, "").await.unwrap();
    assert_eq!((start.elapsed(), event.was_clean), (BUDGET, true));
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_close_with_what_may_not_be_sent_is_refused_and_sends_nothing() {
    let (mut ws, script) = server().await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
        let error = ws.close(CloseCode::from(code), "").await.unwrap_err();
        assert!(error.is_misuse() && !error.is_closed(), "{code}: {error:?}");
    }
    assert!(ws.close(None, "why").await.unwrap_err().is_misuse());
    let long = "x".repeat(124);
    let refused = ws.close(CloseCode::NORMAL, &long).await;
    assert!(refused.unwrap_err().to_string().contains("124"));
    ws.send("open as before").await.unwrap();
    assert_eq!(payloads(&script.take_frames()), [b"open as before"]);
}

#[tokio::test(start_paused = true)]
async fn server_send_that_waits_for_room_ends_when_another_handle_closes() {
    let (ws, script) = server().await;
    script.take_up_to(Some(0));
    let (sender, receiver) = ws.split();
    sender
        .send(vec![0; sockeye::limits::QUEUE_LEN_HIGH])
        .await
        .unwrap();
    let other = sender.clone();
    let waiting = tokio::spawn(async move { other.send("no room").await });
    settle().await;
    let start = Instant::now();
    sender.close(CloseCode::NORMAL, "").unwrap();
    assert!(waiting.await.unwrap().unwrap_err().is_closed());
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(receiver);
}
