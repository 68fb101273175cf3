//! Heads and bodies that come slowly, never end, or mean two things at once.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ROOM, lively};
use crate::echo::upgrade_with;
use crate::person::Pair;
use crate::site::{Site, header};

/// If this fails, a byte now and then keeps a connection open beyond the time for a head, or holds
/// up those who talk. `connection` has the time to the second.
#[tokio::test]
async fn head_that_comes_too_slowly_is_cut_off_while_others_talk() {
    let mut options = lively();
    options.limits.head_timeout = Duration::from_millis(200);
    let site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let mut slow = Vec::new();
    for begin in [
        "GET / HTTP/1.1\r\nX: ",
        "GET /",
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: ",
    ] {
        let mut stream = site.connect().await;
        stream.write_all(begin.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    // Each exchange of the pair is a reason for one more byte.
    for mut stream in slow {
        while stream.write_all(b"x").await.is_ok() {
            pair.talk().await;
            if matches!(stream.try_read(&mut [0]), Ok(0)) {
                break;
            }
        }
    }
    pair.talk().await;
}

/// If this fails, whoever announces a body has the server wait for it, or is told nothing.
#[tokio::test]
async fn body_that_comes_slowly_or_never_is_answered_at_once_and_not_waited_for() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    for announced in ["Content-Length: 1000000", "Transfer-Encoding: chunked"] {
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\n{announced}\r\n\r\n");
        let mut stream = site.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 405", "{announced}");
        pair.talk().await;
        // Who goes on to send it a byte at a time is cut off: no second request fits in there.
        while stream.write_all(b"1").await.is_ok() {
            pair.talk().await;
        }
    }
    let upgrade = upgrade_with("Transfer-Encoding: chunked");
    let (head, _) = site.ask(&upgrade).await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert!(header(&head, "connection").unwrap().contains("close"));
    pair.talk().await;
}

/// If this fails, what looks like two requests to one of two parties is a way past the other.
#[tokio::test]
async fn requests_that_two_parties_would_read_differently_are_refused() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
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
        pair.talk().await;
    }
}

/// If this fails, what one party takes for a body by its length is the next request for another.
#[tokio::test]
async fn request_with_two_lengths_is_the_last_of_its_connection() {
    let site = Site::start_with(lively()).await;
    for lines in [
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
    ] {
        let smuggled = "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n";
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n0\r\n\r\n{smuggled}");
        let mut stream = site.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        assert!(answers.starts_with("HTTP/1.1 200 "), "{lines:?}: {answers}");
        assert!(
            answers.contains("connection: close\r\n"),
            "{lines:?}: {answers}"
        );
        assert!(!answers.contains("HTTP/1.1 404 "), "{lines:?}: {answers}");
    }
}
