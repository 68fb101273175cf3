//! Connections over pipes in memory, where the clock can be stopped and a handler can go wrong.

use std::pin::Pin;
use std::time::Duration;

use hyper::StatusCode;
use sockeye::{Client, CloseCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::answer::Places;
use crate::auth::signing::sign;
use crate::echo;
use crate::life::Lifeline;
use crate::limits::{HEAD_TIMEOUT, HTTP_TIMEOUT, LINGER_TIMEOUT};
use crate::node::{Hub, Node};
use crate::options::Options;
use crate::overheard::Overheard;
use crate::response::text;
use crate::routes::{Access, Route, Target};
use crate::scratch::Scratch;
use crate::slots::Slots;
use crate::stats::Stats;
use crate::viewer;

/// What signs the tokens of members.
const SECRET: [u8; 32] = [b's'; 32];

const GET: &[u8] = b"GET /fine HTTP/1.1\r\nHost: a\r\n\r\n";

const ROUTES: &[Route] = &[
    Route::new("/fine", Target::Word(|_| text(StatusCode::OK, "fine"))),
    Route::new("/broken", Target::Word(|_| panic!("on purpose"))),
    Route::new("/echo", Target::WebSocket(Access::Anyone, echo::serve)),
    Route::new("/fragile", Target::WebSocket(Access::Anyone, break_down)),
    Route::new("/members", Target::WebSocket(Access::Members, tell_name)),
    Route::new("/patient", Target::WebSocket(Access::Members, echo::serve)),
    Route::new("/frames", Target::WebSocket(Access::Viewers, viewer::serve)),
];

/// A handler that panics with the second message, so that the WebSocket is open by then.
fn break_down(mut visit: Visit) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(async move {
        let first = visit.ws.recv().await.unwrap().unwrap();
        visit.ws.send(first).await.unwrap();
        visit.ws.recv().await.unwrap();
        panic!("on purpose")
    })
}

/// Tells the client who it is.
fn tell_name(mut visit: Visit) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(async move {
        let name = visit.caller.user().unwrap_or("nobody").to_owned();
        let sent = visit.ws.send(name).await;
        let _ = visit.ws.close(CloseCode::NORMAL, "").await;
        Ending::of(&visit.ws, &sent)
    })
}

struct Fixture {
    site: Arc<Site>,
    slots: Slots,
    lifeline: Lifeline,
    post: Post,
}

impl Fixture {
    fn new() -> Self {
        Self::with(&Options::default())
    }

    fn with(options: &Options) -> Self {
        let (lifeline, life) = Lifeline::new(CloseCode::GOING_AWAY);
        let slots = Slots::new(8, 8);
        let stats = Arc::new(Stats::new(slots.clone(), 8));
        let hub = Hub::alone();
        Self {
            post: Post::new(life, Node::new(&hub, 0, stats.thread())),
            site: Arc::new(Site::new(options, ROUTES, stats).unwrap()),
            slots,
            lifeline,
        }
    }

    async fn connect(&self) -> DuplexStream {
        let (ours, theirs) = duplex(4096);
        let opening = self.slots.take().await;
        let arrival = Arrival {
            socket: Socket::Pipe(theirs),
            address: None,
        };
        let (site, post) = (Arc::clone(&self.site), self.post.clone());
        tokio::spawn(serve(arrival, site, post, opening));
        ours
    }
}

/// Everything that comes until the end.
async fn read_all(client: &mut DuplexStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    text
}

/// The head and the body of the next response, which has five bytes.
async fn read_fine(client: &mut DuplexStream) -> String {
    let mut text = String::new();
    while !text.ends_with("fine\n") {
        text.push(char::from(client.read_u8().await.unwrap()));
    }
    text
}

/// If this fails, a defect that one request finds ends the others, or keeps its place for ever.
#[tokio::test]
async fn connection_whose_handler_panics_ends_alone() {
    let fixture = Fixture::new();
    let mut healthy = fixture.connect().await;
    healthy.write_all(GET).await.unwrap();
    read_fine(&mut healthy).await;
    let mut broken = fixture.connect().await;
    let get = b"GET /broken HTTP/1.1\r\nHost: a\r\n\r\n";
    broken.write_all(get).await.unwrap();
    assert_eq!(read_all(&mut broken).await, "");
    healthy.write_all(GET).await.unwrap();
    read_fine(&mut healthy).await;
    assert_eq!(fixture.slots.used(), 1);
    drop(healthy);
    fixture.slots.wait_until_unused().await;
}

