//! What a thread lends: the right codec for each configuration, and nobody else's state.

use sockeye_proto::deflate::{Decompressor, SharedCodecs};
use sockeye_proto::limits::DEFLATE_SMALL_PAYLOAD_MAX;

use crate::support::{PLENTY, compressed, config, inflated, json};

#[test]
fn shared_compressors_serve_any_mixture_of_windows_and_lengths() {
    let mut codecs = SharedCodecs::default();
    for round in 0..3 {
        for bits in 9..=15 {
            for len in [
                10,
                DEFLATE_SMALL_PAYLOAD_MAX,
                DEFLATE_SMALL_PAYLOAD_MAX + 1,
                50_000,
            ] {
                let payload = json(len, round);
                let message = compressed(codecs.compressor(config(6, bits), len), &payload);
                let back = inflated(codecs.decompressor(), &message);
                assert!(back.as_ref() == Ok(&payload), "{bits} bits, {len} bytes");
            }
        }
    }
}

#[test]
fn shared_compressor_for_short_messages_is_small_and_loses_nothing() {
    let mut codecs = SharedCodecs::default();
    let large = config(6, 15);
    for len in [64, 300, 1024, 4096] {
        let payload = json(len, 9);
        let small = codecs.compressor(large, len);
        assert!(small.config().heap_bytes() < large.heap_bytes() / 2);
        let small_len = compressed(small, &payload).len();
        let large_len = compressed(codecs.compressor(large, usize::MAX), &payload).len();
        assert!(
            small_len <= large_len + large_len / 100,
            "{len}: {small_len} {large_len}"
        );
    }
    // A window that was agreed to be smaller still stays as it is.
    let narrow = config(6, 9);
    assert!(codecs.compressor(narrow, 64).config().heap_bytes() < narrow.heap_bytes());
}

#[test]
fn shared_decompressor_forgets_a_message_that_was_left_in_the_middle() {
    let mut codecs = SharedCodecs::default();
    let payload = json(2000, 1);
    let message = compressed(codecs.compressor(config(6, 15), payload.len()), &payload);
    let mut out = Vec::new();
    let half = &message[..message.len() / 2];
    codecs
        .decompressor()
        .inflate(half, false, &mut out, PLENTY)
        .unwrap();
    assert_eq!(inflated(codecs.decompressor(), &message), Ok(payload));
}

#[test]
fn codecs_move_between_threads() {
    fn assert_send<T: Send>() {}
    assert_send::<SharedCodecs>();
    assert_send::<Decompressor>();
}
