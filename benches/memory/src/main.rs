//! `bench-memory [ROUNDS [MICROSECONDS]]`: how fast payloads are masked and validated, against
//! copying as many bytes. Prints a line of `key=value` pairs per operation and size.
//!
//! Every operation takes its turn in every round, and a ratio compares neighbours in a round.
#![expect(
    clippy::print_stdout,
    reason = "the figures go to stdout, where the bench reads them"
)]

mod clock;
mod operation;
mod turns;

use std::time::Duration;

use turns::measure;

/// The sizes at which a payload still sits in a cache, as a socket's read leaves it.
const SIZES: [usize; 4] = [1 << 10, 4 << 10, 16 << 10, 64 << 10];

const ROUNDS: u32 = 101;
const TURN: Duration = Duration::from_micros(500);

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse().ok());
    let rounds = words.next().flatten().unwrap_or(ROUNDS).max(1);
    let turn = words
        .next()
        .flatten()
        .map_or(TURN, |turn: u32| Duration::from_micros(turn.into()));
    for size in SIZES {
        for line in measure(size, rounds, turn) {
            println!("{line}");
        }
    }
}
