//! Reserved bits (RFC 6455 §5.2): without an extension, any of them on any frame is refused.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::frame::Opcode;

use crate::support::cuts::assert_refused;
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CONTINUATION, Frame, wire};

#[test]
fn receiver_refuses_each_reserved_bit_on_each_opcode() {
    // RFC 6455 §5.2-2 §5.2-7 §5.8-1 TEST: no extension was agreed on
    for receiver in [Role::Client, Role::Server] {
        for number in [0x0, 0x1, 0x2, 0x8, 0x9, 0xA] {
            for rsv in 1..=7 {
                let mut frames = Vec::new();
                if number == CONTINUATION {
                    frames.push(Frame::new(BINARY, "").no_fin());
                }
                frames.push(Frame::new(number, "").rsv(rsv));
                let opcode = Opcode::from_number(number).unwrap();
                let fault = Fault::Peer(PeerFault::ReservedBits(opcode));
                assert_refused(receiver, &wire(receiver.peer(), &frames), &[], fault, 1002);
            }
        }
    }
}

#[test]
fn receiver_delivers_what_came_before_a_reserved_bit() {
    let frames = [
        Frame::new(BINARY, "whole"),
        Frame::new(BINARY, "half").no_fin(),
        Frame::new(CONTINUATION, "bad").rsv(4),
        Frame::new(BINARY, "never read"),
    ];
    let fault = Fault::Peer(PeerFault::ReservedBits(Opcode::Continuation));
    for receiver in [Role::Client, Role::Server] {
        let wire = wire(receiver.peer(), &frames);
        assert_refused(receiver, &wire, &[Seen::binary("whole")], fault, 1002);
    }
}
