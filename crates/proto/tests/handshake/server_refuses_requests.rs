//! Each rule for a client's request is kept, with its own refusal and status.

use sockeye_proto::handshake::extension::ExtensionFault;
use sockeye_proto::handshake::http1::{HeadFault, HttpVersion, RequestHead, ResponseHead};
use sockeye_proto::handshake::server::{Refusal, UpgradeRequest};
use sockeye_proto::handshake::{FieldFault, server};

use crate::heads::{KEY, Lines, check, read};

const MISSING: FieldFault = FieldFault::Missing;
const TWICE: FieldFault = FieldFault::Repeated { count: 2 };

/// The refusal of `lines`; its response must be valid HTTP with the same status and message.
fn refusal(lines: &Lines) -> Refusal {
    let refusal = check(lines).expect_err("the request breaks a rule");
    let bytes = refusal.encode();
    let (head, head_len) = read::<ResponseHead>(&bytes).unwrap().unwrap();
    assert_eq!(
        (head.status(), head.reason()),
        (refusal.status(), refusal.reason())
    );
    assert_eq!(bytes[head_len..], *format!("{refusal}\n").as_bytes());
    for (name, value) in refusal.headers() {
        assert_eq!(head.headers().first(name), Some(value.as_bytes()));
    }
    refusal
}

fn value(refusal: Refusal) -> (Refusal, String) {
    let fault = match &refusal {
        Refusal::Host(fault)
        | Refusal::Upgrade(fault)
        | Refusal::Connection(fault)
        | Refusal::Version(fault)
        | Refusal::Key(fault)
        | Refusal::Protocol(fault) => fault.clone(),
        other => panic!("{other:?}"),
    };
    match fault {
        FieldFault::Invalid { value, .. } => (refusal, value),
        other => panic!("{other:?}"),
    }
}

fn upgrade(lines: &Lines) -> UpgradeRequest {
    check(lines)
        .expect("the request keeps the rules")
        .expect("the request is an upgrade")
}

#[test]
fn server_lets_a_plain_request_through() {
    let plain = Lines::request()
        .without("Upgrade")
        .without("Sec-WebSocket-Key")
        .without("Sec-WebSocket-Version");
    assert_eq!(check(&plain), Ok(None));
    assert_eq!(check(&plain.clone().with("Upgrade: h2c")), Ok(None));
    // Not even a valid request otherwise: that is for whoever answers it.
    assert_eq!(
        check(&plain.start("POST * HTTP/1.0").without("Host")),
        Ok(None)
    );
}

#[test]
fn server_refuses_other_methods() {
    // RFC 6455 §4.2.1-1 §4.2.1-2 TEST
    for method in ["POST", "CONNECT", "get"] {
        let refusal = refusal(&Lines::request().start(&format!("{method} /chat HTTP/1.1")));
        assert_eq!(
            refusal,
            Refusal::Method {
                method: method.to_owned()
            }
        );
        assert_eq!(refusal.status(), 405);
        assert_eq!(
            refusal.to_string(),
            format!("method is \"{method}\", it must be GET")
        );
    }
}

#[test]
fn server_refuses_http_1_0() {
    // RFC 6455 §4.2.1-2 TEST
    let refusal = refusal(&Lines::request().start("GET /chat HTTP/1.0"));
    assert_eq!(
        refusal,
        Refusal::HttpVersion {
            version: HttpVersion::HTTP_10
        }
    );
    assert_eq!(refusal.status(), 505);
    assert_eq!(
        refusal.to_string(),
        "version is HTTP/1.0, it must be HTTP/1.1 or later"
    );
}

#[test]
fn server_refuses_targets_without_a_resource_name() {
    // RFC 6455 §4.2.1-2 TEST
    for target in [
        "*",
        "/a#b",
        "server.example.com:80",
        "ftp://a/",
        "http://",
        "http://a@b/",
        "http://a/#b",
    ] {
        let refusal = refusal(&Lines::request().start(&format!("GET {target} HTTP/1.1")));
        assert_eq!(
            refusal,
            Refusal::Target {
                target: target.to_owned()
            }
        );
        assert_eq!(refusal.status(), 400);
        assert!(refusal.to_string().contains(target));
    }
}

#[test]
fn server_takes_the_host_of_an_absolute_target() {
    let request = upgrade(&Lines::request().start("GET http://a.example:81/b?c HTTP/1.1"));
    assert_eq!(
        (request.host(), request.resource_name()),
        ("a.example:81", "/b?c")
    );
    let request = upgrade(&Lines::request().start("GET ws://a.example HTTP/1.1"));
    assert_eq!(
        (request.host(), request.resource_name()),
        ("a.example", "/")
    );
    let request = upgrade(&Lines::request());
    assert_eq!(
        (request.host(), request.resource_name()),
        ("server.example.com", "/chat")
    );
}

