//! `client`: what it asks, what it makes of each answer, and how long it waits (RFC 6455 §4.1).

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use sockeye::{
    Client, ContextBudget, DeflateOffer, Error, Phase, ResponseHead, Target, Timeouts, WebSocket,
};
use sockeye_proto::limits::CLOSE_TIMEOUT;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::support::open::{answer_to, header};
use crate::support::poll::{pass, settle};
use crate::support::scripted::{Script, Scripted, scripted};

/// What a server makes of the right answer.
type Change = fn(String) -> String;

type Connecting = tokio::task::JoinHandle<sockeye::Result<WebSocket<Scripted>>>;

/// A client that waits for the script's answer to the request.
async fn asking(client: Client) -> (Connecting, Script, String) {
    let (transport, script) = scripted();
    let connecting = tokio::spawn(client.handshake_over(transport));
    settle().await;
    let request = String::from_utf8(script.take_written()).unwrap();
    (connecting, script, request)
}

fn client() -> Client {
    Client::new("ws://example.com:8080/chat?room=1").unwrap()
}

/// What becomes of a client whose request is answered with what `answer` makes of the right answer.
async fn answered(answer: impl FnOnce(String) -> String) -> Error {
    let (connecting, script, request) = asking(client()).await;
    script.bytes(answer(answer_to(&request, "")));
    script.end();
    let error = connecting.await.unwrap().unwrap_err();
    assert!(script.is_dropped());
    error
}

#[tokio::test(start_paused = true)]
async fn client_asks_once_and_for_what_the_url_says() {
    // RFC 6455 §4.1-1 §4.1-12 §4.1-26 TEST: a valid request, and nothing more before the answer.
    let (connecting, script, request) = asking(client()).await;
    assert!(request.starts_with("GET /chat?room=1 HTTP/1.1\r\n"));
    assert_eq!(header(&request, "host"), Some("example.com:8080"));
    assert_eq!(header(&request, "sec-websocket-version"), Some("13"));
    assert!(request.ends_with("\r\n\r\n"));
    settle().await;
    assert_eq!(script.take_written(), b"");
    connecting.abort();
}

