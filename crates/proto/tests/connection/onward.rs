//! A large message that is received keeps a frame header in front of it, so that it can be sent on
//! in one piece; and nothing else of the read is touched for that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::{Batch, Connection, Event};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::limits::FRAMED_LEN_MIN;
use sockeye_proto::message::{Message, MessageKind};

use crate::support::frames::{BINARY, Frame, TEXT, wire};

/// What `role` receives of `reads`, owned.
fn receive<'a>(role: Role, reads: impl IntoIterator<Item = &'a [u8]>) -> Vec<Message> {
    let now = Instant::now();
    let clock = || now;
    let mut connection = Connection::new(role, Arc::default(), now);
    let mut codecs = SharedCodecs::default();
    let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
    for read in reads {
        let mut bytes = read.to_vec();
        let mut input = connection.input(&clock, &mut bytes);
        while let Some(event) = connection.poll_event(&mut input, &mut codecs) {
            assert!(matches!(event, Event::Message(_)), "{event:?}");
            if let Event::Message(received) = event {
                batch.push(received, input.bytes(), &mut messages);
            }
        }
        batch.finish(input.bytes(), &mut messages);
    }
    messages.into()
}

/// The header with which a server sends a message of `len` bytes.
fn header(kind: MessageKind, len: usize) -> Vec<u8> {
    let mut server = Connection::new(Role::Server, Arc::default(), Instant::now());
    let header = server.send_by_reference(kind, len).unwrap().unwrap();
    header.as_slice().to_vec()
}

fn large(len: usize) -> Vec<u8> {
    (0..=255).cycle().take(len).collect()
}

#[test]
fn large_message_lies_behind_the_header_that_a_server_sends() {
    for role in [Role::Server, Role::Client] {
        for len in [FRAMED_LEN_MIN, 20_000, 65_535] {
            let read = Frame::new(BINARY, large(len)).from(role.peer());
            let messages = receive(role, [&read[..]]);
            assert_eq!(messages.len(), 1);
            let payload = messages[0].payload();
            let header = header(MessageKind::Binary, len);
            assert_eq!(payload.behind(b"\x81\x05"), None, "another header");
            let frame = payload.behind(&header).unwrap();
            assert!(frame == [header, large(len)].concat());
        }
    }
}

#[test]
fn text_that_is_large_lies_behind_a_header_of_its_own_kind() {
    let read = Frame::new(TEXT, "й".repeat(FRAMED_LEN_MIN)).from(Role::Client);
    let messages = receive(Role::Server, [&read[..]]);
    let len = 2 * FRAMED_LEN_MIN;
    let payload = messages[0].payload();
    assert!(payload.behind(&header(MessageKind::Text, len)).is_some());
    assert_eq!(payload.behind(&header(MessageKind::Binary, len)), None);
}

#[test]
fn large_message_leaves_those_of_the_same_read_as_they_were() {
    let frames = [
        Frame::new(BINARY, "before"),
        Frame::new(BINARY, large(FRAMED_LEN_MIN)),
        Frame::new(TEXT, "after"),
        Frame::new(BINARY, large(2 * FRAMED_LEN_MIN)),
    ];
    let read = wire(Role::Client, &frames);
    let messages = receive(Role::Server, [&read[..]]);
    let payloads: Vec<_> = messages
        .iter()
        .map(|message| message.payload().to_vec())
        .collect();
    let expected = [
        b"before".to_vec(),
        large(FRAMED_LEN_MIN),
        b"after".to_vec(),
        large(2 * FRAMED_LEN_MIN),
    ];
    assert!(payloads == expected);
}

#[test]
fn large_message_whose_header_was_cut_anywhere_arrives_as_it_is() {
    let before = Frame::new(BINARY, "before").from(Role::Client);
    let frame = Frame::new(BINARY, large(FRAMED_LEN_MIN)).from(Role::Client);
    let read = [before.clone(), frame].concat();
    for cut in before.len()..before.len() + 8 {
        let (first, second) = read.split_at(cut);
        let messages = receive(Role::Server, [first, second]);
        assert_eq!(messages[0].payload(), b"before", "cut at {cut}");
        assert!(
            messages[1].payload() == &large(FRAMED_LEN_MIN)[..],
            "cut at {cut}"
        );
    }
}
