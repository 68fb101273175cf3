//! Opening handshakes that never end: bounded in bytes each, in work, and in time.

use std::time::Duration;

use sockeye::limits::{OPEN_TIMEOUT, PARTING_MAX, READ_LEN};
use sockeye_proto::limits::HEAD_BYTES_MAX;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::gauge::{assert_kept, assert_peak, counted, runtime};
use crate::support::open::REQUEST;
use crate::support::poll::pass;
use crate::torrent::Torrent;

/// CVE-2023-43669: headers without end, a byte at a time and in large reads.
#[test]
fn server_sent_twenty_megabytes_of_headers_refuses_them_at_the_limit() {
    for read_max in [1, 4096, usize::MAX] {
        let runtime = runtime();
        let start = b"GET / HTTP/1.1\r\nX: ";
        let (transport, seen) = Torrent::new(start, b"x", 20_000_000);
        let transport = transport.read_at_most(read_max);
        let (result, info) = counted(&runtime, sockeye::accept(transport));
        assert!(result.unwrap_err().is_peer_fault());
        // What came behind the limit was thrown away, up to one read buffer.
        let bound = HEAD_BYTES_MAX + 2 * READ_LEN;
        assert!(
            seen.read() <= u64::try_from(bound).unwrap(),
            "{}",
            seen.read()
        );
        assert!(seen.written() > 0, "the client was told");
        assert_peak(&info, 4 * HEAD_BYTES_MAX);
        // The error is still held.
        assert_kept(&info, 256);
    }
}

/// Bytes that one handshake may take which never ends: what came of its head, and the future that
/// waits for the rest.
const HALF_OPEN_LEN: usize = 2048;

#[test]
fn server_with_thousands_of_half_open_handshakes_holds_little_for_each() {
    const COUNT: usize = 2000;
    let runtime = runtime();
    let half = &REQUEST.as_bytes()[..REQUEST.len() - 4];
    let mut transports: Vec<Torrent> = (0..COUNT).map(|_| Torrent::new(half, b"-", 0).0).collect();
    let mut tasks = JoinSet::new();
    let ((), info) = counted(&runtime, async {
        for transport in transports.drain(..) {
            tasks.spawn(async { sockeye::accept(transport).await.map(drop) });
        }
        pass(OPEN_TIMEOUT.saturating_sub(Duration::from_secs(1))).await;
    });
    assert_eq!(tasks.len(), COUNT);
    let per_handshake = usize::try_from(info.bytes_current).unwrap() / COUNT;
    assert!(per_handshake <= HALF_OPEN_LEN, "{per_handshake}");
    runtime.block_on(async {
        let start = Instant::now();
        while let Some(result) = tasks.join_next().await {
            assert!(result.unwrap().unwrap_err().is_timeout());
        }
        assert!(start.elapsed() <= Duration::from_secs(2));
    });
}

/// Bytes for one client that was refused and stays: the task that waits for it to leave.
const PARTING_LEN: usize = 1024;

/// Fails if clients that are refused and keep their sockets open cost more than is stated, in
/// number or each.
#[test]
fn server_that_refused_hundreds_of_clients_who_stay_holds_little_for_some() {
    let runtime = runtime();
    let torrent = |_| Torrent::new(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"-", 0);
    let (mut transports, mut seen): (Vec<_>, Vec<_>) = (0..PARTING_MAX).map(torrent).unzip();
    let ((), info) = counted(&runtime, async {
        // What was allocated before is not freed here, which would hide what is allocated.
        for transport in transports.drain(..) {
            assert!(sockeye::accept(transport).await.is_err());
        }
    });
    assert!(seen.iter().all(|seen| !seen.is_dropped()));
    assert!(info.bytes_current > 0, "{info:?}");
    assert_kept(&info, PARTING_MAX * PARTING_LEN);
    runtime.block_on(async {
        let (transport, one_more) = torrent(0);
        assert!(sockeye::accept(transport).await.is_err());
        assert!(one_more.is_dropped(), "there is no room for it");
        seen.push(one_more);
        pass(OPEN_TIMEOUT + Duration::from_secs(1)).await;
    });
    assert!(
        seen.iter()
            .all(|seen| seen.is_dropped() && seen.written() > 0)
    );
}
