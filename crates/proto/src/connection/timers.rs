//! Deadlines as data: keepalive and the closing handshake (RFC 6455 §5.5.2, §7.1.1). Owns when
//! something is due; never reads a clock.

use std::time::{Duration, Instant};

use crate::fault::Timeout;

/// When to ask a silent peer for a sign of life, and how long to wait for one.
///
/// Any byte from the peer is one. A driver fails a peer for silence only where it looked for the
/// peer's bytes; and a peer that takes output for which there was no room before lives as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Keepalive {
    /// Silence after which a Ping is sent. Default 20 s.
    pub interval: Duration,
    /// How long the peer may then stay silent. Default 20 s.
    pub timeout: Duration,
}

impl Default for Keepalive {
    fn default() -> Self {
        Self {
            interval: crate::limits::PING_INTERVAL,
            timeout: crate::limits::PONG_TIMEOUT,
        }
    }
}

/// What a passed deadline asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// Send a keepalive Ping.
    Ping,
    /// Send the Close that is owed.
    Close,
    /// Fail the connection.
    Fault(Timeout),
}

/// The deadlines of one connection: one at a time, since closing ends keepalive.
#[derive(Debug, Default)]
pub(super) struct Timers {
    at: Option<Instant>,
    /// What `at` is about, if there is one.
    step: Step,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Step {
    /// The peer is silent: then comes a keepalive Ping.
    #[default]
    Silence,
    /// A keepalive Ping waits for a sign of life.
    Ping,
    /// A Close is owed and what came before may still be answered: then it goes out.
    Owed,
    /// The closing handshake: its budget is running.
    Closing,
}

impl Step {
    fn is_closing(self) -> bool {
        matches!(self, Self::Owed | Self::Closing)
    }
}

impl Timers {
    pub(super) fn new(now: Instant, keepalive: Option<Keepalive>) -> Self {
        Self {
            at: keepalive.map(|k| after(now, k.interval)),
            step: Step::Silence,
        }
    }

    /// The peer was heard: any byte is a sign of life, also one inside a long message.
    #[inline]
    pub(super) fn heard(&mut self, now: Instant, keepalive: Option<Keepalive>) {
        if let (Some(at), Some(keepalive)) = (&mut self.at, keepalive)
            && !self.step.is_closing()
        {
            *at = after(now, keepalive.interval);
            self.step = Step::Silence;
        }
    }

    /// A Close is owed to the peer: half of the budget is for answering what came before, and the
    /// rest for the Close's way out and the end of TCP.
    pub(super) fn owed(&mut self, now: Instant, budget: Duration) {
        if !self.step.is_closing() {
            self.step = Step::Owed;
            self.at = Some(after(now, budget / 2));
        }
    }

    /// Our Close goes out: one budget for all of the closing handshake, and no more keepalive.
    pub(super) fn closing(&mut self, now: Instant, budget: Duration) {
        self.at = match (self.step, self.at) {
            (Step::Closing, at) => at,
            // The budget began when the Close became owed.
            (Step::Owed, Some(at)) => Some(after(at, budget.saturating_sub(budget / 2))),
            _ => Some(after(now, budget)),
        };
        self.step = Step::Closing;
    }

    /// The peer's silence is no longer a reason for anything.
    pub(super) fn stop_keepalive(&mut self) {
        if !self.step.is_closing() {
            self.at = None;
        }
    }

    /// Nothing more will happen.
    pub(super) fn stop(&mut self) {
        self.at = None;
    }

    /// Whether the wait for a sign of life is over.
    pub(super) fn is_pong_due(&self, now: Instant) -> bool {
        self.step == Step::Ping && self.at.is_some_and(|at| at <= now)
    }

    /// Waits for a sign of life once more, as long as at first.
    pub(super) fn postpone_pong(&mut self, now: Instant, keepalive: Option<Keepalive>) {
        if let (Some(at), Some(keepalive), Step::Ping) = (&mut self.at, keepalive, self.step) {
            *at = after(now, keepalive.timeout);
        }
    }

    /// The earliest deadline.
    #[inline]
    pub(super) fn next(&self) -> Option<Instant> {
        self.at
    }

