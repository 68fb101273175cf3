//! Turns in rounds, and what came of them. Owns the order of turns and the ratios. Never prints.

use std::error::Error;
use std::io;

use bench_meter::median;

use crate::receivers::Receivers;

/// Messages at a time.
pub const DEPTHS: [usize; 2] = [1, 16];

const ROUNDS: usize = 51;
const RECEIVERS: usize = 1000;

/// What the words behind the program's name ask for: `[ROUNDS [RECEIVERS]]`.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Measured rounds.
    pub rounds: usize,
    /// To how many everything is sent.
    pub receivers: usize,
}

impl Plan {
    /// Reads the program's words.
    ///
    /// # Errors
    /// If one of them is no number.
    pub fn from_words() -> Result<Self, Box<dyn Error>> {
        let mut words = std::env::args().skip(1).map(|word| word.parse());
        Ok(Self {
            rounds: words.next().transpose()?.unwrap_or(ROUNDS).max(1),
            receivers: words.next().transpose()?.unwrap_or(RECEIVERS).max(1),
        })
    }
}

/// What each way took in each round, in microseconds.
#[derive(Debug)]
pub struct Times<W> {
    ways: Vec<(W, Vec<f64>)>,
    messages: f64,
}

/// Has each of `ways` send `depth` messages by `send`, which gives the time that took.
///
/// # Errors
/// The first of `send`, or that receivers have ended.
pub async fn take_turns<W: Copy>(
    ways: &[W],
    plan: Plan,
    depth: usize,
    receivers: &mut [Receivers],
    mut send: impl AsyncFnMut(W, usize) -> Result<f64, Box<dyn Error>>,
) -> Result<Times<W>, Box<dyn Error>> {
    let times = ways
        .iter()
        .map(|way| (*way, Vec::with_capacity(plan.rounds)));
    let mut times = Times {
        ways: times.collect(),
        messages: u32::try_from(depth * plan.receivers).map_or(f64::MAX, f64::from),
    };
    // The first round warms up.
    for round in 0..=plan.rounds {
        for (way, times) in &mut times.ways {
            // All that it touches is as warm for each way, whoever had its turn before.
            send(*way, 1).await?;
            wait_until_quiet(receivers).await?;
            let micros = send(*way, depth).await?;
            wait_until_quiet(receivers).await?;
            if round > 0 {
                times.push(micros);
            }
        }
    }
    Ok(times)
}

async fn wait_until_quiet(receivers: &mut [Receivers]) -> io::Result<()> {
    for each in receivers {
        each.wait_until_quiet().await?;
    }
    Ok(())
}

impl<W: Copy + PartialEq> Times<W> {
    /// The median of `way` per message and receiver, in microseconds.
    pub fn micros(&self, way: W) -> f64 {
        median(self.of(way).to_vec()) / self.messages
    }

    /// The median of `way` to `other` in the same round.
    pub fn ratio(&self, way: W, other: W) -> f64 {
        let pairs = self.of(way).iter().zip(self.of(other));
        median(pairs.map(|(own, other)| own / other).collect())
    }

    fn of(&self, way: W) -> &[f64] {
        let found = self.ways.iter().find(|(each, _)| *each == way);
        found.map_or(&[], |(_, times)| times)
    }
}
