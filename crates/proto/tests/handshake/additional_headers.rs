//! What a caller adds can never become HTTP syntax, nor contradict the handshake.

use sockeye_proto::handshake::client::ClientRequest;
use sockeye_proto::handshake::server::Answer;
use sockeye_proto::handshake::{Field, Key, Misuse, WsUrl};

use crate::heads::{Lines, check};

const INJECTIONS: [&str; 6] = ["a\r\nB: c", "a\rb", "a\nb", "a\0b", "\u{7f}", "\u{1b}[2J"];

fn request() -> ClientRequest {
    let url = WsUrl::parse("ws://example.com/").unwrap();
    ClientRequest::new(&url, Key::from_random([0; 16]))
}

fn accept(name: &str, value: &str) -> Result<(), Misuse> {
    let upgrade = check(&Lines::request()).unwrap().unwrap();
    let answer = Answer {
        headers: &[(name, value)],
        ..Answer::default()
    };
    upgrade.accept(&answer).map(|_| ())
}

fn names_field_and_value(outcome: Result<(), Misuse>, field: Field, value: &str) {
    let misuse = outcome.expect_err(value);
    assert_eq!(misuse.field, field);
    assert_eq!(misuse.value, value.as_bytes().escape_ascii().to_string());
    assert!(!misuse.rule.is_empty());
}

#[test]
fn caller_cannot_inject_through_any_field_of_a_request() {
    for text in INJECTIONS {
        let refused = |outcome: Result<ClientRequest, Misuse>, field| {
            names_field_and_value(outcome.map(|_| ()), field, text);
        };
        refused(request().host(text), Field::Host);
        refused(request().origin(text), Field::Origin);
        refused(request().protocols([text]), Field::Subprotocol);
        refused(request().header(text, "x"), Field::HeaderName);
        refused(request().header("X", text), Field::HeaderValue);
        refused(request().cookie(text, "x"), Field::CookieName);
        refused(request().cookie("a", text), Field::CookieValue);
        let resource = format!("/{text}");
        let outcome = request().resource_name(&resource).map(|_| ());
        names_field_and_value(outcome, Field::ResourceName, &resource);
    }
}

#[test]
fn caller_cannot_inject_through_an_answer() {
    for text in INJECTIONS {
        names_field_and_value(accept(text, "x"), Field::HeaderName, text);
        names_field_and_value(accept("X", text), Field::HeaderValue, text);
    }
}

#[test]
fn caller_cannot_set_what_the_handshake_sets() {
    for name in [
        "connection",
        "Content-Length",
        "HOST",
        "Origin",
        "Sec-WebSocket-Accept",
        "sec-websocket-extensions",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Whatever",
        "Transfer-Encoding",
        "Upgrade",
    ] {
        let outcome = request().header(name, "x").map(|_| ());
        names_field_and_value(outcome, Field::HeaderName, name);
        names_field_and_value(accept(name, "x"), Field::HeaderName, name);
    }
}

#[test]
fn caller_cannot_leave_required_text_out_or_put_spaces_in() {
    for text in ["", "a b", "a\u{e9}"] {
        names_field_and_value(request().host(text).map(|_| ()), Field::Host, text);
        names_field_and_value(request().origin(text).map(|_| ()), Field::Origin, text);
    }
    for text in ["", "a", "/a b", "/a#b", "/\u{e9}"] {
        let outcome = request().resource_name(text).map(|_| ());
        names_field_and_value(outcome, Field::ResourceName, text);
    }
}

#[test]
fn caller_may_add_any_other_header() {
    for (name, value) in [
        ("Authorization", "Basic eA=="),
        ("X-é".trim_end_matches('é'), "\té "),
    ] {
        assert!(request().header(name, value).is_ok());
        assert_eq!(accept(name, value), Ok(()));
    }
}
