//! permessage-deflate: a connection reads compressed messages in the same way however they are cut,
//! a decompressor stays within its budget, and what a compressor makes inflates to what went in.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::connection::Config;
use sockeye_proto::deflate::{
    Compressor, CompressorConfig, ContextTakeover, Decompressor, Encoding, InflateFault,
};
use sockeye_proto::fault::{Fault, PeerFault};

use super::role;
use crate::support::cuts::{observe_at, pieces};
use crate::support::endpoint::{Endpoint, Reading, Seen};

const BUDGETS: [usize; 4] = [0, 10, 1000, 1 << 20];

/// `[role, takeover and cut, limit and level, bytes..]`
pub(crate) fn deflate(data: &[u8]) {
    let [choice, limit, bytes @ ..] = data else {
        return;
    };
    let takeover = if choice & 2 == 0 {
        ContextTakeover::No
    } else {
        ContextTakeover::Yes
    };
    let seed = u64::from(choice >> 2);
    let budget = BUDGETS[usize::from(limit & 3)];
    check_connection(bytes, *choice, takeover, budget);
    check_decompressor(bytes, seed, takeover, budget);
    check_round_trip(bytes, seed, takeover, limit >> 2);
}

/// A stream of frames, in one read and in pieces.
fn check_connection(stream: &[u8], choice: u8, takeover: ContextTakeover, len_max: usize) {
    let mut config = Config::default();
    config.message_len_max = len_max;
    let (config, now) = (Arc::new(config), Instant::now());
    let mut seen = [vec![stream], pieces(stream, u64::from(choice >> 2))].map(|pieces| {
        let end = Endpoint::new(role(choice), &config, Reading::Straight, now);
        let observed = observe_at(end.with_deflate(takeover), now, pieces);
        for event in &observed.events {
            assert!(!matches!(event, Seen::Message(_, bytes) if bytes.len() > len_max));
        }
        (observed.events, observed.output)
    });
    for (events, _) in &mut seen {
        events.iter_mut().for_each(forget_place);
    }
    let [whole, cut] = seen;
    assert_eq!(whole, cut);
}

/// Where a decompressor stood when it found a fault depends on how far it reads ahead.
fn forget_place(seen: &mut Seen) {
    if let Seen::Fault(Fault::Peer(PeerFault::Deflate(InflateFault::Corrupt { at }))) = seen {
        *at = 0;
    }
}

/// The bytes as compressed payload, whole and in pieces.
fn check_decompressor(bytes: &[u8], seed: u64, takeover: ContextTakeover, budget: usize) {
    let whole = inflate(&[bytes], takeover, budget);
    let cut = inflate(&pieces(bytes, seed), takeover, budget);
    assert_eq!(whole.is_ok(), cut.is_ok(), "{whole:?}, but {cut:?}");
    if let (Ok(whole), Ok(cut)) = (whole, cut) {
        assert!(whole == cut && whole.len() <= budget);
    }
}

fn inflate(
    pieces: &[&[u8]],
    takeover: ContextTakeover,
    budget: usize,
) -> Result<Vec<u8>, InflateFault> {
    let mut decompressor = Decompressor::new(takeover);
    let mut out = Vec::new();
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.iter().enumerate() {
        let left = budget - out.len();
        let result = decompressor.inflate(piece, i == last, &mut out, left);
        assert!(
            out.len() <= budget,
            "no byte beyond the budget, also with a fault"
        );
        result?;
    }
    Ok(out)
}

/// The bytes as messages, compressed and inflated: whole, longer, and in fragments.
fn check_round_trip(bytes: &[u8], seed: u64, takeover: ContextTakeover, choice: u8) {
    let config = CompressorConfig::new(choice % 10, 9 + choice % 7).expect("within the ranges");
    let mut compressor = Compressor::new(config, takeover);
    let mut decompressor = Decompressor::new(takeover);
    for payload in [bytes, &bytes.repeat(3)] {
        let mut compressed = Vec::new();
        if compressor.compress(payload, &mut compressed) == Encoding::Compressed {
            check_inflates(&mut decompressor, &compressed, seed, payload);
        } else {
            assert!(compressed.is_empty());
        }
    }
    let mut message = Vec::new();
    for fragment in pieces(bytes, seed) {
        compressor.compress_part(fragment, false, &mut message);
    }
    compressor.compress_part(&[], true, &mut message);
    check_inflates(&mut decompressor, &message, seed, bytes);
    // What was compressed before leaves no trace.
    compressor.reset();
    let mut again = Vec::new();
    compressor.compress_part(bytes, true, &mut again);
    let mut first = Vec::new();
    Compressor::new(config, takeover).compress_part(bytes, true, &mut first);
    assert!(first == again, "a reset compressor is a new one");
}

fn check_inflates(decompressor: &mut Decompressor, message: &[u8], seed: u64, payload: &[u8]) {
    let pieces = pieces(message, seed);
    let mut out = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let last = i + 1 == pieces.len();
        let left = payload.len() - out.len();
        decompressor
            .inflate(piece, last, &mut out, left)
            .expect("our own compressor is understood");
    }
    assert_eq!(out, payload);
}
