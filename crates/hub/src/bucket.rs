//! Rate limits as token buckets. Owns the arithmetic; the time is an argument.

use std::time::Duration;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// How often something may happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// How many may happen at once after a rest. At least 1; 0 counts as 1.
    pub burst: u32,
    /// How many per second in the long run. At least 1; 0 counts as 1.
    pub per_second: u32,
}

impl Rate {
    /// The time in which so many tokens come in.
    pub(crate) fn time_of(self, count: u32) -> Duration {
        // In nanoseconds, as a division of a `Duration` is several. No product of two numbers of 32
        // bits is too large.
        let interval = NANOS_PER_SECOND / u64::from(self.per_second.max(1));
        Duration::from_nanos(interval * u64::from(count))
    }
}

/// A bucket of tokens, which starts full. One number: the time at which it is full again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// Takes `count` tokens, or none. More than the burst are taken like the burst, so that one
    /// large command is possible at all, after a full rest.
    ///
    /// # Errors
    /// How long to wait until there are enough.
    pub fn take(&mut self, now: Duration, rate: Rate, count: u32) -> Result<(), Duration> {
        let burst = rate.burst.max(1);
        let cost = rate.time_of(count.min(burst));
        let full_at = self.full_at.max(now).saturating_add(cost);
        let latest = now.saturating_add(rate.time_of(burst));
        if full_at > latest {
            return Err(full_at.saturating_sub(latest));
        }
        self.full_at = full_at;
        Ok(())
    }

    /// Whether it is as if nothing had been taken: a new one does as well.
    pub fn is_full(&self, now: Duration) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 10,
    };

    /// If this fails, a limit lets more through than it says, or less.
    #[test]
    fn burst_then_the_rate() {
        let mut bucket = Bucket::default();
        let mut taken = 0;
        for ms in 0..1000 {
            if bucket.take(Duration::from_millis(ms), RATE, 1).is_ok() {
                taken += 1;
            }
        }
        // Three at once, and one each 100 ms until 900.
        assert_eq!(taken, 12);
    }

    /// If this fails, a bucket differs from the plainest one, which counts tokens as time passes.
    #[test]
    fn bucket_is_the_same_as_one_that_counts_tokens() {
        let (mut bucket, mut plain, mut last) = (Bucket::default(), 3000_u64, 0);
        let mut seed = 1_u64;
        for _ in 0..10_000 {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            let (pause, count) = ((seed >> 33) % 300, u32::from(seed >> 60 == 0) + 1);
            let now = last + pause;
            // A thousand parts of a token: ten in each millisecond.
            plain = (plain + pause * 10).min(3000);
            let is_taken = bucket.take(Duration::from_millis(now), RATE, count).is_ok();
            assert_eq!(is_taken, plain >= u64::from(count) * 1000, "at {now} ms");
            if is_taken {
                plain -= u64::from(count) * 1000;
            }
            last = now;
        }
    }

    /// If this fails, whoever was refused is told to come back too early, or is charged for asking.
    #[test]
    fn refusal_costs_nothing_and_says_when() {
        let mut bucket = Bucket::default();
        bucket.take(Duration::ZERO, RATE, 3).unwrap();
        for _ in 0..10 {
            let wait = bucket.take(Duration::ZERO, RATE, 2).unwrap_err();
            assert_eq!(wait, Duration::from_millis(200));
        }
        assert_eq!(bucket.take(Duration::from_millis(200), RATE, 2), Ok(()));
    }

    /// If this fails, whoever has many buckets forgets one that is in use, or keeps all for ever.
    #[test]
    fn bucket_is_full_until_taken_from_and_after_a_rest() {
        let mut bucket = Bucket::default();
        assert!(bucket.is_full(Duration::ZERO));
        bucket.take(Duration::ZERO, RATE, 2).unwrap();
        assert!(!bucket.is_full(Duration::from_millis(199)));
        assert!(bucket.is_full(Duration::from_millis(200)));
    }

    /// If this fails, a command that costs more than the burst can never succeed.
    #[test]
    fn more_than_the_burst_takes_a_full_bucket() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(Duration::ZERO, RATE, 100), Ok(()));
        assert!(bucket.take(Duration::from_millis(299), RATE, 100).is_err());
        assert_eq!(bucket.take(Duration::from_millis(300), RATE, 100), Ok(()));
    }

    /// If this fails, zeroes in a configuration divide by zero or shut everybody out.
    #[test]
    fn zeroes_count_as_one() {
        let zero = Rate {
            burst: 0,
            per_second: 0,
        };
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(Duration::ZERO, zero, 1), Ok(()));
        assert_eq!(bucket.take(Duration::from_secs(1), zero, 1), Ok(()));
    }
}
