//! Another HTTP stack's requests and responses go through the same checks.

use std::borrow::Cow;

use sockeye_proto::handshake::client::ClientRequest;
use sockeye_proto::handshake::http1::HttpVersion;
use sockeye_proto::handshake::server::{self, Answer, Refusal};
use sockeye_proto::handshake::{HeaderView, Key, RequestView, ResponseView, WsUrl};

/// Headers as some other library might keep them.
#[derive(Clone, Default)]
struct Fields(Vec<(String, Vec<u8>)>);

impl HeaderView for Fields {
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let fields = self
            .0
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name));
        fields.map(|(_, value)| value.as_slice())
    }
}

impl RequestView for Fields {
    fn method(&self) -> &'static str {
        "GET"
    }

    fn target(&self) -> Cow<'_, str> {
        Cow::Owned("/chat".to_owned())
    }

    fn version(&self) -> HttpVersion {
        HttpVersion::HTTP_11
    }
}

impl ResponseView for Fields {
    fn status(&self) -> u16 {
        101
    }

    fn version(&self) -> HttpVersion {
        HttpVersion::HTTP_11
    }
}

#[test]
fn foreign_request_and_response_open_a_connection() {
    let url = WsUrl::parse("ws://a/chat").unwrap();
    let sent = ClientRequest::new(&url, Key::from_random([1; 16]))
        .protocols(["v1"])
        .unwrap();
    // Some stacks keep the spaces around values.
    let fields = [
        ("host", "a"),
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("sec-websocket-key", " AQEBAQEBAQEBAQEBAQEBAQ== "),
        ("sec-websocket-version", "\t13"),
        ("sec-websocket-protocol", "v1"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let upgrade = server::check(&Fields(fields.to_vec())).unwrap().unwrap();
    let protocol = upgrade.choose_protocol(&["v1"]);
    let acceptance = upgrade
        .accept(&Answer {
            protocol,
            ..Answer::default()
        })
        .unwrap();
    let fields = acceptance.headers();
    let fields = fields.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let agreed = sent.verify(&Fields(fields.collect())).unwrap();
    assert_eq!(agreed.protocol.as_deref(), Some("v1"));
}

#[test]
fn foreign_request_without_headers_is_ordinary() {
    assert_eq!(server::check(&Fields::default()), Ok(None));
    let fields = Fields(vec![("UPGRADE".to_owned(), b"WEBSOCKET".to_vec())]);
    assert!(matches!(server::check(&fields), Err(Refusal::Host(_))));
}
