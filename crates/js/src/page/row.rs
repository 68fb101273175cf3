//! How many tasks a page runs in a row before others of its thread do something, and which kind of
//! tasks a row begins with. Reads no clock.

use std::time::Duration;

use crate::limits::{ROW_MICROS_MAX, TASKS_IN_A_ROW_MAX};

/// The tasks since the others ran.
#[derive(Debug, Default)]
pub(super) struct Row {
    count: usize,
    began: Duration,
    /// Rows since the page waited.
    rows: usize,
}

impl Row {
    /// Which of so many kinds of tasks the next one is to be of, if there is one: that of the
    /// highest rank, but each begins a row in its turn. Timers that are always due would starve the
    /// sockets.
    pub(super) fn first(&self, kinds: usize) -> usize {
        if self.count == 0 {
            self.rows.checked_rem(kinds).unwrap_or(0)
        } else {
            0
        }
    }

    /// There was nothing to do.
    pub(super) fn rest(&mut self) {
        self.rows = 0;
    }

    /// Another task ran, until `now`. Whether that was enough; then the next one begins a row.
    pub(super) fn add(&mut self, now: Duration) -> bool {
        self.count += 1;
        let len = now.saturating_sub(self.began);
        let is_over =
            self.count >= TASKS_IN_A_ROW_MAX || len >= Duration::from_micros(ROW_MICROS_MAX);
        if is_over {
            *self = Self {
                count: 0,
                began: now,
                rows: self.rows.wrapping_add(1),
            };
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a busy script sends would wait for ever, or other pages of its thread.
    #[test]
    fn row_ends_by_number_and_by_time() {
        let mut row = Row::default();
        let mut ends = (1..=2 * TASKS_IN_A_ROW_MAX).filter(|_| row.add(Duration::ZERO));
        assert_eq!(ends.next(), Some(TASKS_IN_A_ROW_MAX));
        assert_eq!(ends.next(), Some(2 * TASKS_IN_A_ROW_MAX));
        let late = Duration::from_micros(ROW_MICROS_MAX);
        assert!(row.add(late), "one slow task is enough");
        assert!(!row.add(late));
    }

    /// Tasks of one kind that never end would keep all others from running.
    #[test]
    fn each_kind_begins_a_row_in_its_turn() {
        let mut row = Row::default();
        let firsts = (0..4 * TASKS_IN_A_ROW_MAX).map(|_| {
            let first = row.first(3);
            row.add(Duration::ZERO);
            first
        });
        let firsts: Vec<_> = firsts.step_by(TASKS_IN_A_ROW_MAX).collect();
        assert_eq!(firsts, [0, 1, 2, 0]);
        assert_eq!(row.first(3), 1);
        row.add(Duration::ZERO);
        assert_eq!(row.first(3), 0, "it is behind the first one");
        row.rest();
        for _ in 1..TASKS_IN_A_ROW_MAX {
            row.add(Duration::ZERO);
        }
        assert_eq!(row.first(3), 1, "it began anew");
    }
}