#[test]
fn server_refuses_missing_repeated_and_invalid_host() {
    // RFC 6455 §4.2.1-3 TEST
    assert_eq!(
        refusal(&Lines::request().without("Host")),
        Refusal::Host(MISSING)
    );
    assert_eq!(
        refusal(&Lines::request().with("Host: b")),
        Refusal::Host(TWICE)
    );
    for host in ["", "a b", "a/b", "a@b", "a,b"].map(str::to_owned) {
        let (refusal, quoted) = value(refusal(&Lines::request().set("Host", &host)));
        assert_eq!((refusal.status(), quoted), (400, host));
    }
    for host in ["a:80", "127.0.0.1", "[::1]:80", "xn--a.b_c"] {
        assert_eq!(upgrade(&Lines::request().set("Host", host)).host(), host);
    }
}

#[test]
fn server_refuses_a_body() {
    for (header, value) in [
        ("Content-Length", "1"),
        ("Content-Length", "x"),
        ("Transfer-Encoding", "chunked"),
    ] {
        let refusal = refusal(&Lines::request().set(header, value));
        assert_eq!(
            refusal,
            Refusal::Body {
                header,
                value: value.to_owned()
            }
        );
        assert_eq!(refusal.status(), 400);
        let message = format!("header {header} is \"{value}\", an upgrade must not have a body");
        assert_eq!(refusal.to_string(), message);
    }
    let lines = Lines::request()
        .with("Content-Length: 0")
        .with("Content-Length: 2");
    assert!(matches!(refusal(&lines), Refusal::Body { .. }));
    upgrade(&Lines::request().with("Content-Length: 0"));
}

#[test]
fn server_refuses_missing_and_other_upgrade() {
    // RFC 6455 §4.2.1-4 TEST
    let missing = refusal(&Lines::request().without("Upgrade"));
    assert_eq!(missing, Refusal::Upgrade(MISSING));
    assert_eq!(missing.status(), 426);
    assert_eq!(missing.to_string(), "header Upgrade is missing");
    for other in ["h2c", "websocket2", "web socket", ""] {
        let (refusal, quoted) = value(refusal(&Lines::request().set("Upgrade", other)));
        assert_eq!((refusal.status(), quoted), (426, other.to_owned()));
    }
    for list in ["WebSocket", "h2c, websocket", "websocket ,h2c"] {
        upgrade(&Lines::request().set("Upgrade", list));
    }
    upgrade(
        &Lines::request()
            .set("Upgrade", "h2c")
            .with("Upgrade: websocket"),
    );
}

#[test]
fn server_refuses_missing_and_other_connection() {
    // RFC 6455 §4.2.1-5 TEST
    let missing = refusal(&Lines::request().without("Connection"));
    assert_eq!(missing, Refusal::Connection(MISSING));
    assert_eq!(missing.status(), 400);
    for other in ["close", "keep-alive, upgraded", ""] {
        let (refusal, quoted) = value(refusal(&Lines::request().set("Connection", other)));
        assert_eq!((refusal.status(), quoted), (400, other.to_owned()));
        assert!(refusal.to_string().starts_with("header Connection is "));
    }
    for list in ["upgrade", "keep-alive, Upgrade", "a,b,UPGRADE,"] {
        upgrade(&Lines::request().set("Connection", list));
    }
    upgrade(
        &Lines::request()
            .set("Connection", "keep-alive")
            .with("Connection: upgrade"),
    );
}

#[test]
fn server_refuses_other_versions_and_says_which_it_speaks() {
    // RFC 6455 §4.2.1-7 §4.2.2-4 §4.4-1 TEST
    let missing = refusal(&Lines::request().without("Sec-WebSocket-Version"));
    assert_eq!(missing, Refusal::Version(MISSING));
    let twice = refusal(&Lines::request().with("Sec-WebSocket-Version: 13"));
    assert_eq!(twice, Refusal::Version(TWICE));
    for other in ["8", "0", "14", "013", "13, 8", "", "13.0"] {
        let lines = Lines::request().set("Sec-WebSocket-Version", other);
        let (refusal, quoted) = value(refusal(&lines));
        assert_eq!((refusal.status(), quoted), (426, other.to_owned()));
        let headers = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")];
        assert_eq!(refusal.headers(), headers);
        let response = String::from_utf8(refusal.encode()).unwrap();
        assert!(
            response.contains("\r\nConnection: Upgrade, close\r\n"),
            "{response}"
        );
    }
}

