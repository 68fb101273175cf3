//! Messages in several frames (RFC 6455 §5.4): put together in order, never interleaved, and not
//! without end.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::frame::Opcode;
use sockeye_proto::limits::EMPTY_FRAGMENTS_MAX;

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CONTINUATION, Frame, TEXT, wire};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

#[test]
fn receiver_puts_fragments_together_in_order() {
    // RFC 6455 §5.4-2 §5.4-5 §5.4-10 §6.2-3 §6.2-4 TEST
    let frames = [
        Frame::new(TEXT, "a").no_fin(),
        Frame::new(CONTINUATION, "bc").no_fin(),
        Frame::new(CONTINUATION, "").no_fin(),
        Frame::new(CONTINUATION, "def"),
        Frame::new(BINARY, "").no_fin(),
        Frame::new(CONTINUATION, ""),
        Frame::new(TEXT, "whole"),
        Frame::new(BINARY, "g").no_fin(),
        Frame::new(CONTINUATION, "h"),
    ];
    let events = [
        Seen::text("abcdef"),
        Seen::binary(""),
        Seen::text("whole"),
        Seen::binary("gh"),
    ];
    for receiver in ROLES {
        assert_received(receiver, &wire(receiver.peer(), &frames), &events, &[]);
    }
}

#[test]
fn receiver_refuses_a_continuation_of_nothing() {
    // RFC 6455 §5.4-10 TEST: first of all, after a whole message, after a fragmented one
    let befores: [(&[Frame], &[Seen]); 3] = [
        (&[], &[]),
        (&[Frame::new(TEXT, "a")], &[Seen::text("a")]),
        (
            &[
                Frame::new(TEXT, "a").no_fin(),
                Frame::new(CONTINUATION, "b"),
            ],
            &[Seen::text("ab")],
        ),
    ];
    for receiver in ROLES {
        for (before, events) in befores {
            for last in [
                Frame::new(CONTINUATION, "x"),
                Frame::new(CONTINUATION, "").no_fin(),
            ] {
                let mut frames = before.to_vec();
                frames.push(last);
                let fault = Fault::Peer(PeerFault::ContinuationWithoutStart);
                assert_refused(
                    receiver,
                    &wire(receiver.peer(), &frames),
                    events,
                    fault,
                    1002,
                );
            }
        }
    }
}

#[test]
fn receiver_refuses_a_message_inside_a_message() {
    // RFC 6455 §5.4-3 TEST: the inner one whole and fragmented, after one fragment and after two
    for receiver in ROLES {
        for (number, opcode) in [(TEXT, Opcode::Text), (BINARY, Opcode::Binary)] {
            for inner in [Frame::new(number, "b"), Frame::new(number, "").no_fin()] {
                let mut frames = vec![Frame::new(TEXT, "a").no_fin(), inner];
                let fault = Fault::Peer(PeerFault::MessageInsideMessage(opcode));
                assert_refused(receiver, &wire(receiver.peer(), &frames), &[], fault, 1002);
                frames.insert(1, Frame::new(CONTINUATION, "").no_fin());
                assert_refused(receiver, &wire(receiver.peer(), &frames), &[], fault, 1002);
            }
        }
    }
}

#[test]
fn receiver_refuses_too_many_empty_fragments() {
    // RFC 6455 §10.4-1 TEST: work without end is a limit as well
    let max = EMPTY_FRAGMENTS_MAX;
    let mut frames = vec![Frame::new(BINARY, "").no_fin()];
    frames.resize(max as usize, Frame::new(CONTINUATION, "").no_fin());
    for receiver in ROLES {
        let mut fits = frames.clone();
        fits.push(Frame::new(CONTINUATION, "end"));
        let wire_that_fits = wire(receiver.peer(), &fits);
        assert_received(receiver, &wire_that_fits, &[Seen::binary("end")], &[]);

        let mut over = frames.clone();
        over.push(Frame::new(CONTINUATION, "full").no_fin());
        over.push(Frame::new(CONTINUATION, "").no_fin());
        let fault = Fault::Limit(Limit::EmptyFragments { max });
        assert_refused(receiver, &wire(receiver.peer(), &over), &[], fault, 1008);
    }
}

#[test]
fn receiver_counts_empty_fragments_per_message() {
    let half = EMPTY_FRAGMENTS_MAX as usize * 2 / 3;
    let mut message = vec![Frame::new(BINARY, "").no_fin()];
    message.resize(half, Frame::new(CONTINUATION, "").no_fin());
    message.push(Frame::new(CONTINUATION, ""));
    let frames = [message.clone(), message].concat();
    let wire = wire(Role::Client, &frames);
    assert_received(
        Role::Server,
        &wire,
        &[Seen::binary(""), Seen::binary("")],
        &[],
    );
}
