//! When those may speak or claim a name who came too many at once: each gets a turn of its own,
//! behind the one before, so that they do not all come back in the same moment. Owns how often a
//! channel takes one of either kind; which kind, it does not know.

use std::time::Duration;

use crate::bucket::{Bucket, Rate};
use crate::limits::TURN_WAIT_MAX;

/// The turns of one channel, for one of the two.
#[derive(Debug, Default)]
pub(super) struct Turns {
    bucket: Bucket,
    /// When the turn is that was given last.
    last: Duration,
}

impl Turns {
    /// Takes a turn.
    ///
    /// # Errors
    /// How long to wait, at most [`TURN_WAIT_MAX`]: until there is one, and those who were refused
    /// before had theirs.
    pub(super) fn take(&mut self, now: Duration, rate: Rate) -> Result<(), Duration> {
        let Err(wait) = self.bucket.take(now, rate, 1) else {
            return Ok(());
        };
        let behind = self.last.saturating_add(rate.time_of(1));
        let latest = now.saturating_add(TURN_WAIT_MAX);
        self.last = now.saturating_add(wait).max(behind).min(latest);
        Err(self.last.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 2,
        per_second: 10,
    };
    const INTERVAL: Duration = Duration::from_millis(100);

    /// If this fails, all who were refused come back in the same moment, and are refused again.
    #[test]
    fn turns_are_one_after_the_other_and_each_finds_a_token() {
        let mut turns = Turns::default();
        let now = Duration::from_secs(7);
        let waits: Vec<_> = (0..6).map(|_| turns.take(now, RATE)).collect();
        let refused = (1..5).map(|turn| Err(INTERVAL * turn));
        let expected: Vec<_> = [Ok(()); 2].into_iter().chain(refused).collect();
        assert_eq!(waits, expected);
        for turn in 1..5 {
            let taken = turns.take(now + INTERVAL * turn, RATE);
            assert_eq!(taken, Ok(()), "{turn}");
        }
    }

    /// If this fails, those who were refused and left keep others waiting without end.
    #[test]
    fn turns_are_never_far_away_and_begin_anew_after_a_rest() {
        let mut turns = Turns::default();
        let now = Duration::from_secs(7);
        let last = (0..10_000).map(|_| turns.take(now, RATE)).last();
        assert_eq!(last, Some(Err(TURN_WAIT_MAX)));
        let later = now + TURN_WAIT_MAX * 2;
        for _ in 0..RATE.burst {
            assert_eq!(turns.take(later, RATE), Ok(()));
        }
        assert_eq!(turns.take(later, RATE), Err(INTERVAL));
    }
}
