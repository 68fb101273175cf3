//! Those who mean harm, or are merely broken: each has its stated answer, and nobody else notices.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::time::Duration;

use sockeye::{Client, Message};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use crate::echo::upgrade_without;
use crate::site::{Site, header, options};

/// What somebody says all the time who must not notice anything.
async fn talk(ws: &mut sockeye::WebSocket, number: usize) {
    let message = Message::from(format!("message {number}"));
    ws.send(message.clone()).await.unwrap();
    assert_eq!(ws.recv().await.unwrap(), Some(message));
}

/// A crowd that all comes back at once must not take the server from those who are there.
#[tokio::test]
async fn burst_of_handshakes_beyond_the_rate_is_answered_while_others_talk() {
    let mut options = options();
    options.limits.handshakes_per_second_max = 5;
    options.proxy.trusted = vec!["127.0.0.1".parse().unwrap()];
    let site = Site::start_with(options).await;
    let mut steady = sockeye::connect(&site.echo_url()).await.unwrap();
    let mut crowd = JoinSet::new();
    for _ in 0..500 {
        let client = Client::new(&site.echo_url()).unwrap();
        let client = client.header("X-Forwarded-For", "198.51.100.1").unwrap();
        crowd.spawn(async move {
            match client.connect().await {
                Ok(_) => 101,
                Err(error) => error
                    .response()
                    .map_or(0, |response| response.head.status()),
            }
        });
    }
    let (mut accepted, mut refused, mut number) = (0, 0, 0);
    while let Some(status) = crowd.join_next().await {
        match status.unwrap() {
            101 => accepted += 1,
            429 => refused += 1,
            other => panic!("neither let in nor turned away: {other}"),
        }
        talk(&mut steady, number).await;
        number += 1;
    }
    // Ten seconds of five each, and what the time of the test adds.
    assert!(
        (50..400).contains(&accepted),
        "{accepted} in, {refused} turned away"
    );
    assert_eq!(accepted + refused, 500);
    let other = Client::new(&site.echo_url()).unwrap();
    let other = other.header("X-Forwarded-For", "198.51.100.2").unwrap();
    assert!(other.connect().await.is_ok(), "another address has its own");
}

/// A byte now and then keeps no connection open beyond the time for a head.
#[tokio::test]
async fn head_that_comes_too_slowly_is_cut_off_while_others_talk() {
    let mut options = options();
    options.limits.head_timeout = Duration::from_millis(200);
    let site = Site::start_with(options).await;
    let mut steady = sockeye::connect(&site.echo_url()).await.unwrap();
    let mut slow = site.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    let mut number = 0;
    // Each answer of the other one is a reason for one more byte.
    while slow.write_all(b"x").await.is_ok() {
        talk(&mut steady, number).await;
        number += 1;
        if matches!(slow.try_read(&mut [0]), Ok(0)) {
            break;
        }
        assert!(number < 1_000_000, "it is never cut off");
    }
    talk(&mut steady, number).await;
}

/// Nothing of ours takes a body: one that is announced is not waited for.
#[tokio::test]
async fn body_that_never_comes_is_not_waited_for() {
    let site = Site::start().await;
    let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    let mut stream = site.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 405");
    let upgrade = upgrade_without("none", "Transfer-Encoding: chunked");
    let (head, _) = site.ask(&upgrade).await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert!(header(&head, "connection").unwrap().contains("close"));
}

/// What looks like two requests to one of two parties is a way past the other.
#[tokio::test]
async fn requests_that_two_parties_would_read_differently_are_refused() {
    let site = Site::start().await;
    for lines in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "Content-Length: +5",
        " Content-Length: 5",
        "X\0: x",
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
        let (head, _) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{lines:?}: {head}");
    }
}