/// If this fails, whoever sends a head by the byte keeps a connection for ever.
#[tokio::test(start_paused = true)]
async fn head_that_does_not_end_is_cut_off_in_time() {
    let fixture = Fixture::new();
    let start = Instant::now();
    let mut client = fixture.connect().await;
    client.write_all(b"GET /fine HTTP/1.1\r\n").await.unwrap();
    assert_eq!(read_all(&mut client).await, "");
    assert_eq!(start.elapsed().as_secs(), HEAD_TIMEOUT.as_secs());
}

/// If this fails, whoever asks and never reads keeps a connection for ever.
#[tokio::test(start_paused = true)]
async fn client_that_does_not_read_its_answers_is_cut_off_in_time() {
    let fixture = Fixture::new();
    let start = Instant::now();
    let mut client = fixture.connect().await;
    // Until neither the pipe nor hyper takes another request.
    let flood = async { while client.write_all(GET).await.is_ok() {} };
    flood.await;
    assert!(start.elapsed() >= HTTP_TIMEOUT, "{:?}", start.elapsed());
    fixture.slots.wait_until_unused().await;
}

/// If this fails, whoever got his last answer and stays keeps a connection for ever.
#[tokio::test(start_paused = true)]
async fn client_that_never_closes_is_not_waited_for_long() {
    let fixture = Fixture::new();
    let mut client = fixture.connect().await;
    let last = b"GET /fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    client.write_all(last).await.unwrap();
    assert!(read_all(&mut client).await.starts_with("HTTP/1.1 200 OK"));
    let start = Instant::now();
    fixture.slots.wait_until_unused().await;
    assert_eq!(start.elapsed().as_secs(), LINGER_TIMEOUT.as_secs());
}

/// If this fails, a stop waits for whoever asks for nothing, or loses an answer.
#[tokio::test]
async fn draining_ends_an_idle_connection_and_answers_what_was_asked() {
    let fixture = Fixture::new();
    let (mut idle, mut asking) = (fixture.connect().await, fixture.connect().await);
    idle.write_all(GET).await.unwrap();
    read_fine(&mut idle).await;
    let (begin, rest) = GET.split_at(10);
    asking.write_all(begin).await.unwrap();
    tokio::task::yield_now().await;
    fixture.lifeline.leave(Duration::ZERO);
    assert_eq!(read_all(&mut idle).await, "");
    asking.write_all(rest).await.unwrap();
    let answer = read_all(&mut asking).await;
    assert!(answer.contains("connection: close"), "{answer}");
    drop((idle, asking));
    fixture.slots.wait_until_unused().await;
}

/// Somebody who connects while the server leaves, and says nothing, must not hold it up.
#[tokio::test(start_paused = true)]
async fn late_connection_is_answered_and_a_silent_one_ends_when_nobody_comes_any_more() {
    let fixture = Fixture::new();
    fixture.lifeline.leave(Duration::ZERO);
    let (mut silent, mut asking) = (fixture.connect().await, fixture.connect().await);
    asking.write_all(GET).await.unwrap();
    let answer = read_all(&mut asking).await;
    assert!(answer.contains("connection: close"), "{answer}");
    let start = Instant::now();
    fixture.lifeline.close();
    assert_eq!(read_all(&mut silent).await, "");
    assert!(start.elapsed() < HEAD_TIMEOUT);
    drop((silent, asking));
    fixture.slots.wait_until_unused().await;
}

/// If this fails, what a client sends with its opening handshake is lost.
#[tokio::test]
async fn frames_glued_to_the_request_are_echoed() {
    let fixture = Fixture::new();
    let mut client = fixture.connect().await;
    let mut bytes =
        b"GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_vec();
    // A text "hi", masked with zeros, and an empty Close.
    bytes.extend([0x81, 0x82, 0, 0, 0, 0, b'h', b'i', 0x88, 0x80, 0, 0, 0, 0]);
    client.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
    assert!(
        answer.ends_with(&[b'\n', 0x81, 2, b'h', b'i', 0x88, 0]),
        "{answer:?}"
    );
}

/// A connection to `path`, opened by a client of ours.
async fn open(fixture: &Fixture, path: &str) -> WebSocket<Stream<DuplexStream>> {
    let client = Client::new(&format!("ws://localhost{path}")).unwrap();
    client.connect_over(fixture.connect().await).await.unwrap()
}

