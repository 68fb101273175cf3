//! A peer learns of its fault at the byte that shows it, while the rest has not arrived.

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::frame::Opcode;

use crate::support::cuts::observe;
use crate::support::endpoint::{Reading, Seen};
use crate::support::frames::{self, BINARY, CONTINUATION, Frame, KEY, LenForm, TEXT, header, wire};

/// Asserts that `server` fails at the last byte of `wire` and not before, in one read and byte by
/// byte, and tells the peer at once.
fn assert_last_byte_shows(wire: &[u8], fault: Fault) {
    let config: Arc<Config> = Arc::default();
    let (last, before) = wire.split_last().unwrap();
    for chunk_len in [1, wire.len()] {
        let observed = observe(
            Role::Server,
            &config,
            Reading::Buffered,
            before.chunks(chunk_len),
        );
        assert_eq!(
            (observed.events, observed.output),
            (vec![], vec![]),
            "before the last byte"
        );
    }
    for chunks in [
        vec![wire],
        vec![before, std::slice::from_ref(last)],
        wire.chunks(1).collect(),
    ] {
        let observed = observe(Role::Server, &config, Reading::Buffered, chunks);
        assert_eq!(observed.events, [Seen::Fault(fault)]);
        let (written, _) = frames::read(Role::Server, &observed.output);
        assert_eq!(written, [Frame::close(fault.close_code().number(), "")]);
    }
}

#[test]
fn server_fails_at_the_first_byte_of_a_header() {
    // RFC 6455 §5.2-2 §5.2-3 §5.4-1 TEST: no second byte has come
    let cases = [
        (0x83, PeerFault::ReservedOpcode(0x3)),
        (0x0F, PeerFault::ReservedOpcode(0xF)),
        (0xC1, PeerFault::ReservedBits(Opcode::Text)),
        (0x92, PeerFault::ReservedBits(Opcode::Binary)),
        (0xA9, PeerFault::ReservedBits(Opcode::Ping)),
        (0x08, PeerFault::ControlFragmented(Opcode::Close)),
        (0x80, PeerFault::ContinuationWithoutStart),
    ];
    for (byte, fault) in cases {
        assert_last_byte_shows(&[byte], Fault::Peer(fault));
    }
}

#[test]
fn server_fails_at_the_first_byte_of_a_frame_out_of_place() {
    // RFC 6455 §5.4-3 TEST
    let mut bytes = Frame::new(TEXT, "").no_fin().from(Role::Client);
    bytes.push(0x82);
    assert_last_byte_shows(
        &bytes,
        Fault::Peer(PeerFault::MessageInsideMessage(Opcode::Binary)),
    );
}

#[test]
fn server_fails_at_the_second_byte_of_a_header() {
    // RFC 6455 §5.1-2 §5.5-1 TEST: neither length nor key has come
    let cases = [
        ([0x81, 0x05], PeerFault::NotMasked),
        ([0x82, 0x7F], PeerFault::NotMasked),
        ([0x89, 0x00], PeerFault::NotMasked),
        ([0x89, 0xFE], PeerFault::ControlTooLong(Opcode::Ping)),
        ([0x88, 0xFF], PeerFault::ControlTooLong(Opcode::Close)),
    ];
    for (bytes, fault) in cases {
        assert_last_byte_shows(&bytes, Fault::Peer(fault));
    }
}

#[test]
fn server_fails_at_the_last_byte_of_a_bad_length() {
    // RFC 6455 §5.2-4 §5.2-5 §10.4-1 TEST: no key has come
    let frame = Frame::new(BINARY, "");
    let max = sockeye_proto::limits::MESSAGE_LEN_MAX;
    let cases = [
        (
            LenForm::Bits16,
            125,
            Fault::Peer(PeerFault::LengthNotMinimal { len: 125, bytes: 2 }),
        ),
        (
            LenForm::Bits64,
            126,
            Fault::Peer(PeerFault::LengthNotMinimal { len: 126, bytes: 8 }),
        ),
        (
            LenForm::Bits64,
            u64::MAX,
            Fault::Peer(PeerFault::LengthTopBit(u64::MAX)),
        ),
        (
            LenForm::Bits64,
            1 << 62,
            Fault::Limit(Limit::MessageLen { max }),
        ),
    ];
    for (form, len, fault) in cases {
        let bytes = header(&frame, Some(KEY), form, len);
        assert_last_byte_shows(&bytes[..bytes.len() - 4], fault);
    }
}

#[test]
fn server_fails_at_the_first_bad_byte_of_a_frame_that_goes_on() {
    // RFC 6455 §8.1-1 TEST: Autobahn 6.4, with a megabyte still to come
    let cases: [(&[u8], u64); 5] = [
        (b"\xFF", 0),
        (b"plain ascii, then \x80", 18),
        (b"\xCE\xBA\xED\xA0", 3),
        (b"\xF4\x90", 1),
        (
            b"long enough for the fast path of a validator, surely, \xF0\x9F\x98\xFF",
            57,
        ),
    ];
    for (text, valid_up_to) in cases {
        for len in [text.len() as u64 + 1, 300, 1 << 20] {
            let mut bytes = header(&Frame::new(TEXT, ""), Some(KEY), LenForm::Shortest, len);
            bytes.extend(
                text.iter()
                    .zip(KEY.iter().cycle())
                    .map(|(byte, key)| byte ^ key),
            );
            assert_last_byte_shows(&bytes, Fault::Peer(PeerFault::Utf8 { valid_up_to }));
        }
    }
}

#[test]
fn server_fails_at_the_first_bad_byte_of_a_later_fragment() {
    // RFC 6455 §8.1-1 TEST: the first byte of the second frame makes the character impossible
    let first = Frame::new(TEXT, b"ab\xE2\x82").no_fin();
    let mut bytes = wire(Role::Client, &[first]);
    bytes.extend(header(
        &Frame::new(CONTINUATION, "").no_fin(),
        Some(KEY),
        LenForm::Shortest,
        9,
    ));
    bytes.push(b'c' ^ KEY[0]);
    assert_last_byte_shows(&bytes, Fault::Peer(PeerFault::Utf8 { valid_up_to: 4 }));
}

#[test]
fn receiver_fails_with_the_fault_whose_byte_came_first() {
    // One frame, several faults: the earliest byte decides, so cutting the stream changes nothing.
    let cases: [(&[u8], PeerFault); 6] = [
        (&[0xC1, 0x05], PeerFault::ReservedBits(Opcode::Text)),
        (&[0xF3, 0x05], PeerFault::ReservedOpcode(0x3)),
        (&[0x49, 0x7E], PeerFault::ControlFragmented(Opcode::Ping)),
        (&[0xC9, 0x7E], PeerFault::ReservedBits(Opcode::Ping)),
        (&[0xC0, 0x05], PeerFault::ReservedBits(Opcode::Continuation)),
        (&[0x81, 0x7E, 0x00, 0x05], PeerFault::NotMasked),
    ];
    for (bytes, fault) in cases {
        for chunk_len in 1..=bytes.len() {
            let chunks = bytes.chunks(chunk_len);
            let observed = observe(Role::Server, &Arc::default(), Reading::Buffered, chunks);
            assert_eq!(
                observed.events,
                [Seen::Fault(Fault::Peer(fault))],
                "{chunk_len}"
            );
        }
    }
}
