//! Timing something short by doing it often.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The thread's own CPU time.
pub(crate) struct Clock;

impl Clock {
    /// How often `work` fits into `turn`, at least once.
    pub(crate) fn repeats(turn: Duration, mut work: impl FnMut()) -> u32 {
        #[expect(clippy::cast_precision_loss, reason = "turns are short")]
        let turn_ns = turn.as_nanos() as f64;
        let mut repeats = 1;
        while Self::time(repeats, &mut work) * f64::from(repeats) < turn_ns && repeats < 1 << 24 {
            repeats *= 2;
        }
        repeats
    }

    /// The nanoseconds of one `work`, when it is done `repeats` times.
    pub(crate) fn time(repeats: u32, mut work: impl FnMut()) -> f64 {
        let begin = now_ns();
        for _ in 0..repeats {
            work();
        }
        (now_ns() - begin).max(1.0) / f64::from(repeats)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a run is shorter than the months that 2^53 ns are"
)]
fn now_ns() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_work_is_done_less_often() {
        let turn = Duration::from_micros(200);
        let mut data = vec![1_u8; 1 << 16];
        let short = Clock::repeats(turn, || std::hint::black_box(&mut data[..64]).reverse());
        let long = Clock::repeats(turn, || std::hint::black_box(&mut data[..]).reverse());
        assert!(short > long, "{short} against {long}");
    }
}
