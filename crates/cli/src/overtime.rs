//! Scripts whose time is over and that go on all the same: an engine looks at the time between two
//! steps of a script, and one call of a built-in function may be a step without an end. Owns who
//! looks at such a thread from outside. Stops no thread: the process ends, and it with it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::limits::OVERTIME;
use crate::output::complain;

/// Ends the process with `failure` if it is still there when `limit` and the overtime are over.
pub(crate) fn guard(
    limit: Duration,
    failure: impl FnOnce() -> Failure + Send + 'static,
) -> Result<(), Failure> {
    let end = move || {
        thread::sleep(limit.saturating_add(OVERTIME));
        let failure = failure();
        complain(&failure);
        std::process::exit(failure.code().into());
    };
    let guard = thread::Builder::new().name("overtime".to_owned());
    let guarded = guard.spawn(end);
    guarded.map_err(|error| Failure::run("cannot start a thread", &error))?;
    Ok(())
}

/// Shows from outside whether a thread is in a script, and still in the same one: odd in one.
#[derive(Debug, Default)]
pub(crate) struct Pulse(AtomicU64);

impl Pulse {
    /// Runs `script`, each step of which shows.
    pub(crate) async fn of<F: Future>(&self, script: F) -> F::Output {
        let mut script = pin!(script);
        poll_fn(|cx| {
            self.0.fetch_add(1, Ordering::Relaxed);
            let polled = script.as_mut().poll(cx);
            self.0.fetch_add(1, Ordering::Relaxed);
            polled
        })
        .await
    }
}

/// What is known of a thread by its pulse.
#[derive(Debug)]
pub(crate) struct Patient {
    pulse: u64,
    since: Instant,
}

impl Patient {
    pub(crate) fn new(now: Instant) -> Self {
        let (pulse, since) = (0, now);
        Self { pulse, since }
    }

    /// Whether the thread is in one step of a script for longer than any script may run.
    pub(crate) fn is_stuck(&mut self, pulse: &Pulse, limit: Duration, now: Instant) -> bool {
        let pulse = pulse.0.load(Ordering::Relaxed);
        if pulse != self.pulse {
            self.pulse = pulse;
            self.since = now;
        }
        let is_inside = pulse % 2 == 1;
        let took = now.saturating_duration_since(self.since);
        is_inside && took > limit.saturating_add(OVERTIME)
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// A load test would give up threads that work, or wait for ever for one that does not.
    #[test]
    fn thread_is_stuck_in_one_step_that_takes_too_long() {
        let (limit, start) = (Duration::from_secs(1), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds) + OVERTIME;
        let pulse = Pulse::default();
        let mut patient = Patient::new(start);
        assert!(!patient.is_stuck(&pulse, limit, at(9)), "it is idle");
        let mut script = pin!(pulse.of(poll_fn(|_| {
            assert!(!patient.is_stuck(&pulse, limit, at(20)));
            assert!(!patient.is_stuck(&pulse, limit, at(23)));
            assert!(patient.is_stuck(&pulse, limit, at(24)));
            Poll::<()>::Pending
        })));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(script.as_mut().poll(&mut cx).is_pending());
    }
}
