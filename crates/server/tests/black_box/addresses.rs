//! What one address may have, directly and behind a proxy that is trusted (`guests`, `proxy`).

use std::time::Duration;

use sockeye::{Client, Error};
use sockeye_server::limits::TURNED_AWAY_PER_ADDRESS_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use crate::echo::upgrade;
use crate::site::{Site, header, options};

/// A client that says, as a proxy would, that it speaks for `address`.
async fn open_for(site: &Site, address: &str) -> Result<sockeye::WebSocket, Error> {
    let client = Client::new(&site.echo_url())?;
    client.header("X-Forwarded-For", address)?.connect().await
}

/// One client could take all of the server's connections.
#[tokio::test]
async fn address_beyond_its_connections_is_turned_away_and_let_in_when_one_ends() {
    let mut options = options();
    options.limits.connections_per_address_max = 2;
    let site = Site::start_with(options).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut ws = sockeye::connect(&site.echo_url()).await.unwrap();
        ws.send("here").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
        open.push(ws);
    }
    // A page that asks why is told, in the words of those that a proxy brings.
    let (head, body) = site.get("/echo").await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    assert_eq!(header(&head, "sockeye-limit"), Some("connections"));
    assert!(body.contains("as many connections as it may, 2"), "{body}");
    let error = sockeye::connect(&site.echo_url()).await.unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 429);
    for ws in &mut open {
        ws.send("still here").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
    open.pop().unwrap().close(None, "").await.unwrap();
    // The server knows of the end a moment later than we do.
    while sockeye::connect(&site.echo_url()).await.is_err() {}
}

/// If this fails, an address has as many connections as it likes by being turned away.
#[tokio::test]
async fn few_of_those_that_are_too_many_are_heard_and_the_others_closed_at_once() {
    let mut options = options();
    options.limits.connections_per_address_max = 1;
    let site = Site::start_with(options).await;
    let _only = sockeye::connect(&site.echo_url()).await.unwrap();
    let mut reading = JoinSet::new();
    let mut writing = Vec::new();
    for _ in 0..=TURNED_AWAY_PER_ADDRESS_MAX {
        let (mut from, to) = site.connect().await.into_split();
        writing.push(to);
        reading.spawn(async move {
            let mut answer = String::new();
            let _ = from.read_to_string(&mut answer).await;
            answer
        });
    }
    // Of those that ask for nothing yet one is closed, and the others still can.
    let unheard = reading.join_next().await.unwrap().unwrap();
    assert_eq!(unheard, "");
    for to in &mut writing {
        let _ = to.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    }
    let answers = reading.join_all().await;
    let heard = answers
        .iter()
        .filter(|answer| answer.starts_with("HTTP/1.1 429 "));
    assert_eq!(heard.count(), answers.len(), "{answers:?}");
}

/// If this fails, pages of an address that is full wait for a server that goes down.
#[tokio::test]
async fn address_that_is_full_is_told_first_that_the_server_goes_down() {
    let mut options = options();
    options.limits.connections_per_address_max = 1;
    options.drain.delay = Duration::from_secs(3600);
    let mut site = Site::start_with(options).await;
    let _only = sockeye::connect(&site.echo_url()).await.unwrap();
    let (head, _) = site.get("/echo").await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    site.tell_to_stop();
    let answer = loop {
        let (head, _) = site.get("/echo").await;
        if !head.starts_with("HTTP/1.1 429 ") {
            break head;
        }
    };
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert_eq!(header(&answer, "retry-after"), Some("5"));
    site.insist();
    site.stop().await;
}

/// One client could keep a server busy with handshakes, or lose the pages with them.
#[tokio::test]
async fn handshakes_beyond_the_rate_get_429_and_pages_are_still_there() {
    let mut options = options();
    options.limits.handshakes_per_second_max = 1;
    let site = Site::start_with(options).await;
    let mut refused = None;
    for _ in 0..20 {
        // What breaks a rule is refused before it counts; so these are good, and left at once.
        let upgrade = upgrade();
        let mut stream = site.connect().await;
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        stream.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (head, body) = (head.to_owned() + "\r\n", body.to_owned());
        if !head.starts_with("HTTP/1.1 101 ") {
            refused = Some((head, body));
            break;
        }
    }
    let (head, body) = refused.expect("twenty are more than ten seconds of one each");
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    assert!(
        body.contains("this address opens WebSockets faster than it may, 1 in a second"),
        "{body}"
    );
    let (head, _) = site.get("/").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
}

/// Everybody behind a proxy would share the limits of one.
#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_counted_each() {
    let mut options = options();
    options.limits.connections_per_address_max = 1;
    options.proxy.trusted = vec!["127.0.0.1".parse().unwrap()];
    let site = Site::start_with(options).await;
    let _one = open_for(&site, "198.51.100.1").await.unwrap();
    let _other = open_for(&site, "198.51.100.2").await.unwrap();
    let error = open_for(&site, "198.51.100.1").await.unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 429);
    // What the client wrote itself stands before what the proxy added.
    let error = open_for(&site, "203.0.113.9, 198.51.100.2")
        .await
        .unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 429);
}

/// Whoever is not trusted is who he is, whatever he writes.
#[tokio::test]
async fn header_of_a_stranger_buys_no_second_connection() {
    let mut options = options();
    options.limits.connections_per_address_max = 1;
    let site = Site::start_with(options).await;
    let _one = open_for(&site, "198.51.100.1").await.unwrap();
    assert!(open_for(&site, "198.51.100.2").await.is_err());
}
