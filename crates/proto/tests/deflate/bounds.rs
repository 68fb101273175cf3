//! Memory: what codecs take, and that a bomb takes no more than it was granted. Counted per thread.

use allocation_counter::measure;
use sockeye_proto::deflate::{Compressor, ContextTakeover, Decompressor, InflateFault};
use sockeye_proto::limits::{DEFLATE_STEP, DEFLATE_WINDOW_LEN};

use crate::support::{compressed, compressor, config, json};

/// `actual` is what was stated, to within `percent`.
fn assert_near(actual: u64, stated: usize, percent: usize) {
    let actual = usize::try_from(actual).unwrap();
    let margin = stated * percent / 100;
    assert!(
        actual.abs_diff(stated) <= margin,
        "{actual} bytes, stated are {stated}"
    );
}

#[test]
fn compressor_takes_what_is_stated() {
    for (bits, mem_level) in [(15, 8), (15, 9), (12, 5), (9, 1), (11, 8)] {
        let config = config(6, bits).with_mem_level(mem_level).unwrap();
        let mut kept = None;
        let taken = measure(|| kept = Some(Compressor::new(config, ContextTakeover::Yes)));
        assert_near(taken.bytes_current.unsigned_abs(), config.heap_bytes(), 1);

        let mut compressor = kept.unwrap();
        let (payload, mut out) = (json(200_000, 1), Vec::with_capacity(400_000));
        let later = measure(|| compressor.compress_part(&payload, true, &mut out));
        assert_eq!(later.bytes_max, 0, "nothing more while it works");
    }
    for (bits, bytes_max) in [(15, 150_000), (12, 30_000), (9, 12_000)] {
        assert!(config(9, bits).heap_bytes() <= bytes_max, "{bits} bits");
    }
}

#[test]
fn decompressor_takes_what_is_stated() {
    let message = compressed(&mut compressor(ContextTakeover::No), &json(200_000, 1));
    let mut kept = None;
    let taken = measure(|| kept = Some(Decompressor::new(ContextTakeover::Yes)));
    assert_near(
        taken.bytes_current.unsigned_abs(),
        Decompressor::HEAP_BYTES,
        2,
    );

    let mut decompressor = kept.unwrap();
    let mut out = Vec::with_capacity(400_000);
    let later = measure(|| {
        decompressor
            .inflate(&message, true, &mut out, 200_000)
            .unwrap();
    });
    assert!(
        later.bytes_max <= DEFLATE_WINDOW_LEN as u64,
        "{}",
        later.bytes_max
    );
}

/// CVE-2026-1526, CVE-2026-39804, CVE-2018-1000518.
#[test]
fn bomb_takes_no_more_than_its_budget_and_one_step() {
    let bomb = compressed(&mut compressor(ContextTakeover::No), &vec![0; 32 << 20]);
    assert!(bomb.len() < 40_000, "1000 to 1: {}", bomb.len());
    for budget in [0, 1, 1000, 100_000, 1 << 20] {
        let mut decompressor = Decompressor::new(ContextTakeover::Yes);
        let mut out = Vec::new();
        let taken = measure(|| {
            let result = decompressor.inflate(&bomb, true, &mut out, budget);
            assert_eq!(result, Err(InflateFault::TooLarge { budget }));
        });
        // The counter counts a block that grows as the old one and the new one.
        let bound = budget + budget / 2 + DEFLATE_STEP + DEFLATE_WINDOW_LEN;
        assert!(
            taken.bytes_max <= bound as u64,
            "{} over {bound}",
            taken.bytes_max
        );
        assert!(out.capacity() <= budget);
    }
}

#[test]
fn allocation_follows_what_was_inflated_not_what_was_granted() {
    let message = compressed(&mut compressor(ContextTakeover::No), &json(1000, 1));
    let mut decompressor = Decompressor::new(ContextTakeover::No);
    let mut out = Vec::new();
    decompressor
        .inflate(&message, true, &mut out, usize::MAX)
        .unwrap();
    assert!(out.capacity() <= 4096, "{}", out.capacity());
}