/// A defect in one handler must cost one client its connection, and be seen.
#[tokio::test]
async fn web_socket_whose_handler_panics_ends_alone_with_1011_and_is_counted() {
    let fixture = Fixture::new();
    let mut healthy = open(&fixture, "/echo").await;
    let mut broken = open(&fixture, "/fragile").await;
    for ws in [&mut healthy, &mut broken] {
        ws.send("fine").await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
    broken.send("break").await.unwrap();
    assert_eq!(broken.recv().await.unwrap(), None);
    let code = broken.close_event().unwrap().code;
    assert_eq!(code, CloseCode::INTERNAL_ERROR);
    healthy.send("still here").await.unwrap();
    assert!(healthy.recv().await.unwrap().is_some());
    let text = fixture.site.stats.render(true);
    for line in [
        "sockeye_server_panics_total 1",
        "sockeye_server_closed_total{why=\"panic\"} 1",
        "sockeye_server_opened_total 2",
        "sockeye_server_websockets 1",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
}

/// If this fails, whoever runs the server cannot tell which rule a client broke, or which bound it
/// met: the Close says neither.
#[tokio::test]
async fn end_of_who_broke_a_rule_is_told_with_the_code_and_the_rule_with_its_numbers() {
    let mut options = Options::default();
    options.websocket.message_len_max = 1000;
    let fixture = Fixture::with(&options);
    for (frame, code, why, fault) in [
        (&[0x81, 0x01, b'x'][..], 1002, "fault", "is not masked"),
        (
            &[0x83, 0x80, 0, 0, 0, 0],
            1002,
            "fault",
            "opcode 0x3 is reserved",
        ),
        (
            &[0x81, 0x82, 0, 0, 0, 0, b'a', 0xFF],
            1007,
            "fault",
            "a text message is not UTF-8 at byte 1",
        ),
        (
            &[0x81, 0xFE, 0x03, 0xE9, 0, 0, 0, 0],
            1009,
            "limit",
            "longer than the limit of 1000 bytes",
        ),
    ] {
        let heard = Overheard::new();
        let mut client = fixture.connect().await;
        let head =
            b"GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        client
            .write_all(&[&head[..], frame].concat())
            .await
            .unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.ends_with(&u16::to_be_bytes(code)), "{answer:?}");
        drop(client);
        fixture.slots.wait_until_unused().await;
        let lines = heard.lines("closed");
        let said = format!(" code={code} clean=false why=\"{why}\" fault=");
        let is_said = |line: &String| {
            [&said, fault, " address=unix "]
                .iter()
                .all(|part| line.contains(part))
        };
        assert!(lines.len() == 1 && lines.iter().all(is_said), "{lines:?}");
    }
}

/// If this fails, somebody who tries tokens of administrators counts as one who said goodbye.
#[tokio::test]
async fn end_of_a_page_that_sends_what_it_may_not_is_no_goodbye_of_a_client() {
    let fixture = Fixture::new();
    for said in ["no command", r#"{"admin":"a guess"}"#] {
        let mut page = open(&fixture, "/frames").await;
        page.recv().await.unwrap().unwrap();
        page.send(said).await.unwrap();
        // The first news may be on their way.
        while page.recv().await.unwrap().is_some() {}
    }
    fixture.slots.wait_until_unused().await;
    let text = fixture.site.stats.render(true);
    let line = "sockeye_server_closed_total{why=\"fault\"} 2\n";
    assert!(text.contains(line), "{text}");
}

/// If this fails, the log does not say why a page was closed that does not answer.
#[tokio::test(start_paused = true)]
async fn end_of_a_page_that_answers_no_close_has_the_code_of_ours() {
    let fixture = Fixture::new();
    let heard = Overheard::new();
    let mut page = open(&fixture, "/frames").await;
    page.send("no command").await.unwrap();
    fixture.slots.wait_until_unused().await;
    let lines = heard.lines("closed");
    let said = " code=1008 clean=false why=\"fault\"";
    assert!(lines.len() == 1 && lines[0].contains(said), "{lines:?}");
}

/// The lines of an opening handshake at `/members` with `header`, and the answer to it.
async fn ask_members(fixture: &Fixture, header: &str) -> String {
    let mut client = fixture.connect().await;
    let request = format!(
        "GET /members HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         {header}\r\n\r\n"
    );
    client.write_all(request.as_bytes()).await.unwrap();
    // A masked Close, so that the connection ends where it was opened.
    let _ = client.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await;
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// If this fails, an application believes a client instead of its token.
#[tokio::test]
async fn members_are_who_their_token_says_and_forged_ones_are_401() {
    let secret = Scratch::of(&SECRET);
    let mut options = Options::default();
    options.auth.secret_file = Some(secret.path().to_owned());
    options.auth.required = true;
    let fixture = Fixture::with(&options);
    let answer = ask_members(&fixture, "X: x").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("www-authenticate: Bearer\r\n"), "{answer}");
    let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290IiwiZXhwIjo5OTk5OTk5OTk5fQ.";
    let answer = ask_members(&fixture, &format!("Cookie: sockeye_token={forged}")).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("algorithm that is not allowed"), "{answer}");
    assert!(!answer.contains("eyJ"), "no token comes back: {answer}");
    let good = token(r#"{"sub":"jo","exp":9999999999}"#);
    let answer = ask_members(&fixture, &format!("Authorization: Bearer {good}")).await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("\u{2}jo"), "{answer}");
    let text = fixture.site.stats.render(true);
    assert!(text.contains("sockeye_server_denied_total 2\n"), "{text}");
}

