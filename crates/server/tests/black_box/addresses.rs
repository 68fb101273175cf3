//! What one address may have, directly and behind a proxy that is trusted (`guests`, `proxy`).

use sockeye::{Client, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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
    let mut third = site.connect().await;
    assert!(matches!(third.read(&mut [0]).await, Ok(0) | Err(_)));
    for ws in &mut open {
        ws.send("still here").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
    open.pop().unwrap().close(None, "").await.unwrap();
    // The server knows of the end a moment later than we do.
    while sockeye::connect(&site.echo_url()).await.is_err() {}
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
