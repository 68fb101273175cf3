//! When timers are due, in the order in which they are. Owns no callback and no clock: the time is
//! an argument.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::limits::{TIMER_NESTED_MIN, TIMER_NESTING_MAX, TIMERS_MAX};

/// The timers of a page; times count from its beginning.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Deadline and order of starting, which tells timers with one deadline apart.
    due: BTreeMap<(Duration, u64), Due>,
    keys: HashMap<u32, (Duration, u64)>,
    started: u64,
    /// That of the task that is running, with its microtasks: 0 if that is no timer's.
    nesting: u32,
}

#[derive(Debug)]
struct Due {
    id: u32,
    nesting: u32,
}

impl Timers {
    /// Starts the timer `id`, instead of the one of that name, to be due `after` that time; `false`
    /// if there are too many.
    pub(crate) fn start(&mut self, id: u32, now: Duration, after: Duration) -> bool {
        self.stop(id);
        if self.keys.len() >= TIMERS_MAX {
            return false;
        }
        self.started += 1;
        // HTML §8.6, timer initialization steps: more than 5 are slowed down.
        let is_nested = self.nesting > TIMER_NESTING_MAX;
        let after = if is_nested {
            after.max(TIMER_NESTED_MIN)
        } else {
            after
        };
        let key = (now + after, self.started);
        let nesting = self.nesting.saturating_add(1);
        self.due.insert(key, Due { id, nesting });
        self.keys.insert(id, key);
        true
    }

    /// Stops the timer `id`, if it is there.
    pub(crate) fn stop(&mut self, id: u32) {
        if let Some(key) = self.keys.remove(&id) {
            self.due.remove(&key);
        }
    }

    /// Takes the first timer that is due, whose task runs until [`end_task`](Self::end_task).
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<u32> {
        let first = self.due.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        let Due { id, nesting } = first.remove();
        self.nesting = nesting;
        self.keys.remove(&id);
        Some(id)
    }

    /// The task and its microtasks are over: what starts timers now is another one.
    pub(crate) fn end_task(&mut self) {
        self.nesting = 0;
    }

    /// When the first timer is due.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// A script would see its timers in another order than it set them.
    #[test]
    fn timers_are_due_by_time_and_then_by_order() {
        let mut timers = Timers::default();
        for (id, at) in [(1, 20), (2, 10), (3, 20), (4, 10), (5, 30)] {
            assert!(timers.start(id, ms(0), ms(at)));
        }
        timers.stop(5);
        assert_eq!(timers.next(), Some(ms(10)));
        assert_eq!(timers.take_due(ms(9)), None);
        let due: Vec<_> = std::iter::from_fn(|| timers.take_due(ms(20))).collect();
        assert_eq!(due, [2, 4, 1, 3]);
        assert_eq!(timers.next(), None);
    }

    /// A script that sets timers in a loop would take all memory outside of its engine.
    #[test]
    fn timers_have_a_bound() {
        let mut timers = Timers::default();
        let max = u32::try_from(TIMERS_MAX).unwrap();
        assert!((0..max).all(|id| timers.start(id, ms(0), ms(1))));
        assert!(!timers.start(max, ms(0), ms(1)));
        assert!(
            timers.start(0, ms(0), ms(2)),
            "one that is there may be set again"
        );
    }
}
