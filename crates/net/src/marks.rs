//! When a connection's write queue counts as full, and when as drained again. Owns the bounds of
//! both marks; the queue itself is elsewhere.

use crate::error::{Error, Result};
use crate::limits::{QUEUE_LEN_HIGH, QUEUE_LEN_LOW, QUEUE_LEN_MAX};

/// How many unwritten bytes a connection may have.
///
/// Below the high mark `send` and `try_send` queue a message, whole, however long it is; at the
/// high mark or above `send` waits and `try_send` refuses. Whoever waits goes on when the queue is
/// down to the low mark, at which `writable` is ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QueueMarks {
    low: usize,
    high: usize,
}

impl QueueMarks {
    /// Marks of `low` and `high` bytes.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) unless `low` is below `high`, and `high` at most
    /// [`QUEUE_LEN_MAX`].
    pub fn new(low: usize, high: usize) -> Result<Self> {
        if low < high && high <= QUEUE_LEN_MAX {
            Ok(Self { low, high })
        } else {
            Err(Error::queue_marks(low, high))
        }
    }

    /// Whoever waits goes on at so many unwritten bytes, or fewer.
    pub fn low(self) -> usize {
        self.low
    }

    /// At so many unwritten bytes, or more, there is no room.
    pub fn high(self) -> usize {
        self.high
    }
}

impl Default for QueueMarks {
    /// [`QUEUE_LEN_LOW`] and [`QUEUE_LEN_HIGH`].
    fn default() -> Self {
        Self {
            low: QUEUE_LEN_LOW,
            high: QUEUE_LEN_HIGH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_out_of_their_bounds_are_refused_with_the_numbers() {
        for (low, high) in [(0, 0), (5, 5), (6, 5), (0, QUEUE_LEN_MAX + 1)] {
            let error = QueueMarks::new(low, high).unwrap_err();
            assert!(error.is_misuse());
            assert!(error.to_string().contains(&high.to_string()), "{error}");
        }
        let marks = QueueMarks::new(0, QUEUE_LEN_MAX).unwrap();
        assert_eq!((marks.low(), marks.high()), (0, QUEUE_LEN_MAX));
        let default = QueueMarks::default();
        assert_eq!(QueueMarks::new(default.low, default.high).unwrap(), default);
    }
}
