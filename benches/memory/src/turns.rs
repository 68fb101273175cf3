//! All operations in turns, so that what slows the machine down slows all of them down.

use std::time::Duration;

use bench_meter::median;

use crate::clock::Clock;
use crate::operation::{Buffers, OPERATIONS, Operation};

/// Runs all operations on `size` bytes, each for `rounds` turns, and gives their medians, a line
/// for each.
pub(crate) fn measure(size: usize, rounds: u32, turn: Duration) -> Vec<String> {
    let mut buffers = Buffers::new(size);
    // The first call of some asks the processor what it can, which takes as long as a turn.
    for operation in OPERATIONS {
        operation.run(&mut buffers);
    }
    let repeats = OPERATIONS.map(|operation| Clock::repeats(turn, || operation.run(&mut buffers)));
    let mut times = OPERATIONS.map(|_| Vec::new());
    for _ in 0..rounds {
        for ((operation, &repeats), times) in OPERATIONS.iter().zip(&repeats).zip(&mut times) {
            times.push(Clock::time(repeats, || operation.run(&mut buffers)));
        }
    }
    let [copies, ..] = &times;
    let line = |(operation, own): (&Operation, &Vec<f64>)| {
        let ratios = copies
            .iter()
            .zip(own)
            .map(|(copy, own)| copy / own)
            .collect();
        format!(
            "operation={} size={size} gigabytes_per_second={:.2} of_memcpy={:.3}",
            operation.name(),
            bytes(size) / median(own.clone()),
            median(ratios),
        )
    };
    OPERATIONS.iter().zip(&times).map(line).collect()
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn bytes(size: usize) -> f64 {
    size as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_gets_a_line() {
        let lines = measure(1024, 1, Duration::from_micros(10));
        assert_eq!(lines.len(), OPERATIONS.len());
        assert!(lines[0].ends_with("of_memcpy=1.000"), "{}", lines[0]);
    }
}
