//! The order of events is the peer's: what was complete before a fault or a Close comes first, what
//! comes after it is not read.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::frame::Opcode;

use crate::support::cuts::{assert_received, assert_refused, observe};
use crate::support::endpoint::{Reading, Seen};
use crate::support::frames::{BINARY, CONTINUATION, Frame, KEY, LenForm, PING, PONG, TEXT, wire};

/// What a peer says before it goes wrong, and how it is seen.
fn good_frames() -> ([Frame; 6], [Seen; 4]) {
    let frames = [
        Frame::new(TEXT, "one"),
        Frame::new(PING, "answered?"),
        Frame::new(BINARY, "tw").no_fin(),
        Frame::new(CONTINUATION, "o"),
        Frame::new(PONG, "three"),
        Frame::new(TEXT, "never finished").no_fin(),
    ];
    let events = [
        Seen::text("one"),
        Seen::Ping,
        Seen::binary("two"),
        Seen::Pong(b"three".to_vec()),
    ];
    (frames, events)
}

#[test]
fn receiver_delivers_all_that_is_complete_before_each_kind_of_fault() {
    let (frames, events) = good_frames();
    let bad_text = Frame::new(CONTINUATION, b"\xFF");
    let bad_text_fault = PeerFault::Utf8 { valid_up_to: 14 };
    for receiver in [Role::Client, Role::Server] {
        let from = receiver.peer();
        let own_key = (from == Role::Client).then_some(KEY);
        let (other_key, mask_fault) = match receiver {
            Role::Server => (None, PeerFault::NotMasked),
            Role::Client => (Some(KEY), PeerFault::Masked),
        };
        let end = Frame::new(CONTINUATION, "end");
        let length_fault = PeerFault::LengthNotMinimal { len: 3, bytes: 2 };
        let cases = [
            (
                Frame::new(0x3, "").from(from),
                PeerFault::ReservedOpcode(3),
                1002,
            ),
            (
                end.clone().rsv(2).from(from),
                PeerFault::ReservedBits(Opcode::Continuation),
                1002,
            ),
            (end.bytes(other_key, LenForm::Shortest), mask_fault, 1002),
            (end.bytes(own_key, LenForm::Bits16), length_fault, 1002),
            (
                Frame::new(TEXT, "").from(from),
                PeerFault::MessageInsideMessage(Opcode::Text),
                1002,
            ),
            (bad_text.from(from), bad_text_fault, 1007),
            (
                Frame::new(0x8, "x").from(from),
                PeerFault::CloseLenOne,
                1002,
            ),
            (
                Frame::close(1005, "").from(from),
                PeerFault::CloseCode(1005),
                1002,
            ),
            (
                Frame::close(1000, b"\xFF").from(from),
                PeerFault::CloseReasonUtf8,
                1007,
            ),
        ];
        for (bad, fault, code) in cases {
            let mut bytes = wire(from, &frames);
            bytes.extend(bad);
            bytes.extend(Frame::new(CONTINUATION, "never read").from(from));
            bytes.extend(Frame::new(PING, "never answered").from(from));
            assert_refused(receiver, &bytes, &events, Fault::Peer(fault), code);
        }
    }
}

#[test]
fn receiver_reads_nothing_behind_a_close() {
    // RFC 6455 §7.1.1-1 TEST: bytes that still arrive are discarded, whatever they are
    let (frames, events) = good_frames();
    for receiver in [Role::Client, Role::Server] {
        for after in [
            Frame::new(CONTINUATION, "more").from(receiver.peer()),
            Frame::new(PING, "more").from(receiver.peer()),
            Frame::close(1001, "again").from(receiver.peer()),
            vec![0xFF; 40],
        ] {
            let mut bytes = wire(receiver.peer(), &frames);
            bytes.extend(Frame::close(3000, "done").from(receiver.peer()));
            bytes.extend(after);
            let mut events = events.to_vec();
            events.push(Seen::Close(Some(3000), "done".into()));
            let replies = [Frame::new(PONG, "answered?"), Frame::close(3000, "")];
            assert_received(receiver, &bytes, &events, &replies);
        }
    }
}

#[test]
fn receiver_that_failed_retains_nothing_and_stays_failed() {
    // RFC 6455 §7.1.7-4 TEST
    let mut bytes = Frame::new(0x7, "").from(Role::Client);
    bytes.extend(vec![0x81; 1000]);
    let chunks = bytes.chunks(7);
    let observed = observe(
        Role::Server,
        &std::sync::Arc::default(),
        Reading::Buffered,
        chunks,
    );
    assert_eq!(
        observed.events,
        [Seen::Fault(Fault::Peer(PeerFault::ReservedOpcode(7)))]
    );
}
