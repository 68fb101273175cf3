//! `recv_stream`: a message as it comes. What it does not hold, what it does not lose, and what
//! becomes of a message that nobody reads to its end.

use std::sync::Arc;

use sockeye::limits::CHUNK_LEN_MAX;
use sockeye::{
    ContextBudget, DeflatePolicy, MessageKind, RecvStream, Result, Transport, WebSocket, pair_with,
};

use crate::support::open::{
    config, deflating_client, deflating_server, deflating_server_with, server, server_with,
};
use crate::support::poll::{poll_and_drop, settle};
use crate::support::scripted::{Script, Scripted};
use crate::support::wire::{
    BINARY, PING, PONG, TEXT, masked, masked_close, masked_header64, payloads,
};

/// A first fragment, one in the middle, a last one.
const FIRST: u8 = 0x02;
const MIDDLE: u8 = 0x00;
const LAST: u8 = 0x80;

/// All chunks, and how long the longest is.
async fn collect<T: Transport>(mut stream: RecvStream<'_, T>) -> Result<(Vec<u8>, usize)> {
    let (mut all, mut longest) = (Vec::new(), 0);
    while let Some(chunk) = stream.chunk().await? {
        assert!(!chunk.is_empty(), "an empty chunk says nothing");
        longest = longest.max(chunk.len());
        all.extend_from_slice(&chunk);
    }
    assert_eq!(stream.chunk().await?, None, "the end stays the end");
    Ok((all, longest))
}

#[tokio::test(start_paused = true)]
async fn server_takes_a_message_beyond_its_limit_in_chunks_and_the_next_one_whole() {
    let (mut ws, script) = server_with(config(|config| config.message_len_max = 1000)).await;
    let large: Vec<u8> = (0..=250).cycle().take(300_000).collect();
    script.bytes(
        [
            masked(TEXT, b"name"),
            masked(BINARY, &large),
            masked(TEXT, b"next"),
        ]
        .concat(),
    );
    // What came before lies in the same read: it is no reason to refuse the large one.
    assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("name"));
    let stream = ws.recv_stream().await.unwrap().unwrap();
    assert_eq!(stream.kind(), MessageKind::Binary);
    let (all, longest) = collect(stream).await.unwrap();
    assert!(
        all == large && longest <= CHUNK_LEN_MAX,
        "{} {longest}",
        all.len()
    );
    let next = ws.recv().await.unwrap().unwrap();
    assert_eq!(next.as_text(), Some("next"));
}

#[tokio::test(start_paused = true)]
async fn server_still_refuses_a_message_beyond_its_limit_that_is_received_whole() {
    for before in [&b""[..], &masked(TEXT, b"name")] {
        let (mut ws, script) = server_with(config(|config| config.message_len_max = 1000)).await;
        script.bytes([before, &masked_header64(BINARY, 1 << 40)].concat());
        if !before.is_empty() {
            ws.recv().await.unwrap().unwrap();
        }
        assert!(ws.recv().await.unwrap_err().is_limit());
        assert_eq!(script.take_frames()[0].close_code(), Some(1009));
    }
}

#[tokio::test(start_paused = true)]
async fn server_answers_pings_inside_a_message_that_is_read_slowly() {
    let (mut ws, script) = server().await;
    script.bytes(masked(FIRST, b"one"));
    let mut stream = ws.recv_stream().await.unwrap().unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), b"one");
    script.bytes([masked(PING, b"?"), masked(MIDDLE, b"two")].concat());
    assert_eq!(stream.chunk().await.unwrap().unwrap(), b"two");
    let frames = script.take_frames();
    assert_eq!((frames[0].first, &*frames[0].payload), (PONG, &b"?"[..]));
    script.bytes(masked(PING, b"!"));
    assert!(
        poll_and_drop(stream.chunk(), 3).await.is_none(),
        "no byte of it came"
    );
    assert_eq!(script.take_frames()[0].payload, b"!");
    script.bytes(masked(LAST, b""));
    assert_eq!(stream.chunk().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn server_hands_out_whole_characters_and_fails_at_the_first_bad_byte() {
    let (mut ws, script) = server().await;
    let text = "aé€𝄞".repeat(20_000);
    script.read_at_most(4099);
    script.bytes(masked(TEXT, text.as_bytes()));
    let mut stream = ws.recv_stream().await.unwrap().unwrap();
    let mut all = String::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        all.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(all == text);
    drop(stream);
    script.bytes(masked(0x01, b"fine \xE2\x82"));
    script.bytes(masked(MIDDLE, b"\xFF"));
    let mut stream = ws.recv_stream().await.unwrap().unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), b"fine ");
    assert!(stream.chunk().await.unwrap_err().is_peer_fault());
    assert!(
        stream.chunk().await.unwrap_err().is_closed(),
        "not the end of the message"
    );
    drop(stream);
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(script.take_frames()[0].close_code(), Some(1007));
}