    /// What is due at `now`, if anything.
    pub(super) fn due(
        &mut self,
        now: Instant,
        keepalive: Option<Keepalive>,
        budget: Duration,
    ) -> Option<Due> {
        self.at.filter(|at| *at <= now)?;
        match (self.step, keepalive) {
            (Step::Silence, Some(keepalive)) => {
                self.step = Step::Ping;
                self.at = Some(after(now, keepalive.timeout));
                Some(Due::Ping)
            }
            (Step::Owed, _) => {
                self.closing(now, budget);
                Some(Due::Close)
            }
            (Step::Closing, _) => {
                self.at = None;
                Some(Due::Fault(Timeout::Close))
            }
            _ => {
                self.at = None;
                Some(Due::Fault(Timeout::Pong))
            }
        }
    }
}

/// The time `duration` after `now`. One too far to be a time, as [`Duration::MAX`] for "never", is
/// some decades ahead.
#[inline]
fn after(now: Instant, duration: Duration) -> Instant {
    const DECADES: Duration = Duration::from_secs(1 << 30);
    now.checked_add(duration).unwrap_or_else(|| now + DECADES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    const KEEPALIVE: Option<Keepalive> = Some(Keepalive {
        interval: Duration::from_secs(20),
        timeout: Duration::from_secs(10),
    });

    const BUDGET: Duration = Duration::from_secs(5);

    #[test]
    fn silence_that_is_excused_is_judged_one_timeout_later() {
        let start = Instant::now();
        let mut timers = Timers::new(start, KEEPALIVE);
        assert!(
            !timers.is_pong_due(start + 20 * SECOND),
            "no Ping was sent yet"
        );
        assert_eq!(
            timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
            Some(Due::Ping)
        );
        assert!(timers.is_pong_due(start + 30 * SECOND));
        timers.postpone_pong(start + 30 * SECOND, KEEPALIVE);
        assert!(!timers.is_pong_due(start + 39 * SECOND));
        let fault = timers.due(start + 40 * SECOND, KEEPALIVE, BUDGET);
        assert_eq!(fault, Some(Due::Fault(Timeout::Pong)));
    }

    #[test]
    fn silence_brings_a_ping_and_then_a_fault() {
        let start = Instant::now();
        let mut timers = Timers::new(start, KEEPALIVE);
        assert_eq!(timers.next(), Some(start + 20 * SECOND));
        assert_eq!(timers.due(start + 19 * SECOND, KEEPALIVE, BUDGET), None);
        assert_eq!(
            timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
            Some(Due::Ping)
        );
        assert_eq!(timers.next(), Some(start + 30 * SECOND));
        let fault = timers.due(start + 30 * SECOND, KEEPALIVE, BUDGET);
        assert_eq!(fault, Some(Due::Fault(Timeout::Pong)));
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn any_sign_of_life_starts_over() {
        let start = Instant::now();
        let mut timers = Timers::new(start, KEEPALIVE);
        assert_eq!(
            timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
            Some(Due::Ping)
        );
        timers.heard(start + 29 * SECOND, KEEPALIVE);
        assert_eq!(timers.next(), Some(start + 49 * SECOND));
        assert_eq!(
            timers.due(start + 49 * SECOND, KEEPALIVE, BUDGET),
            Some(Due::Ping)
        );
    }

    #[test]
    fn closing_has_one_budget_and_ends_keepalive() {
        let start = Instant::now();
        let mut timers = Timers::new(start, KEEPALIVE);
        timers.closing(start, BUDGET);
        timers.closing(start + 4 * SECOND, BUDGET);
        timers.heard(start + 4 * SECOND, KEEPALIVE);
        assert_eq!(
            timers.next(),
            Some(start + 5 * SECOND),
            "the first call counts"
        );
        let fault = timers.due(start + 5 * SECOND, KEEPALIVE, BUDGET);
        assert_eq!(fault, Some(Due::Fault(Timeout::Close)));
    }

    #[test]
    fn close_that_is_owed_is_due_at_half_of_the_budget_and_does_not_prolong_it() {
        let start = Instant::now();
        for polled_after in [0, 3] {
            let mut timers = Timers::new(start, KEEPALIVE);
            timers.owed(start, 4 * SECOND);
            timers.owed(start + SECOND, 4 * SECOND);
            timers.heard(start + SECOND, KEEPALIVE);
            timers.stop_keepalive();
            assert_eq!(timers.next(), Some(start + 2 * SECOND));
            let now = start + polled_after * SECOND;
            let due = timers.due(now, KEEPALIVE, 4 * SECOND);
            assert_eq!(due.is_some(), polled_after == 3, "{due:?}");
            timers.closing(now, 4 * SECOND);
            assert_eq!(timers.next(), Some(start + 4 * SECOND));
        }
    }

    #[test]
    fn without_keepalive_nothing_is_ever_due() {
        let start = Instant::now();
        let mut timers = Timers::new(start, None);
        timers.heard(start, None);
        assert_eq!(
            (
                timers.next(),
                timers.due(start + 999 * SECOND, None, BUDGET)
            ),
            (None, None)
        );
    }
}
