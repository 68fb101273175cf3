//! How many tasks a page runs in a row before others of its thread do something. Reads no clock.

use std::time::Duration;

use crate::limits::{ROW_MICROS_MAX, TASKS_IN_A_ROW_MAX};

/// The tasks since the others ran.
#[derive(Debug, Default)]
pub(super) struct Row {
    count: usize,
    began: Duration,
}

impl Row {
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
}
