//! How a page that waits hears that it got something to do from its own engine: where pages share
//! one, the prelude of this page may be told something while another one's script runs, namely of
//! objects that were collected. Owns no task.

use std::cell::{Cell, RefCell};
use std::task::{Context, Poll, Waker};

/// Wakes a page that waits.
#[derive(Debug, Default)]
pub(crate) struct Nudge {
    /// Of a page that waits; one that does not looks by itself.
    waker: RefCell<Option<Waker>>,
    is_nudged: Cell<bool>,
}

impl Nudge {
    /// There is something to do.
    pub(crate) fn nudge(&self) {
        if let Some(waker) = self.waker.take() {
            self.is_nudged.set(true);
            waker.wake();
        }
    }

    /// Ready if there is something to do since it began to wait.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        if self.is_nudged.take() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(cx.waker().clone()));
        Poll::Pending
    }

    /// It waits no more.
    pub(crate) fn clear(&self) {
        self.waker.take();
        self.is_nudged.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page would sleep on with something to do, or never sleep.
    #[test]
    fn page_is_woken_while_it_waits_and_only_then() {
        let nudge = Nudge::default();
        let cx = Context::from_waker(Waker::noop());
        nudge.nudge();
        assert!(nudge.poll(&cx).is_pending(), "it did not wait yet");
        nudge.nudge();
        assert!(nudge.poll(&cx).is_ready());
        assert!(nudge.poll(&cx).is_pending());
        nudge.clear();
        nudge.nudge();
        assert!(nudge.poll(&cx).is_pending());
    }
}
