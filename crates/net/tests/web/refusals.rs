//! Connections that fail: whatever the reason, a page sees `error` and `close` with 1006, and only
//! the log says more.

use std::sync::{Arc, Mutex};

use sockeye::web::{Options, Protocols};

use crate::journal::open_with;
use crate::server::Server;
use crate::support::open::{answer_to, config};
use crate::support::wire::{CLOSE, TEXT, unmasked};

const FAILED: [&str; 2] = ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"];

/// Options that write what is logged into the list.
fn logging() -> (Options, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let options = Options::new().on_log(move |line| log.lock().unwrap().push(line.to_owned()));
    (options, lines)
}

/// What fires and what is logged for a server that answers with what `answer` makes of the request.
async fn answered(
    protocols: impl Into<Protocols>,
    answer: impl FnOnce(&str) -> String,
) -> (Vec<String>, String) {
    let server = Server::start().await;
    let (options, log) = logging();
    let (_socket, mut journal) = open_with(&options, &server.url(), protocols).unwrap();
    let mut peer = server.next().await;
    let request = peer.head().await;
    peer.send(answer(&request).as_bytes()).await;
    drop(peer);
    let lines = journal.until_over().await;
    let logged = log.lock().unwrap().join("\n");
    (lines, logged)
}

/// A page would be open to a server that does not speak its language, or learn what a server says
/// that it may not ask.
#[tokio::test]
async fn answer_that_does_not_let_in_fails_without_a_reason() {
    // WHATWG websockets §established-1 §established-2 §established-3 §establish-2 TEST
    type Answer = fn(&str) -> String;
    let answers: [(Protocols, Answer, &str); 6] = [
        (
            ().into(),
            |_| "HTTP/1.1 404 Not Found\r\n\r\n".to_owned(),
            "404",
        ),
        (
            ().into(),
            |_| "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1/\r\n\r\n".to_owned(),
            "302",
        ),
        (
            ["a", "b"].into(),
            |request| answer_to(request, ""),
            "subprotocols",
        ),
        (
            "a".into(),
            |request| answer_to(request, "Sec-WebSocket-Protocol: c\r\n"),
            "subprotocol",
        ),
        (
            ().into(),
            |request| answer_to(request, "Sec-WebSocket-Extensions: x-unknown\r\n"),
            "x-unknown",
        ),
        (
            ().into(),
            |_| "SSH-2.0-OpenSSH_9.9\r\n\r\n".to_owned(),
            "HTTP",
        ),
    ];
    for (protocols, answer, reason) in answers {
        let (lines, log) = answered(protocols, answer).await;
        assert_eq!(lines, FAILED, "{reason}");
        assert!(log.contains(reason), "{log:?} does not say {reason:?}");
    }
}

/// A page could find out which ports of its visitor's machine are open.
#[tokio::test]
async fn server_that_is_not_there_fails_like_any_other() {
    // WHATWG websockets §obtain-7 §feedback.closed-5 TEST
    let server = Server::start().await;
    let url = server.url();
    drop(server);
    for (url, reason) in [
        (url.as_str(), "cannot connect"),
        ("ws://127.0.0.1:22/", "port 22"),
        ("ws://a*b.example/", "host"),
    ] {
        let (options, log) = logging();
        let (_socket, mut journal) = open_with(&options, url, ()).unwrap();
        assert_eq!(journal.until_over().await, FAILED, "{url}");
        let log = log.lock().unwrap().join("\n");
        assert!(
            log.to_lowercase().contains(reason),
            "{log:?} does not say {reason:?}"
        );
    }
}

/// A secure page would talk in the clear, and nobody would know why it does not.
#[tokio::test]
async fn mixed_content_fails_and_says_so_in_the_log() {
    let (options, log) = logging();
    let options = options.base("https://example.com/").unwrap();
    let (_socket, mut journal) = open_with(&options, "ws://example.com/", ()).unwrap();
    assert_eq!(journal.until_over().await, FAILED);
    assert!(log.lock().unwrap()[0].contains("mixed content"));
}

/// A page would take what breaks the protocol for a message, or see the code that we sent.
#[tokio::test]
async fn open_connection_that_breaks_the_rules_fails() {
    let server = Server::start().await;
    let config = config(|config| config.message_len_max = 10);
    let (options, log) = logging();
    let options = options.client(move |client| Ok(client.config(Arc::clone(&config))));
    for (bytes, sent, reason) in [
        (unmasked(TEXT, &[0xFF]), 1007, "UTF-8"),
        (unmasked(0xC1, b"a"), 1002, "reserved bit"),
        (unmasked(TEXT, &[b'a'; 11]), 1009, "10 bytes"),
        (vec![0x83, 0], 1002, "opcode"),
    ] {
        let (_socket, mut journal) = open_with(&options, &server.url(), ()).unwrap();
        let mut peer = server.open().await;
        peer.send(&unmasked(TEXT, b"good")).await;
        assert_eq!(journal.next().await, "open in OPEN");
        assert_eq!(journal.next().await, "message in OPEN \"good\"");
        peer.send(&bytes).await;
        let close = peer.frame().await.unwrap();
        assert_eq!((close.first, close.close_code()), (CLOSE, Some(sent)));
        drop(peer);
        assert_eq!(journal.until_over().await, FAILED, "{reason}");
        let log = log.lock().unwrap().pop().unwrap();
        assert!(log.contains(reason), "{log:?} does not say {reason:?}");
    }
}
