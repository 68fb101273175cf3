//! Sending (RFC 6455 §6.1): one frame per message, the same by copy and by reference; what may not
//! be sent changes nothing.

use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::fault::Misuse;
use sockeye_proto::message::MessageKind;

use crate::support::cuts::assert_received;
use crate::support::endpoint::{Endpoint, Seen};
use crate::support::frames::{self, BINARY, Frame, PING, PONG, TEXT};

const ROLES: [Role; 2] = [Role::Client, Role::Server];
const KINDS: [(MessageKind, u8); 2] = [(MessageKind::Text, TEXT), (MessageKind::Binary, BINARY)];

fn endpoint(role: Role) -> Endpoint {
    Endpoint::open(role, Instant::now())
}

#[test]
fn sender_writes_each_message_in_one_frame_of_the_shortest_form() {
    // RFC 6455 §5.2-1 §5.2-4 §5.2-5 §6.1-1 §6.1-4 §6.1-5 §6.1-6 TEST
    for role in ROLES {
        for (kind, opcode) in KINDS {
            for len in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
                let payload = vec![b'x'; len];
                let mut end = endpoint(role);
                end.send(kind, &payload).unwrap();
                let (written, _) = frames::read(role, &end.output);
                assert_eq!(written, [Frame::new(opcode, &payload)], "{len}");
                let event = Seen::Message(kind, payload);
                assert_received(role.peer(), &end.output, &[event], &[]);
            }
        }
    }
}

#[test]
fn server_sends_by_reference_what_it_sends_by_copy_and_client_cannot() {
    for (kind, _) in KINDS {
        for len in [0, 125, 126, 65_535, 65_536] {
            let payload = vec![7; len];
            let mut server = endpoint(Role::Server);
            server.send(kind, &payload).unwrap();
            let header = server
                .connection
                .send_by_reference(kind, len)
                .unwrap()
                .unwrap();
            assert_eq!(server.output, [header.as_slice(), &payload].concat());
            let mut client = endpoint(Role::Client);
            assert!(
                client
                    .connection
                    .send_by_reference(kind, len)
                    .unwrap()
                    .is_none()
            );
        }
    }
}

#[test]
fn sender_appends_to_what_is_there() {
    for role in ROLES {
        let mut end = endpoint(role);
        end.output = b"earlier".to_vec();
        end.send(MessageKind::Text, b"later").unwrap();
        assert!(end.output.starts_with(b"earlier"));
        let (written, _) = frames::read(role, &end.output[7..]);
        assert_eq!(written, [Frame::new(TEXT, "later")]);
    }
}

#[test]
fn sender_pings_with_125_bytes_and_refuses_126() {
    // RFC 6455 §5.5-1 §5.5-2 TEST: as a sender
    for role in ROLES {
        let mut end = endpoint(role);
        end.ping(&[b'p'; 125]).unwrap();
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written, [Frame::new(PING, [b'p'; 125])]);
        assert_eq!(
            end.ping(&[0; 126]),
            Err(Misuse::ControlTooLong { len: 126 })
        );
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written.len(), 1, "a refused command writes nothing");
    }
}

#[test]
fn sender_writes_only_bytes_it_was_given() {
    // CVE-2026-45736 (ws): memory nobody wrote went out in a Close; here all bytes are accounted
    // for.
    // RFC 6455 §10.3-2 TEST: the payload is a borrow for the whole of the call
    for role in ROLES {
        let now = Instant::now();
        let mut end = endpoint(role);
        end.read(&Frame::new(PING, "in").from(role.peer()), now);
        end.send(MessageKind::Text, b"text").unwrap();
        end.close(1000, "reason", now).unwrap();
        end.answer(now);
        let (written, _) = frames::read(role, &end.output);
        let expected = [
            Frame::new(TEXT, "text"),
            Frame::new(PONG, "in"),
            Frame::close(1000, "reason"),
        ];
        assert_eq!(written, expected);
        let key_len = if role == Role::Client { 4 } else { 0 };
        assert_eq!(end.output.len(), 3 * (2 + key_len) + 4 + 2 + 8);
    }
}
