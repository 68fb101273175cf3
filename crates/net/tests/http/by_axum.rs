//! `extract`: the upgrade as an argument of axum's handlers.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, http::StatusCode};
use sockeye::{Acceptor, WebSocket, WebSocketUpgrade};
use tokio::sync::mpsc;

use crate::serving::{ask, client, echo, echo_handler, serve, with};
use crate::support::open::{REQUEST, header};
use crate::support::wire::{PING, PONG, TEXT, masked, masked_close};

fn app() -> Router {
    Router::new()
        .route("/chat", any(echo_handler))
        .route("/page", get(async || "a page\n"))
}

#[tokio::test]
async fn axum_client_of_ours_gets_its_messages_back() {
    let address = serve(app()).await;
    let url = format!("ws://{address}/chat");
    let mut ws = sockeye::connect(&url).await.unwrap();
    ws.send("hello").await.unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some("hello"));
    let end = ws.close(sockeye::CloseCode::NORMAL, "bye").await.unwrap();
    assert!(end.was_clean);
}

#[tokio::test]
async fn axum_frames_glued_to_the_request_arrive() {
    let address = serve(app()).await;
    let mut client = client(address).await;
    let frames = [
        masked(TEXT, b"one"),
        masked(PING, b"two"),
        masked(TEXT, &[b'x'; 5000]),
    ];
    let wire = [REQUEST.as_bytes(), &frames.concat()].concat();
    client.send(&wire).await;
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    let received = [
        client.frame().await.unwrap(),
        client.frame().await.unwrap(),
        client.frame().await.unwrap(),
    ];
    let of = |first| received.iter().filter(move |frame| frame.first == first);
    let texts: Vec<_> = of(TEXT).map(|frame| frame.payload.len()).collect();
    assert_eq!(texts, [3, 5000]);
    assert_eq!(of(PONG).count(), 1);
    client.send(&masked_close(1000)).await;
    assert_eq!(client.frame().await.unwrap().close_code(), Some(1000));
    assert!(client.frame().await.is_none());
}

#[tokio::test]
async fn axum_plain_requests_before_the_upgrade_are_answered_in_order() {
    let address = serve(app()).await;
    let mut client = client(address).await;
    let page = "GET /page HTTP/1.1\r\nHost: example.com\r\n\r\n";
    let frame = masked(TEXT, b"last");
    let wire = [page, page, REQUEST].concat().into_bytes();
    client.send(&[wire, frame].concat()).await;
    for _ in 0..2 {
        let head = client.head().await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert_eq!(client.bytes(7).await, b"a page\n");
    }
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(client.frame().await.unwrap().payload, b"last");
}

#[tokio::test]
async fn axum_connection_runs_over_the_raw_socket_and_knows_its_peer() {
    let (tx, mut rx) = mpsc::channel(1);
    let handler = move |upgrade: WebSocketUpgrade| {
        let tx = tx.clone();
        async move {
            let response: Response = upgrade.on_upgrade(async move |ws: WebSocket| {
                let socket = ws.look_at_transport(|stream| {
                    let tcp = stream.get_ref()?;
                    Some((tcp.peer_addr().unwrap(), tcp.nodelay().unwrap()))
                });
                tx.send(socket.unwrap()).await.unwrap();
            });
            response
        }
    };
    let address = serve(Router::new().route("/chat", any(handler))).await;
    let mut client = client(address).await;
    client.send(REQUEST.as_bytes()).await;
    let (peer, nodelay) = rx
        .recv()
        .await
        .unwrap()
        .expect("a TcpStream, without a box");
    assert_eq!(peer, client.stream.local_addr().unwrap());
    assert!(nodelay);
}

#[tokio::test]
async fn axum_refuses_with_the_status_and_the_reason() {
    // RFC 6455 §4.2.2-4 TEST
    let address = serve(app()).await;
    let version = REQUEST.replace("Version: 13", "Version: 8");
    let head = ask(address, &version).await;
    assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
    assert_eq!(header(&head, "sec-websocket-version"), Some("13"));
    assert_eq!(header(&head, "upgrade"), Some("websocket"));

    let plain = "GET /chat HTTP/1.1\r\nHost: example.com\r\n\r\n";
    assert!(ask(address, plain).await.starts_with("HTTP/1.1 426 "));

    let mut client = client(address).await;
    let no_key = REQUEST.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "");
    client.send(no_key.as_bytes()).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert_eq!(header(&head, "connection"), Some("close"));
    let reason = b"header Sec-WebSocket-Key is missing\n";
    assert_eq!(client.bytes(reason.len()).await, reason);
    // Frames behind a refused handshake are no request.
    assert!(client.frame().await.is_none());
}

