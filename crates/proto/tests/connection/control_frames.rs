//! Control frames (RFC 6455 §5.5): short, whole, and welcome between the fragments of a message.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::frame::Opcode;

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{
    BINARY, CLOSE, CONTINUATION, Frame, KEY, LenForm, PING, PONG, TEXT, header, wire,
};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

#[test]
fn receiver_reads_control_frames_of_125_bytes() {
    let payload = [b'x'; 125];
    for receiver in ROLES {
        let from = receiver.peer();
        let ping = Frame::new(PING, payload).from(from);
        assert_received(receiver, &ping, &[Seen::Ping], &[Frame::new(PONG, payload)]);
        let pong = Frame::new(PONG, payload).from(from);
        assert_received(receiver, &pong, &[Seen::Pong(payload.to_vec())], &[]);
        let reason = "x".repeat(123);
        let close = Frame::close(1000, &reason).from(from);
        let event = Seen::Close(Some(1000), reason);
        assert_received(receiver, &close, &[event], &[Frame::close(1000, "")]);
    }
}

#[test]
fn receiver_refuses_a_control_frame_that_is_too_long() {
    // RFC 6455 §5.5-1 TEST: 126 bytes, and every longer form of length
    for receiver in ROLES {
        let key = (receiver == Role::Server).then_some(KEY);
        for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
            let frame = Frame::new(opcode.number(), [0x03; 126]);
            let fault = Fault::Peer(PeerFault::ControlTooLong(opcode));
            assert_refused(receiver, &frame.from(receiver.peer()), &[], fault, 1002);
            for (form, len) in [
                (LenForm::Bits16, 5),
                (LenForm::Bits64, 5),
                (LenForm::Bits64, 1 << 62),
            ] {
                let wire = header(&frame, key, form, len);
                assert_refused(receiver, &wire, &[], fault, 1002);
            }
        }
    }
}

#[test]
fn receiver_refuses_a_control_frame_that_is_fragmented() {
    // RFC 6455 §5.4-1 §5.5-2 TEST
    for receiver in ROLES {
        for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
            for payload in ["", "\x03\u{0}"] {
                let frame = Frame::new(opcode.number(), payload).no_fin();
                let fault = Fault::Peer(PeerFault::ControlFragmented(opcode));
                assert_refused(receiver, &frame.from(receiver.peer()), &[], fault, 1002);
            }
        }
    }
}

#[test]
fn receiver_handles_control_frames_between_fragments() {
    // RFC 6455 §5.4-4 TEST
    let frames = [
        Frame::new(TEXT, "κό").no_fin(),
        Frame::new(PING, "1"),
        Frame::new(CONTINUATION, "σμ").no_fin(),
        Frame::new(PONG, "2"),
        Frame::new(PING, "3"),
        Frame::new(CONTINUATION, "ε"),
    ];
    let events = [
        Seen::Ping,
        Seen::Pong(b"2".to_vec()),
        Seen::Ping,
        Seen::text("κόσμε"),
    ];
    for receiver in ROLES {
        let wire = wire(receiver.peer(), &frames);
        assert_received(receiver, &wire, &events, &[Frame::new(PONG, "3")]);
    }
}

#[test]
fn receiver_closes_in_the_middle_of_a_message() {
    let frames = [
        Frame::new(BINARY, "begun").no_fin(),
        Frame::close(1001, ""),
        Frame::new(CONTINUATION, "never read"),
        Frame::new(CLOSE, [0]),
    ];
    let events = [Seen::Close(Some(1001), String::new())];
    for receiver in ROLES {
        let wire = wire(receiver.peer(), &frames);
        assert_received(receiver, &wire, &events, &[Frame::close(1001, "")]);
    }
}
