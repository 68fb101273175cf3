//! What users did, counted: by each thread of a load test for itself, and in sum. Knows no clock.

use sockeye_js::{Happening, Outcome};

use super::errors::Errors;
use super::histogram::Histogram;
use crate::counted::{UNCAUGHT, counted};

/// The counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) started: u64,
    pub(crate) finished: u64,
    /// Users whose script left an exception to nobody.
    pub(crate) failed: u64,
    pub(crate) timed_out: u64,
    /// Users that were there when the test was stopped.
    pub(crate) stopped: u64,
    /// Users whose turn did not come before the test was over.
    pub(crate) never_started: u64,
    /// Exceptions that scripts left to nobody, those of users that did not end by themselves too.
    pub(crate) uncaught: u64,
    /// Sockets that were made.
    pub(crate) tried: u64,
    pub(crate) opened: u64,
    /// Sockets that were closed or forgotten before they were open.
    pub(crate) refused: u64,
    pub(crate) closed: u64,
    /// Those of the closed ones that were lost, or closed without the other side's word.
    pub(crate) unclean: u64,
    /// Sockets that their script forgot while they were open.
    pub(crate) dropped: u64,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) opening: Histogram,
    pub(crate) latency: Histogram,
    errors: Errors,
}

impl Tally {
    /// A socket did something.
    pub(crate) fn add(&mut self, happening: Happening) {
        match happening {
            Happening::Connecting => self.tried += 1,
            Happening::Opened(after) => {
                self.opened += 1;
                self.opening.add(after);
            }
            Happening::Failed => self.refused += 1,
            Happening::Sent => self.sent += 1,
            Happening::Received(latency) => {
                self.received += 1;
                if let Some(latency) = latency {
                    self.latency.add(latency);
                }
            }
            Happening::Closed(was_clean) => {
                self.closed += 1;
                self.unclean += u64::from(!was_clean);
            }
            Happening::Dropped => self.dropped += 1,
            Happening::Uncaught => self.uncaught += 1,
            // What is new has no count here yet.
            _ => {}
        }
    }

    /// A user came to its end.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Finished => self.finished += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::Stopped => self.stopped += 1,
            _ => self.failed += 1,
        }
    }

    /// A user complained; its first line says what about.
    pub(crate) fn complain(&mut self, text: &str) {
        self.errors.add(text);
    }

    /// Adds what another thread counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.started += other.started;
        self.finished += other.finished;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.stopped += other.stopped;
        self.never_started += other.never_started;
        self.uncaught += other.uncaught;
        self.tried += other.tried;
        self.opened += other.opened;
        self.refused += other.refused;
        self.closed += other.closed;
        self.unclean += other.unclean;
        self.dropped += other.dropped;
        self.sent += other.sent;
        self.received += other.received;
        self.opening.merge(&other.opening);
        self.latency.merge(&other.latency);
        self.errors.merge(&other.errors);
    }

    /// Users that are running now.
    pub(crate) fn running(&self) -> u64 {
        let ended = self.finished + self.failed + self.timed_out + self.stopped;
        self.started.saturating_sub(ended)
    }

    /// Sockets that are open now.
    pub(crate) fn open(&self) -> u64 {
        self.opened.saturating_sub(self.closed + self.dropped)
    }

    /// The errors with how often they were seen, the most frequent first.
    pub(crate) fn errors(&self) -> Vec<(&str, u64)> {
        self.errors.list()
    }

    /// The test of so many users is over: those that run were stopped, and others never came.
    pub(crate) fn conclude(&mut self, users: u64) {
        self.stopped += self.running();
        self.never_started = users.saturating_sub(self.started);
    }

    /// Whether nothing went wrong but that users took too long, or so long that others never came.
    pub(crate) fn is_only_late(&self) -> bool {
        let others = self.failed + self.uncaught + self.stopped + self.refused + self.unclean;
        self.timed_out > 0 && others == 0
    }

    /// Users that never came, and why; `None` if all did.
    pub(crate) fn never(&self) -> Option<String> {
        let why = if self.stopped > 0 {
            "as the test was stopped"
        } else {
            "as the time was over"
        };
        (self.never_started > 0).then(|| format!("{} never started, {why}", self.never_started))
    }

    /// What went wrong, in one line; `None` if all went well.
    pub(crate) fn verdict(&self) -> Option<String> {
        let counts = [
            (self.failed, ("user failed", "users failed")),
            (self.uncaught, UNCAUGHT),
            (
                self.timed_out,
                ("user took too long", "users took too long"),
            ),
            (self.stopped, ("user was stopped", "users were stopped")),
            (self.refused, ("connection failed", "connections failed")),
            (
                self.unclean,
                ("connection was lost", "connections were lost"),
            ),
        ];
        let parts = counts.into_iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<_> = parts.map(|(count, forms)| counted(count, forms)).collect();
        parts.extend(self.never());
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A test whose connections were lost would look like a good one.
    #[test]
    fn verdict_names_everything_that_went_wrong() {
        let mut tally = Tally::default();
        for happening in [
            Happening::Connecting,
            Happening::Opened(Duration::ZERO),
            Happening::Closed(true),
        ] {
            tally.add(happening);
        }
        tally.end(Outcome::Finished);
        assert_eq!(tally.verdict(), None);
        tally.end(Outcome::TimedOut);
        assert!(tally.is_only_late());
        tally.add(Happening::Failed);
        tally.add(Happening::Closed(false));
        tally.end(Outcome::Failed(2));
        assert!(!tally.is_only_late());
        let verdict = tally.verdict().unwrap();
        assert_eq!(
            verdict,
            "1 user failed, 1 user took too long, 1 connection failed, 1 connection was lost"
        );
    }

    /// A script that failed would look like one that is slow, or users that never came like none.
    #[test]
    fn exceptions_count_for_more_than_time_and_users_that_never_came_are_named() {
        let mut tally = Tally {
            started: 2,
            ..Tally::default()
        };
        tally.end(Outcome::TimedOut);
        tally.conclude(10);
        assert_eq!(
            tally.verdict().unwrap(),
            "1 user took too long, 1 user was stopped, 8 never started, as the test was stopped"
        );
        tally.stopped = 0;
        assert!(tally.is_only_late());
        let verdict = tally.verdict().unwrap();
        assert!(
            verdict.ends_with(", 8 never started, as the time was over"),
            "{verdict}"
        );
        tally.add(Happening::Uncaught);
        assert!(!tally.is_only_late());
        let verdict = tally.verdict().unwrap();
        assert!(
            verdict.starts_with("1 exception was caught by nobody, "),
            "{verdict}"
        );
    }
}
