//! `server`: each refusal on the wire with its status, in time, and told to the caller
//! (RFC 6455 §4.2).

use std::error::Error as _;
use std::time::Duration;

use sockeye::limits::OPEN_TIMEOUT;
use sockeye::{Acceptor, Phase};
use tokio::time::Instant;

use crate::support::open::{REQUEST, header};
use crate::support::poll::{pass, settle};
use crate::support::scripted::scripted;

const MOMENT: Duration = Duration::from_millis(1);

/// `REQUEST` with `from` replaced.
fn with(from: &str, to: &str) -> String {
    assert!(REQUEST.contains(from), "{from}");
    REQUEST.replace(from, to)
}

/// Requests that are refused, with the status of the answer.
fn refused() -> Vec<(&'static str, String, u16)> {
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let flood = "X: y\r\n".repeat(2000) + "\r\n";
    vec![
        ("POST", with("GET", "POST"), 405),
        ("HTTP/1.0", with("HTTP/1.1", "HTTP/1.0"), 505),
        (
            "an ordinary request",
            with("Upgrade: websocket\r\n", ""),
            426,
        ),
        ("another upgrade", with("websocket\r\n", "h2c\r\n"), 426),
        ("version 8", with("Version: 13", "Version: 8"), 426),
        ("no host", with("Host: example.com\r\n", ""), 400),
        ("no key", with(key, ""), 400),
        ("two keys", with(key, &key.repeat(2)), 400),
        ("a short key", with("dGhlIHNhbXBsZSBub25jZQ==", "dGhl"), 400),
        (
            "no connection header",
            with("Connection: Upgrade\r\n", ""),
            400,
        ),
        (
            "a body",
            with("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n"),
            400,
        ),
        ("not HTTP", "\x16\x03\x01\x02\r\n\r\n".to_owned(), 400),
        // CVE-2024-37890: more headers than are looked at, and no panic.
        (
            "2000 headers",
            with("\r\n\r\n", &format!("\r\n{flood}")),
            431,
        ),
        (
            "20 KB of one header",
            with("\r\n\r\n", &format!("\r\nX: {}", "y".repeat(20_000))),
            431,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn server_refuses_each_bad_request_with_its_status_and_hangs_up() {
    // RFC 6455 §4.2.1-1 TEST
    for (name, request, status) in refused() {
        for read_max in [usize::MAX, 1] {
            let (transport, script) = scripted();
            script.read_at_most(read_max);
            script.bytes(request.clone());
            script.end();
            let error = sockeye::accept(transport).await.unwrap_err();
            assert!(error.is_peer_fault(), "{name}: {error:?}");
            let answer = String::from_utf8(script.take_written()).unwrap();
            let expected = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&expected), "{name}: {answer}");
            assert!(script.is_shut() && script.is_dropped(), "{name}");
            if status == 426 {
                assert_eq!(
                    header(&answer, "sec-websocket-version"),
                    Some("13"),
                    "{name}"
                );
            }
        }
    }
}

/// Fails if whoever accepts waits for a client that was refused and does not hang up, or if nobody
/// lets go of that one at the end of its time.
#[tokio::test(start_paused = true)]
async fn server_is_told_of_a_refusal_at_once_and_its_client_has_its_time_to_leave() {
    let http = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned();
    for request in [http, with("Version: 13", "Version: 8")] {
        let (transport, script) = scripted();
        script.bytes(request);
        let start = Instant::now();
        let error = sockeye::accept(transport).await.unwrap_err();
        assert!(error.is_peer_fault() && !error.is_timeout(), "{error:?}");
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(script.take_written().starts_with(b"HTTP/1.1 426 "));
        assert!(script.is_shut() && !script.is_dropped());
        pass(OPEN_TIMEOUT.saturating_sub(MOMENT)).await;
        assert!(!script.is_dropped(), "too early");
        pass(2 * MOMENT).await;
        assert!(script.is_dropped(), "too late");
    }
}

/// Fails if a client that takes its answer slowly keeps whoever accepts waiting.
#[tokio::test(start_paused = true)]
async fn server_is_told_of_a_refusal_before_a_slow_client_took_it() {
    let (transport, script) = scripted();
    script.take_up_to(Some(10));
    script.bytes(with("Version: 13", "Version: 8"));
    let start = Instant::now();
    assert!(
        sockeye::accept(transport)
            .await
            .unwrap_err()
            .is_peer_fault()
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
    pass(OPEN_TIMEOUT / 2).await;
    script.take_up_to(None);
    script.end();
    settle().await;
    let answer = String::from_utf8(script.take_written()).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 426 ") && answer.ends_with('\n'),
        "{answer}"
    );
    assert!(script.is_shut() && script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_gives_up_on_a_client_that_does_not_finish_its_request() {
    // RFC 6455 §7.2.2-1 TEST
    let wait = Duration::from_secs(3);
    let (transport, script) = scripted();
    script.bytes(&REQUEST[..REQUEST.len() - 2]);
    let start = Instant::now();
    let accepting = Acceptor::default().open_timeout(wait);
    let error = accepting.accept(transport).await.unwrap_err();
    assert_eq!(error.timeout_phase(), Some(Phase::Handshake));
    assert!(error.is_timeout() && !error.is_lost() && !error.is_peer_fault());
    assert_eq!(start.elapsed(), wait);
    assert!(script.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn server_gives_up_on_a_client_that_sends_a_byte_now_and_then() {
    let (transport, script) = scripted();
    let accepting = tokio::spawn(sockeye::accept(transport));
    for byte in REQUEST.bytes() {
        script.bytes([byte]);
        pass(Duration::from_millis(200)).await;
    }
    settle().await;
    assert!(accepting.await.unwrap().unwrap_err().is_timeout());
}

#[tokio::test(start_paused = true)]
async fn server_whose_client_leaves_or_does_not_take_the_answer_says_so() {
    let (transport, script) = scripted();
    script.bytes(&REQUEST[..20]);
    script.end();
    assert!(sockeye::accept(transport).await.unwrap_err().is_lost());

    let (transport, script) = scripted();
    script.bytes(REQUEST);
    script.write_error(std::io::ErrorKind::BrokenPipe);
    assert!(sockeye::accept(transport).await.unwrap_err().is_lost());

    let (transport, script) = scripted();
    script.bytes(REQUEST);
    script.take_up_to(Some(10));
    assert!(sockeye::accept(transport).await.unwrap_err().is_timeout());
}

/// The subprotocol that `acceptor` chooses of `offer`, as its handle and the wire say.
async fn chosen(acceptor: Acceptor, offer: &str) -> Option<String> {
    let (transport, script) = scripted();
    script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + offer + "\r\n");
    let ws = acceptor.accept(transport).await.unwrap();
    let answer = String::from_utf8(script.take_written()).unwrap();
    assert_eq!(header(&answer, "sec-websocket-protocol"), ws.protocol());
    ws.protocol().map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn server_chooses_the_subprotocol_that_it_prefers() {
    let offer = "Sec-WebSocket-Protocol: soap, chat, echo\r\n";
    let prefers = |names: [&str; 2]| Acceptor::default().protocols(names).unwrap();
    let chosen_of = |names| chosen(prefers(names), offer);
    assert_eq!(chosen_of(["echo", "chat"]).await.as_deref(), Some("echo"));
    assert_eq!(chosen_of(["wamp", "chat"]).await.as_deref(), Some("chat"));
    assert_eq!(chosen_of(["wamp", "mqtt"]).await, None);
}

/// Fails if a second call does something else than the method's documentation says: headers add,
/// the rest replaces.
#[tokio::test(start_paused = true)]
async fn server_told_twice_adds_headers_and_replaces_the_rest() {
    let offer = "Sec-WebSocket-Protocol: soap, chat\r\n";
    let acceptor = || Acceptor::default().protocols(["soap"]).unwrap();
    let second = acceptor().protocols(["chat"]).unwrap();
    assert_eq!(chosen(second, offer).await.as_deref(), Some("chat"));
    let any = acceptor().protocols(["mqtt"]).unwrap().any_protocol();
    assert_eq!(chosen(any.clone(), offer).await.as_deref(), Some("soap"));
    let none = any.choose_protocol(|_| None);
    assert_eq!(chosen(none, offer).await, None);

    let headers = acceptor().header("X-Word", "one").unwrap();
    let headers = headers.header("X-Word", "two").unwrap();
    let (transport, script) = scripted();
    script.bytes(REQUEST);
    headers.accept(transport).await.unwrap();
    let answer = String::from_utf8(script.take_written()).unwrap();
    assert!(
        answer.contains("X-Word: one\r\nX-Word: two\r\n"),
        "{answer}"
    );
}

#[test]
fn server_refuses_to_prefer_what_no_client_can_ask_for() {
    for (names, misuse) in [
        (&["a b"][..], "subprotocol \"a b\" must be a token"),
        (&["v1", ""], "subprotocol \"\" must be a token"),
        (&["v1", "v2", "v1"], "subprotocol \"v1\" must be named once"),
    ] {
        let names = names.iter().copied();
        let error = Acceptor::default().protocols(names).unwrap_err();
        assert!(error.is_misuse(), "{error:?}");
        assert_eq!(error.source().unwrap().to_string(), misuse);
    }
    assert!(Acceptor::default().protocols(["v1", "V1"]).is_ok());
    assert!(Acceptor::default().protocols([]).is_ok());
}

#[tokio::test(start_paused = true)]
async fn server_without_a_preference_chooses_what_the_client_prefers() {
    let offer = "Sec-WebSocket-Protocol: soap, chat\r\n";
    let acceptor = Acceptor::default().any_protocol();
    let of_two = chosen(acceptor.clone(), offer).await;
    assert_eq!(of_two.as_deref(), Some("soap"));
    assert_eq!(chosen(acceptor, "").await, None);
    assert_eq!(chosen(Acceptor::default(), offer).await, None);
}
