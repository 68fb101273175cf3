//! permessage-deflate on whole connections (RFC 7692 §6, §7.2): both roles, both takeover policies,
//! fragments, bombs, and RSV1 where it has no meaning.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection, Event, Received};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::frame::{FrameHeader, Opcode, Rsv};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::message::MessageKind;

const MAX: usize = 100_000;

fn agreed(no_takeover: bool) -> DeflateAgreed {
    DeflateAgreed {
        server_no_context_takeover: no_takeover,
        client_no_context_takeover: no_takeover,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    }
}

fn connection(role: Role, no_takeover: bool) -> Connection {
    let mut config = Config::default();
    config.message_len_max = MAX;
    config.deflate.len_min = 0;
    Connection::new(role, Arc::new(config), Instant::now()).with_deflate(agreed(no_takeover), None)
}

/// Feeds `wire` in pieces of `step` bytes and returns the messages and the fault, if any.
fn feed(
    connection: &mut Connection,
    wire: &[u8],
    step: usize,
    codecs: &mut SharedCodecs,
) -> (Vec<Vec<u8>>, Option<Fault>) {
    let (mut messages, mut fault) = (Vec::new(), None);
    for piece in wire.chunks(step) {
        let mut piece = piece.to_vec();
        let mut input = connection.input(&Instant::now, &mut piece);
        while let Some(event) = connection.poll_event(&mut input, codecs) {
            match event {
                Event::Message(Received::Owned { bytes, .. }) => messages.push(bytes),
                Event::Message(Received::InPlace { range, .. }) => {
                    messages.push(input.bytes()[range].to_vec());
                }
                Event::Fault(found) => fault = Some(found),
                _ => {}
            }
        }
    }
    (messages, fault)
}

/// Compresses `payload` as `role` would, and gives the compressed bytes without their frame.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    connection(Role::Server, true)
        .send(
            MessageKind::Binary,
            payload,
            &mut || [0; 4],
            &mut SharedCodecs::default(),
            &mut wire,
        )
        .unwrap();
    let (header, len) = FrameHeader::decode(&wire).unwrap().unwrap();
    assert!(header.rsv.is_rsv1_only(), "the payload does not compress");
    wire.split_off(len)
}

/// A client's frame, masked with zeros.
fn frame(fin: bool, rsv: Rsv, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin,
        rsv,
        opcode,
        masking_key: Some([0; 4]),
        payload_len: payload.len() as u64,
    };
    let mut wire = header.encode().as_slice().to_vec();
    wire.extend_from_slice(payload);
    wire
}

#[test]
fn both_roles_send_messages_that_arrive_whole_however_they_are_cut() {
    // RFC 7692 §6.1-1 §6.1-2 §6.2-1 §6.2-2 §5-12 TEST: compressed and not, as they come out
    // shorter.
    let payloads: Vec<Vec<u8>> = vec![
        b"hello hello hello hello hello".to_vec(),
        Vec::new(),
        vec![b'x'; 50_000],
        "Здравствуй ".repeat(100).into_bytes(),
        b"q".to_vec(),
    ];
    for role in [Role::Client, Role::Server] {
        for no_takeover in [false, true] {
            for step in [1, 7, 4096, usize::MAX] {
                let mut codecs = SharedCodecs::default();
                let mut sender = connection(role, no_takeover);
                let mut receiver = connection(role.peer(), no_takeover);
                let mut wire = Vec::new();
                for payload in payloads.iter().chain(&payloads) {
                    sender
                        .send(
                            MessageKind::Text,
                            payload,
                            &mut || [7; 4],
                            &mut codecs,
                            &mut wire,
                        )
                        .unwrap();
                }
                let (messages, fault) = feed(&mut receiver, &wire, step, &mut codecs);
                assert_eq!(fault, None);
                let expected: Vec<_> = payloads.iter().chain(&payloads).cloned().collect();
                assert_eq!(
                    messages, expected,
                    "{role:?}, no takeover {no_takeover}, step {step}"
                );
            }
        }
    }
}

#[test]
fn server_with_takeover_sends_a_repeated_message_in_a_few_bytes() {
    // RFC 7692 §7.2.2-1 §7.2.2-2 TEST: the window is kept between messages.
    let payload = b"a message that says the same as the one before it, word for word";
    let (mut codecs, mut lens) = (SharedCodecs::default(), Vec::new());
    for no_takeover in [false, true] {
        let mut sender = connection(Role::Server, no_takeover);
        for _ in 0..2 {
            let mut wire = Vec::new();
            sender
                .send(
                    MessageKind::Text,
                    payload,
                    &mut || [0; 4],
                    &mut codecs,
                    &mut wire,
                )
                .unwrap();
            lens.push(wire.len());
        }
    }
    assert!(lens[1] < 16, "with takeover: {lens:?}");
    assert_eq!(lens[2], lens[3], "without takeover: {lens:?}");
}

#[test]
fn server_sends_what_does_not_compress_as_it_is() {
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    })
    .take(500)
    .collect();
    let mut wire = Vec::new();
    connection(Role::Server, true)
        .send(
            MessageKind::Binary,
            &noise,
            &mut || [0; 4],
            &mut SharedCodecs::default(),
            &mut wire,
        )
        .unwrap();
    let (header, len) = FrameHeader::decode(&wire).unwrap().unwrap();
    assert!(header.rsv.is_none());
    assert_eq!(wire[len..], noise);
}

