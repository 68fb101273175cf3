//! The terms of WebSockets that can be set (`site`): each reaches the connections.

use std::time::Duration;

use sockeye::{Client, CloseCode};
use sockeye_server::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::echo::upgrade;
use crate::site::{Site, options};

/// A connection to a server with these options.
async fn open(options: Options) -> (Site, sockeye::WebSocket) {
    let site = Site::start_with(options).await;
    let client = Client::new(&site.echo_url()).expect("a URL");
    let ws = client.connect().await.expect("the server listens");
    (site, ws)
}

/// An option would be without effect, and a message as large as it likes.
#[tokio::test]
async fn message_beyond_the_limit_is_closed_with_1009() {
    let mut options = options();
    options.websocket.message_len_max = 1000;
    let (_site, mut ws) = open(options).await;
    ws.send("x".repeat(1000)).await.unwrap();
    assert!(ws.recv().await.unwrap().is_some());
    ws.send("x".repeat(1001)).await.unwrap();
    assert_eq!(ws.recv().await.unwrap(), None);
    assert_eq!(ws.close_event().unwrap().code, CloseCode::MESSAGE_TOO_BIG);
}

/// An option would be without effect.
#[tokio::test]
async fn compression_that_is_off_is_not_agreed_to() {
    let mut options = options();
    options.websocket.compress = false;
    let (_site, ws) = open(options).await;
    assert_eq!(ws.extensions(), "");
}

/// Whoever neither answers a Ping nor a Close is let go of in the times that were set.
#[tokio::test]
async fn client_that_is_silent_is_let_go_of_in_the_time_that_was_set() {
    let mut options = options();
    options.websocket.ping_interval = Duration::from_millis(50);
    options.websocket.pong_timeout = Duration::from_millis(50);
    options.websocket.close_timeout = Duration::from_millis(50);
    let site = Site::start_with(options).await;
    let mut silent = site.connect().await;
    silent.write_all(upgrade().as_bytes()).await.unwrap();
    let mut all = Vec::new();
    // With the defaults this would take 50 s.
    let reading = silent.read_to_end(&mut all);
    let end = tokio::time::timeout(Duration::from_secs(20), reading).await;
    assert!(end.is_ok(), "it is still connected");
    assert!(all.contains(&0x89), "it was asked first");
}
