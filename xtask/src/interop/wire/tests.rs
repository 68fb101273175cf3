//! Conversations as a proxy would see them, and what is wrong with each.

use super::{Compression, Conversation, Ours, faults, path};
use crate::interop::frames::Reader;

const CLIENT_CLOSE: &[u8] = b"\x88\x82\x00\x00\x00\x00\x03\xe8";
const SERVER_CLOSE: &[u8] = b"\x88\x02\x03\xe8";
const TAKEOVER: &str = "permessage-deflate";
const NO_TAKEOVER: &str =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// A conversation in which both sides send these messages: (first octet, length).
fn conversation(agreed: &str, messages: &[(u8, u8)]) -> Conversation {
    let mut client = Reader::default();
    client.read(b"GET /takeover HTTP/1.1\r\n\r\n");
    let mut server = Reader::default();
    let head = format!("HTTP/1.1 101 OK\r\nSec-WebSocket-Extensions: {agreed}\r\n\r\n");
    server.read(head.as_bytes());
    for (first, len) in messages {
        client.read(&[*first, 0x80 | len, 0, 0, 0, 0]);
        client.read(&vec![0; usize::from(*len)]);
        server.read(&[*first, *len]);
        server.read(&vec![0; usize::from(*len)]);
    }
    client.read(CLIENT_CLOSE);
    server.read(SERVER_CLOSE);
    Conversation {
        request: client.head,
        response: server.head,
        from_client: client.frames,
        from_server: server.frames,
    }
}

fn said(agreed: &str, messages: &[(u8, u8)], compression: Compression) -> Vec<String> {
    faults(&conversation(agreed, messages), Ours::Server, compression)
}

#[test]
fn conversation_good_has_no_fault() {
    let kept = [(0xc1, 90), (0xc1, 9), (0xc1, 9)];
    let reset = [(0xc1, 90); 3];
    let plain = [(0x81, 90); 3];
    for (agreed, messages, compression) in [
        (TAKEOVER, kept, Compression::On),
        (NO_TAKEOVER, reset, Compression::OnWithoutTakeover),
        ("", plain, Compression::Off),
    ] {
        assert_eq!(said(agreed, &messages, compression), Vec::<String>::new());
    }
    assert_eq!(path(&conversation("", &[])), "/takeover");
}

#[test]
fn compression_agreed_but_not_as_it_must_be_is_a_fault() {
    let kept = [(0xc1, 90), (0xc1, 9), (0xc1, 9)];
    for (agreed, messages, compression, fault) in [
        (
            "",
            [(0x81, 90); 3],
            Compression::On,
            "the extensions agreed on are ``",
        ),
        (
            TAKEOVER,
            kept,
            Compression::Off,
            "the extensions agreed on are `permessage-deflate`",
        ),
        (
            TAKEOVER,
            [(0xc1, 90); 3],
            Compression::On,
            "the server forgot its window: [90, 90, 90] bytes for equal messages",
        ),
        (
            NO_TAKEOVER,
            kept,
            Compression::OnWithoutTakeover,
            "the server kept its window: [90, 9, 9] bytes for equal messages",
        ),
        (
            TAKEOVER,
            [(0x81, 90); 3],
            Compression::On,
            "the server did not compress equal messages of [90, 90, 90] bytes",
        ),
        (
            "permessage-deflate; server_no_context_takeover",
            [(0xc1, 90); 3],
            Compression::OnWithoutTakeover,
            "client_no_context_takeover is not in `permessage-deflate; \
             server_no_context_takeover`",
        ),
        (
            "permessage-deflate; server_no_context_takeover",
            [(0xc1, 90); 3],
            Compression::On,
            "server_no_context_takeover is in `permessage-deflate; server_no_context_takeover`",
        ),
    ] {
        assert_eq!(said(agreed, &messages, compression), [fault]);
    }
    let few = said(TAKEOVER, &[(0xc1, 9)], Compression::On);
    assert_eq!(few, ["the server sent 1 messages only"]);
}

#[test]
fn frames_against_the_protocol_are_faults() {
    let rsv1 = said("", &[(0xc1, 9)], Compression::Off);
    assert_eq!(
        rsv1,
        [
            "the client sets RSV1 without an extension",
            "the server sets RSV1 without an extension"
        ]
    );
    let mut swapped = conversation("", &[]);
    std::mem::swap(&mut swapped.from_client, &mut swapped.from_server);
    let masking = faults(&swapped, Ours::Server, Compression::Off);
    assert_eq!(
        masking,
        [
            "the client's masking is wrong",
            "the server's masking is wrong"
        ]
    );
}

#[test]
fn closing_not_answered_in_kind_is_a_fault() {
    let mut unanswered = conversation("", &[]);
    unanswered.from_server.clear();
    assert_eq!(
        faults(&unanswered, Ours::Server, Compression::Off),
        ["the server sent no Close frame"]
    );
    let mut other = conversation("", &[]);
    let mut server = Reader::default();
    server.read(b"\r\n\r\n\x88\x02\x03\xe9");
    other.from_server = server.frames;
    assert_eq!(
        faults(&other, Ours::Server, Compression::Off),
        ["the close codes differ: (Some(1000), Some(1001))"]
    );
}

#[test]
fn response_that_refuses_is_a_fault() {
    let mut refused = conversation("", &[]);
    refused.response = "HTTP/1.1 403 Forbidden\r\n\r\n".to_owned();
    assert_eq!(
        faults(&refused, Ours::Server, Compression::Off),
        ["not upgraded: HTTP/1.1 403 Forbidden"]
    );
}
