//! Peers that send without end: what a connection holds stays within a bound in bytes, whatever
//! they send and whether or not they read what it answers.

use std::sync::Arc;
use std::time::Duration;

use sockeye::limits::{LINGER_LEN_MAX, READ_LEN};
use sockeye::{Acceptor, Config, Error, WebSocket};
use sockeye_proto::limits::MESSAGE_RESERVE;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::gauge::{assert_kept, assert_peak, counted, runtime};
use crate::support::open::{REQUEST, config};
use crate::support::wire::{PING, TEXT, masked, masked_header64};
use crate::torrent::{Seen, Torrent};

const FLOOD_LEN: u64 = 8 * 1024 * 1024;

/// What a connection may hold besides what a test is about: wakers, an error, a Close frame.
const SMALL: usize = 2048;

/// Buffers grow by doubling, and for a moment the old one is there beside the new one.
const GROWTH: usize = 3;

fn open(runtime: &Runtime, transport: Torrent, config: Arc<Config>) -> WebSocket<Torrent> {
    let acceptor = Acceptor::default().config(config);
    runtime.block_on(acceptor.accept(transport)).unwrap()
}

/// Receives until the connection fails or is silent for a second.
async fn receive_all(ws: &mut WebSocket<Torrent>) -> Option<Error> {
    let receiving = async {
        loop {
            match ws.recv().await {
                Ok(message) => assert!(message.is_some()),
                Err(error) => return error,
            }
        }
    };
    timeout(Duration::from_secs(1), receiving).await.ok()
}

/// CVE-2021-3690, and the floods that other implementations were measured with: Pings cost nothing
/// that grows, and a peer that takes no answer does not stop us from reading.
#[test]
fn server_flooded_with_pings_by_a_peer_that_never_reads_holds_the_answers_to_one_read() {
    for payload_len in [0, 1, 125] {
        let runtime = runtime();
        let ping = masked(PING, &vec![b'p'; payload_len]);
        let (transport, seen) = Torrent::new(REQUEST.as_bytes(), &ping, FLOOD_LEN);
        let mut ws = open(&runtime, transport.never_reads(), Arc::default());
        let (error, info) = counted(&runtime, receive_all(&mut ws));
        assert!(error.is_none(), "{error:?}");
        assert!(seen.read() > FLOOD_LEN, "everything is read");
        assert_peak(&info, GROWTH * READ_LEN + SMALL);
        assert!(ws.buffered_amount() <= READ_LEN);
    }
}

#[test]
fn server_flooded_with_pings_by_a_peer_that_reads_answers_all_and_holds_nothing() {
    let runtime = runtime();
    let ping = masked(PING, &[b'p'; 125]);
    let (transport, seen) = Torrent::new(REQUEST.as_bytes(), &ping, FLOOD_LEN);
    let mut ws = open(&runtime, transport, Arc::default());
    let (_, info) = counted(&runtime, receive_all(&mut ws));
    let pings = FLOOD_LEN / u64::try_from(ping.len()).unwrap();
    assert!(seen.written() >= pings * 127);
    assert_peak(&info, GROWTH * READ_LEN + SMALL);
    // The thread's output buffer is what is left.
    assert_kept(&info, 2 * READ_LEN + SMALL);
}

#[test]
fn server_flooded_with_fragments_of_one_byte_holds_what_the_limit_grants() {
    let runtime = runtime();
    let limit = 1 << 18;
    let (transport, seen) = torrent_after(&masked(0x01, b"a"), &masked(0x00, b"b"));
    let mut ws = open(&runtime, transport, config(|c| c.message_len_max = limit));
    let (error, info) = counted(&runtime, receive_all(&mut ws));
    assert!(error.is_some_and(|error| error.is_limit()));
    assert!(seen.read() < FLOOD_LEN / 4, "it ends with the limit");
    assert_peak(&info, GROWTH * limit + SMALL);
    assert_kept(&info, SMALL);
}

/// CVE-2026-62389: empty fragments hold nothing, and there is an end to them all the same.
#[test]
fn server_flooded_with_empty_fragments_holds_nothing_and_ends_it() {
    let runtime = runtime();
    let (transport, seen) = torrent_after(&masked(0x01, b""), &masked(0x00, b""));
    let mut ws = open(&runtime, transport, Arc::default());
    let (error, info) = counted(&runtime, receive_all(&mut ws));
    assert!(error.is_some_and(|error| error.is_limit()));
    assert!(seen.read() <= u64::try_from(2 * READ_LEN).unwrap());
    assert_peak(&info, SMALL);
}

/// CVE-2022-35922: a declared length alone reserves nothing.
#[test]
fn server_told_of_a_message_of_2_to_the_62_bytes_holds_nothing() {
    let runtime = runtime();
    let (transport, _) = torrent_of(&masked_header64(0x82, 1 << 62));
    let mut ws = open(&runtime, transport, Arc::default());
    let (error, info) = counted(&runtime, receive_all(&mut ws));
    assert!(error.is_some_and(|error| error.is_limit()));
    assert_peak(&info, SMALL);
}

#[test]
fn server_told_of_a_message_within_the_limit_and_then_nothing_holds_little() {
    for first in [TEXT, 0x82, 0x02] {
        let runtime = runtime();
        let start = [masked_header64(first, 16 << 20), vec![0; 10]].concat();
        let (transport, _) = torrent_of(&start);
        let mut ws = open(&runtime, transport, Arc::default());
        let (error, info) = counted(&runtime, receive_all(&mut ws));
        assert!(error.is_none(), "{error:?}");
        assert_peak(&info, MESSAGE_RESERVE + SMALL);
    }
}

#[test]
fn server_that_closed_and_is_flooded_holds_nothing_and_hangs_up() {
    let runtime = runtime();
    let message = masked(0x82, &[7; 1000]);
    let (transport, seen) = Torrent::new(REQUEST.as_bytes(), &message, FLOOD_LEN);
    let ws = open(&runtime, transport, Arc::default());
    let ((), info) = counted(&runtime, async {
        drop(ws);
        crate::support::poll::settle().await;
    });
    assert!(seen.is_dropped());
    let bound = LINGER_LEN_MAX + 2 * READ_LEN;
    assert!(
        seen.read() <= u64::try_from(bound).unwrap(),
        "{}",
        seen.read()
    );
    assert_peak(&info, SMALL);
    assert_kept(&info, 0);
}

#[test]
fn server_that_nobody_reads_throws_a_flood_away() {
    let runtime = runtime();
    let message = masked(0x82, &[7; 1000]);
    let (transport, seen) = Torrent::new(REQUEST.as_bytes(), &message, FLOOD_LEN);
    let (sender, receiver) = open(&runtime, transport, Arc::default()).split();
    let ((), info) = counted(&runtime, async {
        drop(receiver);
        while seen.read() < FLOOD_LEN {
            tokio::task::yield_now().await;
        }
    });
    assert_peak(&info, GROWTH * READ_LEN + SMALL);
    drop(sender);
}

/// `start`, and then `pattern` without end.
fn torrent_after(start: &[u8], pattern: &[u8]) -> (Torrent, Arc<Seen>) {
    let head = [REQUEST.as_bytes(), start].concat();
    Torrent::new(&head, pattern, FLOOD_LEN)
}

/// `start`, and then silence.
fn torrent_of(start: &[u8]) -> (Torrent, Arc<Seen>) {
    let head = [REQUEST.as_bytes(), start].concat();
    Torrent::new(&head, b"-", 0)
}
