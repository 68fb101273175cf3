//! Prints what a message costs the codecs of permessage-deflate, in microseconds and bytes.
//!
//! `cargo run --release -p sockeye-proto --example deflate`
//!
//! Each figure is the fastest of several passes over different messages, since whatever else the
//! machine does can only add time. A pass is longer than the window, so that context takeover finds
//! similar text and not the same one. What zlib-rs needs to compress the same stands beside ours.

#![expect(clippy::cast_precision_loss, reason = "two digits are shown")]
#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop by panicking")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use sockeye_proto::deflate::{Compressor, CompressorConfig, ContextTakeover, Decompressor};
use sockeye_proto::limits::DEFLATE_WINDOW_LEN;
use zlib_rs::{Deflate, DeflateFlush};

const PASSES: usize = 20;

fn main() {
    let [bytes, level, takeover, zlib] = ["bytes", "level", "takeover", "zlib-rs"];
    println!(
        "{bytes:>8} {level:>5} {takeover:>8} {:>9} {:>11} {:>10} {zlib:>9} {:>11}",
        "size", "compress µs", "inflate µs", "compress µs"
    );
    for len in [64, 256, 1024, 4096, 16 << 10, 256 << 10] {
        let count = (4 * DEFLATE_WINDOW_LEN / len).max(2);
        let messages: Vec<_> = (0..count).map(|seed| json(len, seed as u64)).collect();
        for level in [1, 6, 9] {
            for takeover in [ContextTakeover::No, ContextTakeover::Yes] {
                let figures = best_of_passes(level, takeover, &messages);
                let [size, compress, inflate, zlib, zlib_compress] =
                    figures.map(|sum| sum / count as f64);
                println!(
                    "{len:>8} {level:>5} {:>8} {size:>9.0} {compress:>11.2} {inflate:>10.2} \
                     {zlib:>9.0} {zlib_compress:>11.2}",
                    format!("{takeover:?}")
                );
            }
        }
    }
}

/// The least of each figure: bytes, and twice microseconds; bytes of zlib-rs and its microseconds.
fn best_of_passes(level: u8, takeover: ContextTakeover, messages: &[Vec<u8>]) -> [f64; 5] {
    let config = CompressorConfig::new(level, 15).unwrap();
    let mut ours = Compressor::new(config, takeover);
    let mut decompressor = Decompressor::new(takeover);
    let mut zlib = Deflate::new(i32::from(level), false, 15);
    let passes = (0..PASSES).map(|_| {
        let (compressed, compress) = timed(messages, |one, out| ours.compress_part(one, true, out));
        let (_, inflate) = timed(&compressed, |message, out| {
            let result = decompressor.inflate(message, true, out, usize::MAX);
            result.unwrap();
        });
        let (by_zlib, zlib_compress) = timed(messages, |payload, out| {
            compress_with(&mut zlib, takeover, payload, out);
        });
        let (size, zlib) = (total_len(&compressed), total_len(&by_zlib));
        [size, compress, inflate, zlib, zlib_compress]
    });
    passes.fold([f64::MAX; 5], |best, one| {
        [0, 1, 2, 3, 4].map(|i| best[i].min(one[i]))
    })
}

/// What `codec` makes of each message, with room prepared, and the microseconds of all.
fn timed(messages: &[Vec<u8>], mut codec: impl FnMut(&[u8], &mut Vec<u8>)) -> (Vec<Vec<u8>>, f64) {
    let mut outs = vec![Vec::new(); messages.len()];
    for (message, out) in messages.iter().zip(&mut outs) {
        out.reserve(message.len() + message.len() / 8 + 100);
    }
    let start = Instant::now();
    for (message, out) in messages.iter().zip(&mut outs) {
        codec(black_box(message), out);
    }
    (outs, start.elapsed().as_secs_f64() * 1e6)
}

/// One message as zlib-rs compresses it, tail cut.
fn compress_with(zlib: &mut Deflate, takeover: ContextTakeover, payload: &[u8], out: &mut Vec<u8>) {
    if takeover == ContextTakeover::No {
        zlib.reset();
    }
    out.resize(out.capacity(), 0);
    let before = zlib.total_out();
    zlib.compress(payload, out, DeflateFlush::SyncFlush)
        .unwrap();
    out.truncate(usize::try_from(zlib.total_out() - before).unwrap() - 4);
}

fn total_len(messages: &[Vec<u8>]) -> f64 {
    messages.iter().map(Vec::len).sum::<usize>() as f64
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