#[tokio::test]
async fn axum_survives_more_headers_than_hyper_looks_at() {
    // CVE-2024-37890: the fields of the handshake fall away, and somebody unwraps them.
    let address = serve(app()).await;
    let flood = "X: y\r\n".repeat(2000);
    let request = REQUEST.replace(
        "Upgrade: websocket\r\n",
        &format!("{flood}Upgrade: websocket\r\n"),
    );
    assert!(ask(address, &request).await.starts_with("HTTP/1.1 431 "));
    assert!(ask(address, REQUEST).await.starts_with("HTTP/1.1 101 "));
}

#[tokio::test]
async fn axum_checks_before_the_handler_hold_for_upgrades_as_well() {
    // CVE-2026-44578: the upgrade went around the checks that plain requests had to pass.
    let guard = axum::middleware::from_fn(
        async |request: axum::extract::Request, next: axum::middleware::Next| {
            if request.headers().contains_key("authorization") {
                next.run(request).await
            } else {
                StatusCode::UNAUTHORIZED.into_response()
            }
        },
    );
    let address = serve(app().layer(guard)).await;
    assert!(ask(address, REQUEST).await.starts_with("HTTP/1.1 401 "));
    let known = with("Authorization: me");
    assert!(ask(address, &known).await.starts_with("HTTP/1.1 101 "));
    let elsewhere = REQUEST.replace("/chat", "/nowhere");
    let elsewhere = elsewhere.replace("\r\n\r\n", "\r\nAuthorization: me\r\n\r\n");
    assert!(ask(address, &elsewhere).await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn axum_handler_may_refuse_with_any_response_and_add_headers() {
    let handler = async |upgrade: Option<WebSocketUpgrade>| match upgrade {
        None => "a page".into_response(),
        Some(upgrade) if upgrade.protocol().is_none() => {
            (StatusCode::FORBIDDEN, [("x-why", "no protocol")]).into_response()
        }
        Some(upgrade) => upgrade
            .header("Set-Cookie", "a=b")
            .unwrap()
            .on_upgrade(echo),
    };
    let newest = Acceptor::default().choose_protocol(|request| {
        let version = |name: &str| name.strip_prefix('v')?.parse::<u32>().ok();
        let known = request.protocols().filter(|name| version(name) <= Some(3));
        known.max_by_key(|name| version(name))
    });
    let app = Router::new()
        .route("/chat", any(handler))
        .layer(Extension(newest));
    let address = serve(app).await;

    let page = ask(address, "GET /chat HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let refused = ask(address, REQUEST).await;
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    assert_eq!(header(&refused, "x-why"), Some("no protocol"));
    let accepted = ask(address, &with("Sec-WebSocket-Protocol: v1, v3, v20, v2")).await;
    assert!(accepted.starts_with("HTTP/1.1 101 "), "{accepted}");
    assert_eq!(header(&accepted, "sec-websocket-protocol"), Some("v3"));
    assert_eq!(header(&accepted, "set-cookie"), Some("a=b"));
}

#[cfg(unix)]
#[tokio::test]
async fn axum_on_another_socket_works_in_its_box() {
    use tokio::net::{UnixListener, UnixStream};
    let path = std::env::temp_dir().join(format!("sockeye-axum-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move { axum::serve(listener, app()).await.unwrap() });
    let stream = UnixStream::connect(&path).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let client = sockeye::Client::new("ws://localhost/chat").unwrap();
    let mut ws = client.connect_over(stream).await.unwrap();
    let text = "x".repeat(100_000);
    ws.send(text.as_str()).await.unwrap();
    let message = ws.recv().await.unwrap().unwrap();
    assert_eq!(message.as_text(), Some(&*text));
}
