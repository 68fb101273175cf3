//! Text is UTF-8 (RFC 6455 §5.6, §8.1): as a whole, wherever frames and reads cut it.

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, PeerFault};

use crate::support::cuts::{assert_received, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CONTINUATION, Frame, TEXT, wire};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// Bytes that are no UTF-8, and how many of them could begin some.
const BAD: [(&[u8], u64); 14] = [
    (b"\x80", 0),
    (b"ok\xBF", 2),
    (b"\xC0\x80", 0),
    (b"\xC1\xBF", 0),
    (b"\xCE", 1),
    (b"\xCEa", 1),
    (b"\xE0\x80\x80", 1),
    (b"\xE2\x82", 2),
    (b"\xED\xA0\x80", 1),
    (b"\xF0\x8F\x80\x80", 1),
    (b"\xF0\x9F\x98", 3),
    (b"\xF4\x90\x80\x80", 1),
    (b"\xF5", 0),
    (
        b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited",
        12,
    ),
];

fn fault(valid_up_to: u64) -> Fault {
    Fault::Peer(PeerFault::Utf8 { valid_up_to })
}

#[test]
fn receiver_reads_text_at_the_edges_of_utf8() {
    // RFC 6455 §5.6-1 TEST
    let texts = [
        "\0",
        "\u{7F}\u{80}",
        "\u{7FF}\u{800}",
        "\u{D7FF}\u{E000}",
        "\u{FFFF}\u{10000}\u{10FFFF}",
    ];
    for receiver in ROLES {
        for text in texts {
            let wire = Frame::new(TEXT, text).from(receiver.peer());
            assert_received(receiver, &wire, &[Seen::text(text)], &[]);
        }
    }
}

#[test]
fn receiver_reads_text_whose_characters_are_cut_by_frames() {
    // RFC 6455 §5.6-1 TEST: the message as a whole counts, not the frame
    let text = "aκό𝄞ε";
    for receiver in ROLES {
        for cut in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            let frames = [
                Frame::new(TEXT, head).no_fin(),
                Frame::new(CONTINUATION, tail),
            ];
            assert_received(
                receiver,
                &wire(receiver.peer(), &frames),
                &[Seen::text(text)],
                &[],
            );
        }
        let mut frames: Vec<Frame> = text
            .bytes()
            .map(|byte| Frame::new(CONTINUATION, [byte]).no_fin())
            .collect();
        frames[0].opcode = TEXT;
        frames.last_mut().unwrap().fin = true;
        assert_received(
            receiver,
            &wire(receiver.peer(), &frames),
            &[Seen::text(text)],
            &[],
        );
    }
}

#[test]
fn receiver_refuses_text_that_is_not_utf8() {
    // RFC 6455 §8.1-1 §5.6-1 §10.7-1 TEST: in one frame
    for receiver in ROLES {
        for (bytes, valid_up_to) in BAD {
            let wire = Frame::new(TEXT, bytes).from(receiver.peer());
            assert_refused(receiver, &wire, &[], fault(valid_up_to), 1007);
        }
    }
}

#[test]
fn receiver_refuses_fragmented_text_that_is_not_utf8() {
    // RFC 6455 §8.1-1 TEST: cut into two frames at every position
    for receiver in ROLES {
        for (bytes, valid_up_to) in BAD {
            for cut in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(cut);
                let frames = [
                    Frame::new(TEXT, head).no_fin(),
                    Frame::new(CONTINUATION, tail),
                ];
                let wire = wire(receiver.peer(), &frames);
                assert_refused(receiver, &wire, &[], fault(valid_up_to), 1007);
            }
        }
    }
}

#[test]
fn receiver_takes_any_bytes_in_a_binary_message() {
    for receiver in ROLES {
        for (bytes, _) in BAD {
            let (head, tail) = bytes.split_at(1);
            let frames = [
                Frame::new(BINARY, bytes),
                Frame::new(BINARY, head).no_fin(),
                Frame::new(CONTINUATION, tail),
            ];
            let events = [Seen::binary(bytes), Seen::binary(bytes)];
            assert_received(receiver, &wire(receiver.peer(), &frames), &events, &[]);
        }
    }
}

#[test]
fn receiver_begins_each_text_anew() {
    let frames = [
        Frame::new(BINARY, [0xCE]),
        Frame::new(TEXT, "й"),
        Frame::new(BINARY, [0xCE]).no_fin(),
        Frame::new(CONTINUATION, ""),
        Frame::new(TEXT, [0xBA]),
    ];
    let before = [Seen::binary([0xCE]), Seen::text("й"), Seen::binary([0xCE])];
    let wire = wire(Role::Client, &frames);
    assert_refused(Role::Server, &wire, &before, fault(0), 1007);
}