#[tokio::test(start_paused = true)]
async fn server_cuts_a_message_that_came_whole_into_chunks_as_well() {
    let (mut client, mut server) = pair_with(&config(|config| config.message_len_max = 1 << 20));
    let text = "€".repeat(100_000);
    let sending = tokio::spawn(async move {
        client.send("first").await.unwrap();
        client.send(text.clone()).await.unwrap();
        (client, text)
    });
    settle().await;
    // Received whole it would be in the inbox; here it is asked for in chunks either way.
    assert_eq!(
        server.recv().await.unwrap().unwrap().as_text(),
        Some("first")
    );
    let (all, longest) = collect(server.recv_stream().await.unwrap().unwrap())
        .await
        .unwrap();
    let (client, text) = sending.await.unwrap();
    assert!(
        all == text.as_bytes() && longest <= CHUNK_LEN_MAX,
        "{longest}"
    );
    drop(client);
    assert!(server.recv_stream().await.unwrap().is_none(), "closed");
}

#[tokio::test(start_paused = true)]
async fn server_throws_the_rest_away_of_a_message_that_is_dropped_at_each_point() {
    for chunks in 0..3 {
        let (mut ws, script) = server().await;
        script.read_at_most(10_000);
        script.bytes(masked(FIRST, &vec![1; 50_000]));
        script.bytes([masked(PING, b"?"), masked(LAST, &vec![2; 50_000])].concat());
        script.bytes(masked(TEXT, b"next"));
        let mut stream = ws.recv_stream().await.unwrap().unwrap();
        for _ in 0..chunks {
            stream.chunk().await.unwrap().unwrap();
        }
        drop(stream);
        let next = ws.recv().await.unwrap().unwrap();
        assert_eq!(next.as_text(), Some("next"), "{chunks} chunks");
        assert_eq!(script.take_frames()[0].first, PONG);
    }
}

