//! Bounds on what a client may take, and the order in which the server stops.

use std::time::Duration;

use sockeye::CloseCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::echo::upgrade;
use crate::site::{Site, options, read_answer};

/// Who sends a head without an end would fill the memory.
#[tokio::test]
async fn head_beyond_its_limits_is_431() {
    let site = Site::start().await;
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: x\r\n".repeat(200)
    );
    for request in [long, many] {
        let (head, _) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 431 "), "{head}");
    }
    let endless = "x".repeat(4 * 1024 * 1024);
    let mut stream = site.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    // It is cut off in the middle; how much the kernel took before is its own business.
    assert!(stream.write_all(endless.as_bytes()).await.is_err());
}

/// More connections than the memory was planned for would be served.
#[tokio::test]
async fn connection_beyond_the_limit_waits_for_another_to_end() {
    let mut options = options();
    options.limits.connections_max = 1;
    let site = Site::start_with(options).await;
    let mut first = sockeye::connect(&site.echo_url()).await.unwrap();
    let mut second = site.connect().await;
    let get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    second.write_all(get).await.unwrap();
    // The first one is still served, and the second one only after it.
    first.send("still here").await.unwrap();
    assert!(first.recv().await.unwrap().is_some());
    assert!(second.try_read(&mut [0; 16]).is_err());
    first.close(None, "").await.unwrap();
    let (head, _) = read_answer(&mut second).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
}

/// Whoever connects and is silent would keep everybody else out.
#[tokio::test]
async fn connection_that_asks_for_nothing_makes_room_for_a_new_one() {
    let mut options = options();
    options.limits.connections_max = 3;
    let site = Site::start_with(options).await;
    let mut open = sockeye::connect(&site.echo_url()).await.unwrap();
    open.send("so it is open there, too").await.unwrap();
    assert!(open.recv().await.unwrap().is_some());
    let (mut oldest, newer) = (site.connect().await, site.connect().await);
    let mut late = sockeye::connect(&site.echo_url()).await.unwrap();
    assert_eq!(oldest.read(&mut [0]).await.unwrap(), 0);
    assert!(newer.try_read(&mut [0]).is_err(), "it has its time");
    for ws in [&mut open, &mut late] {
        ws.send("still here").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
}

/// Clients of a thread that was forgotten would take the stop for a failure.
#[tokio::test]
async fn stopping_closes_web_sockets_with_1001_on_every_thread() {
    let site = Site::start().await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(sockeye::connect(&site.echo_url()).await.unwrap());
    }
    let mut idle = site.connect().await;
    let stopping = tokio::spawn(site.stop());
    for mut ws in open {
        assert_eq!(ws.recv().await.unwrap(), None);
        let end = ws.close_event().unwrap();
        assert_eq!((end.code, end.was_clean), (CloseCode::GOING_AWAY, true));
        assert_eq!(&*end.reason, "the server is going down");
    }
    assert_eq!(read_answer(&mut idle).await.1, "");
    drop(idle);
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}

/// One client could keep a server from stopping.
#[tokio::test]
async fn stopping_cuts_off_who_does_not_answer() {
    let mut options = options();
    options.drain.timeout = Duration::from_millis(50);
    let site = Site::start_with(options).await;
    let mut silent = site.connect().await;
    let request = upgrade();
    silent.write_all(request.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    silent.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 101");
    assert_eq!(site.stop().await.cut_off, 1);
}
