//! The frame view over real sockets: whose connections are shown to whom, and that what is shown is
//! what was on the wire (`frames`, `viewer`).
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sockeye::{Client, CloseCode, Message, MessageKind, WebSocket};
use sockeye_server::limits::{FRAME_PAYLOAD_LEN_MAX, FRAMES_MAX};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::echo::upgrade_with;
use crate::scratch::Scratch;
use crate::site::{Site, header, options};

const TOKEN: &str = "a token that nobody guesses, of 41 bytes";

/// The cookie of a new browser session, as a browser sends it.
async fn cookie(site: &Site) -> String {
    let (head, _) = site.get("/demo/echo").await;
    let cookie = header(&head, "set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn open(site: &Site, path: &str, cookie: Option<&str>) -> WebSocket {
    let mut client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
    if let Some(cookie) = cookie {
        client = client.header("Cookie", cookie).unwrap();
    }
    client.connect().await.unwrap()
}

/// A page that looks, and what it was told.
struct Page {
    ws: WebSocket,
    hello: Value,
    connections: Vec<Value>,
    /// In order, with the number of the connection in `id`.
    frames: Vec<Value>,
    ended: Vec<Value>,
    lost: u64,
}

impl Page {
    async fn open(site: &Site, cookie: Option<&str>) -> Self {
        let mut page = Self {
            ws: open(site, "/frames", cookie).await,
            hello: Value::Null,
            connections: Vec::new(),
            frames: Vec::new(),
            ended: Vec::new(),
            lost: 0,
        };
        page.take().await;
        page
    }

    /// Takes the next message.
    async fn take(&mut self) {
        let message = self.ws.recv().await.unwrap().unwrap();
        let mut said: Value = serde_json::from_slice(message.payload()).unwrap();
        if said["hello"].is_object() {
            self.hello = said["hello"].take();
            return;
        }
        let news = &said["news"];
        let list = |name: &str| news[name].as_array().unwrap().clone();
        self.connections.extend(list("connections"));
        self.ended.extend(list("ended"));
        for part in list("frames") {
            self.lost += part["lost"].as_u64().unwrap();
            for frame in part["list"].as_array().unwrap() {
                let mut frame = frame.clone();
                frame["id"] = part["id"].clone();
                self.frames.push(frame);
            }
        }
    }

    async fn until(&mut self, is_enough: impl Fn(&Self) -> bool) {
        while !is_enough(self) {
            self.take().await;
        }
    }

    /// From, first byte and payload of the frames.
    fn seen(&self) -> Vec<(&str, u64, Vec<u8>)> {
        let all = self.frames.iter();
        all.map(|frame| {
            let payload = STANDARD.decode(frame["payload"].as_str().unwrap());
            let first_byte = frame["first_byte"].as_u64().unwrap();
            (
                frame["from"].as_str().unwrap(),
                first_byte,
                payload.unwrap(),
            )
        })
        .collect()
    }
}

async fn echo(ws: &mut WebSocket, message: impl Into<Message>) {
    ws.send(message).await.unwrap();
    ws.recv().await.unwrap().unwrap();
}

/// What the page shows is what was on the wire: texts, fragments, control frames, and the close.
#[tokio::test]
async fn frames_of_a_connection_are_shown_with_their_flags_and_its_end() {
    let site = Site::start().await;
    let cookie = cookie(&site).await;
    let mut ws = open(&site, "/echo?token=abc", Some(&cookie)).await;
    echo(&mut ws, "привет").await;
    let mut stream = ws.send_stream(MessageKind::Binary);
    stream.write(&[1, 2]).await.unwrap();
    stream.write(&[3]).await.unwrap();
    stream.finish().await.unwrap();
    ws.recv().await.unwrap().unwrap();
    ws.round_trip().await.unwrap();
    ws.close(CloseCode::NORMAL, "bye").await.unwrap();
    let mut page = Page::open(&site, Some(&cookie)).await;
    assert_eq!(page.hello["recording"], "on");
    page.until(|page| !page.ended.is_empty()).await;

    let connection = &page.connections[0];
    assert_eq!(connection["target"], "/echo?token=[masked]");
    let (_, random) = cookie.split_once('=').unwrap();
    assert_eq!(connection["address"], "127.0.0.1");
    let headers = connection["request"].to_string();
    let masked = format!("sockeye_session_{}=[masked]", site.address.port());
    assert!(headers.contains(&masked), "{headers}");
    assert!(!page.connections[0].to_string().contains(random));
    let response = connection["response"].to_string();
    assert!(response.contains("Sec-WebSocket-Accept"), "{response}");

    let seen = page.seen();
    let text = "привет".as_bytes().to_vec();
    assert_eq!(seen[0], ("client", 0x81, text.clone()));
    assert_eq!(seen[1], ("server", 0x81, text));
    let received: Vec<_> = seen.iter().filter(|(from, ..)| *from == "client").collect();
    let binary: Vec<u8> = received[1..]
        .iter()
        .take_while(|(_, first_byte, _)| first_byte & 0x08 == 0)
        .flat_map(|(.., payload)| payload.clone())
        .collect();
    assert_eq!((received[1].1, binary), (0x02, vec![1, 2, 3]));
    assert!(
        seen.iter()
            .any(|(from, first, _)| (*from, *first) == ("server", 0x8A))
    );
    let close = [&[0x03, 0xE8][..], b"bye"].concat();
    assert!(seen.contains(&("client", 0x88, close)));
    for (frame, (from, ..)) in page.frames.iter().zip(&seen) {
        assert_eq!(frame["is_masked"], *from == "client");
    }
    let numbers: Vec<_> = page
        .frames
        .iter()
        .map(|frame| frame["number"].as_u64())
        .collect();
    let expected: Vec<_> = (0..numbers.len() as u64).map(Some).collect();
    assert_eq!(numbers, expected);
    let end = &page.ended[0];
    assert_eq!(
        (&end["code"], &end["why"]),
        (&json!(1000), &json!("client"))
    );
}

/// Compressed frames are shown inflated, with both lengths, and no more of them than is kept.
#[tokio::test]
async fn compressed_frames_have_both_lengths_and_the_start_of_their_payload() {
    let site = Site::start().await;
    let cookie = cookie(&site).await;
    let mut page = Page::open(&site, Some(&cookie)).await;
    let mut ws = open(&site, "/echo", Some(&cookie)).await;
    let long = "the same again, ".repeat(10_000);
    echo(&mut ws, long.clone()).await;
    page.until(|page| page.frames.iter().any(|frame| frame["from"] == "server"))
        .await;
    let (_, first_byte, payload) = &page.seen()[page.frames.len() - 1];
    assert_eq!(*first_byte, 0xC1, "FIN, RSV1 and text");
    assert_eq!(payload[..], long.as_bytes()[..FRAME_PAYLOAD_LEN_MAX]);
    let frame = page.frames.last().unwrap();
    assert_eq!(frame["is_compressed"], true);
    assert_eq!(frame["inflated_len"], long.len());
    assert!(frame["len"].as_u64().unwrap() < 2000, "{frame}");
}

/// Whoever breaks the protocol sees what he sent, and how the server answered.
#[tokio::test]
async fn what_cannot_be_inflated_is_shown_as_that_with_the_close() {
    let site = Site::start().await;
    let cookie = cookie(&site).await;
    let mut stream = site.connect().await;
    let extension = format!("Sec-WebSocket-Extensions: permessage-deflate\r\nCookie: {cookie}");
    stream
        .write_all(upgrade_with(&extension).as_bytes())
        .await
        .unwrap();
    // A text with RSV1, masked with zeros, whose block is of the type that does not exist.
    let frame = [0xC1, 0x82, 0, 0, 0, 0, 0xFF, 0xFF];
    stream.write_all(&frame).await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    let mut page = Page::open(&site, Some(&cookie)).await;
    page.until(|page| !page.ended.is_empty()).await;
    assert_eq!(page.frames[0]["fault"], "corrupt");
    let (from, first_byte, payload) = &page.seen()[1];
    assert_eq!((*from, *first_byte), ("server", 0x88));
    assert_eq!(page.ended[0]["why"], "fault");
    assert_eq!(u16::from_be_bytes([payload[0], payload[1]]), 1007);
    assert_eq!(page.ended[0]["code"], 1007, "the one that it was told");
}

/// If this fails, the answer stands before what it answers.
#[tokio::test]
async fn frame_that_is_too_long_stands_before_the_close_that_answers_it() {
    let mut options = options();
    options.websocket.message_len_max = 1000;
    let site = Site::start_with(options).await;
    let cookie = cookie(&site).await;
    let mut stream = site.connect().await;
    let request = upgrade_with(&format!("Cookie: {cookie}"));
    stream.write_all(request.as_bytes()).await.unwrap();
    // 70,000 bytes of binary, masked with zeros, of which a part comes.
    let mut frame = vec![0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 0, 0, 0, 0];
    frame.extend([7; 100]);
    stream.write_all(&frame).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    drop(stream);
    let mut page = Page::open(&site, Some(&cookie)).await;
    page.until(|page| !page.ended.is_empty()).await;
    assert_eq!(page.ended[0]["code"], 1009);
    let seen: Vec<_> = page
        .seen()
        .iter()
        .map(|(from, byte, _)| (*from, *byte))
        .collect();
    assert_eq!(seen, [("client", 0x82), ("server", 0x88)]);
    assert_eq!(page.frames[0]["len"], 70_000);
}

/// A page that shows somebody else's frames would be worse than none.
#[tokio::test]
async fn page_is_shown_its_own_session_only_and_a_forged_cookie_nothing() {
    let site = Site::start().await;
    let (own, other) = (cookie(&site).await, cookie(&site).await);
    let forged = format!("{}AAAA", &own[..own.len() - 4]);
    let mut foreign = open(&site, "/echo", Some(&other)).await;
    let mut nobody = open(&site, "/echo", None).await;
    let mut mine = open(&site, "/echo", Some(&own)).await;
    for ws in [&mut foreign, &mut nobody, &mut mine] {
        echo(ws, "hello").await;
    }
    for cookie in [None, Some(forged.as_str())] {
        let page = Page::open(&site, cookie).await;
        assert_eq!(page.hello["recording"], "unknown");
    }
    let mut page = Page::open(&site, Some(&own)).await;
    let mut second = Page::open(&site, Some(&own)).await;
    for page in [&mut page, &mut second] {
        page.until(|page| page.frames.len() == 2).await;
        assert_eq!(page.connections.len(), 1);
        // Neither its own connection nor that of the other page.
        assert_eq!(page.connections[0]["target"], "/echo");
    }
}

/// A page of another site could otherwise read what this browser does here.
#[tokio::test]
async fn page_of_another_site_may_not_look() {
    let site = Site::start().await;
    let client = Client::new(&format!("ws://{}/frames", site.address)).unwrap();
    let client = client.origin("https://elsewhere.example").unwrap();
    let error = client.connect().await.unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 403);
}

