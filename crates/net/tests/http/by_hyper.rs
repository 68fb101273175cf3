//! `http_upgrade`: requests of hyper, served by hand.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sockeye::{Acceptor, Stream, Transport, WebSocket};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::support::open::REQUEST;
use crate::support::peer::{Peer, tcp_pair};
use crate::support::wire::{TEXT, masked};

type Body = Full<Bytes>;
type Opened = sockeye::Result<WebSocket>;

/// Serves `transport` with hyper; what comes of its upgrades arrives at the receiver.
fn serve<T: Transport>(acceptor: Acceptor, transport: T) -> mpsc::Receiver<Opened> {
    let (tx, rx) = mpsc::channel(1);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let response: Response<Body> = match acceptor.upgrade_http(&mut request) {
            Ok(None) => Response::new(Body::from("a page")),
            Err(rejection) => rejection.response(),
            Ok(Some(upgrade)) => {
                let (response, upgrading) = upgrade.accept();
                let tx = tx.clone();
                tokio::spawn(async move { tx.send(upgrading.await).await });
                response
            }
        };
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(transport), service);
    tokio::spawn(connection.with_upgrades());
    rx
}

/// Whether the connection that `request` opens runs over the raw socket; it echoes once before.
async fn is_raw<T: Transport>(transport: T, client: impl Transport) -> bool {
    let mut opened = serve(Acceptor::default(), transport);
    let mut client = Peer::new(client);
    let glued = [REQUEST.as_bytes(), &masked(TEXT, b"glued")].concat();
    client.send(&glued).await;
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    let mut ws = opened.recv().await.unwrap().unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("glued"));
    ws.send(message).await.unwrap();
    assert_eq!(client.frame().await.unwrap().payload, b"glued");
    let is_raw = ws.look_at_transport(|stream: &Stream| stream.get_ref().is_some());
    is_raw.expect("the connection is open")
}

#[tokio::test]
async fn hyper_gives_sockets_and_streams_back_and_keeps_others_in_its_box() {
    let (tcp, client) = tcp_pair().await;
    assert!(is_raw(tcp, client).await);
    let (tcp, client) = tcp_pair().await;
    assert!(is_raw(Stream::plain(tcp), client).await);
    let (pipe, client): (DuplexStream, _) = duplex(1024);
    assert!(!is_raw(pipe, client).await);
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn hyper_gives_a_stream_in_tls_back_with_what_tls_knows() {
    use sockeye::{Client, ClientTls, ServerTls};
    let name = "chat.example";
    let own = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let (certificate, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    let server = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
    let trust = ClientTls::new().roots_pem(certificate.as_bytes()).unwrap();
    let client = Client::new(&format!("wss://{name}/chat"))
        .unwrap()
        .tls(trust);
    let (tcp, connected) = tcp_pair().await;
    let serving = async {
        let stream = server.accept(tcp).await.unwrap();
        let opened = serve(Acceptor::default(), stream).recv().await;
        opened.unwrap().unwrap()
    };
    let (ws, connected) = tokio::join!(serving, client.connect_over(connected));
    let asked_for = ws.look_at_transport(|stream: &Stream| {
        assert!(stream.is_tls() && stream.get_ref().unwrap().nodelay().unwrap());
        stream.tls_info().unwrap().server_name
    });
    assert_eq!(asked_for.flatten().as_deref(), Some(name));
    tokio::spawn(crate::serving::echo(ws));
    let mut connected = connected.unwrap();
    connected.send("hello").await.unwrap();
    let message = connected.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("hello"));
}

#[tokio::test]
async fn hyper_client_that_leaves_before_the_answer_is_lost() {
    let (pipe, client) = duplex(16);
    let mut opened = serve(Acceptor::default(), pipe);
    let mut client = Peer::new(client);
    client.send(REQUEST.as_bytes()).await;
    drop(client);
    let error = opened.recv().await.unwrap().unwrap_err();
    assert!(error.is_lost(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn hyper_client_that_does_not_take_the_answer_is_given_up() {
    let (pipe, client) = duplex(16);
    let mut opened = serve(Acceptor::default(), pipe);
    let mut client = Peer::new(client);
    client.send(REQUEST.as_bytes()).await;
    let error = opened.recv().await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    drop(client);
}

#[tokio::test]
async fn hyper_connection_without_upgrades_is_told_apart() {
    let mut request = Request::get("/").header("host", "a");
    for (name, value) in [
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        request = request.header(name, value);
    }
    let mut request = request.body(()).unwrap();
    let rejection = Acceptor::default().upgrade_http(&mut request).unwrap_err();
    assert_eq!(rejection.status(), 501);
    assert_eq!(rejection.refusal(), None);
}

#[test]
fn hyper_headers_that_the_handshake_owns_or_that_break_lines_are_refused() {
    // CVE-2026-1527: CR, LF or NUL in what a caller adds.
    let refused = [
        ("X\r\nY", "z"),
        ("X", "a\r\nSet-Cookie: b"),
        ("X", "a\nb"),
        ("X", "a\0"),
        ("", "a"),
        ("Connection", "close"),
        ("Upgrade", "h2c"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Sec-WebSocket-Accept", "x"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("Sec-WebSocket-Protocol", "chat"),
    ];
    for (name, value) in refused {
        let error = Acceptor::default().header(name, value).unwrap_err();
        assert!(error.is_misuse(), "{name}: {value}");
    }
    assert!(Acceptor::default().header("Set-Cookie", "a=b").is_ok());
}
