//! Random bytes, damaged messages and random cuts.

use proptest::collection::vec;
use proptest::prelude::*;
use sockeye_proto::deflate::{Compressor, ContextTakeover, Decompressor};

use crate::support::{compressed, config, inflated, json};

const BUDGET: usize = 100_000;

/// A payload with repetitions: pieces of a few kinds, some of them twice.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..200),
        (0usize..3000, any::<u64>()).prop_map(|(len, seed)| json(len, seed)),
        (any::<u8>(), 0usize..3000).prop_map(|(byte, len)| vec![byte; len]),
    ];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn messages_come_back_however_they_are_cut(
        payloads in vec(payload(), 1..6),
        level in 0u8..=9,
        bits in 9u8..=15,
        mem_level in 1u8..=9,
        takeover in any::<bool>(),
        cuts in vec(1usize..500, 1..20),
    ) {
        let takeover = if takeover { ContextTakeover::Yes } else { ContextTakeover::No };
        let config = config(level, bits).with_mem_level(mem_level).unwrap();
        let mut compressor = Compressor::new(config, takeover);
        let mut whole = Decompressor::new(takeover);
        let mut pieces = Decompressor::new(takeover);
        for payload in payloads {
            let message = compressed(&mut compressor, &payload);
            prop_assert_eq!(&inflated(&mut whole, &message), &Ok(payload.clone()));

            let (mut out, mut rest) = (Vec::new(), message.as_slice());
            for cut in cuts.iter().cycle() {
                let (piece, later) = rest.split_at(rest.len().min(*cut));
                let last = later.is_empty();
                let budget = payload.len() - out.len();
                prop_assert_eq!(pieces.inflate(piece, last, &mut out, budget), Ok(()));
                rest = later;
                if last {
                    break;
                }
            }
            prop_assert_eq!(out, payload);
        }
    }

    #[test]
    fn random_bytes_never_pass_the_budget_and_mean_the_same_in_pieces(
        messages in vec(vec(any::<u8>(), 0..300), 1..5),
        piece_len in 1usize..50,
    ) {
        let mut whole = Decompressor::new(ContextTakeover::Yes);
        let mut pieces = Decompressor::new(ContextTakeover::Yes);
        for message in messages {
            let mut out = Vec::new();
            let result = whole.inflate(&message, true, &mut out, BUDGET);
            prop_assert!(out.len() <= BUDGET);

            let mut again = Vec::new();
            let by_pieces = message
                .chunks(piece_len)
                .try_for_each(|piece| {
                    let budget = BUDGET - again.len();
                    pieces.inflate(piece, false, &mut again, budget)
                })
                .and_then(|()| pieces.inflate(&[], true, &mut again, 0));
            prop_assert_eq!(result.is_ok(), by_pieces.is_ok(), "{:?} {:?}", result, by_pieces);
            if result.is_ok() {
                prop_assert_eq!(out, again);
            } else {
                whole.reset();
                pieces.reset();
            }
        }
    }

    #[test]
    fn damaged_messages_never_pass_the_budget(
        payload in payload(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        budget in 0usize..10_000,
    ) {
        let mut compressor = Compressor::new(config(6, 15), ContextTakeover::No);
        let mut message = compressed(&mut compressor, &payload);
        for (at, byte) in damage {
            let at = at.index(message.len());
            message[at] ^= byte;
        }
        let mut out = Vec::new();
        let mut decompressor = Decompressor::new(ContextTakeover::No);
        let result = decompressor.inflate(&message, true, &mut out, budget);
        prop_assert!(out.len() <= budget);
        prop_assert!(result.is_err() || out.len() <= budget);
    }
}
