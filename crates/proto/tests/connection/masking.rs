//! Who masks and who does not (RFC 6455 §5.1, §5.3): on each opcode, in each direction.

use std::collections::BTreeSet;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::message::MessageKind;

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::{Endpoint, Seen};
use crate::support::frames::{
    self, BINARY, CLOSE, CONTINUATION, Frame, KEY, LenForm, PING, PONG, TEXT,
};

/// A frame of each opcode in a place where it may stand.
fn frames_of_each_opcode() -> [(Option<Frame>, Frame); 6] {
    [
        (None, Frame::new(TEXT, "Hello")),
        (None, Frame::new(BINARY, "Hello")),
        (
            Some(Frame::new(BINARY, "").no_fin()),
            Frame::new(CONTINUATION, "Hello"),
        ),
        (None, Frame::new(CLOSE, [0x03, 0xE8])),
        (None, Frame::new(PING, "")),
        (None, Frame::new(PONG, "Hello")),
    ]
}

#[test]
fn server_refuses_a_frame_that_is_not_masked() {
    // RFC 6455 §5.1-2 TEST: each opcode
    for (before, frame) in frames_of_each_opcode() {
        let mut wire = before.map_or_else(Vec::new, |before| before.from(Role::Client));
        wire.extend(frame.bytes(None, LenForm::Shortest));
        assert_refused(
            Role::Server,
            &wire,
            &[],
            Fault::Peer(PeerFault::NotMasked),
            1002,
        );
    }
}

#[test]
fn client_refuses_a_frame_that_is_masked() {
    // RFC 6455 §5.1-4 TEST: each opcode, also with a key that changes nothing
    for (before, frame) in frames_of_each_opcode() {
        for key in [KEY, [0; 4]] {
            let before = before.as_ref().map(|before| before.from(Role::Server));
            let mut wire = before.unwrap_or_default();
            wire.extend(frame.bytes(Some(key), LenForm::Shortest));
            assert_refused(
                Role::Client,
                &wire,
                &[],
                Fault::Peer(PeerFault::Masked),
                1002,
            );
        }
    }
}

#[test]
fn server_unmasks_with_any_key() {
    // RFC 6455 §6.2-5 TEST
    for key in [KEY, [0; 4], [0xFF; 4], [0, 0, 0, 1], [0x80, 0, 0, 0]] {
        let wire = Frame::new(BINARY, "0123456789").bytes(Some(key), LenForm::Shortest);
        assert_received(Role::Server, &wire, &[Seen::binary("0123456789")], &[]);
    }
}

/// Writes one frame of each opcode that can be written, and gives its bytes.
fn write_each(role: Role) -> Vec<u8> {
    let now = Instant::now();
    let mut end = Endpoint::open(role, now);
    end.send(MessageKind::Text, b"Hello").unwrap();
    end.send(MessageKind::Binary, &vec![0; 70_000]).unwrap();
    end.ping(b"ping").unwrap();
    end.read(&Frame::new(PING, "pong").from(role.peer()), now);
    end.answer(now);
    end.close(1000, "bye", now).unwrap();
    end.answer(now);
    end.output
}

#[test]
fn server_masks_no_frame() {
    // RFC 6455 §5.1-3 TEST
    let (frames, keys) = frames::read(Role::Server, &write_each(Role::Server));
    assert_eq!((frames.len(), keys.len()), (5, 0));
}

#[test]
fn client_masks_each_frame_with_a_key_of_its_own() {
    // RFC 6455 §5.1-1 §5.3-1 §5.3-2 §6.1-7 §5.5.1-3 §10.3-1 TEST
    // CVE-2025-10148 (curl): one key for the whole connection.
    let output = write_each(Role::Client);
    let (frames, keys) = frames::read(Role::Client, &output);
    assert_eq!(
        frames.iter().map(|frame| frame.opcode).collect::<Vec<_>>(),
        [1, 2, 9, 10, 8]
    );
    assert_eq!(
        frames[1].payload,
        vec![0; 70_000],
        "masked with the key in the header"
    );
    let distinct: BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), 5, "{keys:?}");
    assert!(
        !output.windows(5).any(|window| window == b"Hello"),
        "the key was used"
    );
}

#[test]
fn client_asks_for_a_fresh_key_for_each_of_many_frames() {
    // RFC 6455 §5.3-2 TEST: ten thousand frames
    let mut end = Endpoint::open(Role::Client, Instant::now());
    for _ in 0..10_000 {
        end.send(MessageKind::Binary, b"").unwrap();
    }
    let (_, keys) = frames::read(Role::Client, &end.output);
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 10_000);
}
