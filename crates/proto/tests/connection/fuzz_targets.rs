//! The fuzz targets without a fuzzer: over the committed seeds, and over random inputs made of
//! them.

use crate::support::dice::Dice;
use crate::support::mutation::mutate;
use crate::support::{seeds, targets};

const RANDOM_INPUTS: usize = 2000;

/// Runs `target` over `fuzz/seeds/NAME`, and over seeds with bytes changed, cut out and put in.
fn run(name: &str, target: fn(&[u8])) {
    let seeds = seeds::read(name);
    target(&[]);
    for seed in &seeds {
        target(seed);
    }
    let mut dice = Dice(2026);
    for _ in 0..RANDOM_INPUTS {
        let mut input = seeds[dice.roll() % seeds.len()].clone();
        for _ in 0..=dice.roll() % 4 {
            mutate(&mut input, &mut dice);
        }
        target(&input);
    }
}

#[test]
fn deflate_target_finds_nothing_in_seeds_and_random_inputs() {
    run("deflate", targets::deflate);
}

#[test]
fn frame_target_finds_nothing_in_seeds_and_random_inputs() {
    run("frame", targets::frame);
}

#[test]
fn chunks_target_finds_nothing_in_seeds_and_random_inputs() {
    run("chunks", targets::chunks);
}

#[test]
fn close_target_finds_nothing_in_seeds_and_random_inputs() {
    run("close", targets::close);
}

#[test]
fn handshake_target_finds_nothing_in_seeds_and_random_inputs() {
    run("handshake", targets::handshake);
}

#[test]
fn pair_target_finds_nothing_in_seeds_and_random_inputs() {
    run("pair", targets::pair);
}
