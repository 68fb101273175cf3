//! Deadlines as data: keepalive and the closing handshake (RFC 6455 §5.5.2, §7.1.1). Owns when
//! something is due; never reads a clock.

use std::time::{Duration, Instant};

use crate::fault::Timeout;
use crate::limits::KEEPALIVE_MIN;

/// When to ask a silent peer for a sign of life, and how long to wait for one.
///
/// Any byte from the peer is one. A driver fails a peer for silence only where it looked for the
/// peer's bytes; and a peer that takes output for which there was no room before lives as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Keepalive {
    /// Silence after which a Ping is sent, at the latest. Where a connection was busy just before,
    /// it is known only to a quarter of the interval when the silence began, and the Ping may be
    /// that much earlier. Default 20 s; less than [`KEEPALIVE_MIN`] counts as that.
    pub interval: Duration,
    /// How long the peer may then stay silent. Default 20 s; less than [`KEEPALIVE_MIN`] counts as
    /// that.
    pub timeout: Duration,
}

impl Keepalive {
    #[inline]
    fn interval(self) -> Duration {
        self.interval.max(KEEPALIVE_MIN)
    }

    fn timeout(self) -> Duration {
        self.timeout.max(KEEPALIVE_MIN)
    }
}

impl Default for Keepalive {
    fn default() -> Self {
        Self {
            interval: crate::limits::PING_INTERVAL,
            timeout: crate::limits::PONG_TIMEOUT,
        }
    }
}

/// Into how many parts the interval is cut to find out when a busy connection fell silent.
const QUARTERS: u32 = 4;

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
    /// The peer was heard, and may have been since: `at` is when that is looked at, a quarter of
    /// the keepalive interval later. So a busy connection need not ask for the time at each read.
    Traffic {
        /// Whether it was heard since the quarter began.
        heard: bool,
        /// Whether it was heard at the very beginning of the quarter, rather than before.
        is_exact: bool,
    },
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
            at: keepalive.map(|k| after(now, k.interval())),
            step: Step::Silence,
        }
    }

    /// The peer was heard: any byte is a sign of life, also one inside a long message.
    #[inline]
    pub(super) fn heard(&mut self, now: &dyn Fn() -> Instant, keepalive: Option<Keepalive>) {
        match &mut self.step {
            Step::Traffic { heard, .. } => *heard = true,
            Step::Silence | Step::Ping => self.break_silence(now, keepalive),
            Step::Owed | Step::Closing => {}
        }
    }

    fn break_silence(&mut self, now: &dyn Fn() -> Instant, keepalive: Option<Keepalive>) {
        if let (Some(at), Some(keepalive)) = (&mut self.at, keepalive) {
            *at = after(now(), keepalive.interval() / QUARTERS);
            self.step = Step::Traffic {
                heard: false,
                is_exact: true,
            };
        }
    }

    /// A quarter of the keepalive interval is over: was it silent?
    fn look(&mut self, now: Instant, heard: bool, is_exact: bool, interval: Duration) {
        let quarter = interval / QUARTERS;
        if heard {
            self.at = Some(after(now, quarter));
            self.step = Step::Traffic {
                heard: false,
                is_exact: false,
            };
        } else {
            // The last byte came when the quarter began, or at some time in the one before.
            let silent = quarter * if is_exact { 1 } else { 2 };
            self.at = self.at.map(|at| after(at, interval.saturating_sub(silent)));
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
            *at = after(now, keepalive.timeout());
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
            (Step::Traffic { heard, is_exact }, Some(keepalive)) => {
                self.look(now, heard, is_exact, keepalive.interval());
                // A keeper that comes late may find both over.
                self.due(now, Some(keepalive), budget)
            }
            (Step::Silence, Some(keepalive)) => {
                self.step = Step::Ping;
                self.at = Some(after(now, keepalive.timeout()));
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
mod tests;
