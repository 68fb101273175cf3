//! The thread's own CPU time. Owns when a broadcast is over.

use rustix::time::{ClockId, clock_gettime};
use sockeye::{Sender, Transport};
use tokio::task::yield_now;

/// Runs from its start.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: f64,
}

impl Clock {
    /// Begins now.
    pub fn start() -> Self {
        Self { start: now() }
    }

    /// Waits until all that `senders` queued is written; the time until then in microseconds.
    ///
    /// Looking whether it is, in vain, is part of waiting for it; the look that finds nothing is
    /// not.
    pub async fn until_written<T: Transport>(self, senders: &[Sender<T>]) -> f64 {
        let mut end = now();
        while is_unwritten(senders) {
            yield_now().await;
            end = now();
        }
        end - self.start
    }
}

/// The last one is written last.
fn is_unwritten<T: Transport>(senders: &[Sender<T>]) -> bool {
    let mut backwards = senders.iter().rev();
    backwards.any(|sender| sender.buffered_amount() > 0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a thread's CPU time in microseconds is far below 2^52"
)]
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
