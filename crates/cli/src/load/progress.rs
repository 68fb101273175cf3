//! What a load test shows while it runs, on standard error: on a terminal one line that is written
//! again and again, elsewhere a line now and then; and the first lines that scripts write. Owns how
//! much that is.

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use super::tally::Tally;
use crate::limits::USER_LINES_MAX;
use crate::output::{note, note_part};

/// How often a terminal is told.
const TERMINAL_INTERVAL: Duration = Duration::from_millis(250);

/// How often a log is.
const LOG_INTERVAL: Duration = Duration::from_secs(5);

/// What fits in a line of a terminal.
const COLUMNS: usize = 79;

/// To the beginning of the line, and nothing in it.
const CLEAR: &str = "\r\x1b[K";

/// What is shown.
#[derive(Debug)]
pub(crate) struct Progress {
    is_terminal: bool,
    users: usize,
    /// Lines of scripts that were shown.
    lines: Mutex<usize>,
}

impl Progress {
    pub(crate) fn new(users: usize) -> Self {
        Self {
            is_terminal: stderr().is_terminal(),
            users,
            lines: Mutex::default(),
        }
    }

    /// How often it is told.
    pub(crate) fn interval(&self) -> Duration {
        if self.is_terminal {
            TERMINAL_INTERVAL
        } else {
            LOG_INTERVAL
        }
    }

    /// Tells how far the test is.
    pub(crate) fn tell(&self, tally: &Tally, took: Duration) {
        let line = self.line(tally, took);
        if self.is_terminal {
            note_part(format_args!("{CLEAR}{line}"));
        } else {
            note(line);
        }
    }

    fn line(&self, tally: &Tally, took: Duration) -> String {
        let errors: u64 = tally.errors().iter().map(|(_, times)| times).sum();
        let line = format!(
            "{:.0} s: users {}/{}, {} running; {} open, {} failed; {errors} errors; {} sent, \
             {} received, p99 {:.1} ms",
            took.as_secs_f64(),
            tally.started,
            self.users,
            tally.running(),
            tally.open(),
            tally.refused,
            tally.sent,
            tally.received,
            tally.latency.per_mille(990).as_secs_f64() * 1000.0,
        );
        // One that wraps could not be written over.
        let len_max = if self.is_terminal {
            COLUMNS
        } else {
            usize::MAX
        };
        line.chars().take(len_max).collect()
    }

    /// Shows what a user said, unless much was shown already.
    pub(crate) fn say(&self, user: usize, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        *lines += 1;
        let clear = if self.is_terminal { CLEAR } else { "" };
        if *lines <= USER_LINES_MAX {
            note(format_args!("{clear}user {user}: {line}"));
        } else if *lines == USER_LINES_MAX + 1 {
            note(format_args!("{clear}more lines of users are not shown"));
        }
    }

    /// Makes room for what comes behind it.
    pub(crate) fn end(&self) {
        if self.is_terminal {
            note_part(CLEAR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who watches a test would not see that it goes wrong.
    #[test]
    fn line_says_how_many_users_and_errors_there_are() {
        let mut tally = Tally::default();
        (tally.started, tally.finished) = (3, 1);
        tally.complain("no");
        let line = Progress::new(5).line(&tally, Duration::from_secs(2));
        assert!(line.starts_with("2 s: users 3/5, 2 running; "), "{line}");
        assert!(line.contains(" 1 errors; "), "{line}");
    }
}
