//! Thousands of random histories against the plainest model of the same: order, the truth of
//! recovery, presence, idempotency, slow readers, restarts and losses, and that nothing is left
//! over.

use crate::dice::Dice;
use crate::seeds;
use crate::support::client::Tally;
use crate::support::history::play;

const HISTORIES: u64 = 2000;

/// How often each thing worth checking has to come up in all of them.
const TIMES_MIN: usize = 100;

/// If this fails, a history that was worth keeping breaks a promise, whole or cut off anywhere.
#[test]
fn committed_histories_keep_every_promise() {
    for bytes in seeds::read("hub") {
        for end in 0..=bytes.len() {
            play(&bytes[..end]);
        }
    }
}

/// If this fails, the hub breaks one of its promises in some order of events; the seed is printed.
#[test]
fn random_histories_keep_every_promise() {
    let mut tallies = Vec::new();
    for seed in 0..HISTORIES {
        let mut dice = Dice(seed);
        let len = dice.roll() % 1200;
        let bytes: Vec<u8> = (0..len).map(|_| dice.roll().to_le_bytes()[0]).collect();
        let played = std::panic::catch_unwind(|| play(&bytes));
        let Ok(played) = played else {
            panic!("history of seed {seed}");
        };
        tallies.extend(played);
    }
    let times = |what: fn(&Tally) -> usize| tallies.iter().map(what).sum::<usize>();
    for (what, times) in [
        ("live", times(|tally| tally.live)),
        ("recovered", times(|tally| tally.recovered)),
        ("lost", times(|tally| tally.lost)),
        ("newest", times(|tally| tally.newest)),
        ("left out", times(|tally| tally.left_out)),
        ("skipped", times(|tally| tally.skipped)),
        ("changes", times(|tally| tally.changes)),
        ("gaps", times(|tally| tally.gaps)),
        ("restarts", times(|tally| tally.restarts)),
        ("refusals", times(|tally| tally.refusals)),
        ("duplicates", times(|tally| tally.duplicates)),
        ("stale", times(|tally| tally.stale)),
        ("slow", times(|tally| tally.slow)),
        ("claimed", times(|tally| tally.claimed)),
        ("taken", times(|tally| tally.taken)),
        ("lists", times(|tally| tally.lists)),
    ] {
        println!("{what}: {times}");
        assert!(times >= TIMES_MIN, "{what} came up {times} times only");
    }
}
