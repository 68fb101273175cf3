//! How a connection ends, as a page sees it and as its server does (RFC 6455 section 7).

use std::sync::Arc;
use std::time::Duration;

use sockeye::web::{Options, ReadyState};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::journal::{open, open_with};
use crate::server::{Server, close_frame, soon, until_closed};
use crate::support::open::config;
use crate::support::wire::{CLOSE, PING, unmasked};

/// The server would see another code than the page gave, and the page another than the server did.
#[tokio::test]
async fn close_of_the_page_reaches_the_server_and_its_answer_the_page() {
    for (code, reason, body, ended) in [
        (None, "", &b""[..], "close in CLOSED 1005 \"\" clean"),
        (
            None,
            "why",
            b"\x03\xE8why",
            "close in CLOSED 1000 \"why\" clean",
        ),
        (
            Some(1000),
            "",
            b"\x03\xE8",
            "close in CLOSED 1000 \"\" clean",
        ),
        (
            Some(4999),
            "\u{e9}",
            b"\x13\x87\xC3\xA9",
            "close in CLOSED 4999 \"\u{e9}\" clean",
        ),
    ] {
        let server = Server::start().await;
        let (socket, mut journal) = open(&server.url());
        let peer = server.open().await;
        assert_eq!(journal.next().await, "open in OPEN");
        socket.close(code, reason).unwrap();
        assert_eq!(socket.ready_state(), ReadyState::Closing);
        let frames = until_closed(peer).await;
        assert_eq!((frames.len(), &frames[0].payload[..]), (1, body));
        assert_eq!(journal.until_over().await, [ended]);
    }
}

/// A page would take the server's goodbye for an accident, or the other way round.
#[tokio::test]
async fn end_by_the_server_is_clean_only_with_a_close() {
    for (bytes, expected) in [
        (
            close_frame(1001, "restart"),
            &["close in CLOSED 1001 \"restart\" clean"][..],
        ),
        (unmasked(CLOSE, b""), &["close in CLOSED 1005 \"\" clean"]),
        (
            vec![],
            &["error in CLOSED", "close in CLOSED 1006 \"\" not clean"],
        ),
        // Half a frame.
        (
            vec![0x81],
            &["error in CLOSED", "close in CLOSED 1006 \"\" not clean"],
        ),
    ] {
        let server = Server::start().await;
        let (socket, mut journal) = open(&server.url());
        let mut peer = server.open().await;
        assert_eq!(journal.next().await, "open in OPEN");
        peer.send(&bytes).await;
        if !bytes.is_empty() && bytes.len() > 1 {
            assert_eq!(peer.frame().await.unwrap().first, CLOSE);
        }
        drop(peer);
        assert_eq!(journal.until_over().await, expected);
        assert_eq!(socket.ready_state(), ReadyState::Closed);
    }
}

/// A page that gives up would hold its connection for ever, or never hear of its end.
#[tokio::test]
async fn close_while_connecting_lets_go_of_the_attempt() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let mut peer = server.next().await;
    peer.head().await;
    socket.close(3000, "never mind").unwrap();
    assert_eq!(socket.ready_state(), ReadyState::Closing);
    let lines = journal.until_over().await;
    assert_eq!(
        lines,
        ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"]
    );
    assert_eq!(
        peer.frame().await,
        None,
        "the connection is gone, without a word"
    );
}

/// A page would wait for ever for a server that does not answer, or see a failure that was none.
#[tokio::test]
async fn server_that_does_not_answer_is_left_after_a_while() {
    let server = Server::start().await;
    let config = config(|config| config.close_timeout = Duration::from_millis(20));
    let options = Options::new().client(move |client| Ok(client.config(Arc::clone(&config))));
    let (socket, mut journal) = open_with(&options, &server.url(), ()).unwrap();
    let mut peer = server.open().await;
    assert_eq!(journal.next().await, "open in OPEN");
    socket.close(None, "").unwrap();
    assert_eq!(peer.frame().await.unwrap().first, CLOSE);
    assert_eq!(
        journal.until_over().await,
        ["close in CLOSED 1006 \"\" not clean"]
    );
    drop(peer);
}

/// What a page sent before it closed would get lost.
#[tokio::test]
async fn close_goes_out_behind_all_that_was_sent() {
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let peer = server.open().await;
    assert_eq!(journal.next().await, "open in OPEN");
    // More than the kernel takes at once.
    let large = vec![7; 4 << 20];
    for _ in 0..4 {
        socket.send(&large[..]).unwrap();
        socket.send("small").unwrap();
    }
    socket.close(1000, "").unwrap();
    let frames = soon(until_closed(peer)).await;
    assert_eq!(frames.len(), 9);
    for pair in frames[..8].chunks(2) {
        assert!(pair[0].payload == large && pair[1].payload == b"small");
    }
    assert_eq!(
        journal.until_over().await,
        ["close in CLOSED 1000 \"\" clean"]
    );
    assert_eq!(socket.buffered_amount(), 0);
}

/// A page would lose a server that answers no Pings, which no browser sends.
#[tokio::test]
async fn page_never_asks_whether_its_server_is_there_unless_it_is_told_to() {
    let server = Server::start().await;
    let (socket, _journal) = open(&server.url());
    let mut peer = server.open().await;
    let asking = Options::new().client(|client| Ok(client.config(config(|_| {}))));
    let (_asker, _asked) = open_with(&asking, &server.url(), ()).unwrap();
    let mut asked = server.open().await;
    tokio::time::pause();
    let ping = timeout(Duration::from_secs(60), asked.stream.read_u8()).await;
    assert_eq!(ping.unwrap().unwrap(), PING);
    let silence = timeout(Duration::from_secs(3600), peer.stream.read_u8()).await;
    assert!(silence.is_err(), "{silence:?}");
    assert_eq!(socket.ready_state(), ReadyState::Open);
}
