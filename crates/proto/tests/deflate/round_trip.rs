//! What goes in comes out: levels, windows, sizes, fragments and sequences of messages.

use sockeye_proto::deflate::{Compressor, ContextTakeover, Decompressor, Encoding};
use sockeye_proto::limits::DEFLATE_STEP;

use crate::support::{PLENTY, compress_as, compressed, compressor, config, incompressible};
use crate::support::{inflated, inflated_by_pieces, json};

const BOTH: [ContextTakeover; 2] = [ContextTakeover::No, ContextTakeover::Yes];

fn payloads() -> Vec<Vec<u8>> {
    let sizes = [
        1,
        2,
        100,
        1024,
        5000,
        DEFLATE_STEP - 1,
        DEFLATE_STEP,
        200_000,
    ];
    let mut all: Vec<_> = sizes.iter().map(|len| json(*len, 7)).collect();
    all.extend([1, 125, 5000, DEFLATE_STEP, 100_000].map(incompressible));
    all.extend([0, 3, 70_000].map(|len| vec![0; len]));
    all
}

#[test]
fn each_level_and_window_with_each_size_comes_back() {
    // RFC 7692 §7.2.1-4 §7.2.1-5 §7.2.1-6 §7.2.1-7 §7.2.2-4 §7.2.2-5 TEST
    let payloads = payloads();
    for (level, bits) in (0..=9)
        .map(|level| (level, 15))
        .chain((9..15).map(|bits| (6, bits)))
    {
        for takeover in BOTH {
            let mut compressor = Compressor::new(config(level, bits), takeover);
            let mut decompressor = Decompressor::new(takeover);
            for payload in &payloads {
                let message = compressed(&mut compressor, payload);
                let back = inflated(&mut decompressor, &message);
                assert!(
                    back.as_ref() == Ok(payload),
                    "level {level}, {bits} bits: {back:?}"
                );
            }
        }
    }
}

#[test]
fn window_stays_within_what_was_agreed() {
    // RFC 7692 §7.2.1-6 §7.2.1-7 TEST: what repeats is further back than the window reaches.
    let far = [incompressible(600), incompressible(600)].concat();
    for (bits, repeats) in [(9, false), (15, true)] {
        let mut compressor = Compressor::new(config(9, bits), ContextTakeover::Yes);
        let message = compressed(&mut compressor, &far);
        assert_eq!(
            message.len() < 700,
            repeats,
            "{bits} bits: {}",
            message.len()
        );
    }
}

#[test]
fn message_without_takeover_is_the_same_whatever_came_before() {
    // RFC 7692 §7.2.1-4 §7.2.1-5 TEST
    let mut shared = compressor(ContextTakeover::No);
    let alone = compressed(&mut compressor(ContextTakeover::No), &json(1000, 3));
    for before in payloads() {
        compressed(&mut shared, &before);
        assert_eq!(compressed(&mut shared, &json(1000, 3)), alone);
    }
}

#[test]
fn message_with_takeover_gets_shorter_the_second_time() {
    let mut compressor = compressor(ContextTakeover::Yes);
    let first = compressed(&mut compressor, &json(1000, 3));
    let second = compressed(&mut compressor, &json(1000, 3));
    assert!(
        second.len() * 10 < first.len(),
        "{} {}",
        first.len(),
        second.len()
    );
    compressor.reset();
    assert_eq!(compressed(&mut compressor, &json(1000, 3)), first);
}

#[test]
fn fragments_come_back_and_each_can_be_inflated_as_it_arrives() {
    // RFC 7692 §7.2.1-1 §7.2.1-2 TEST
    let payload = json(10_000, 4);
    for takeover in BOTH {
        let mut compressor = compressor(takeover);
        let mut decompressor = Decompressor::new(takeover);
        for fragment_len in [1, 7, 1000, 9999, 10_000] {
            let mut out = Vec::new();
            for (i, part) in payload.chunks(fragment_len).enumerate() {
                let mut fragment = Vec::new();
                compressor.compress_part(part, false, &mut fragment);
                decompressor
                    .inflate(&fragment, false, &mut out, PLENTY)
                    .unwrap();
                assert_eq!(out.len(), (i * fragment_len) + part.len());
            }
            let mut last = Vec::new();
            compressor.compress_part(&[], false, &mut last);
            assert_eq!(last, b"", "an empty fragment in the middle is nothing");
            compressor.compress_part(&[], true, &mut last);
            decompressor.inflate(&last, true, &mut out, PLENTY).unwrap();
            assert_eq!(out, payload);
        }
    }
}

#[test]
fn pieces_of_any_length_inflate_to_the_same() {
    let mut decompressor = Decompressor::new(ContextTakeover::Yes);
    let mut compressor = compressor(ContextTakeover::Yes);
    for payload in [json(3000, 5), incompressible(500), vec![b'x'; 100_000]] {
        for piece_len in 1..40 {
            let message = compressed(&mut compressor, &payload);
            let back = inflated_by_pieces(&mut decompressor, &message, piece_len);
            assert!(back.as_ref() == Ok(&payload), "by {piece_len}");
        }
    }
}

#[test]
fn output_that_ends_as_its_room_fills_is_whole() {
    // Zeros inflate a thousandfold: many steps per byte of input, and the end falls anywhere.
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    for len in DEFLATE_STEP * 2 - 300..DEFLATE_STEP * 2 + 3 {
        let message = compressed(&mut compressor(ContextTakeover::No), &vec![0; len]);
        let mut out = Vec::new();
        decompressor.inflate(&message, true, &mut out, len).unwrap();
        assert_eq!(out.len(), len);
    }
}

#[test]
fn incompressible_message_is_sent_plain_only_if_the_window_never_saw_it() {
    // RFC 7692 §6.1-2 TEST: sent plain with takeover it corrupts all later messages
    // (sockudo-ws#14).
    let (noise, text) = (incompressible(1000), json(1000, 6));
    let mut kept = compressor(ContextTakeover::Yes);
    let mut decompressor = Decompressor::new(ContextTakeover::Yes);
    for payload in [&noise, &text, &noise, &text] {
        let message = compress_as(&mut kept, payload, Encoding::Compressed);
        assert_eq!(inflated(&mut decompressor, &message).as_ref(), Ok(payload));
    }
    let mut dropped = compressor(ContextTakeover::No);
    assert_eq!(compress_as(&mut dropped, &noise, Encoding::Plain), b"");
    assert_eq!(compress_as(&mut dropped, b"", Encoding::Plain), b"");
    assert_eq!(compress_as(&mut dropped, b"a", Encoding::Plain), b"");
    assert!(compress_as(&mut dropped, &text, Encoding::Compressed).len() < 500);
}