async fn with_admin() -> Site {
    let token = Scratch::of(TOKEN.as_bytes());
    let mut options = options();
    options.frames.admin_token_file = Some(token.path().to_owned());
    Site::start_with(options).await
}

/// With the token everything is shown, also what has no session, from then on.
#[tokio::test]
async fn administrator_is_shown_the_connections_of_everybody() {
    let site = with_admin().await;
    let cookie = cookie(&site).await;
    let mut before = open(&site, "/echo", None).await;
    let mut with_session = open(&site, "/echo", Some(&cookie)).await;
    let mut page = Page::open(&site, None).await;
    assert_eq!(
        (&page.hello["is_admin"], &page.hello["has_admin"]),
        (&json!(false), &json!(true))
    );
    page.ws
        .send(json!({ "admin": TOKEN }).to_string())
        .await
        .unwrap();
    page.until(|page| page.hello["is_admin"] == true).await;
    let mut without = open(&site, "/echo?after", None).await;
    for ws in [&mut before, &mut with_session, &mut without] {
        echo(ws, "hello").await;
    }
    page.until(|page| page.frames.len() == 4).await;
    let targets: Vec<_> = page.connections.iter().map(|one| &one["target"]).collect();
    assert_eq!(targets, ["/echo", "/echo?after"]);
}