#[test]
fn server_receives_a_compressed_message_in_fragments_with_a_ping_between() {
    let body = compressed(&b"fragmented ".repeat(50));
    let (first, rest) = body.split_at(5);
    let (second, third) = rest.split_at(3);
    let mut wire = frame(false, Rsv::RSV1, Opcode::Text, first);
    wire.extend(frame(true, Rsv::NONE, Opcode::Ping, b"?"));
    wire.extend(frame(false, Rsv::NONE, Opcode::Continuation, second));
    wire.extend(frame(false, Rsv::NONE, Opcode::Continuation, b""));
    wire.extend(frame(true, Rsv::NONE, Opcode::Continuation, third));
    for no_takeover in [false, true] {
        for step in [1, 2, 11, usize::MAX] {
            let mut server = connection(Role::Server, no_takeover);
            let (messages, fault) = feed(&mut server, &wire, step, &mut SharedCodecs::default());
            assert_eq!(
                (messages, fault),
                (vec![b"fragmented ".repeat(50)], None),
                "step {step}"
            );
        }
    }
}

#[test]
fn server_fails_what_inflates_beyond_the_limit_while_it_does() {
    // CVE-2026-1526, CVE-2026-39804, CVE-2018-1000518: the bomb is 1000:1, the limit a tenth of it.
    let mut bomb = Vec::new();
    let mut config = Config::default();
    config.deflate.len_min = 0;
    Connection::new(Role::Server, Arc::new(config), Instant::now())
        .with_deflate(agreed(true), None)
        .send(
            MessageKind::Binary,
            &vec![0; 10 * MAX],
            &mut || [0; 4],
            &mut SharedCodecs::default(),
            &mut bomb,
        )
        .unwrap();
    let (_, len) = FrameHeader::decode(&bomb).unwrap().unwrap();
    let wire = frame(true, Rsv::RSV1, Opcode::Binary, &bomb[len..]);
    assert!(wire.len() < 10 * MAX / 900);
    for no_takeover in [false, true] {
        for step in [1, 100, usize::MAX] {
            let mut server = connection(Role::Server, no_takeover);
            let (messages, fault) = feed(&mut server, &wire, step, &mut SharedCodecs::default());
            assert!(messages.is_empty());
            assert_eq!(fault, Some(Fault::Limit(Limit::MessageLen { max: MAX })));
        }
    }
}

#[test]
fn server_fails_compressed_garbage_and_compressed_text_that_is_not_utf8() {
    for no_takeover in [false, true] {
        let garbage = frame(true, Rsv::RSV1, Opcode::Text, &[0xFF; 20]);
        let mut server = connection(Role::Server, no_takeover);
        let (_, fault) = feed(
            &mut server,
            &garbage,
            usize::MAX,
            &mut SharedCodecs::default(),
        );
        assert!(
            matches!(fault, Some(Fault::Peer(PeerFault::Deflate(_)))),
            "{fault:?}"
        );

        let latin1 = [b"caf\xE9 ".repeat(20), b"x".to_vec()].concat();
        let wire = frame(true, Rsv::RSV1, Opcode::Text, &compressed(&latin1));
        let mut server = connection(Role::Server, no_takeover);
        let (_, fault) = feed(&mut server, &wire, usize::MAX, &mut SharedCodecs::default());
        assert_eq!(fault, Some(Fault::Peer(PeerFault::Utf8 { valid_up_to: 4 })));
    }
}

#[test]
fn server_fails_rsv1_where_it_has_no_meaning() {
    // RFC 7692 §6.1-3 §6.1-4 TEST: on control frames and continuations; RFC 6455 §5.2-2 TEST
    let body = compressed(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let begun = frame(false, Rsv::RSV1, Opcode::Text, &body[..2]);
    let cases = [
        (Opcode::Ping, frame(true, Rsv::RSV1, Opcode::Ping, b"")),
        (
            Opcode::Continuation,
            [
                begun,
                frame(true, Rsv::RSV1, Opcode::Continuation, &body[2..]),
            ]
            .concat(),
        ),
    ];
    for (opcode, wire) in cases {
        for step in [1, usize::MAX] {
            let mut server = connection(Role::Server, true);
            let (_, fault) = feed(&mut server, &wire, step, &mut SharedCodecs::default());
            assert_eq!(fault, Some(Fault::Peer(PeerFault::ReservedBits(opcode))));
        }
    }
    let mut plain = Connection::new(Role::Server, Arc::default(), Instant::now());
    let wire = frame(true, Rsv::RSV1, Opcode::Text, &body);
    let (_, fault) = feed(&mut plain, &wire, usize::MAX, &mut SharedCodecs::default());
    assert_eq!(
        fault,
        Some(Fault::Peer(PeerFault::ReservedBits(Opcode::Text)))
    );
}

#[test]
fn server_without_takeover_bounds_what_it_gathers_of_a_message() {
    let mut server = connection(Role::Server, true);
    let mut codecs = SharedCodecs::default();
    let begun = frame(false, Rsv::RSV1, Opcode::Binary, &[0; 1000]);
    assert_eq!(feed(&mut server, &begun, usize::MAX, &mut codecs).1, None);
    let more = frame(false, Rsv::NONE, Opcode::Continuation, &[0; 1000]);
    let fault = (0..200).find_map(|_| feed(&mut server, &more, usize::MAX, &mut codecs).1);
    assert_eq!(fault, Some(Fault::Limit(Limit::MessageLen { max: MAX })));
}
