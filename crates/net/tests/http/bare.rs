//! `incoming`, `rewound`: the first request on a bare stream, accepted, refused or given to hyper.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming as Body};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sockeye::{Acceptor, Incoming, Rewound, Stream, WebSocket};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::serving::{echo, with};
use crate::support::open::{REQUEST, header};
use crate::support::peer::{Peer, tcp_pair};
use crate::support::scripted::scripted;
use crate::support::wire::{TEXT, masked, masked_close};

const PAGE: &str = "POST /page HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nwords";

/// Has hyper serve what a WebSocket's acceptor gave back; says of each upgrade whether it runs over
/// the raw socket.
fn serve(transport: Rewound<TcpStream>) -> mpsc::Receiver<bool> {
    let (tx, rx) = mpsc::channel(1);
    let service = service_fn(move |mut request: Request<Body>| {
        let tx = tx.clone();
        async move {
            let upgrade = Acceptor::default().upgrade_http(&mut request).unwrap();
            let Some(upgrade) = upgrade else {
                let body = http_body_util::BodyExt::collect(request).await.unwrap();
                return Ok::<_, Infallible>(Response::new(Full::new(body.to_bytes())));
            };
            let response: Response<Full<Bytes>> = upgrade.on_upgrade(async move |ws: WebSocket| {
                let is_raw = ws.look_at_transport(|stream: &Stream| stream.get_ref().is_some());
                tx.send(is_raw.unwrap()).await.unwrap();
                echo(ws).await;
            });
            Ok(response)
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(transport), service);
    tokio::spawn(connection.with_upgrades());
    rx
}

#[tokio::test]
async fn bare_http_request_is_handed_back_untouched_and_answered_by_hyper() {
    let (server, client) = tcp_pair().await;
    let mut client = Peer::new(client);
    // All at once: two requests with bodies, then an upgrade with more behind it than hyper reads.
    let text = vec![b'x'; 30_000];
    let frame = masked(TEXT, &text);
    let wire = [PAGE.as_bytes(), PAGE.as_bytes(), REQUEST.as_bytes(), &frame].concat();
    client.send(&wire).await;
    let incoming = Acceptor::default().read_request(server).await.unwrap();
    let Incoming::Http(request) = incoming else {
        panic!("{incoming:?}");
    };
    let head = request.head();
    assert_eq!((head.method(), head.target()), ("POST", "/page"));
    assert_eq!(head.version().to_string(), "HTTP/1.1");
    assert_eq!(head.headers().first("host"), Some(&b"example.com"[..]));
    assert_eq!(
        head.as_bytes(),
        PAGE.strip_suffix("words").unwrap().as_bytes()
    );
    let mut upgrades = serve(request.into_transport());
    for _ in 0..2 {
        assert!(client.head().await.starts_with("HTTP/1.1 200 "));
        assert_eq!(client.bytes(5).await, b"words");
    }
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    assert!(client.frame().await.unwrap().payload == text);
    assert_eq!(upgrades.recv().await, Some(true), "the socket itself");
    client.send(&masked_close(1000)).await;
    assert_eq!(client.frame().await.unwrap().close_code(), Some(1000));
}

#[tokio::test]
async fn bare_http_request_is_whole_however_it_was_cut() {
    use tokio::io::AsyncReadExt;
    for read_max in [1, 7, usize::MAX] {
        let (transport, script) = scripted();
        script.read_at_most(read_max);
        script.bytes(format!("\r\n{PAGE}"));
        script.end();
        let incoming = Acceptor::default().read_request(transport).await.unwrap();
        let Incoming::Http(request) = incoming else {
            panic!("{incoming:?}");
        };
        let mut read = String::new();
        let mut transport = request.into_transport();
        transport.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, format!("\r\n{PAGE}"));
        assert!(script.take_written().is_empty(), "nobody answered");
    }
}

#[tokio::test]
async fn bare_websocket_is_accepted_with_headers_glued_frames_and_its_request() {
    let (server, client) = tcp_pair().await;
    let mut client = Peer::new(client);
    let address = client.stream.local_addr().unwrap();
    let request = with("Sec-WebSocket-Protocol: v1, v2\r\nCookie: user=7");
    client
        .send(&[request.as_bytes(), &masked(TEXT, b"glued")].concat())
        .await;
    let acceptor = Acceptor::default().keep_request();
    let acceptor = acceptor
        .protocols(["v2"])
        .unwrap()
        .header("X-Served-By", "one")
        .unwrap();
    let incoming = acceptor.read_request(server).await.unwrap();
    let Incoming::WebSocket(opening) = incoming else {
        panic!("{incoming:?}");
    };
    assert_eq!(opening.transport().peer_addr().unwrap(), address);
    assert_eq!(opening.request().target(), "/chat");
    assert_eq!(opening.protocol(), Some("v2"));
    let opening = opening.header("Set-Cookie", "seen=1").unwrap();
    let mut ws = opening.accept().await.unwrap();
    let head = client.head().await;
    assert_eq!(header(&head, "sec-websocket-protocol"), Some("v2"));
    assert_eq!(header(&head, "x-served-by"), Some("one"));
    assert_eq!(header(&head, "set-cookie"), Some("seen=1"));
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("glued"));
    let kept = ws.request().unwrap();
    assert_eq!(kept.headers().first("cookie"), Some(&b"user=7"[..]));
    let peer = ws.look_at_transport(|tcp| tcp.peer_addr().unwrap());
    assert_eq!(peer, Some(address));
}

