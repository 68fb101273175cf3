//! Each rule for a server's response is kept, with its own fault.

use sockeye_proto::handshake::client::{Agreed, ClientFault, ClientRequest};
use sockeye_proto::handshake::extension::ExtensionFault;
use sockeye_proto::handshake::http1::{HeadFault, HttpVersion, ResponseHead};
use sockeye_proto::handshake::{FieldFault, Key, WsUrl};

use crate::heads::{ACCEPT, Lines, read, response};

const MISSING: FieldFault = FieldFault::Missing;
const TWICE: FieldFault = FieldFault::Repeated { count: 2 };

fn request() -> ClientRequest {
    let url = WsUrl::parse("ws://example.com/").unwrap();
    ClientRequest::new(&url, Key::from_random(*b"the sample nonce"))
        .protocols(["v1", "v2"])
        .unwrap()
}

fn verify(lines: &Lines) -> Result<Agreed, ClientFault> {
    request().verify(&response(lines))
}

fn fault(lines: &Lines) -> ClientFault {
    verify(lines).expect_err("the response breaks a rule")
}

/// Checks that `fault` says that `value` breaks a rule of `header`.
fn names(fault: &ClientFault, header: &str, value: &str) {
    let message = fault.to_string();
    assert!(
        message.starts_with(&format!("header {header} is \"{value}\", it must ")),
        "{message}"
    );
}

#[test]
fn client_takes_a_response_that_keeps_the_rules() {
    // RFC 6455 §4.1-27 §9.1-5 TEST
    assert_eq!(verify(&Lines::response()), Ok(Agreed::default()));
    let lines = Lines::response()
        .set("Upgrade", "WebSocket")
        .set("Connection", "x, UPGRADE");
    let lines = lines.with("Content-Length: 0").with("Server: x");
    let agreed = verify(&lines.with("Sec-WebSocket-Protocol: v2")).unwrap();
    assert_eq!(agreed.protocol.as_deref(), Some("v2"));
}

#[test]
fn client_leaves_any_other_status_to_the_caller() {
    // RFC 6455 §4.1-28 §7.2.1-1 TEST
    for status in [200, 301, 401, 404, 426, 503] {
        let lines = Lines::response().start(&format!("HTTP/1.1 {status} X"));
        assert_eq!(fault(&lines), ClientFault::Refused { status });
        let message = format!("server answered with status {status}, not 101");
        assert_eq!(fault(&lines).to_string(), message);
    }
}

#[test]
fn client_refuses_http_1_0() {
    // RFC 6455 §4.1-34 TEST
    let fault = fault(&Lines::response().start("HTTP/1.0 101 Switching Protocols"));
    assert_eq!(
        fault,
        ClientFault::HttpVersion {
            version: HttpVersion::HTTP_10
        }
    );
    assert_eq!(
        fault.to_string(),
        "version is HTTP/1.0, it must be HTTP/1.1 or later"
    );
}

#[test]
fn client_refuses_missing_repeated_and_other_upgrade() {
    // RFC 6455 §4.1-29 TEST
    assert_eq!(
        fault(&Lines::response().without("Upgrade")),
        ClientFault::Upgrade(MISSING)
    );
    let twice = Lines::response().with("Upgrade: websocket");
    assert_eq!(fault(&twice), ClientFault::Upgrade(TWICE));
    for other in ["", "h2c", "websocket, h2c", "websockets"] {
        names(
            &fault(&Lines::response().set("Upgrade", other)),
            "Upgrade",
            other,
        );
    }
}

#[test]
fn client_refuses_missing_and_other_connection() {
    // RFC 6455 §4.1-30 TEST
    assert_eq!(
        fault(&Lines::response().without("Connection")),
        ClientFault::Connection(MISSING)
    );
    for other in ["", "close", "upgrades"] {
        names(
            &fault(&Lines::response().set("Connection", other)),
            "Connection",
            other,
        );
    }
}

#[test]
fn client_refuses_missing_repeated_and_wrong_accept() {
    // RFC 6455 §4.1-31 §11.3.3-1 TEST
    let missing = Lines::response().without("Sec-WebSocket-Accept");
    assert_eq!(fault(&missing), ClientFault::Accept(MISSING));
    let twice = Lines::response().with(&format!("Sec-WebSocket-Accept: {ACCEPT}"));
    assert_eq!(fault(&twice), ClientFault::Accept(TWICE));
    let lower = ACCEPT.to_ascii_lowercase();
    for other in ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", &lower, &ACCEPT[..27]] {
        let fault = fault(&Lines::response().set("Sec-WebSocket-Accept", other));
        names(&fault, "Sec-WebSocket-Accept", other);
    }
}

#[test]
fn client_refuses_unoffered_repeated_and_case_changed_subprotocols() {
    // RFC 6455 §4.1-33 §11.3.4-1 TEST
    for other in ["", "v3", "V1", "v1, v2", "v1,"] {
        let fault = fault(&Lines::response().set("Sec-WebSocket-Protocol", other));
        names(&fault, "Sec-WebSocket-Protocol", other);
    }
    let lines = Lines::response().with("Sec-WebSocket-Protocol: v1");
    let twice = lines.with("Sec-WebSocket-Protocol: v1");
    assert_eq!(fault(&twice), ClientFault::Protocol(TWICE));
}

#[test]
fn client_refuses_unoffered_extensions() {
    // RFC 6455 §4.1-32 §9.1-3 TEST
    // RFC 7692 §5-11 TEST
    for name in ["permessage-deflate", "x-webkit-deflate-frame"] {
        let fault = fault(&Lines::response().set("Sec-WebSocket-Extensions", name));
        assert_eq!(
            fault,
            ClientFault::UnofferedExtension {
                name: name.to_owned()
            }
        );
        assert_eq!(
            fault.to_string(),
            format!("extension \"{name}\" was not offered")
        );
    }
}

#[test]
fn client_refuses_repeated_and_malformed_extension_lists() {
    // RFC 6455 §9.1-1 §11.3.2-1 TEST
    let lines = Lines::response().with("Sec-WebSocket-Extensions: a");
    let repeated = fault(&lines.with("Sec-WebSocket-Extensions: a"));
    let expected = ExtensionFault::RepeatedHeader { count: 2 };
    assert_eq!(repeated, ClientFault::Extension(expected));
    let message = "header Sec-WebSocket-Extensions: list of extensions is there 2 times, \
                   allowed is once";
    assert_eq!(repeated.to_string(), message);
    for list in ["", "a;", "a=b"] {
        let fault = fault(&Lines::response().set("Sec-WebSocket-Extensions", list));
        assert!(matches!(
            fault,
            ClientFault::Extension(ExtensionFault::Syntax { .. })
        ));
    }
}

#[test]
fn client_refuses_a_head_that_is_no_http() {
    // RFC 6455 §10.7-1 TEST
    let head = read::<ResponseHead>(b"SSH-2.0-OpenSSH\r\n\r\n").expect_err("this is no HTTP");
    assert!(matches!(
        head,
        HeadFault::NotHttp { .. } | HeadFault::Version { .. }
    ));
    let fault = ClientFault::from(head.clone());
    assert_eq!(fault.to_string(), head.to_string());
    assert_eq!(fault, ClientFault::Head(head));
}
