//! Blocks marked final (RFC 7692 §7.2.3.4): legal, rare, and where other implementations lost
//! messages (oven-sh/bun#34105, boostorg/beast#923, capnproto/capnproto#1505).
//!
//! The data was made by zlib 1.2.13: one object that flushed, then finished, then another one that
//! was given the first two payloads as its dictionary.

use sockeye_proto::deflate::{ContextTakeover, Decompressor, InflateFault};
use sockeye_proto::limits::DEFLATE_STREAMS_MAX;
use zlib_rs::{Deflate, DeflateFlush, Status};

use crate::support::{inflated, inflated_by_pieces};

const FIRST: &[u8] = b"The quick brown fox jumps over the lazy dog.";
const SECOND: &[u8] = b"The lazy dog jumps over the quick brown fox.";
const THIRD: &[u8] = b"A quick brown dog jumps over the lazy fox.";

const FIRST_FLUSHED: &[u8] = b"\x0a\xc9\x48\x55\x28\x2c\xcd\x4c\xce\x56\x48\x2a\xca\x2f\xcf\x53\
    \x48\xcb\xaf\x50\xc8\x2a\xcd\x2d\x28\x56\xc8\x2f\x4b\x2d\x52\x28\x01\x4a\xe7\x24\x56\x55\x2a\
    \xa4\xe4\xa7\xeb\x01\x00";
const SECOND_FINAL: &[u8] = b"\x0b\x41\xe2\xa0\x2b\x42\x33\x43\x0f\x00";
const THIRD_FLUSHED: &[u8] = b"\x72\x44\x11\xc1\xa2\x01\x6c\x10\x48\x25\x00";

#[test]
fn window_outlives_a_final_block_with_takeover() {
    for closing in [&b"\x00"[..], b""] {
        let second = [SECOND_FINAL, closing].concat();
        let messages = [
            (FIRST_FLUSHED, FIRST),
            (&second, SECOND),
            (THIRD_FLUSHED, THIRD),
        ];
        for piece_len in [1, 4, 1000] {
            let mut decompressor = Decompressor::new(ContextTakeover::Yes);
            for (message, payload) in messages {
                let result = inflated_by_pieces(&mut decompressor, message, piece_len);
                assert_eq!(result.as_deref(), Ok(payload), "by {piece_len}");
            }
        }
    }
}

#[test]
fn window_outlives_final_blocks_inside_one_message_without_takeover() {
    let finals = b"\x0b".iter().chain(&FIRST_FLUSHED[1..]);
    let message: Vec<u8> = finals.chain(SECOND_FINAL).chain(b"\x00").copied().collect();
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    for _ in 0..3 {
        for piece_len in [1, 1000] {
            let result = inflated_by_pieces(&mut decompressor, &message, piece_len);
            assert_eq!(result, Ok([FIRST, SECOND].concat()));
        }
    }
}

#[test]
fn window_ends_with_the_message_without_takeover() {
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    assert_eq!(
        inflated(&mut decompressor, FIRST_FLUSHED).as_deref(),
        Ok(FIRST)
    );
    let fault = inflated(&mut decompressor, SECOND_FINAL).unwrap_err();
    assert!(matches!(fault, InflateFault::Corrupt { .. }), "{fault}");
}

#[test]
fn message_of_many_streams_is_whole_up_to_the_limit() {
    let hello = b"\xf3\x48\xcd\xc9\xc9\x07\x00";
    let max = DEFLATE_STREAMS_MAX as usize;
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    let payload = inflated(&mut decompressor, &hello.repeat(max)).unwrap();
    assert_eq!(payload, b"Hello".repeat(max));
    let fault = inflated(&mut decompressor, &hello.repeat(max + 1)).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "a compressed message has more than 4096 deflate streams"
    );
    assert_eq!(
        fault,
        InflateFault::Streams {
            max: DEFLATE_STREAMS_MAX
        }
    );
}

/// `payload` as one DEFLATE stream that ends with a final block.
fn finished(payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0; payload.len() + 100];
    let mut zlib = Deflate::new(6, false, 15);
    let status = zlib.compress(payload, &mut out, DeflateFlush::Finish);
    assert_eq!(status, Ok(Status::StreamEnd));
    out.truncate(usize::try_from(zlib.total_out()).unwrap());
    out
}

#[test]
fn final_block_that_ends_as_the_room_fills_leaves_the_rest_of_the_message() {
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    for len in 400..1600 {
        // The input of the zeros is read before all of their output has found room.
        let mut message = finished(&vec![0; len]);
        message.extend(b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00");
        let payload = inflated(&mut decompressor, &message).unwrap();
        assert_eq!(payload, [&vec![0; len], &b"Hello"[..]].concat());
        for budget in [len - 1, len, len + 4] {
            let result = decompressor.inflate(&message, true, &mut Vec::new(), budget);
            assert_eq!(result, Err(InflateFault::TooLarge { budget }));
        }
    }
}
