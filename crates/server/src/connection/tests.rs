//! Connections over pipes in memory, where the clock can be stopped and a handler can go wrong.

use std::time::Duration;

use hyper::StatusCode;
use sockeye::CloseCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::echo;
use crate::life::Lifeline;
use crate::limits::{HEAD_TIMEOUT, HTTP_TIMEOUT, LINGER_TIMEOUT};
use crate::options::Options;
use crate::response::text;
use crate::routes::{Route, Target};
use crate::slots::Slots;

const GET: &[u8] = b"GET /fine HTTP/1.1\r\nHost: a\r\n\r\n";

const ROUTES: &[Route] = &[
    Route::new("/fine", Target::Word(|_| text(StatusCode::OK, "fine"))),
    Route::new("/broken", Target::Word(|_| panic!("on purpose"))),
    Route::new("/echo", Target::WebSocket(echo::serve)),
    Route::new("/fragile", Target::WebSocket(|_, _| panic!("on purpose"))),
];

struct Fixture {
    site: Arc<Site>,
    slots: Slots,
    lifeline: Lifeline,
    post: Post,
}

impl Fixture {
    fn new() -> Self {
        let (lifeline, life) = Lifeline::new(CloseCode::GOING_AWAY);
        Self {
            site: Arc::new(Site::new(&Options::default(), ROUTES).unwrap()),
            slots: Slots::new(8, 8),
            lifeline,
            post: Post::new(life),
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

#[tokio::test(start_paused = true)]
async fn head_that_does_not_end_is_cut_off_in_time() {
    let fixture = Fixture::new();
    let start = tokio::time::Instant::now();
    let mut client = fixture.connect().await;
    client.write_all(b"GET /fine HTTP/1.1\r\n").await.unwrap();
    assert_eq!(read_all(&mut client).await, "");
    assert_eq!(start.elapsed().as_secs(), HEAD_TIMEOUT.as_secs());
}

#[tokio::test(start_paused = true)]
async fn client_that_does_not_read_its_answers_is_cut_off_in_time() {
    let fixture = Fixture::new();
    let start = tokio::time::Instant::now();
    let mut client = fixture.connect().await;
    // Until neither the pipe nor hyper takes another request.
    let flood = async { while client.write_all(GET).await.is_ok() {} };
    flood.await;
    assert!(start.elapsed() >= HTTP_TIMEOUT, "{:?}", start.elapsed());
    fixture.slots.wait_until_unused().await;
}

#[tokio::test(start_paused = true)]
async fn client_that_never_closes_is_not_waited_for_long() {
    let fixture = Fixture::new();
    let mut client = fixture.connect().await;
    let last = b"GET /fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    client.write_all(last).await.unwrap();
    assert!(read_all(&mut client).await.starts_with("HTTP/1.1 200 OK"));
    let start = tokio::time::Instant::now();
    fixture.slots.wait_until_unused().await;
    assert_eq!(start.elapsed().as_secs(), LINGER_TIMEOUT.as_secs());
}

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
