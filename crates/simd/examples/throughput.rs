//! Prints how fast masking and UTF-8 validation run beside `memcpy` of the same size.
//!
//! `RUSTFLAGS="-C target-cpu=x86-64-v2" cargo run --release -p sockeye-simd --example throughput`
//!
//! Each figure is the fastest of many short runs, since whatever else the machine does can only add
//! time; the ratio to `memcpy` in the same run is the figure to compare between machines. Masking
//! starts 6 bytes into its buffer, as the payload of a small masked frame does. `memcpy` is given
//! the better of two destinations: some processors copy 20 times slower at unlucky distances.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![expect(clippy::cast_precision_loss, reason = "three digits are shown")]

use std::hint::black_box;
use std::time::Instant;

use sockeye_simd::Utf8Validator;
use sockeye_simd::apply_mask;
use sockeye_simd::is_utf8;

const RUNS: usize = 400;
/// Bytes per run: enough for the clock's resolution, little enough that some runs are undisturbed.
const BYTES_PER_RUN: usize = 1 << 18;
const FRAME_HEADER_LEN: usize = 6;

fn main() {
    println!(
        "{:>7}  {:<22} {:>8} {:>9} {:>8}",
        "bytes", "operation", "GB/s", "ns", "÷memcpy"
    );
    for len in [64, 125, 1 << 10, 16 << 10, 64 << 10] {
        measure(len);
    }
}

fn measure(len: usize) {
    let source = vec![b'a'; len];
    let mut buffer = vec![b'a'; len + FRAME_HEADER_LEN];
    let payload = &mut buffer[FRAME_HEADER_LEN..];

    let memcpy = [0, FRAME_HEADER_LEN].map(|distance| {
        let mut target = vec![0; len + 2048 + distance];
        let target = &mut target[2048 + distance..];
        seconds(len, || {
            black_box(&mut *target).copy_from_slice(black_box(&source));
        })
    });
    let memcpy = memcpy[0].min(memcpy[1]);
    report(len, "memcpy", memcpy, memcpy);
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mask = seconds(len, || {
        apply_mask(black_box(&mut *payload), black_box(key), 0);
    });
    report(len, "mask in place", mask, memcpy);

    for (name, text) in [("ASCII", source), ("mixed", mixed_text(len))] {
        let whole = seconds(len, || assert!(is_utf8(black_box(&text))));
        report(len, &format!("validate {name}"), whole, memcpy);
        let pieces = seconds(len, || {
            let mut validator = Utf8Validator::new();
            assert!(validator.push(black_box(&text)).is_ok());
            assert!(validator.finish().is_ok());
        });
        report(len, &format!("incremental {name}"), pieces, memcpy);
    }
}

/// Text with characters of one to four bytes, `len` bytes long.
fn mixed_text(len: usize) -> Vec<u8> {
    let mut text: Vec<u8> = "Grüße, κόσμε! 日本語 𝄞 "
        .bytes()
        .cycle()
        .take(len)
        .collect();
    let whole_len = std::str::from_utf8(&text).map_or_else(|e| e.valid_up_to(), str::len);
    text[whole_len..].fill(b'.');
    text
}

/// The fastest average time of one call.
fn seconds(len: usize, mut operation: impl FnMut()) -> f64 {
    let calls = (BYTES_PER_RUN / len).max(4);
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        (0..calls).for_each(|_| operation());
        start.elapsed().as_secs_f64() / calls as f64
    });
    runs.fold(f64::MAX, f64::min)
}

fn report(len: usize, operation: &str, seconds: f64, memcpy: f64) {
    let (speed, nanos) = (len as f64 / seconds / 1e9, seconds * 1e9);
    println!(
        "{len:>7}  {operation:<22} {speed:>8.1} {nanos:>9.1} {:>8.2}",
        memcpy / seconds
    );
}
