//! Compressed messages on a connection (RFC 7692 §6, §7.2): the same fault however they are cut,
//! and the window that was agreed on.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::deflate::{
    Compressor, CompressorConfig, ContextTakeover, Encoding, SharedCodecs,
};
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::message::MessageKind;

use crate::support::cuts::{observe_at, pieces};
use crate::support::dice::Dice;
use crate::support::endpoint::{Endpoint, Reading, Seen};
use crate::support::frames::{self, BINARY, Frame, TEXT};

const TAKEOVERS: [ContextTakeover; 2] = [ContextTakeover::No, ContextTakeover::Yes];

fn compressed(payload: &[u8]) -> Vec<u8> {
    let config = CompressorConfig::new(6, 12).unwrap();
    let mut out = Vec::new();
    let made = Compressor::new(config, ContextTakeover::Yes).compress(payload, &mut out);
    assert_eq!(made, Encoding::Compressed);
    out
}

/// A block of fixed codes (RFC 1951 §3.2.6): so many `a`, then the bits of one more code.
fn fixed_block(len: usize, is_final: bool, code: &str) -> Vec<u8> {
    let head = if is_final { "110" } else { "010" };
    let bits = [head, &"10010001".repeat(len), code].concat();
    let bytes = bits.as_bytes().chunks(8).map(|byte| {
        let bits = byte.iter().enumerate();
        bits.fold(0, |byte, (place, bit)| byte | (bit - b'0') << place)
    });
    bytes.collect()
}

/// So many bytes, and then 286, which stands for nothing.
fn corrupt_behind(len: usize) -> Vec<u8> {
    fixed_block(len, false, "11000110")
}

/// Asserts that a server fails with `fault` and says `code`, in one read and in many.
fn assert_refused(payload: Vec<u8>, opcode: u8, len_max: usize, fault: Fault, code: u16) {
    let wire = Frame::new(opcode, payload).rsv(4).from(Role::Client);
    let mut config = Config::default();
    config.message_len_max = len_max;
    let (config, now) = (Arc::new(config), Instant::now());
    for takeover in TAKEOVERS {
        let cuts = (0..20).map(|seed| pieces(&wire, seed));
        for pieces in cuts.chain([vec![&wire[..]], wire.chunks(1).collect()]) {
            let end = Endpoint::new(Role::Server, &config, Reading::Buffered, now);
            let observed = observe_at(end.with_deflate(takeover), now, pieces);
            assert_eq!(observed.events, [Seen::Fault(fault)], "{takeover:?}");
            let (written, _) = frames::read(Role::Server, &observed.output);
            assert_eq!(written, [Frame::close(code, "")]);
        }
    }
}

#[test]
fn server_finds_bad_text_before_the_corruption_behind_it() {
    // RFC 6455 §8.1-1 TEST: compressed text
    let mut payload = compressed(b"good\xFF and more");
    payload.extend([0xFF; 20]);
    let fault = Fault::Peer(PeerFault::Utf8 { valid_up_to: 4 });
    assert_refused(payload, TEXT, 1000, fault, 1007);
}

#[test]
fn server_finds_bad_text_before_the_limit_behind_it() {
    let payload = compressed(&[&b"good\xFF"[..], &[b'x'; 2000]].concat());
    let fault = Fault::Peer(PeerFault::Utf8 { valid_up_to: 4 });
    assert_refused(payload, TEXT, 1000, fault, 1007);
}

#[test]
fn server_finds_the_limit_before_bad_text_behind_it() {
    let payload = compressed(&[&[b'x'; 2000], &b"\xFF"[..]].concat());
    let fault = Fault::Limit(Limit::MessageLen { max: 1000 });
    assert_refused(payload, TEXT, 1000, fault, 1009);
}

/// Or the same message would be answered 1009 or 1007 by how the network cuts it.
#[test]
fn server_finds_the_limit_before_the_corruption_behind_it() {
    for len_max in [0, 1, 300] {
        let payload = corrupt_behind(len_max + 1);
        let fault = Fault::Limit(Limit::MessageLen { max: len_max });
        assert_refused(payload, BINARY, len_max, fault, 1009);
    }
}

/// Or the last byte over the limit is let in where its sender ends the stream with it.
#[test]
fn server_finds_the_limit_where_a_final_block_ends_behind_one_byte_too_many() {
    for len_max in [0, 1, 300] {
        let payload = fixed_block(len_max + 1, true, "0000000");
        let fault = Fault::Limit(Limit::MessageLen { max: len_max });
        assert_refused(payload, BINARY, len_max, fault, 1009);
    }
}

#[test]
fn server_without_takeover_refuses_endless_empty_blocks_also_in_one_read() {
    let blocks = [0x00, 0x00, 0x00, 0xFF, 0xFF].repeat(2000);
    let wire = Frame::new(BINARY, blocks).rsv(4).from(Role::Client);
    let mut config = Config::default();
    config.message_len_max = 10;
    let (config, now) = (Arc::new(config), Instant::now());
    for pieces in [vec![&wire[..]], wire.chunks(100).collect()] {
        let end = Endpoint::new(Role::Server, &config, Reading::Buffered, now);
        let observed = observe_at(end.with_deflate(ContextTakeover::No), now, pieces);
        let fault = Fault::Limit(Limit::MessageLen { max: 10 });
        assert_eq!(observed.events, [Seen::Fault(fault)]);
    }
}

#[test]
fn client_compresses_within_the_window_that_was_agreed() {
    // RFC 7692 §7.2.2-6 TEST: a repetition 1000 bytes back is out of reach of 512 bytes
    let mut dice = Dice(1);
    let noise: Vec<u8> = (0..1000).map(|_| dice.roll().to_le_bytes()[0]).collect();
    let sent_len = |bits| {
        let agreed = DeflateAgreed {
            server_no_context_takeover: true,
            client_no_context_takeover: true,
            server_max_window_bits: 15,
            client_max_window_bits: bits,
        };
        let client = Connection::new(Role::Client, Arc::default(), Instant::now());
        let mut out = Vec::new();
        let payload = noise.repeat(2);
        client
            .with_deflate(agreed, None)
            .send(
                MessageKind::Binary,
                &payload,
                &mut || [0; 4],
                &mut SharedCodecs::default(),
                &mut out,
            )
            .unwrap();
        out.len()
    };
    assert!(sent_len(9) > 1900, "{}", sent_len(9));
    assert!(sent_len(15) < 1200, "{}", sent_len(15));
}