#[tokio::test(start_paused = true)]
async fn client_and_its_clones_never_repeat_a_nonce() {
    // RFC 6455 §4.1-21 TEST
    let client = client();
    let mut keys = HashSet::new();
    for _ in 0..1000 {
        let (connecting, _script, request) = asking(client.clone()).await;
        assert!(keys.insert(header(&request, "sec-websocket-key").unwrap().to_owned()));
        connecting.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn client_sends_the_cookies_it_was_given_in_one_header() {
    let client = client().cookie("session", "f00").unwrap();
    let (connecting, _script, request) = asking(client.cookie("theme", "dark").unwrap()).await;
    assert_eq!(header(&request, "cookie"), Some("session=f00; theme=dark"));
    connecting.abort();
}

/// Fails if a second call does something else than the method's documentation says: subprotocols
/// and headers add, the rest replaces.
#[tokio::test(start_paused = true)]
async fn client_told_twice_adds_protocols_and_headers_and_replaces_the_rest() {
    let wait = Duration::from_secs(3);
    let client = client()
        .protocols(["first"])
        .and_then(|client| client.protocols(["second", "third"]))
        .and_then(|client| client.header("X-Word", "one"))
        .and_then(|client| client.header("X-Word", "two"))
        .and_then(|client| client.origin("https://a.example"))
        .and_then(|client| client.origin("https://b.example"))
        .unwrap()
        .deflate(Some(DeflateOffer::takeover()))
        .deflate(None)
        .timeouts(Timeouts::each(wait * 2))
        .open_timeout(wait);
    let start = Instant::now();
    let (connecting, _script, request) = asking(client.clone()).await;
    let named = |name| {
        let all = request.lines().filter_map(|line| line.split_once(": "));
        let named = all
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value);
        named.collect::<Vec<_>>()
    };
    assert_eq!(named("Sec-WebSocket-Protocol"), ["first, second, third"]);
    assert_eq!(named("X-Word"), ["one", "two"]);
    assert_eq!(named("Origin"), ["https://b.example"]);
    assert_eq!(named("Sec-WebSocket-Extensions"), [""; 0]);
    assert!(connecting.await.unwrap().unwrap_err().is_timeout());
    assert_eq!(start.elapsed(), wait);
    assert!(client.protocols(["second"]).unwrap_err().is_misuse());
}

#[test]
fn client_tells_no_secrets_to_a_log() {
    let client = Client::new("ws://example.com/?token=secret").unwrap();
    let client = client.cookie("session", "secret").unwrap();
    let client = client.header("Authorization", "secret").unwrap();
    let text = format!("{client:?}");
    assert!(
        text.contains("example.com") && !text.contains("secret"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn client_keeps_the_response_if_it_was_asked_to() {
    for is_kept in [true, false] {
        let client = if is_kept {
            client().keep_response()
        } else {
            client()
        };
        let (connecting, script, request) = asking(client).await;
        script.bytes(answer_to(&request, "X-Server: seven\r\n"));
        let ws = connecting.await.unwrap().unwrap();
        let response = ws.response();
        assert_eq!(response.map(ResponseHead::status), is_kept.then_some(101));
        let server = response.and_then(|response| response.headers().first("x-server"));
        assert_eq!(server, is_kept.then_some(&b"seven"[..]));
        let (_sender, receiver) = ws.split();
        assert_eq!(receiver.response().is_some(), is_kept);
    }
}

#[tokio::test(start_paused = true)]
async fn client_connects_over_what_its_caller_opens_and_says_where_to() {
    let (transport, script) = scripted();
    let opening = |target: Target| async move {
        assert_eq!((target.host.as_str(), target.port), ("example.com", 8080));
        assert!(!target.is_tls);
        Ok(transport)
    };
    let connecting = tokio::spawn(client().connect_with(opening));
    settle().await;
    let request = String::from_utf8(script.take_written()).unwrap();
    script.bytes(answer_to(&request, ""));
    assert!(connecting.await.unwrap().is_ok());

    let failing = |_| async { Err::<Scripted, _>(io::Error::other("the proxy is closed")) };
    let error = client().connect_with(failing).await.unwrap_err();
    assert!(error.is_lost(), "{error:?}");
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("proxy")
    );
}

#[tokio::test(start_paused = true)]
async fn client_hands_a_refusal_to_its_caller_with_head_and_body() {
    let refusal = "HTTP/1.1 503 Full\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\ntoo many!";
    let error = answered(|_| refusal.to_owned()).await;
    assert!(error.is_refused() && !error.is_peer_fault() && !error.is_lost());
    let response = error.response().unwrap();
    assert_eq!(response.head.status(), 503);
    assert_eq!(response.body_start, b"too many!");
    assert!(error.to_string().contains("503"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn client_fails_each_answer_that_breaks_a_rule() {
    let broken: [(&str, Change); 6] = [
        ("another accept", |a| {
            a.replace("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: x")
        }),
        ("no accept", |a| a.replace("Accept", "Nothing")),
        ("no upgrade", |a| a.replace("Upgrade: websocket\r\n", "")),
        ("no connection", |a| {
            a.replace("Connection: Upgrade\r\n", "")
        }),
        ("a protocol not asked for", |a| {
            a.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: x\r\n\r\n")
        }),
        ("an extension not asked for", |a| {
            a.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x-y\r\n\r\n")
        }),
    ];
    for (name, answer) in broken {
        // RFC 6455 §7.1.7-1 TEST
        let error = answered(answer).await;
        assert!(
            error.is_peer_fault() && !error.is_refused(),
            "{name}: {error:?}"
        );
    }
    assert!(
        answered(|_| "\x16\x03\x01\r\n\r\n".into())
            .await
            .is_peer_fault()
    );
    assert!(answered(|a| a[..30].to_owned()).await.is_lost());
    assert!(answered(|_| String::new()).await.is_lost());
}

/// Fails if a client that reached another service is told of a network that failed, or waits for
/// its time to be up.
#[tokio::test(start_paused = true)]
async fn client_of_what_speaks_no_http_is_told_how_that_begins() {
    for (greeting, start) in [
        ("SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_"),
        ("220 mail\r\n", "220 mail"),
        ("hello", "hello"),
    ] {
        let error = answered(|_| greeting.to_owned()).await;
        assert!(error.is_peer_fault() && !error.is_lost(), "{error:?}");
        let text = format!("{error:#}");
        assert!(text.contains(&format!("begins with \"{start}\"")), "{text}");
    }
    let start = Instant::now();
    let (connecting, script, _) = asking(client()).await;
    script.bytes("SSH-2.0-OpenSSH_9.6\r\n");
    assert!(connecting.await.unwrap().unwrap_err().is_peer_fault());
    assert_eq!(start.elapsed(), Duration::ZERO, "it does not wait for more");
}

#[tokio::test(start_paused = true)]
async fn client_waits_for_the_answer_as_long_as_it_was_told() {
    let wait = Duration::from_secs(3);
    let start = Instant::now();
    let (connecting, script, _) = asking(client().open_timeout(wait)).await;
    let error = connecting.await.unwrap().unwrap_err();
    assert_eq!(error.timeout_phase(), Some(Phase::Handshake));
    assert!(error.is_timeout() && !error.is_lost());
    assert_eq!(start.elapsed(), wait);
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn client_of_an_endless_head_gives_up_at_the_limit() {
    let (connecting, script, _) = asking(client()).await;
    script.bytes(format!("HTTP/1.1 101 S\r\nX: {}", "y".repeat(100_000)));
    assert!(connecting.await.unwrap().unwrap_err().is_peer_fault());
}

#[tokio::test]
async fn client_of_a_port_where_nobody_listens_is_lost() {
    // RFC 6455 §4.1-7 §7.2.1-1 TEST
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = sockeye::connect(&format!("ws://{address}/"))
        .await
        .unwrap_err();
    assert!(error.is_lost() && !error.is_timeout() && error.fault().is_none());
    let text = error.to_string();
    assert!(text.contains(&address.port().to_string()), "{text}");
    assert!(std::error::Error::source(&error).is_some());
}

/// A connection for which the server agrees to `agreed`, and whether takeover was offered.
async fn compressing(client: &Client, agreed: &str) -> (WebSocket<Scripted>, bool) {
    let (connecting, script, request) = asking(client.clone()).await;
    let offer = header(&request, "sec-websocket-extensions").unwrap();
    let is_takeover = !offer.contains("no_context_takeover");
    assert!(offer.contains("client_max_window_bits"), "{offer}");
    let extension = format!("Sec-WebSocket-Extensions: permessage-deflate{agreed}\r\n");
    script.bytes(answer_to(&request, &extension));
    (connecting.await.unwrap().unwrap(), is_takeover)
}

/// Fails if the contexts of clients are not counted, or counted for longer or for more than they
/// are there, or if takeover is offered for which there is no memory.
#[tokio::test(start_paused = true)]
async fn client_offers_takeover_only_while_its_budget_has_room() {
    const NEITHER: &str = "; server_no_context_takeover; client_no_context_takeover";
    // RFC 7692 §7.1.2.2: a smaller window takes less.
    const SMALL: &str = "; server_no_context_takeover; client_max_window_bits=9";
    let budget = ContextBudget::new(300_000);
    let client = client()
        .deflate(Some(DeflateOffer::takeover()))
        .contexts(budget.clone());
    let (first, is_takeover) = compressing(&client, "").await;
    assert!(is_takeover && budget.used_bytes() > 200_000);
    let (second, is_takeover) = compressing(&client, NEITHER).await;
    assert!(!is_takeover, "the other one has it");
    drop((first, second));
    // Nobody answers their Close.
    pass(CLOSE_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(budget.used_bytes(), 0);
    let (small, is_takeover) = compressing(&client, SMALL).await;
    assert!(is_takeover && budget.used_bytes() < 20_000);
    let before = budget.used_bytes();
    let (neither, is_takeover) = compressing(&client, NEITHER).await;
    assert!(is_takeover && budget.used_bytes() == before);
    drop((small, neither));
}
