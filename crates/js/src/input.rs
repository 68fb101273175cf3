//! The lines that a person types into a page: from the thread that reads them to the page, whose
//! script may wait for one in the middle of a call. Owns how many wait. Reads nothing by itself.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::limits::{INPUT_LINES_MAX, PROMPT_PAUSE_MS};

/// The end that takes lines; a page's [`input`](crate::PageOptions::input).
pub struct Input {
    shared: Arc<Shared>,
    start: Cell<Option<Start>>,
}

/// The end that gives them, on any thread. Its end is the end of the input.
#[derive(Debug)]
pub struct Feeder(Arc<Shared>);

/// Has somebody give lines.
type Start = Box<dyn FnOnce(Feeder)>;

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<String>,
    has_ended: bool,
    is_unread: bool,
    waker: Option<Waker>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked in between left lines that are whole all the same.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the other end that something is new.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let waker = state.waker.take();
        drop(state);
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Feeder {
    /// Gives a line; waits while [`INPUT_LINES_MAX`] of them wait. `false` if nobody takes any
    /// more.
    pub fn push(&self, line: String) -> bool {
        let mut state = self.0.state();
        while state.lines.len() >= INPUT_LINES_MAX && !state.is_unread {
            let waited = self.0.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_unread {
            return false;
        }
        state.lines.push_back(line);
        self.0.tell(state);
        true
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.has_ended = true;
        self.0.tell(state);
    }
}

impl Input {
    /// An input without lines yet: `start` is called once, as soon as the page wants one.
    pub fn new(start: impl FnOnce(Feeder) + 'static) -> Self {
        Self {
            shared: Arc::default(),
            start: Cell::new(Some(Box::new(start))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        if let Some(start) = self.start.take() {
            start(Feeder(Arc::clone(&self.shared)));
        }
        self.shared.state()
    }

    /// The next line, or `None` at the end.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<String>> {
        let mut state = self.state();
        if let Some(line) = state.lines.pop_front() {
            self.shared.tell(state);
            return Poll::Ready(Some(line));
        }
        if state.has_ended {
            return Poll::Ready(None);
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Waits for the next line on this thread until `is_over`, which it asks now and then; `None`
    /// then, and at the end of the input and after it.
    pub(crate) fn wait_next(&self, is_over: impl Fn() -> bool) -> Option<String> {
        let pause = Duration::from_millis(PROMPT_PAUSE_MS);
        let mut state = self.state();
        loop {
            if let Some(line) = state.lines.pop_front() {
                self.shared.tell(state);
                return Some(line);
            }
            if state.has_ended || is_over() {
                return None;
            }
            let waited = self.shared.changed.wait_timeout(state, pause);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_unread = true;
        self.shared.tell(state);
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Input").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> (Feeder, Input) {
        let input = Input::new(drop);
        input.start.take();
        (Feeder(Arc::clone(&input.shared)), input)
    }

    fn next(input: &Input) -> Poll<Option<String>> {
        input.poll_next(&Context::from_waker(Waker::noop()))
    }

    /// A page would get other lines than were typed, or never learn that there are no more.
    #[test]
    fn lines_arrive_in_order_and_then_end() {
        let (feeder, input) = input();
        assert_eq!(next(&input), Poll::Pending);
        assert!(feeder.push("one".to_owned()) && feeder.push("two".to_owned()));
        drop(feeder);
        assert_eq!(next(&input), Poll::Ready(Some("one".to_owned())));
        assert_eq!(input.wait_next(|| false), Some("two".to_owned()));
        assert_eq!(
            (next(&input), input.wait_next(|| false)),
            (Poll::Ready(None), None)
        );
    }

    /// A file as input would be read into memory as a whole, or its thread stay for ever.
    #[test]
    fn who_gives_more_than_is_taken_waits_until_nobody_takes() {
        let (feeder, input) = input();
        let giving = std::thread::spawn(move || {
            let count = (0..).take_while(|line: &usize| feeder.push(line.to_string()));
            count.count()
        });
        for line in 0..3 * INPUT_LINES_MAX {
            assert_eq!(input.wait_next(|| false), Some(line.to_string()));
        }
        assert!(input.state().lines.len() <= INPUT_LINES_MAX);
        drop(input);
        assert!(giving.join().unwrap() >= 3 * INPUT_LINES_MAX);
    }

    /// A script without a text input would take what the shell meant for the next command.
    #[test]
    fn nothing_is_read_before_a_line_is_wanted() {
        let is_started = Arc::new(Mutex::new(false));
        let seen = Arc::clone(&is_started);
        let input = Input::new(move |_| *seen.lock().unwrap() = true);
        assert!(!*is_started.lock().unwrap());
        assert_eq!(input.wait_next(|| false), None);
        assert!(*is_started.lock().unwrap());
    }

    /// A script that asks would outlive its time limit, or whoever stops it.
    #[test]
    fn waiting_ends_once_the_page_is_over() {
        let (_feeder, input) = input();
        let asked = Cell::new(0);
        let is_over = || asked.replace(asked.get() + 1) == 1;
        assert_eq!(input.wait_next(is_over), None);
        assert_eq!(asked.get(), 2);
    }
}