#[tokio::test(start_paused = true)]
async fn bare_request_is_kept_by_accept_only_if_it_is_asked_to() {
    for (acceptor, is_kept) in [
        (Acceptor::default(), false),
        (Acceptor::default().keep_request(), true),
    ] {
        let (transport, script) = scripted();
        script.bytes(REQUEST);
        let ws = acceptor.accept(transport).await.unwrap();
        assert_eq!(ws.request().is_some(), is_kept);
    }
}

#[tokio::test(start_paused = true)]
async fn bare_websocket_gets_no_subprotocol_that_it_did_not_offer() {
    let acceptor = Acceptor::default().choose_protocol(|request| {
        let first = request.protocols().next()?;
        Some(if first == "v1" { "v9" } else { first })
    });
    for (offer, chosen) in [("v1, v2", None), ("v2, v1", Some("v2"))] {
        let (transport, script) = scripted();
        script.bytes(with(&format!("Sec-WebSocket-Protocol: {offer}")));
        let ws = acceptor.accept(transport).await.unwrap();
        let answer = String::from_utf8(script.take_written()).unwrap();
        assert_eq!(ws.protocol(), chosen);
        assert_eq!(header(&answer, "sec-websocket-protocol"), chosen);
    }
}

#[tokio::test(start_paused = true)]
async fn bare_websocket_is_refused_with_any_response() {
    let (transport, script) = scripted();
    script.bytes(REQUEST);
    script.end();
    let incoming = Acceptor::default().read_request(transport).await.unwrap();
    let Incoming::WebSocket(opening) = incoming else {
        panic!("{incoming:?}");
    };
    let headers = [("WWW-Authenticate", "Bearer")];
    opening
        .refuse(401, &headers, b"who are you?\n")
        .await
        .unwrap();
    let answer = String::from_utf8(script.take_written()).unwrap();
    assert_eq!(
        answer,
        "HTTP/1.1 401 \r\nWWW-Authenticate: Bearer\r\nConnection: close\r\n\
         Content-Length: 13\r\n\r\nwho are you?\n"
    );
    assert!(script.is_shut() && script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn bare_websocket_is_not_answered_with_what_breaks_lines() {
    for (status, name, value) in [
        (101, "X", "y"),
        (403, "X\r\nY", "z"),
        (403, "X", "y\r\nSet-Cookie: z"),
        (403, "Content-Length", "0"),
    ] {
        let (transport, script) = scripted();
        script.bytes(REQUEST);
        let incoming = Acceptor::default().read_request(transport).await.unwrap();
        let Incoming::WebSocket(opening) = incoming else {
            panic!("{incoming:?}");
        };
        let error = opening
            .refuse(status, &[(name, value)], b"")
            .await
            .unwrap_err();
        assert!(error.is_misuse(), "{status} {name}: {error:?}");
        assert!(script.take_written().is_empty() && script.is_dropped());
    }
}

#[tokio::test(start_paused = true)]
async fn bare_stream_of_no_http_or_a_broken_handshake_is_told_and_is_an_error() {
    let flood = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: y\r\n".repeat(2000)
    );
    for (name, bytes, status) in [
        ("TLS", "\x16\x03\x01\x02\0\x01\0\x01", 400),
        ("another protocol", "SSH-2.0-OpenSSH\r\n\r\n", 400),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("2000 headers", &flood, 431),
        (
            "version 8",
            &REQUEST.replace("Version: 13", "Version: 8"),
            426,
        ),
        (
            "no upgrade",
            &REQUEST.replace("Upgrade: websocket\r\n", ""),
            426,
        ),
        ("no key", &REQUEST.replace("-Key: ", "-Kex: "), 400),
        ("a foreign page", &with("Origin: https://evil.org"), 403),
    ] {
        let (transport, script) = scripted();
        script.bytes(bytes);
        script.end();
        let error = Acceptor::default()
            .read_request(transport)
            .await
            .unwrap_err();
        assert!(error.is_peer_fault(), "{name}: {error:?}");
        let answer = String::from_utf8(script.take_written()).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{name}: {answer}"
        );
        assert!(script.is_shut() && script.is_dropped(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn bare_stream_has_as_long_as_a_handshake_for_each_step() {
    let acceptor = Acceptor::default().open_timeout(Duration::from_secs(3));
    let (transport, script) = scripted();
    script.bytes("GET / HTTP/1.1\r\nHost: a\r\n");
    let error = acceptor.read_request(transport).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(script.is_dropped());

    let (transport, script) = scripted();
    script.bytes(REQUEST);
    script.take_up_to(Some(10));
    let incoming = acceptor.read_request(transport).await.unwrap();
    let Incoming::WebSocket(opening) = incoming else {
        panic!("{incoming:?}");
    };
    assert!(opening.accept().await.unwrap_err().is_timeout());
    assert!(script.is_dropped());
}
