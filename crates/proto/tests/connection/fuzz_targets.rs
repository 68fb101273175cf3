//! The fuzz targets without a fuzzer: over the committed seeds, and over random inputs made of
//! them.

use std::path::Path;

use crate::support::dice::Dice;
use crate::support::targets;

const RANDOM_INPUTS: usize = 2000;

/// Runs `target` over `fuzz/seeds/NAME`, and over seeds with bytes changed, cut out and put in.
fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(name);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the seeds are committed")
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(seeds.len() >= 5, "{} holds too few seeds", folder.display());
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

fn mutate(input: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll() % (input.len() + 1);
    let byte = dice.roll().to_le_bytes()[0];
    match dice.roll() % 4 {
        0 => input.insert(at, byte),
        1 => input.truncate(at.max(2)),
        2 if at < input.len() => input[at] ^= 1 << (byte % 8),
        _ if at < input.len() => input[at] = byte,
        _ => input.push(byte),
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