#[tokio::test(start_paused = true)]
async fn server_recv_stream_dropped_after_any_number_of_polls_loses_and_doubles_nothing() {
    let large: Vec<u8> = (0..=250).cycle().take(100_000).collect();
    for (polls, len) in [(1, 61), (2, 4096), (3, usize::MAX)] {
        let (mut ws, script) = server().await;
        script.read_at_most(len);
        script.stutter();
        for payload in [&b"one"[..], &large, b"", b"last"] {
            script.bytes(masked(FIRST, payload));
            script.bytes(masked(LAST, b"."));
        }
        script.bytes(masked_close(1000));
        let mut received = Vec::new();
        loop {
            let Some(begun) = poll_and_drop(ws.recv_stream(), polls).await else {
                continue;
            };
            let Some(mut stream) = begun.unwrap() else {
                break;
            };
            let mut all = Vec::new();
            loop {
                match poll_and_drop(stream.chunk(), polls).await {
                    None => {}
                    Some(Ok(Some(chunk))) => all.extend_from_slice(&chunk),
                    Some(end) => break assert_eq!(end.unwrap(), None),
                }
            }
            received.push(all);
        }
        let expected = [&b"one"[..], &large, b"", b"last"].map(|payload| [payload, b"."].concat());
        assert!(received == expected, "{polls} polls, {len} bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn server_refuses_a_stream_that_is_longer_than_its_own_limit() {
    for (len, is_split) in [(1000, false), (1001, false), (1000, true), (1001, true)] {
        let (mut ws, script) = server().await;
        if is_split {
            script.bytes(masked(FIRST, &vec![1; len - 1]));
            script.bytes(masked(LAST, &[1]));
        } else {
            script.bytes(masked(BINARY, &vec![1; len]));
        }
        let stream = ws.recv_stream().await.unwrap().unwrap().limit(1000);
        let received = collect(stream).await;
        if len == 1000 {
            assert_eq!(received.unwrap().0.len(), 1000);
        } else {
            assert!(received.unwrap_err().is_limit());
            assert_eq!(script.take_frames()[0].close_code(), Some(1009));
            assert_eq!(ws.recv().await.unwrap(), None);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn server_whose_peer_leaves_inside_a_message_does_not_take_it_for_complete() {
    let (mut ws, script) = server().await;
    script.bytes(masked(FIRST, b"part"));
    let mut stream = ws.recv_stream().await.unwrap().unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), b"part");
    script.bytes([masked(MIDDLE, b"more"), masked_close(1001)].concat());
    let end = stream.chunk().await.unwrap_err();
    assert!(end.is_closed() && !end.is_lost(), "{end}");
    assert_eq!(
        end.to_string(),
        "the connection closed before the message ended"
    );
    drop(stream);
    assert_eq!(ws.recv().await.unwrap(), None);
    assert!(ws.close_event().unwrap().was_clean);

    let (mut ws, script) = server().await;
    script.bytes(masked(FIRST, b"part"));
    let mut stream = ws.recv_stream().await.unwrap().unwrap();
    stream.chunk().await.unwrap().unwrap();
    script.end();
    assert!(stream.chunk().await.unwrap_err().is_lost());
}

#[tokio::test(start_paused = true)]
async fn server_inflates_a_compressed_message_in_chunks_with_and_without_takeover() {
    let text = "again and again, ".repeat(30_000);
    let (mut client, wire) = deflating_client().await;
    for part in [&text, "short", &text] {
        client.send(part).await.unwrap();
    }
    client.flush().await.unwrap();
    let wire = wire.take_written();
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        for len in [1, 100, usize::MAX] {
            let (mut ws, script) = deflating_server(policy, "permessage-deflate").await;
            script.read_at_most(len);
            script.bytes(wire.clone());
            for expected in [&text, "short", &text] {
                let stream = ws.recv_stream().await.unwrap().unwrap();
                let (all, longest) = collect(stream).await.unwrap();
                assert!(all == expected.as_bytes(), "{len}: {}", all.len());
                assert!(longest <= CHUNK_LEN_MAX, "{longest}");
            }
            script.bytes(masked(TEXT, b"plain"));
            assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("plain"));
            assert_eq!(payloads(&script.take_frames()), [[0_u8; 0]; 0]);
        }
    }
}

/// Two short compressed messages with one of 20,000 bytes between them, in one read, for a server
/// that takes 1,000.
async fn server_of_a_compressed_oversize(policy: DeflatePolicy) -> (WebSocket<Scripted>, Script) {
    let (mut client, wire) = deflating_client().await;
    let (short, long) = ("abc ".repeat(50), "again and again, ".repeat(1200));
    for part in [&short, &long, &short] {
        client.send(part).await.unwrap();
    }
    client.flush().await.unwrap();
    let config = config(|config| config.message_len_max = 1000);
    let (ws, script) = deflating_server_with(policy, "permessage-deflate", config).await;
    script.bytes(wire.take_written());
    (ws, script)
}

#[tokio::test(start_paused = true)]
async fn server_delivers_what_came_before_a_compressed_message_that_is_too_long() {
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        let (mut ws, script) = server_of_a_compressed_oversize(policy).await;
        assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), 200);
        assert!(ws.recv().await.unwrap_err().is_limit(), "{policy:?}");
        assert_eq!(script.take_frames()[0].close_code(), Some(1009));
        assert_eq!(ws.recv().await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn server_takes_in_chunks_what_is_compressed_and_too_long_behind_a_message_of_the_same_read()
{
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        let (mut ws, script) = server_of_a_compressed_oversize(policy).await;
        ws.recv().await.unwrap().unwrap();
        // What came before lies in the same read: it is no reason to refuse the large one.
        let stream = ws.recv_stream().await.unwrap().unwrap();
        let (all, _) = collect(stream).await.unwrap();
        assert_eq!(
            all,
            "again and again, ".repeat(1200).as_bytes(),
            "{policy:?}"
        );
        assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), 200);
        assert_eq!(payloads(&script.take_frames()), [[0_u8; 0]; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn server_whose_budget_for_chunks_is_spent_closes_with_1013_and_serves_the_others() {
    let (mut client, wire) = deflating_client().await;
    client.send("again and again, ".repeat(1200)).await.unwrap();
    client.flush().await.unwrap();
    let wire = wire.take_written();
    let (front, back) = wire.split_at(wire.len() / 2);
    let config = config(|config| config.chunk_contexts = ContextBudget::new(100_000));
    let policy = DeflatePolicy::no_takeover();
    let open = || deflating_server_with(policy, "permessage-deflate", Arc::clone(&config));
    let ((mut one, one_script), (mut other, other_script)) = (open().await, open().await);
    one_script.bytes(front);
    let mut stream = one.recv_stream().await.unwrap().unwrap();
    let first = stream.chunk().await.unwrap().unwrap();
    other_script.bytes(front);
    // The message has begun, and the fault is found with it.
    let refused = async { other.recv_stream().await?.unwrap().chunk().await };
    assert!(refused.await.unwrap_err().is_limit());
    assert_eq!(other_script.take_frames()[0].close_code(), Some(1013));
    one_script.bytes(back);
    assert_eq!(first.len() + collect(stream).await.unwrap().0.len(), 20_400);
    assert_eq!(config.chunk_contexts.used_bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn server_whose_stream_was_leaked_receives_on() {
    let (mut ws, script) = server().await;
    script.bytes(masked(FIRST, b"one"));
    std::mem::forget(ws.recv_stream().await.unwrap());
    script.bytes([masked(LAST, b"two"), masked(TEXT, b"next")].concat());
    let (mut other, other_script) = server().await;
    assert_eq!(ws.recv().await.unwrap().unwrap().as_text(), Some("next"));
    other_script.bytes([masked(FIRST, b"other"), masked(LAST, b"")].concat());
    let stream = other.recv_stream().await.unwrap().unwrap();
    assert_eq!(
        collect(stream).await.unwrap().0,
        b"other",
        "nothing of the leaked one"
    );
}

#[tokio::test(start_paused = true)]
async fn server_shows_each_frame_once_to_who_looks_on_at_a_message_in_chunks() {
    let (mut client, wire) = deflating_client().await;
    let text = "again and again, ".repeat(30_000);
    client.send(&text).await.unwrap();
    client.send("and again").await.unwrap();
    client.flush().await.unwrap();
    let policy = DeflatePolicy::no_takeover();
    let (mut ws, script) = deflating_server(policy, "permessage-deflate").await;
    let (shown, frames) = std::sync::mpsc::channel();
    ws.observe(Shown(shown));
    script.bytes(wire.take_written());
    let stream = ws.recv_stream().await.unwrap().unwrap();
    assert_eq!(collect(stream).await.unwrap().0.len(), text.len());
    assert_eq!(
        ws.recv().await.unwrap().unwrap().as_text(),
        Some("and again")
    );
    // The rest of the read is put back behind each chunk: it is not shown again.
    assert_eq!(frames.try_iter().count(), 2);
}

/// Passes on that there was a frame.
struct Shown(std::sync::mpsc::Sender<()>);

impl sockeye::Observer for Shown {
    fn frame(&mut self, _: &sockeye::ObservedFrame<'_>) {
        let _ = self.0.send(());
    }
}
