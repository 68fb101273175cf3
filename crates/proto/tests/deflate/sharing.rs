//! What a thread lends: the right codec for each configuration, and nobody else's state.

use sockeye_proto::deflate::{Decompressor, SharedCodecs};

use crate::support::{PLENTY, compressed, config, inflated, json};

#[test]
fn shared_compressors_serve_any_mixture_of_windows_and_lengths() {
    let mut codecs = SharedCodecs::default();
    for round in 0..3 {
        for bits in 9..=15 {
            for len in [10, 4096, 4097, 50_000] {
                let payload = json(len, round);
                let message = compressed(codecs.compressor(config(6, bits)), &payload);
                let back = inflated(codecs.decompressor(), &message);
                assert!(back.as_ref() == Ok(&payload), "{bits} bits, {len} bytes");
            }
        }
    }
}

#[test]
fn shared_decompressor_forgets_a_message_that_was_left_in_the_middle() {
    let mut codecs = SharedCodecs::default();
    let payload = json(2000, 1);
    let message = compressed(codecs.compressor(config(6, 15)), &payload);
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
