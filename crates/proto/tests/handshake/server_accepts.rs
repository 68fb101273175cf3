//! An accepted upgrade is answered by every rule.

use sockeye_proto::handshake::http1::{ResponseHead, encode_response};
use sockeye_proto::handshake::server::{Acceptance, Answer, UpgradeRequest};
use sockeye_proto::handshake::{DeflatePolicy, Field, Key};

use crate::heads::{ACCEPT, KEY, Lines, check, read};

fn upgrade(lines: &Lines) -> UpgradeRequest {
    check(lines).unwrap().unwrap()
}

fn head(acceptance: &Acceptance) -> ResponseHead {
    let bytes = acceptance.encode();
    let (head, head_len) = read::<ResponseHead>(&bytes).unwrap().unwrap();
    assert_eq!(head_len, bytes.len());
    head
}

#[test]
fn server_accepts_with_exactly_the_required_fields() {
    // RFC 6455 §4.2.2-1 §4.2.2-7 §4.2.2-10 §4.2.2-11 §4.2.2-12 §4.2.2-13 §4.2.2-14 TEST
    let request = upgrade(&Lines::request());
    assert_eq!(request.key().as_str(), KEY);
    let acceptance = request.accept(&Answer::default()).unwrap();
    assert_eq!((acceptance.protocol(), acceptance.deflate()), (None, None));
    let head = head(&acceptance);
    assert_eq!(
        (head.status(), head.reason()),
        (Acceptance::STATUS, "Switching Protocols")
    );
    let expected = [
        ("Upgrade", &b"websocket"[..]),
        ("Connection", b"Upgrade"),
        ("Sec-WebSocket-Accept", ACCEPT.as_bytes()),
    ];
    assert_eq!(head.headers().iter().collect::<Vec<_>>(), expected);
}

#[test]
fn server_accepts_with_a_subprotocol_that_was_offered() {
    // RFC 6455 §4.2.2-6 TEST
    let lines = Lines::request().with("Sec-WebSocket-Protocol: v1, v2");
    let request = upgrade(&lines.with("Sec-WebSocket-Protocol: v3"));
    assert_eq!(request.protocols().collect::<Vec<_>>(), ["v1", "v2", "v3"]);
    let protocol = request.choose_protocol(&["v4", "v3", "v1"]);
    let acceptance = request
        .accept(&Answer {
            protocol,
            ..Answer::default()
        })
        .unwrap();
    assert_eq!(acceptance.protocol(), Some("v3"));
    assert_eq!(
        head(&acceptance).headers().first("sec-websocket-protocol"),
        Some(&b"v3"[..])
    );
}

#[test]
fn server_refuses_to_choose_what_was_not_offered() {
    // RFC 6455 §4.2.2-6 TEST
    let request = upgrade(&Lines::request().with("Sec-WebSocket-Protocol: v1"));
    for choice in ["V1", "v2", "", "v1\r\nA: b"] {
        let misuse = request.accept(&Answer {
            protocol: Some(choice),
            ..Answer::default()
        });
        let misuse = misuse.unwrap_err();
        assert_eq!(misuse.field, Field::Subprotocol);
        assert_eq!(misuse.value, choice.escape_default().to_string());
    }
}

#[test]
fn server_without_an_offer_names_no_extension() {
    // RFC 6455 §4.2.2-8 §4.2.2-9 §9-1 TEST
    // RFC 7692 §5-10 TEST
    let deflate = Some(DeflatePolicy::takeover());
    for lines in [
        Lines::request(),
        Lines::request().with("Sec-WebSocket-Extensions: x-webkit-deflate-frame"),
        Lines::request().with("Sec-WebSocket-Extensions: permessage-deflate; unknown"),
    ] {
        let acceptance = upgrade(&lines)
            .accept(&Answer {
                deflate,
                ..Answer::default()
            })
            .unwrap();
        assert_eq!(acceptance.deflate(), None);
        assert_eq!(
            head(&acceptance)
                .headers()
                .first("Sec-WebSocket-Extensions"),
            None
        );
    }
    let lines = Lines::request().with("Sec-WebSocket-Extensions: permessage-deflate");
    let acceptance = upgrade(&lines).accept(&Answer::default()).unwrap();
    assert_eq!(acceptance.deflate(), None);
}

#[test]
fn server_accepts_with_additional_headers_in_order() {
    let headers = [("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"), ("X", "")];
    let answer = Answer {
        headers: &headers,
        ..Answer::default()
    };
    let acceptance = upgrade(&Lines::request()).accept(&answer).unwrap();
    let sent: Vec<(&str, &str)> = acceptance.headers().skip(3).collect();
    assert_eq!(sent, headers);
    let cookies: Vec<&[u8]> = head(&acceptance)
        .headers()
        .all("set-cookie")
        .map(|_| &b""[..])
        .collect();
    assert_eq!(cookies.len(), 2);
}

#[test]
fn server_answers_the_key_of_the_rfc_in_its_spare_bits_form() {
    let lines = Lines::request().set("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEC==");
    assert_eq!(
        upgrade(&lines).key(),
        &Key::parse(b"AQIDBAUGBwgJCgsMDQ4PEC==").unwrap()
    );
}

#[test]
fn server_answers_for_what_it_does_not_have_or_want() {
    // RFC 6455 §4.2.2-3 §4.2.2-5 TEST
    for (status, reason) in [(404, "Not Found"), (403, "Forbidden")] {
        let headers = [("Connection", "close"), ("Content-Type", "text/plain")];
        let bytes = encode_response(status, reason, headers, b"no").unwrap();
        let (head, head_len) = read::<ResponseHead>(&bytes).unwrap().unwrap();
        assert_eq!((head.status(), head.reason()), (status, reason));
        assert_eq!(head.headers().first("content-length"), Some(&b"2"[..]));
        assert_eq!(&bytes[head_len..], b"no");
    }
}

#[test]
fn server_cannot_encode_a_response_that_is_no_response() {
    let encode = |status, reason, header| encode_response(status, reason, [header], b"");
    let field = |status, reason, header| encode(status, reason, header).unwrap_err().field;
    let header = ("A", "b");
    for status in [0, 100, 101, 199, 600, 1000] {
        assert_eq!(field(status, "OK", header), Field::Status);
    }
    for reason in ["a\r\nB: c", "a\nb", "\0"] {
        assert_eq!(field(200, reason, header), Field::ReasonPhrase);
    }
    for name in ["", "A B", "A:", "Content-Length", "transfer-encoding"] {
        assert_eq!(field(200, "OK", (name, "1")), Field::HeaderName);
    }
    assert_eq!(field(200, "OK", ("A", "b\r\nc")), Field::HeaderValue);
    assert!(encode(200, "OK", header).is_ok());
}
