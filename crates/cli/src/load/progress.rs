//! What a load test shows while it runs, on standard error: on a terminal one line that is written
//! again and again, elsewhere a line now and then; and the first lines that scripts write. Owns how
//! much that is.

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use super::tally::Tally;
use crate::harmless::shown;
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
        if *lines <= USER_LINES_MAX {
            note(self.said(user, line));
        } else if *lines == USER_LINES_MAX + 1 {
            let clear = self.clear();
            note(format_args!("{clear}more lines of users are not shown"));
        }
    }

    /// What makes room for a line.
    fn clear(&self) -> &'static str {
        if self.is_terminal { CLEAR } else { "" }
    }

    fn said(&self, user: usize, line: &str) -> String {
        // Each line that it has, so that none passes for another user's or the command's.
        let lines = shown(line, self.is_terminal).replace('\n', &format!("\nuser {user}: "));
        format!("{}user {user}: {lines}", self.clear())
    }

    /// Makes room for what comes behind it.
    pub(crate) fn end(&self) {
        note_part(self.clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A peer's text could pass for what another user said, or the command.
    #[test]
    fn each_line_says_whose_it_is() {
        let progress = Progress::new(1);
        let said = progress.said(3, "a\nuser 7: b\n\n");
        assert_eq!(said, "user 3: a\nuser 3: user 7: b\nuser 3: \nuser 3: ");
    }

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

    /// What a user's script prints, which may be what a server sent, could clear the screen; a log
    /// would get other bytes than the script wrote.
    #[test]
    fn terminal_does_not_act_on_what_users_say() {
        let mut progress = Progress::new(1);
        progress.is_terminal = true;
        let line = "a\x1b[2J\nb\rc";
        assert_eq!(
            progress.said(7, line),
            format!("{CLEAR}user 7: a\\u{{1b}}[2J\nuser 7: b\\rc")
        );
        progress.is_terminal = false;
        assert_eq!(progress.said(7, line), "user 7: a\x1b[2J\nuser 7: b\rc");
    }
}
