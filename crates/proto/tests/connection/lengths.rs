//! Payload lengths (RFC 6455 §5.2, §10.4): every form where it belongs, nowhere else, and a limit.

use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::fault::{Fault, Limit, PeerFault};

use crate::support::cuts::{assert_received, assert_received_with, assert_refused};
use crate::support::endpoint::Seen;
use crate::support::frames::{BINARY, CONTINUATION, Frame, KEY, LenForm, TEXT, header, wire};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

fn limited(message_len_max: usize) -> Arc<Config> {
    let mut config = Config::default();
    config.message_len_max = message_len_max;
    Arc::new(config)
}

fn too_long(max: usize) -> Fault {
    Fault::Limit(Limit::MessageLen { max })
}

#[test]
fn receiver_reads_lengths_at_the_edges_of_their_forms() {
    for receiver in ROLES {
        for len in [0, 1, 3, 4, 5, 125, 126, 127, 128, 65_535, 65_536, 65_537] {
            let payload: Vec<u8> = (0..len).map(|i: u32| i.to_le_bytes()[0]).collect();
            let wire = Frame::new(BINARY, &payload).from(receiver.peer());
            assert_received(receiver, &wire, &[Seen::binary(payload)], &[]);
        }
    }
}

#[test]
fn receiver_refuses_a_length_in_more_bytes_than_it_needs() {
    // RFC 6455 §5.2-5 TEST
    for receiver in ROLES {
        let key = (receiver == Role::Server).then_some(KEY);
        for (form, bytes, lens) in [
            (LenForm::Bits16, 2, vec![0, 1, 5, 124, 125]),
            (LenForm::Bits64, 8, vec![0, 5, 125, 126, 65_534, 65_535]),
        ] {
            for len in lens {
                let payload = vec![b'x'; usize::try_from(len).unwrap()];
                let wire = Frame::new(TEXT, payload).bytes(key, form);
                let fault = Fault::Peer(PeerFault::LengthNotMinimal { len, bytes });
                assert_refused(receiver, &wire, &[], fault, 1002);
            }
        }
    }
}

#[test]
fn receiver_refuses_a_length_with_its_top_bit_set() {
    // RFC 6455 §5.2-4 TEST
    // CVE-2020-13935 (Tomcat), CVE-2026-1528 (undici), CVE-2026-27889 (nats-server).
    for receiver in ROLES {
        let key = (receiver == Role::Server).then_some(KEY);
        for len in [1 << 63, 1 << 63 | 5, u64::MAX] {
            let wire = header(&Frame::new(BINARY, ""), key, LenForm::Bits64, len);
            let fault = Fault::Peer(PeerFault::LengthTopBit(len));
            assert_refused(receiver, &wire, &[], fault, 1002);
        }
    }
}

#[test]
fn receiver_refuses_a_message_longer_than_the_limit_by_its_header() {
    // RFC 6455 §10.4-1 §10.4-2 TEST
    // CVE-2026-1528 (undici): lengths at the edges of the number types.
    let max = sockeye_proto::limits::MESSAGE_LEN_MAX;
    for receiver in ROLES {
        let key = (receiver == Role::Server).then_some(KEY);
        for len in [
            max as u64 + 1,
            1 << 31,
            1 << 32,
            1 << 53,
            1 << 62,
            (1 << 63) - 1,
        ] {
            let wire = header(&Frame::new(BINARY, ""), key, LenForm::Shortest, len);
            assert_refused(receiver, &wire, &[], too_long(max), 1009);
        }
    }
}

#[test]
fn receiver_reads_a_message_of_the_limit_and_refuses_one_byte_more() {
    // RFC 6455 §10.4-2 TEST: one frame and many, in one read and in parts
    for receiver in ROLES {
        let from = receiver.peer();
        let config = limited(10);
        let fits: [&[&str]; 4] = [
            &["0123456789"],
            &["", "0123456789"],
            &["01234", "56789"],
            &["0123456789", ""],
        ];
        for parts in fits {
            let wire = wire(from, &fragments(parts));
            let events = [Seen::binary("0123456789")];
            assert_received_with(&config, receiver, &wire, &events, &[]);
        }
        let over: [&[&str]; 4] = [
            &["0123456789a"],
            &["0123456789", "a"],
            &["01234", "56789", "", "a"],
            &["1", "0123456789"],
        ];
        for parts in over {
            let wire = wire(from, &fragments(parts));
            let events = [Seen::Fault(too_long(10))];
            let replies = [Frame::close(1009, "")];
            assert_received_with(&config, receiver, &wire, &events, &replies);
        }
    }
}

#[test]
fn receiver_counts_each_message_against_the_limit_by_itself() {
    let frames: Vec<Frame> = (0..5)
        .flat_map(|_| fragments(&["01234", "56789"]))
        .collect();
    for receiver in ROLES {
        let wire = wire(receiver.peer(), &frames);
        let events = vec![Seen::binary("0123456789"); 5];
        assert_received_with(&limited(10), receiver, &wire, &events, &[]);
    }
}

#[test]
fn receiver_without_a_limit_adds_lengths_without_wrapping() {
    // CVE-2020-27813 (gorilla): the sum of two lengths overflowed and passed the limit.
    for receiver in ROLES {
        let key = (receiver == Role::Server).then_some(KEY);
        let mut wire = Frame::new(BINARY, "five.").no_fin().from(receiver.peer());
        let next = Frame::new(CONTINUATION, "");
        wire.extend(header(&next, key, LenForm::Bits64, (1 << 63) - 1));
        let max = usize::MAX >> 1;
        let events = [Seen::Fault(too_long(max))];
        let replies = [Frame::close(1009, "")];
        assert_received_with(&limited(max), receiver, &wire, &events, &replies);
    }
}

/// A binary message in fragments with these payloads.
fn fragments(parts: &[&str]) -> Vec<Frame> {
    let last = parts.len() - 1;
    let fragment = |(i, part): (usize, &&str)| Frame {
        fin: i == last,
        ..Frame::new(if i == 0 { BINARY } else { CONTINUATION }, part)
    };
    parts.iter().enumerate().map(fragment).collect()
}
