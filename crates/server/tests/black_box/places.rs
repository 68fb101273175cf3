//! Where the server listens: at several places at once, and at Unix sockets (`listener`, `socket`).

use std::os::unix::fs::PermissionsExt;

use sockeye::{Client, Message};
use sockeye_server::{Listen, Listener};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use crate::scratch::Scratch;
use crate::site::{Site, options, read_answer};

/// A server that listens at several places would serve at one.
#[tokio::test]
async fn pages_and_web_sockets_are_there_at_every_place() {
    let file = Scratch::none();
    let path = file.path().to_owned();
    let mut options = options();
    options.listen.push(Listen::Unix(path.clone()));
    options.listen.push("127.0.0.1:0".parse().unwrap());
    let site = Site::start_with(options).await;
    for _ in 0..3 {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        let get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(get).await.unwrap();
        let (head, _) = read_answer(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");

        let stream = UnixStream::connect(&path).await.unwrap();
        let client = Client::new("ws://localhost/echo").unwrap();
        let mut ws = client.connect_over(stream).await.unwrap();
        let long = Message::from("over a file ".repeat(20_000));
        ws.send(long.clone()).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(long));
        ws.close(None, "").await.unwrap();
    }
    let tcp: Vec<_> = site
        .places
        .iter()
        .filter_map(sockeye_server::Place::address)
        .collect();
    assert_eq!(tcp.len(), 2);
    for address in tcp {
        let mut ws = sockeye::connect(&format!("ws://{address}/echo"))
            .await
            .unwrap();
        ws.send("here").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
    assert_eq!(site.stop().await.cut_off, 0);
    assert!(!path.exists(), "the file goes with the server");
}

/// A server could not start after a crash, or would delete somebody's file.
#[tokio::test]
async fn unix_socket_that_nobody_serves_is_replaced_and_nothing_else() {
    let file = Scratch::none();
    let path = file.path().to_owned();
    let listen = Listen::Unix(path.clone());
    // A server that was killed leaves its file.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let first = Listener::bind(&listen).await.unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(
        mode & 0o777,
        0o660,
        "the group may connect, and nobody else"
    );
    let error = Listener::bind(&listen).await.unwrap_err();
    assert_eq!(
        error.kind(),
        std::io::ErrorKind::AddrInUse,
        "somebody serves it"
    );
    drop(first);
    assert!(!path.exists());
    std::fs::write(&path, "a file of somebody's").unwrap();
    let error = Listener::bind(&listen).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(std::fs::read(&path).unwrap(), b"a file of somebody's");
}

/// Who starts it would have to guess which address is taken.
#[tokio::test]
async fn place_that_is_taken_is_named() {
    let site = Site::start().await;
    let mut options = options();
    options.listen = vec![Listen::Tcp(site.address)];
    let error = sockeye_server::Server::bind(options).await.unwrap_err();
    assert!(
        error.to_string().contains(&site.address.to_string()),
        "{error}"
    );
}

/// If this fails, whoever is at a Unix socket has no bound but that of all together, with or
/// without a proxy that is trusted and tells nothing.
#[tokio::test]
async fn clients_of_a_unix_socket_have_what_one_address_may_have() {
    for trusted in [&[][..], &["unix"]] {
        let file = Scratch::none();
        let path = file.path().to_owned();
        let mut options = options();
        options.listen.push(Listen::Unix(path.clone()));
        options.limits.connections_per_address_max = 2;
        let trusted = trusted.iter().map(|text| text.parse().unwrap());
        options.proxy.trusted = trusted.collect();
        let site = Site::start_with(options).await;
        let open = || async {
            let stream = UnixStream::connect(&path).await.unwrap();
            let client = Client::new("ws://localhost/echo").unwrap();
            // As a proxy that does not know it.
            let client = client.header("X-Forwarded-For", "unknown").unwrap();
            client.connect_over(stream).await
        };
        let _both = (open().await.unwrap(), open().await.unwrap());
        let error = open().await.unwrap_err();
        assert_eq!(error.response().unwrap().head.status(), 429);
        assert!(sockeye::connect(&site.echo_url()).await.is_ok());
    }
}
