//! The same server in TLS: pages, WebSockets, and how it stops.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::sync::Arc;

use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sockeye::{Client, ClientTls, CloseCode, Message, ServerTls};
use sockeye_server::Options;
use sockeye_server::limits::HEADERS_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::site::{Site, header, options, read_answer};

/// A server in TLS, and what a client of it trusts.
async fn start() -> (Site, ClientTls) {
    start_with(options()).await
}

async fn start_with(options: Options) -> (Site, ClientTls) {
    let (site, tls, _) = start_with_certificate(options).await;
    (site, tls)
}

async fn start_with_certificate(
    mut options: Options,
) -> (Site, ClientTls, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    options.tls = Some(ServerTls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap());
    let tls = ClientTls::new().roots_pem(certificate.as_bytes()).unwrap();
    (
        Site::start_with(options).await,
        tls,
        made.cert.der().clone(),
    )
}

/// A connection that offers HTTP/2 and HTTP/1.1, as browsers do for pages.
async fn http2_stream(site: &Site, root: CertificateDer<'static>) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let name = "localhost".try_into().unwrap();
    connector.connect(name, site.connect().await).await.unwrap()
}

fn client(site: &Site, tls: &ClientTls) -> Client {
    let url = format!("wss://localhost:{}/echo", site.address.port());
    Client::new(&url).unwrap().tls(tls.clone())
}

/// A thread would serve without TLS, or not at all.
#[tokio::test]
async fn pages_and_echo_are_there_in_tls_on_every_thread() {
    let (site, tls) = start().await;
    for _ in 0..4 {
        let mut stream = tls
            .connect("localhost", site.connect().await)
            .await
            .unwrap();
        let get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(get).await.unwrap();
        stream.flush().await.unwrap();
        let (head, body) = read_answer(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(body.contains("</html>"), "{body}");

        let mut ws = client(&site, &tls).connect().await.unwrap();
        let long = Message::from("hello ".repeat(100_000));
        ws.send(long.clone()).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(long));
        let end = ws.close(CloseCode::NORMAL, "").await.unwrap();
        assert!(end.was_clean, "{end}");
    }
    assert_eq!(site.stop().await.cut_off, 0);
}

/// Whoever begins handshakes and stops would keep everybody else out.
#[tokio::test]
async fn handshake_that_does_not_end_makes_room_for_whoever_comes() {
    let mut options = options();
    options.limits.connections_max = 2;
    let (site, tls) = start_with(options).await;
    let (mut oldest, mut newer) = (site.connect().await, site.connect().await);
    // Not even all of a ClientHello.
    for stream in [&mut oldest, &mut newer] {
        stream.write_all(&[22, 3, 1, 0, 200, 1]).await.unwrap();
    }
    let mut ws = client(&site, &tls).connect().await.unwrap();
    // Bytes that nobody read make the end a reset.
    assert!(matches!(oldest.read(&mut [0]).await, Ok(0) | Err(_)));
    assert!(newer.try_read(&mut [0]).is_err(), "it has its time");
    ws.send("in").await.unwrap();
    assert!(ws.recv().await.unwrap().is_some());
}

/// A page would be sent in the clear from a place of TLS.
#[tokio::test]
async fn request_without_tls_gets_an_alert_and_no_page() {
    let (site, _) = start().await;
    let mut stream = site.connect().await;
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(get).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    // RFC 8446 §6: a record of type alert, and a fatal one.
    assert_eq!((answer[0], answer[5]), (21, 2), "{answer:?}");
}

/// One unfinished handshake would keep a server from stopping.
#[tokio::test]
async fn stopping_closes_with_1001_in_tls_and_does_not_wait_for_handshakes() {
    let (site, tls) = start().await;
    let mut ws = client(&site, &tls).connect().await.unwrap();
    let mut silent = site.connect().await;
    // Its turn came after the one before it: the server knows both.
    let mut last = client(&site, &tls).connect().await.unwrap();
    let stopping = tokio::spawn(site.stop());
    for ws in [&mut ws, &mut last] {
        assert_eq!(ws.recv().await.unwrap(), None);
        let end = ws.close_event().unwrap();
        assert_eq!((end.code, end.was_clean), (CloseCode::GOING_AWAY, true));
    }
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}

/// Pages over HTTP/2 and WebSockets over HTTP/1.1, at one port.
#[tokio::test]
async fn pages_come_over_http_2_where_it_is_offered_and_web_sockets_stay() {
    let (site, tls, root) = start_with_certificate(options()).await;
    let io = TokioIo::new(http2_stream(&site, root).await);
    let shaking = http2::handshake::<_, _, Empty<&[u8]>>(TokioExecutor::new(), io);
    let (mut pages, connection) = shaking.await.unwrap();
    let connection = tokio::spawn(connection);
    for (path, status) in [
        ("/", 200),
        ("/demo/echo", 200),
        ("/nothing", 404),
        ("/echo", 426),
    ] {
        let request = Request::get(format!("https://localhost{path}"))
            .body(Empty::new())
            .unwrap();
        let response = pages.send_request(request).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        assert_eq!(response.status(), status, "{path}");
        assert!(response.headers().contains_key("content-security-policy"));
    }
    // What it is told is where a WebSocket is, and not that a field is missing that HTTP/2 has not.
    let request = Request::get("https://localhost/chat")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-version", "13")
        .body(Empty::new())
        .unwrap();
    assert_eq!(pages.send_request(request).await.unwrap().status(), 426);
    let mut ws = client(&site, &tls).connect().await.unwrap();
    ws.send("here").await.unwrap();
    assert!(ws.recv().await.unwrap().is_some());
    drop(ws);
    // Told to go away, it does.
    assert_eq!(site.stop().await.cut_off, 0);
    connection.await.unwrap().unwrap();
}

/// If this fails, the bound on fields holds for one version of HTTP only, or a browser with many
/// cookies, each of which is a field in HTTP/2, is refused.
#[tokio::test]
async fn head_of_http_2_with_too_many_fields_is_431() {
    let (site, _, root) = start_with_certificate(options()).await;
    let io = TokioIo::new(http2_stream(&site, root).await);
    let shaking = http2::handshake::<_, _, Empty<&[u8]>>(TokioExecutor::new(), io);
    let (mut pages, connection) = shaking.await.unwrap();
    let connection = tokio::spawn(connection);
    for (name, count, status) in [
        ("x", HEADERS_MAX, 200),
        ("x", HEADERS_MAX + 1, 431),
        ("cookie", HEADERS_MAX + 1, 200),
    ] {
        let mut request = Request::get("https://localhost/");
        for number in 0..count {
            request = request.header(name, format!("a{number}=b"));
        }
        let request = request.body(Empty::new()).unwrap();
        let response = pages.send_request(request).await.unwrap();
        assert_eq!(response.status(), status, "{count} of {name}");
    }
    drop(pages);
    site.stop().await;
    connection.await.unwrap().unwrap();
}

/// A cookie that may leave TLS is one that anybody on the way can read and use.
#[tokio::test]
async fn session_cookie_of_a_page_in_tls_is_secure_and_of_this_host() {
    let (site, tls) = start().await;
    let mut stream = tls
        .connect("localhost", site.connect().await)
        .await
        .unwrap();
    let get = b"GET /demo/frames HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(get).await.unwrap();
    stream.flush().await.unwrap();
    let (head, _) = read_answer(&mut stream).await;
    let cookie = header(&head, "set-cookie").unwrap();
    let name = format!("__Host-sockeye_session_{}=", site.address.port());
    assert!(cookie.starts_with(&name), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
}
