//! `/echo`: the upgrade, what is refused, and that messages come back.

use sockeye::{Client, CloseCode, Message};

use crate::site::{Site, header};

/// The lines of an opening handshake, without the first.
const UPGRADE: [&str; 5] = [
    "Host: a",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/// The opening handshake for `/echo`.
pub(crate) fn upgrade() -> String {
    head(&UPGRADE)
}

/// The same with `added`, one or more lines.
pub(crate) fn upgrade_with(added: &str) -> String {
    head(&[&UPGRADE[..], &[added]].concat())
}

/// The same without the line of the header `left_out`.
fn upgrade_without(left_out: &str) -> String {
    let kept = UPGRADE
        .into_iter()
        .filter(|line| !line.starts_with(left_out));
    head(&kept.collect::<Vec<_>>())
}

fn head(lines: &[&str]) -> String {
    format!("GET /echo HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"))
}

/// The echo would not be one.
#[tokio::test]
async fn text_and_binary_come_back_in_order() {
    let site = Site::start().await;
    let mut ws = sockeye::connect(&site.echo_url()).await.unwrap();
    let sent = [
        Message::from("hello"),
        Message::from(vec![0, 255, 7]),
        Message::from(""),
        Message::from("привет".repeat(50_000)),
    ];
    for message in sent {
        ws.send(message.clone()).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(message));
    }
    let end = ws.close(CloseCode::NORMAL, "bye").await.unwrap();
    assert_eq!((end.code, end.was_clean), (CloseCode::NORMAL, true));
    assert_eq!(site.stop().await.cut_off, 0);
}

/// Compression would cost a window's memory for each connection.
#[tokio::test]
async fn compression_without_takeover_is_agreed_to() {
    let site = Site::start().await;
    let mut ws = sockeye::connect(&site.echo_url()).await.unwrap();
    assert!(
        ws.extensions()
            .starts_with("permessage-deflate; server_no_context_takeover")
    );
    let long = Message::from("the same again, ".repeat(1000));
    for _ in 0..3 {
        ws.send(long.clone()).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), Some(long.clone()));
    }
}

/// Clients that ask for a subprotocol would close again, as none is agreed to.
#[tokio::test]
async fn first_subprotocol_of_an_offer_is_agreed_to() {
    let site = Site::start().await;
    let client = Client::new(&site.echo_url()).unwrap();
    let ws = client.protocols(["soap", "chat"]).unwrap();
    assert_eq!(ws.connect().await.unwrap().protocol(), Some("soap"));
}

/// Pages of others, such as tutorials, could not use the echo.
#[tokio::test]
async fn every_origin_may_use_the_echo() {
    let site = Site::start().await;
    let client = Client::new(&site.echo_url()).unwrap();
    let client = client.origin("https://elsewhere.example").unwrap();
    let mut ws = client.connect().await.unwrap();
    ws.send("hello").await.unwrap();
    assert_eq!(ws.recv().await.unwrap(), Some(Message::from("hello")));
}

/// Who opens the address of a WebSocket in a browser would not know what to do.
#[tokio::test]
async fn request_for_a_page_at_a_websocket_is_426_and_told_where_to_go() {
    let site = Site::start().await;
    for (path, page) in [
        ("/chat/lobby", "/demo/chat"),
        ("/demo/hello", "/demo/greeting"),
        ("/echo", "/demo/echo"),
        ("/frames", "/"),
        ("/nick", "/demo/nick"),
        ("/ws", "/demo/plain"),
    ] {
        let (head, body) = site.get(path).await;
        assert!(
            head.starts_with("HTTP/1.1 426 Upgrade Required\r\n"),
            "{head}"
        );
        assert_eq!(header(&head, "upgrade"), Some("websocket"));
        assert!(
            body.contains(&format!("open {page} in a browser")),
            "{body}"
        );
    }
}

/// A client's author would have to guess what is wrong with a request.
#[tokio::test]
async fn upgrade_that_breaks_a_rule_is_refused_in_words() {
    let site = Site::start().await;
    for (request, status, words) in [
        (
            upgrade_without("Sec-WebSocket-Key"),
            "400",
            "Sec-WebSocket-Key is missing",
        ),
        (
            upgrade_without("Connection"),
            "400",
            "Connection is missing",
        ),
        (upgrade_without("Host"), "400", "Host is missing"),
        (upgrade_without("Upgrade"), "426", "Upgrade is missing"),
        (
            upgrade().replace("Version: 13", "Version: 8"),
            "426",
            "must be 13",
        ),
        (
            upgrade_with("Content-Length: 5"),
            "400",
            "must not have a body",
        ),
        (upgrade().replace("GET", "PUT"), "405", "must be GET"),
    ] {
        let (head, body) = site.ask(&request).await;
        let start = format!("HTTP/1.1 {status} ");
        assert!(head.starts_with(&start), "{request}{head}");
        assert!(body.contains(words), "{request}{head}{body}");
        assert!(
            header(&head, "connection").unwrap().contains("close"),
            "{head}"
        );
    }
}

/// A typing error in an address would open the echo.
#[tokio::test]
async fn upgrade_elsewhere_is_404() {
    let site = Site::start().await;
    let error = sockeye::connect(&format!("ws://{}/nowhere", site.address))
        .await
        .unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 404);
}