#[test]
fn server_refuses_missing_repeated_and_invalid_key() {
    // RFC 6455 §4.2.1-6 §11.3.1-1 TEST
    let missing = refusal(&Lines::request().without("Sec-WebSocket-Key"));
    assert_eq!(missing, Refusal::Key(MISSING));
    let twice = refusal(&Lines::request().with(&format!("Sec-WebSocket-Key: {KEY}")));
    assert_eq!(twice, Refusal::Key(TWICE));
    assert_eq!(
        twice.to_string(),
        "header Sec-WebSocket-Key is there 2 times, allowed is once"
    );
    for other in [
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZVE=",
        "AAAA",
    ] {
        let (refusal, quoted) = value(refusal(&Lines::request().set("Sec-WebSocket-Key", other)));
        assert_eq!((refusal.status(), quoted), (400, other.to_owned()));
    }
}

#[test]
fn server_refuses_repeated_origin() {
    let one = Lines::request().with("Origin: http://a");
    assert_eq!(upgrade(&one).origin(), Some("http://a"));
    let refusal = refusal(&one.with("Origin: http://b"));
    assert_eq!(refusal, Refusal::Origin(TWICE));
    assert_eq!(refusal.status(), 400);
}

#[test]
fn server_refuses_malformed_subprotocol_offers() {
    for list in ["a, a", "a b", "", "a;b"] {
        let lines = Lines::request().set("Sec-WebSocket-Protocol", list);
        assert_eq!(value(refusal(&lines)).0.status(), 400);
    }
    let many: Vec<String> = (0..65).map(|number| format!("p{number}")).collect();
    let lines = Lines::request().set("Sec-WebSocket-Protocol", &many.join(","));
    assert_eq!(
        refusal(&lines),
        Refusal::Protocol(FieldFault::TooMany { limit: 64 })
    );
    assert!(
        refusal(&lines)
            .to_string()
            .ends_with("lists more than 64 elements")
    );
}

#[test]
fn server_refuses_malformed_extension_lists() {
    // RFC 6455 §9.1-1 §9.1-2 §4.3-1 TEST
    for list in ["", "a;", "a b", "permessage-deflate; x=\"", "a; b=\"c d\""] {
        let refusal = refusal(&Lines::request().set("Sec-WebSocket-Extensions", list));
        let fault = matches!(refusal, Refusal::Extension(ExtensionFault::Syntax { .. }));
        assert!(fault, "{list}: {refusal}");
        assert_eq!(refusal.status(), 400);
    }
    // Well-formed but unknown: declined, not refused.
    let lines = Lines::request().set("Sec-WebSocket-Extensions", "foo; bar=1, x-webkit");
    assert!(upgrade(&lines).deflate_offers().is_empty());
}

#[test]
fn server_refuses_a_head_that_is_no_http() {
    // RFC 6455 §4.2.1-1 §10.7-1 TEST
    let fault = read::<RequestHead>(b"hello\r\n\r\n").expect_err("this is no HTTP");
    let refusal = Refusal::from(fault.clone());
    assert_eq!(refusal, Refusal::Head(fault.clone()));
    assert_eq!(refusal.to_string(), fault.to_string());
    assert_eq!((refusal.status(), refusal.reason()), (400, "Bad Request"));
    let refusal = Refusal::from(HeadFault::TooLong { limit: 1 });
    assert_eq!(
        (refusal.status(), refusal.reason()),
        (431, "Request Header Fields Too Large")
    );
    let refusal = Refusal::from(HeadFault::Version {
        line: String::new(),
    });
    assert_eq!(
        (refusal.status(), refusal.reason()),
        (505, "HTTP Version Not Supported")
    );
}

#[test]
fn server_given_32k_spaces_in_a_list_refuses_or_takes_it_in_one_pass() {
    // CVE-2021-32640: a regular expression made this quadratic. The default limit cuts it off
    // earlier; here a larger one lets it through to the parsers.
    let spaces = " ".repeat(32 * 1024);
    for (list, valid) in [
        (format!("a{spaces},{spaces}b"), true),
        (format!("a{spaces}b"), false),
    ] {
        let bytes = Lines::request()
            .set("Sec-WebSocket-Protocol", &list)
            .bytes();
        let limits = sockeye_proto::handshake::http1::HeadLimits {
            bytes_max: 1 << 20,
            headers_max: 100,
        };
        let head = crate::heads::read_chunks::<RequestHead>(limits, [&bytes[..]]);
        let (head, _) = head.unwrap().unwrap();
        assert_eq!(server::check(&head).is_ok(), valid);
    }
}

#[test]
fn server_refuses_targets_outside_ascii() {
    let head = read::<RequestHead>(
        "GET /\u{e9} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n".as_bytes(),
    );
    let (head, _) = head.unwrap().unwrap();
    let target = "/\\xc3\\xa9".to_owned();
    assert_eq!(server::check(&head), Err(Refusal::Target { target }));
}
