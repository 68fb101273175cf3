//! What our encoder writes, read by zlib-rs and by a reader that knows how far back it refers.

use proptest::collection::vec;
use proptest::prelude::*;
use sockeye_proto::deflate::{Compressor, ContextTakeover, Decompressor};
use zlib_rs::{Deflate, DeflateFlush};

use crate::naive::Naive;
use crate::support::{PLENTY, compressed, compressor, config, incompressible, inflated, json};

/// Something that an application may send: text, noise, runs, and periods.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..300),
        vec(0u8..4, 0..2000),
        (0usize..3000, any::<u64>()).prop_map(|(len, seed)| json(len, seed)),
        (any::<u8>(), 0usize..2000).prop_map(|(byte, len)| vec![byte; len]),
        (1usize..700, 0usize..5).prop_map(|(len, count)| incompressible(len).repeat(count)),
    ]
}

/// What happens to a compressor.
#[derive(Clone, Debug)]
enum Step {
    Message(Vec<u8>),
    Fragments(Vec<Vec<u8>>),
    Reset,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => vec(piece(), 0..4).prop_map(|pieces| Step::Message(pieces.concat())),
        2 => vec(piece(), 1..5).prop_map(Step::Fragments),
        1 => Just(Step::Reset),
    ]
}

proptest! {
    #[test]
    fn steps_come_back_and_never_refer_beyond_the_window(
        steps in vec(step(), 1..8),
        level in 0u8..=9,
        bits in 9u8..=15,
        mem_level in 1u8..=9,
        takeover in any::<bool>(),
    ) {
        // RFC 7692 §7.2.1-6 §7.2.1-7 TEST: at each level and with each window.
        let takeover = if takeover { ContextTakeover::Yes } else { ContextTakeover::No };
        let config = config(level, bits).with_mem_level(mem_level).unwrap();
        let mut compressor = Compressor::new(config, takeover);
        let (mut decompressor, mut naive) = (Decompressor::new(takeover), Naive::default());
        for step in steps {
            let mut message = Vec::new();
            let payload = match step {
                Step::Message(payload) => {
                    compressor.compress_part(&payload, true, &mut message);
                    payload
                }
                Step::Fragments(parts) => {
                    for (i, part) in parts.iter().enumerate() {
                        let last = i + 1 == parts.len();
                        compressor.compress_part(part, last, &mut message);
                    }
                    parts.concat()
                }
                Step::Reset => {
                    compressor.reset();
                    continue;
                }
            };
            let back = inflated(&mut decompressor, &message);
            prop_assert!(back.as_ref() == Ok(&payload), "{:?}", back);
            prop_assert!(naive.inflate(&message) == payload);
            prop_assert!(naive.distance_max <= 1 << bits);
        }
    }
}

#[test]
fn long_message_slides_through_every_window() {
    // Repeats at distances around that of each window, for longer than any.
    for bits in 9..=15 {
        let window = 1usize << bits;
        let period = incompressible(window + 40);
        for keep in [window - 300, window - 1, window, window + 1] {
            let payload = period[..keep].repeat(100_000 / keep + 3);
            for level in [1, 6, 9] {
                let config = config(level, bits);
                let mut compressor = Compressor::new(config, ContextTakeover::Yes);
                let (mut naive, mut decompressor) =
                    (Naive::default(), Decompressor::new(ContextTakeover::Yes));
                for part in payload.chunks(40_000) {
                    let message = compressed(&mut compressor, part);
                    assert!(
                        naive.inflate(&message) == part,
                        "{bits} bits, level {level}"
                    );
                    assert!(inflated(&mut decompressor, &message).as_deref() == Ok(part));
                }
                assert!(naive.distance_max <= window);
                let finds = naive.distance_max == keep;
                assert!(
                    finds == (keep < window) || level == 1,
                    "{bits}, {level}: {keep}"
                );
            }
        }
    }
}

#[test]
fn extreme_messages_come_back() {
    let zeros = vec![0; 16 << 20];
    let noise = incompressible(200_000);
    for (payload, len_max, levels) in [(zeros, 20_000, 6..=6), (noise, 200_100, 1..=9)] {
        for level in levels {
            let mut compressor = Compressor::new(config(level, 15), ContextTakeover::No);
            let message = compressed(&mut compressor, &payload);
            assert!(message.len() <= len_max, "level {level}: {}", message.len());
            let mut decompressor = Decompressor::new(ContextTakeover::No);
            let mut back = Vec::new();
            decompressor
                .inflate(&message, true, &mut back, PLENTY)
                .unwrap();
            assert!(back == payload);
        }
    }
    for byte in 0..=255 {
        let message = compressed(&mut compressor(ContextTakeover::No), &[byte]);
        assert_eq!(Naive::default().inflate(&message), [byte]);
    }
}

#[test]
fn message_starts_at_any_position_and_is_the_same() {
    // 16 bits of positions wrap several times.
    let mut shared = compressor(ContextTakeover::No);
    let (short, long) = (json(3000, 1), json(70_000, 2));
    let alone = compressed(&mut compressor(ContextTakeover::No), &short);
    let long_alone = compressed(&mut compressor(ContextTakeover::No), &long);
    for i in 0..200 {
        assert!(compressed(&mut shared, &short) == alone, "message {i}");
        compressed(&mut shared, &json(1 + i * 7, 3));
        if i % 50 == 49 {
            assert!(compressed(&mut shared, &long) == long_alone, "message {i}");
        }
    }
    let mut kept = compressor(ContextTakeover::Yes);
    for i in 0..20 {
        kept.reset();
        assert!(
            compressed(&mut kept, &long) == long_alone,
            "after reset {i}"
        );
    }
}

/// What zlib-rs makes of messages at a level, with takeover or without.
fn zlib_len(messages: &[Vec<u8>], level: u8, takeover: ContextTakeover) -> usize {
    let mut zlib = Deflate::new(i32::from(level), false, 15);
    let mut sum = 0;
    for message in messages {
        if takeover == ContextTakeover::No {
            zlib.reset();
        }
        let (mut out, before) = (vec![0; message.len() * 2 + 100], zlib.total_out());
        zlib.compress(message, &mut out, DeflateFlush::SyncFlush)
            .unwrap();
        sum += usize::try_from(zlib.total_out() - before).unwrap() - 4;
    }
    sum
}

#[test]
fn messages_are_hardly_ever_longer_than_those_of_zlib() {
    for (len, count, percent) in [(1024, 100, 1), (16 << 10, 8, 2), (256 << 10, 1, 2)] {
        let messages: Vec<_> = (0..count).map(|seed| json(len, seed)).collect();
        for level in [1, 3, 6, 9] {
            for takeover in [ContextTakeover::No, ContextTakeover::Yes] {
                let mut ours = Compressor::new(config(level, 15), takeover);
                let sum: usize = messages
                    .iter()
                    .map(|one| compressed(&mut ours, one).len())
                    .sum();
                let zlib = zlib_len(&messages, level, takeover);
                assert!(
                    sum <= zlib + zlib * percent / 100,
                    "{len}, {level}: {sum}, {zlib}"
                );
            }
        }
    }
}
