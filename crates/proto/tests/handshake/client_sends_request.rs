//! What a client sends, byte by byte.

use sockeye_proto::handshake::client::ClientRequest;
use sockeye_proto::handshake::{DeflateOffer, Field, Key, WsUrl};

fn request(url: &str) -> ClientRequest {
    let url = WsUrl::parse(url).unwrap();
    ClientRequest::new(&url, Key::from_random(*b"the sample nonce"))
}

fn text(request: &ClientRequest) -> String {
    String::from_utf8(request.encode()).unwrap()
}

#[test]
fn client_sends_exactly_the_required_fields() {
    // RFC 6455 §4.1-13 §4.1-14 §4.1-15 §4.1-16 §4.1-17 §4.1-18 §4.1-19 §4.1-20 §4.1-23 TEST
    // RFC 6455 §11.3.1-1 §11.3.5-1 TEST
    let expected = "GET /chat?room=1 HTTP/1.1\r\n\
                    Host: server.example.com:8080\r\n\
                    Upgrade: websocket\r\n\
                    Connection: Upgrade\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                    Sec-WebSocket-Version: 13\r\n\
                    \r\n";
    assert_eq!(
        text(&request("ws://Server.Example.com:8080/chat?room=1")),
        expected
    );
}

#[test]
fn client_leaves_the_default_port_out_of_host() {
    // RFC 6455 §4.1-17 TEST
    for (url, host) in [
        ("ws://a", "Host: a\r\n"),
        ("ws://a:80", "Host: a\r\n"),
        ("ws://a:443", "Host: a:443\r\n"),
        ("wss://a:443", "Host: a\r\n"),
        ("ws://[::1]:9", "Host: [::1]:9\r\n"),
    ] {
        assert!(text(&request(url)).contains(host), "{url}");
    }
}

#[test]
fn client_sends_all_that_was_asked_for_in_order() {
    // RFC 7692 §5-1 TEST
    let request = request("ws://a")
        .host("b:1")
        .and_then(|request| request.resource_name("/c"))
        .and_then(|request| request.origin("http://d"))
        .and_then(|request| request.protocols(["v2", "v1"]))
        .and_then(|request| request.header("Cookie", "e=f"))
        .and_then(|request| request.header("X-Id", "1"))
        .unwrap()
        .deflate(DeflateOffer::no_takeover())
        .deflate(DeflateOffer::takeover());
    let expected = "GET /c HTTP/1.1\r\n\
                    Host: b:1\r\n\
                    Upgrade: websocket\r\n\
                    Connection: Upgrade\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                    Sec-WebSocket-Version: 13\r\n\
                    Origin: http://d\r\n\
                    Sec-WebSocket-Protocol: v2, v1\r\n\
                    Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
                    client_no_context_takeover; client_max_window_bits, \
                    permessage-deflate; client_max_window_bits\r\n\
                    Cookie: e=f\r\n\
                    X-Id: 1\r\n\
                    \r\n";
    assert_eq!(text(&request), expected);
}

#[test]
fn client_cannot_offer_invalid_subprotocols() {
    // RFC 6455 §4.1-24 §4.1-25 TEST
    let many: Vec<String> = (0..65).map(|number| format!("p{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for names in [
        &[""][..],
        &["a b"],
        &["a,b"],
        &["é"],
        &["a", "b", "a"],
        &many,
    ] {
        let misuse = request("ws://a").protocols(names).unwrap_err();
        assert_eq!(misuse.field, Field::Subprotocol);
    }
    let twice = request("ws://a")
        .protocols(["a"])
        .and_then(|request| request.protocols(["a"]));
    assert_eq!(
        twice.unwrap_err().to_string(),
        "subprotocol \"a\" must be named once"
    );
    assert!(request("ws://a").protocols(["a", "A"]).is_ok());
}

#[test]
fn client_sends_all_cookies_in_one_header() {
    let request = request("ws://a")
        .cookie("session", "f00=/+:")
        .and_then(|request| request.header("X-Id", "1"))
        .and_then(|request| request.header("cookie", "a=b; c=d"))
        .and_then(|request| request.cookie("empty", ""))
        .and_then(|request| request.cookie("quoted", "\"x\""))
        .unwrap();
    let text = text(&request);
    let cookies = "Cookie: session=f00=/+:; a=b; c=d; empty=; quoted=\"x\"\r\n";
    assert!(text.contains(cookies), "{text}");
    assert_eq!(text.to_lowercase().matches("cookie:").count(), 1);
}

#[test]
fn request_tells_no_secrets_to_a_log() {
    let request = request("ws://a/?token=secret-1")
        .header("Authorization", "Bearer secret-2")
        .and_then(|request| request.cookie("session", "secret-3"))
        .unwrap();
    let text = format!("{request:?}");
    assert!(text.contains("Authorization"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn client_cannot_send_cookies_that_are_none() {
    for (name, value, field) in [
        ("", "x", Field::CookieName),
        ("a b", "x", Field::CookieName),
        ("a=b", "x", Field::CookieName),
        ("a;b", "x", Field::CookieName),
        ("a", "x; b=y", Field::CookieValue),
        ("a", "x,y", Field::CookieValue),
        ("a", "x y", Field::CookieValue),
        ("a", "x\\y", Field::CookieValue),
        ("a", "\"", Field::CookieValue),
        ("a", "x\"y", Field::CookieValue),
        ("a", "\u{e9}", Field::CookieValue),
        ("a", "x\r\nB: c", Field::CookieValue),
    ] {
        let misuse = request("ws://a").cookie(name, value).unwrap_err();
        assert_eq!(misuse.field, field, "{name}={value}");
    }
}

#[test]
fn client_cannot_offer_windows_that_it_cannot_keep() {
    for bits in (0..=8).chain(16..=u8::MAX) {
        let offer = DeflateOffer::default();
        for outcome in [
            offer.client_max_window_bits(bits),
            offer.server_max_window_bits(bits),
        ] {
            let misuse = outcome.unwrap_err();
            assert_eq!(
                (misuse.field, misuse.value),
                (Field::WindowBits, bits.to_string())
            );
        }
    }
}

#[test]
fn client_offers_windows_as_decimal_numbers() {
    // RFC 7692 §5-2 §7.1.2.1-1 §7.1.2.2-1 TEST
    for bits in 9..=15 {
        let offer = DeflateOffer::takeover().client_max_window_bits(bits);
        let offer = offer
            .and_then(|offer| offer.server_max_window_bits(bits))
            .unwrap();
        let expected = format!(
            "permessage-deflate; server_max_window_bits={bits}; client_max_window_bits={bits}"
        );
        assert_eq!(offer.to_string(), expected);
    }
}