/// A wrong token ends the connection, and so does any token where none is set.
#[tokio::test]
async fn wrong_token_of_an_administrator_is_refused_with_1008() {
    let guess = json!({ "admin": TOKEN.replace('t', "x") }).to_string();
    let right = json!({ "admin": TOKEN }).to_string();
    let empty = json!({ "admin": "" }).to_string();
    for (site, token) in [
        (with_admin().await, &guess),
        (with_admin().await, &empty),
        (Site::start().await, &right),
        (Site::start().await, &empty),
        (Site::start().await, &"hello".to_owned()),
    ] {
        let mut page = Page::open(&site, None).await;
        page.ws.send(token.as_str()).await.unwrap();
        // News may be on their way, in which there is nothing of anybody.
        while let Some(message) = page.ws.recv().await.unwrap() {
            let text = message.as_text().unwrap();
            assert!(text.contains(r#""connections":[]"#), "{text}");
        }
        let end = page.ws.close_event().unwrap();
        assert_eq!(end.code, CloseCode::POLICY_VIOLATION, "{token}");
    }
}

/// A page that does not read, or pauses, has holes; it is told how many frames it did not see.
#[tokio::test]
async fn page_that_paused_is_told_how_many_frames_it_lost() {
    let site = Site::start().await;
    let cookie = cookie(&site).await;
    let mut page = Page::open(&site, Some(&cookie)).await;
    let mut ws = open(&site, "/echo", Some(&cookie)).await;
    page.until(|page| !page.connections.is_empty()).await;
    page.ws.send(r#"{"pause":true}"#).await.unwrap();
    // It is paused when this was answered.
    page.ws.round_trip().await.unwrap();
    for _ in 0..FRAMES_MAX {
        echo(&mut ws, "x").await;
    }
    page.ws.send(r#"{"pause":false}"#).await.unwrap();
    page.until(|page| page.frames.len() == FRAMES_MAX).await;
    assert_eq!(page.lost, u64::try_from(FRAMES_MAX).unwrap());
    page.ws.send(r#"{"clear":true}"#).await.unwrap();
    page.ws.round_trip().await.unwrap();
    let mut later = Page::open(&site, Some(&cookie)).await;
    echo(&mut ws, "after").await;
    later.until(|page| page.frames.len() == 2).await;
    assert_eq!(later.lost, 0);
}

/// Pages give a cookie to whoever has none, and no cache keeps it for others; files give none.
#[tokio::test]
async fn pages_set_the_cookie_once_and_nothing_else_does() {
    let site = Site::start().await;
    let cookie = cookie(&site).await;
    for (path, sets) in [
        ("/", true),
        ("/demo/frames", true),
        ("/assets/style.css", false),
        ("/health", false),
        ("/frames", false),
    ] {
        let (head, _) = site.get(path).await;
        assert_eq!(header(&head, "set-cookie").is_some(), sets, "{path}");
        if sets {
            assert_eq!(header(&head, "cache-control"), Some("private, no-cache"));
        }
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
        );
        let (head, _) = site.ask(&request).await;
        assert_eq!(header(&head, "set-cookie"), None, "{path}");
    }
}

/// If this fails, a browser that looks at two servers of one machine has a new session with each
/// page of either, and is shown nothing of what it did before.
#[tokio::test]
async fn cookie_of_another_server_of_this_host_is_kept_beside_ours() {
    let (one, other) = (Site::start().await, Site::start().await);
    let name = |cookie: &str| cookie.split_once('=').unwrap().0.to_owned();
    let (of_one, of_other) = (cookie(&one).await, cookie(&other).await);
    assert_ne!(name(&of_one), name(&of_other));
}