/// One user with a script must not take the room of the others.
#[tokio::test]
async fn user_beyond_his_connections_gets_429_until_one_ends() {
    let secret = Scratch::of(&SECRET);
    let mut options = Options::default();
    options.auth.secret_file = Some(secret.path().to_owned());
    options.limits.connections_per_user_max = 1;
    let fixture = Fixture::with(&options);
    let open = async |user: &str| {
        let claims = format!(r#"{{"sub":"{user}","exp":9999999999}}"#);
        let good = token(&claims);
        let client = Client::new("ws://localhost/patient").unwrap();
        let client = client
            .header("Authorization", &format!("Bearer {good}"))
            .unwrap();
        client.connect_over(fixture.connect().await).await
    };
    let mut first = open("jo").await.unwrap();
    let refused = open("jo").await.unwrap_err();
    let response = refused.response().unwrap();
    assert_eq!(response.head.status(), 429);
    let words = String::from_utf8_lossy(&response.body_start);
    assert!(
        words.contains("as many WebSockets as they may, 1;"),
        "{words}"
    );
    assert!(open("joe").await.is_ok());
    first.close(None, "").await.unwrap();
    // The server knows of the end a moment later than we do.
    while open("jo").await.is_err() {}
}

/// A token of `claims`.
fn token(claims: &str) -> String {
    sign(&SECRET, br#"{"alg":"HS256"}"#, claims.as_bytes())
}

/// A page of another site would bring its visitor's cookie.
#[tokio::test]
async fn members_come_from_pages_of_our_host_or_of_those_that_are_allowed() {
    let mut options = Options::default();
    options.origins.allowed = vec!["https://friend.example".parse().unwrap()];
    let fixture = Fixture::with(&options);
    for (origin, status) in [
        ("https://a", "101"),
        ("https://friend.example", "101"),
        ("https://foe.example", "403"),
        ("null", "403"),
    ] {
        let answer = ask_members(&fixture, &format!("Origin: {origin}")).await;
        let start = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&start), "{origin}: {answer}");
    }
}

/// Each idle connection has one of these, beside what its application keeps.
#[tokio::test]
async fn host_keeps_nothing_of_the_opening() {
    let fixture = Fixture::new();
    let (ws, _client) = sockeye_pair();
    let entry = Entry {
        room: None,
        application: echo::serve,
        path: "/echo",
        caller: Caller::default(),
        places: Places::default(),
        seen: Seen::Not,
    };
    let hosting = host(ws, entry, &fixture.site, fixture.post.clone());
    assert!(size_of_val(&hosting) <= 200, "{}", size_of_val(&hosting));
}

/// Two ends over a pipe, of the type that the server has.
fn sockeye_pair() -> (WebSocket, DuplexStream) {
    let (ours, theirs) = duplex(64);
    let request: hyper::Request<()> = hyper::Request::builder()
        .uri("/echo")
        .header("Host", "a")
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(())
        .unwrap();
    let upgrade = sockeye::Acceptor::default().upgrade(&sockeye::HttpHead::from(&request));
    let ws = upgrade
        .unwrap()
        .unwrap()
        .start(Stream::boxed(theirs), Vec::new());
    (ws, ours)
}
