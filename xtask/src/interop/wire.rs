//! What must be true of a conversation, whoever the other peer is.

use crate::interop::frames::{Frame, Message, close_frame, messages};
use crate::interop::tap::Conversation;

/// Which side of a connection is ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ours {
    Client,
    Server,
}

/// What is to be agreed about compression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Compression {
    /// None.
    Off,
    /// Some; each side keeps its window or not, as it was agreed.
    On,
    /// Some, and neither side keeps its window.
    OnWithoutTakeover,
}

/// Why `conversation` is not as it must be; empty when it is.
pub(crate) fn faults(
    conversation: &Conversation,
    ours: Ours,
    compression: Compression,
) -> Vec<String> {
    if !conversation.response.starts_with("HTTP/1.1 101 ") {
        return vec![format!(
            "not upgraded: {}",
            first_line(&conversation.response)
        )];
    }
    let mut faults = Vec::new();
    let agreed = extensions(&conversation.response);
    let deflate = agreed.contains("permessage-deflate");
    if deflate == (compression == Compression::Off) {
        faults.push(format!("the extensions agreed on are `{agreed}`"));
    }
    if compression == Compression::OnWithoutTakeover {
        for parameter in ["server_no_context_takeover", "client_no_context_takeover"] {
            if !agreed.contains(parameter) {
                faults.push(format!("{parameter} is missing in `{agreed}`"));
            }
        }
    }
    let sides = [
        (
            Ours::Client,
            "client",
            &conversation.from_client,
            "client_no_context_takeover",
        ),
        (
            Ours::Server,
            "server",
            &conversation.from_server,
            "server_no_context_takeover",
        ),
    ];
    for (side, name, frames, parameter) in sides {
        if frames
            .iter()
            .any(|frame| frame.masked != (side == Ours::Client))
        {
            faults.push(format!("the {name}'s masking is wrong"));
        }
        if !deflate && frames.iter().any(|frame| frame.rsv1) {
            faults.push(format!("the {name} sets RSV1 without an extension"));
        }
        let takeover = !agreed.contains(parameter);
        // How well others compress is their own affair.
        if side == ours && deflate && ends_with_equal_messages(conversation, ours) {
            faults.extend(equal_messages_fault(name, frames, takeover));
        }
    }
    faults.extend(close_fault(conversation));
    faults
}

/// The path that the client asked for.
pub(crate) fn path(conversation: &Conversation) -> &str {
    let mut words = first_line(&conversation.request).split(' ');
    words.nth(1).unwrap_or_default()
}

/// The scripts that drive our server send equal messages on a path of their own; our own client
/// ends every conversation with them.
fn ends_with_equal_messages(conversation: &Conversation, ours: Ours) -> bool {
    ours == Ours::Client || path(conversation) == "/takeover"
}

/// Three equal messages last: all compressed, and the later ones shorter exactly if the window is
/// kept.
fn equal_messages_fault(name: &str, frames: &[Frame], takeover: bool) -> Option<String> {
    let messages = messages(frames);
    let Some(&[first, second, third]) = messages.last_chunk::<3>() else {
        return Some(format!("the {name} sent {} messages only", messages.len()));
    };
    let lens = [first, second, third].map(|Message { len, .. }| len);
    if ![first, second, third]
        .iter()
        .all(|message| message.compressed)
    {
        Some(format!(
            "the {name} did not compress equal messages of {lens:?} bytes"
        ))
    } else if takeover && (second.len * 2 > first.len || third.len * 2 > first.len) {
        Some(format!(
            "the {name} forgot its window: {lens:?} bytes for equal messages"
        ))
    } else if !takeover && (second.len != first.len || third.len != first.len) {
        Some(format!(
            "the {name} kept its window: {lens:?} bytes for equal messages"
        ))
    } else {
        None
    }
}

/// RFC 6455 section 5.5.1: both sides send a Close frame, the answer with the code of the first.
fn close_fault(conversation: &Conversation) -> Option<String> {
    let client = close_frame(&conversation.from_client);
    let server = close_frame(&conversation.from_server);
    let (Some(client), Some(server)) = (client, server) else {
        let missing = if client.is_none() { "client" } else { "server" };
        return Some(format!("the {missing} sent no Close frame"));
    };
    let codes = (client.close_code(), server.close_code());
    (codes.0 != codes.1).then(|| format!("the close codes differ: {codes:?}"))
}

/// The extensions in a response's head, in lower case.
fn extensions(head: &str) -> String {
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let wanted = name.eq_ignore_ascii_case("sec-websocket-extensions");
        wanted.then(|| value.trim().to_ascii_lowercase())
    };
    let values: Vec<String> = head.lines().filter_map(value).collect();
    values.join(", ")
}

fn first_line(head: &str) -> &str {
    head.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
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
                "client_no_context_takeover is missing in `permessage-deflate; \
                 server_no_context_takeover`",
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
}
