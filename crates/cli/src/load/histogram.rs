//! Times in a table of fixed size, from which percentiles are read. Owns its precision: below 1%.
//! Knows no clock.

use std::time::Duration;

/// Values below this have a place of their own; beyond, each power of two has half as many places.
const STEPS: u64 = 256;

/// The longest time that is told apart, in microseconds: 19 hours.
const MICROS_MAX: u64 = 1 << 36;

/// How often each time was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum: Duration,
    min: Option<Duration>,
    max: Duration,
}

/// The place of a time, in microseconds.
fn place(micros: u64) -> usize {
    let micros = micros.min(MICROS_MAX);
    let shift = shift(micros);
    let place = u64::from(shift) * (STEPS / 2) + (micros >> shift);
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// How many bits of a value are not kept.
fn shift(micros: u64) -> u32 {
    (u64::BITS - micros.leading_zeros()).saturating_sub(STEPS.trailing_zeros())
}

/// The longest time at a place, in microseconds.
fn longest(place: usize) -> u64 {
    let place = u64::try_from(place).unwrap_or(u64::MAX);
    if place < STEPS {
        return place;
    }
    let shift = place / (STEPS / 2) - 1;
    let steps = place - shift * (STEPS / 2);
    ((steps + 1) << shift) - 1
}

impl Histogram {
    /// Adds a time.
    pub(crate) fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let place = place(micros);
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        self.count += 1;
        self.sum += time;
        self.min = Some(self.min.map_or(time, |min| min.min(time)));
        self.max = self.max.max(time);
    }

    /// Adds all times of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.max = self.max.max(other.max);
        self.min = self.min.into_iter().chain(other.min).min();
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The shortest; zero if there is none.
    pub(crate) fn min(&self) -> Duration {
        self.min.unwrap_or_default()
    }

    pub(crate) fn max(&self) -> Duration {
        self.max
    }

    /// The average; zero of nothing.
    pub(crate) fn mean(&self) -> Duration {
        let count = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.sum.checked_div(count).unwrap_or_default()
    }

    /// A time that so many of a thousand do not exceed; zero of nothing.
    pub(crate) fn per_mille(&self, share: u64) -> Duration {
        let wanted = (self.count * share).div_ceil(1000).max(1);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_micros(longest(place)).clamp(self.min(), self.max);
            }
        }
        self.max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A percentile would be another one than it says.
    #[test]
    fn percentiles_are_right_within_a_hundredth() {
        let mut histogram = Histogram::default();
        let mut half = Histogram::default();
        for micros in 1..=100_000 {
            let to = if micros % 2 == 0 {
                &mut histogram
            } else {
                &mut half
            };
            to.add(Duration::from_micros(micros));
        }
        histogram.merge(&half);
        assert_eq!(histogram.count(), 100_000);
        assert_eq!(histogram.min(), Duration::from_micros(1));
        assert_eq!(histogram.max(), Duration::from_millis(100));
        assert_eq!(histogram.mean(), Duration::from_nanos(50_000_500));
        for share in [1, 10, 500, 900, 990, 999, 1000] {
            let exact = Duration::from_micros(share * 100);
            let told = histogram.per_mille(share);
            assert!(
                told >= exact && told <= exact.mul_f64(1.01),
                "{share}: {told:?}"
            );
        }
    }

    /// A time at the border of two places would be lost, or a long one take all memory.
    #[test]
    fn every_time_has_a_place_that_holds_it() {
        let mut last = 0;
        for micros in (0..5000).chain((13..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit])) {
            let place = place(micros);
            assert!(place >= last, "{micros}");
            assert!(place < 8192, "{micros}");
            assert!(longest(place) >= micros.min(MICROS_MAX), "{micros}");
            last = place;
        }
        assert_eq!(Histogram::default().per_mille(500), Duration::ZERO);
    }
}
