//! Whether the engine has to be asked for the list of a channel's members, and for whom. Owns the
//! rule that one question is under way at a time, so that no older list follows a newer one. Asks
//! nobody.

use std::time::Duration;

use crate::message::Asker;

/// What an owner has to do about one channel's list.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// The engine was asked, and has not answered.
    is_asked: bool,
    /// Something changed since the engine was asked, or the answer was a fault: all subscribers are
    /// to be told.
    is_stale: bool,
    /// Who is to be answered by the next question.
    askers: Vec<Asker>,
    /// When what failed or had to wait is asked for again.
    pub(super) retry: Option<Duration>,
    /// Subscribers were told a long list just now, and are told no other until `retry`.
    is_held: bool,
}

/// A question that is under way.
#[derive(Debug)]
pub(super) struct Question {
    /// Who asked for it.
    pub(super) askers: Vec<Asker>,
    /// Whether all subscribers are told.
    pub(super) tells: bool,
}

impl Roster {
    /// Whether nobody waits for a list.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_asked && self.askers.is_empty()
    }

    /// The members changed.
    pub(super) fn stale(&mut self) {
        self.is_stale = true;
    }

    /// Somebody wants the list.
    pub(super) fn wait(&mut self, asker: Asker) {
        self.askers.push(asker);
    }

    /// The next question, if there is a reason for one and none is under way.
    pub(super) fn ask(&mut self) -> Option<Question> {
        let tells = self.is_stale && !self.is_held;
        let is_wanted = tells || !self.askers.is_empty();
        if self.is_asked || !is_wanted {
            return None;
        }
        self.is_asked = true;
        self.is_stale &= !tells;
        Some(Question {
            askers: std::mem::take(&mut self.askers),
            tells,
        })
    }

    /// Subscribers are told no list until then; whoever asks has one all the same. Whether a timer
    /// is to be set.
    pub(super) fn hold(&mut self, until: Duration) -> bool {
        self.is_held = true;
        let is_set = self.retry.is_some();
        self.retry.get_or_insert(until);
        !is_set
    }

    /// The time of `retry` has come.
    pub(super) fn go_on(&mut self) {
        (self.retry, self.is_held) = (None, false);
    }

    /// The question is answered.
    pub(super) fn answered(&mut self) {
        self.is_asked = false;
    }

    /// The question failed. What all were to be told is asked for again with the next change, or at
    /// `retry`; who waits for the next question is given back, as it may be far.
    pub(super) fn failed(&mut self, tells: bool, retry: Duration) -> Vec<Asker> {
        self.is_asked = false;
        self.is_stale |= tells;
        if self.is_stale && self.retry.is_none() {
            self.retry = Some(retry);
        }
        std::mem::take(&mut self.askers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, an older list can follow a newer one, or a change is told to nobody.
    #[test]
    fn one_question_is_under_way_and_the_next_has_what_came_meanwhile() {
        let mut roster = Roster::default();
        assert!(roster.ask().is_none() && roster.is_idle());
        roster.wait(Asker::Server(1));
        let question = roster.ask().unwrap();
        assert_eq!(
            (question.askers, question.tells),
            (vec![Asker::Server(1)], false)
        );
        roster.stale();
        roster.wait(Asker::Server(2));
        assert!(roster.ask().is_none() && !roster.is_idle());
        roster.answered();
        let question = roster.ask().unwrap();
        assert_eq!(
            (question.askers, question.tells),
            (vec![Asker::Server(2)], true)
        );
        roster.wait(Asker::Server(3));
        assert_eq!(roster.failed(true, Duration::ZERO), [Asker::Server(3)]);
        assert_eq!(
            (roster.retry, roster.is_idle()),
            (Some(Duration::ZERO), true)
        );
        assert!(roster.ask().unwrap().tells);
        roster.failed(true, Duration::MAX);
        assert_eq!(roster.retry, Some(Duration::ZERO));
    }
}
