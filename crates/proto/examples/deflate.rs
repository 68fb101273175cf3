//! Prints what a message costs the codecs of permessage-deflate, in microseconds and bytes.
//!
//! `cargo run --release -p sockeye-proto --example deflate`
//!
//! Each figure is the fastest of several passes over different messages, since whatever else the
//! machine does can only add time. A pass is longer than the window, so that context takeover finds
//! similar text and not the same one.

#![expect(clippy::cast_precision_loss, reason = "two digits are shown")]
#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop by panicking")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use sockeye_proto::deflate::{Compressor, CompressorConfig, ContextTakeover};
use sockeye_proto::deflate::{Decompressor, SharedCodecs};
use sockeye_proto::limits::DEFLATE_WINDOW_LEN;

const PASSES: usize = 20;

fn main() {
    let [bytes, level, takeover] = ["bytes", "level", "takeover"];
    println!(
        "{bytes:>8} {level:>5} {takeover:>8} {:>9} {:>11} {:>10}",
        "size", "compress µs", "inflate µs"
    );
    for len in [64, 256, 1024, 4096, 16 << 10, 256 << 10] {
        let count = (4 * DEFLATE_WINDOW_LEN / len).max(2);
        let messages: Vec<_> = (0..count).map(|seed| json(len, seed as u64)).collect();
        for level in [1, 6] {
            let config = CompressorConfig::new(level, 15).unwrap();
            let mut codecs = SharedCodecs::default();
            let shared = best_of_passes(|| pass_shared(config, &mut codecs, &messages));
            let mut compressor = Compressor::new(config, ContextTakeover::Yes);
            let mut inflater = Decompressor::new(ContextTakeover::Yes);
            let kept = best_of_passes(|| pass_kept(&mut compressor, &mut inflater, &messages));
            for (takeover, [size, compress, inflate]) in [("no", shared), ("yes", kept)] {
                let [size, compress, inflate] = [size, compress, inflate].map(|x| x / count as f64);
                println!(
                    "{len:>8} {level:>5} {takeover:>8} {size:>9.0} {compress:>11.2} {inflate:>10.2}"
                );
            }
        }
    }
}

/// Compresses and inflates all messages with what a thread shares: bytes, and twice microseconds.
fn pass_shared(
    config: CompressorConfig,
    codecs: &mut SharedCodecs,
    messages: &[Vec<u8>],
) -> [f64; 3] {
    let mut compressed = vec![Vec::with_capacity(messages[0].len() + 100); messages.len()];
    let start = Instant::now();
    for (payload, out) in messages.iter().zip(&mut compressed) {
        let compressor = codecs.compressor(config);
        compressor.compress_part(black_box(payload), true, out);
    }
    let compress = start.elapsed().as_secs_f64() * 1e6;
    let start = Instant::now();
    for message in &compressed {
        let mut out = Vec::new();
        codecs
            .decompressor()
            .inflate(message, true, &mut out, usize::MAX)
            .unwrap();
        black_box(out);
    }
    let inflate = start.elapsed().as_secs_f64() * 1e6;
    [total_len(&compressed), compress, inflate]
}

/// The same with the codecs of one connection.
fn pass_kept(
    compressor: &mut Compressor,
    decompressor: &mut Decompressor,
    messages: &[Vec<u8>],
) -> [f64; 3] {
    let mut compressed = vec![Vec::with_capacity(messages[0].len() + 100); messages.len()];
    let start = Instant::now();
    for (payload, out) in messages.iter().zip(&mut compressed) {
        compressor.compress_part(black_box(payload), true, out);
    }
    let compress = start.elapsed().as_secs_f64() * 1e6;
    let start = Instant::now();
    for message in &compressed {
        let mut out = Vec::new();
        decompressor
            .inflate(message, true, &mut out, usize::MAX)
            .unwrap();
        black_box(out);
    }
    let inflate = start.elapsed().as_secs_f64() * 1e6;
    [total_len(&compressed), compress, inflate]
}

fn total_len(messages: &[Vec<u8>]) -> f64 {
    messages.iter().map(Vec::len).sum::<usize>() as f64
}

/// The least of each figure.
fn best_of_passes(mut pass: impl FnMut() -> [f64; 3]) -> [f64; 3] {
    let passes = (0..PASSES).map(|_| pass());
    passes.fold([f64::MAX; 3], |best, one| {
        [0, 1, 2].map(|i| best[i].min(one[i]))
    })
}

/// Something like a chat server's JSON, `len` bytes long, different for each `seed`.
fn json(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let mut text = String::from(r#"{"type":"update","items":["#);
    while text.len() < len {
        let (id, x, y, tag) = (below(100_000), below(1000), below(1000), below(1 << 32));
        let user = ["alice", "bob", "carol", "dave"][usize::from(below(4).to_le_bytes()[0])];
        write!(
            text,
            r#"{{"id":{id},"user":"{user}","x":{x}.5,"y":{y}.25,"tag":"{tag:08x}"}},"#
        )
        .unwrap();
    }
    text.truncate(len);
    text.into_bytes()
}
