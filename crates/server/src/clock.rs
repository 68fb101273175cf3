//! The two clocks that pure code is told: the time since whoever asks began, which only goes on,
//! and the time of the day. Owns where both are read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sockeye_dialect::Now;
use tokio::time::Instant;

/// Reads both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
}

impl Clock {
    /// One that begins now.
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// Since it began.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Both, for dialects.
    pub(crate) fn both(&self) -> Now {
        Now {
            elapsed: self.now(),
            unix_ms: Self::wall_ms(),
        }
    }

    /// Milliseconds since 1970-01-01 UTC, as this machine has it.
    pub(crate) fn wall_ms() -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
    }

    /// When it is `at` on this clock, as a runtime's timer has it.
    pub(crate) fn instant(&self, at: Duration) -> Instant {
        self.began + at
    }

    /// When it will be `seconds` since 1970; now, if it was.
    pub(crate) fn at_wall(&self, seconds: u64) -> Duration {
        let left_ms = seconds.saturating_mul(1000).saturating_sub(Self::wall_ms());
        self.now().saturating_add(Duration::from_millis(left_ms))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// If this fails, timers of pure code are due too early or too late, and sessions outlive
    /// their token.
    #[tokio::test(start_paused = true)]
    async fn clock_begins_at_zero_and_knows_when_it_will_be_how_late() {
        let clock = Clock::new();
        assert_eq!(clock.now(), Duration::ZERO);
        let at = clock.instant(Duration::from_secs(2));
        advance(Duration::from_secs(2)).await;
        assert_eq!((clock.now(), Instant::now()), (Duration::from_secs(2), at));
        assert_eq!(clock.at_wall(0), clock.now(), "it was");
        let in_an_hour = clock.at_wall(Clock::wall_ms() / 1000 + 3600);
        let seconds = in_an_hour.saturating_sub(clock.now()).as_secs();
        assert!((3598..=3600).contains(&seconds), "{seconds}");
    }
}
