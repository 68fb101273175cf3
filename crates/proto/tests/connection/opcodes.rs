//! Each opcode, received by each end: the six of RFC 6455 §5.2 are understood, the rest are
//! refused.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CLOSE, CONTINUATION, Frame, PING, PONG, TEXT, wire};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

#[test]
fn receiver_reads_each_opcode_as_its_event() {
    // RFC 6455 §5.4-5 TEST: unfragmented
    // RFC 6455 §6.2-1 §6.2-2 §6.2-3 §6.2-5 TEST
    // RFC 6455 §5.5.2-1 §5.5.3-1 TEST
    for receiver in ROLES {
        for (payload, text) in [("", ""), ("Hello", "Hello"), ("κόσμε", "κόσμε")] {
            let cases = [
                (TEXT, Seen::text(text), None),
                (BINARY, Seen::binary(payload), None),
                (PING, Seen::Ping, Some(Frame::new(PONG, payload))),
                (PONG, Seen::Pong(payload.into()), None),
            ];
            for (opcode, event, reply) in cases {
                let wire = Frame::new(opcode, payload).from(receiver.peer());
                assert_received(receiver, &wire, &[event], reply.as_slice());
            }
        }
        let fragments = [
            Frame::new(BINARY, "a").no_fin(),
            Frame::new(CONTINUATION, "b"),
        ];
        let wire = wire(receiver.peer(), &fragments);
        assert_received(receiver, &wire, &[Seen::binary("ab")], &[]);
    }
}

#[test]
fn receiver_reads_close_as_its_event_and_answers_with_its_code() {
    for receiver in ROLES {
        let wire = Frame::close(1001, "later").from(receiver.peer());
        let event = Seen::Close(Some(1001), "later".into());
        assert_received(receiver, &wire, &[event], &[Frame::close(1001, "")]);

        let wire = Frame::new(CLOSE, "").from(receiver.peer());
        let event = Seen::Close(None, String::new());
        assert_received(receiver, &wire, &[event], &[Frame::new(CLOSE, "")]);
    }
}

#[test]
fn receiver_refuses_every_reserved_opcode() {
    // RFC 6455 §5.2-3 TEST: with FIN and without, with payload and without
    for receiver in ROLES {
        for opcode in (0x3..=0x7).chain(0xB..=0xF) {
            for frame in [
                Frame::new(opcode, ""),
                Frame::new(opcode, "Hello"),
                Frame::new(opcode, "Hello").no_fin(),
            ] {
                let wire = frame.from(receiver.peer());
                let fault = Fault::Peer(PeerFault::ReservedOpcode(opcode));
                assert_refused(receiver, &wire, &[], fault, 1002);
            }
        }
    }
}
