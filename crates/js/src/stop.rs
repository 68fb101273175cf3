//! The end of a page that somebody outside asks for, on any thread. Owns whether they did. What the
//! page does then is its own business.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Stops the page that has it as [`stop`](crate::PageOptions::stop), in an endless loop too, and
/// one that waits. A clone stops the same page. Each page has one of its own: of two that wait, it
/// would wake one.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_stopped: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Stop {
    /// Not stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has the page end, as at the end of its time.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::SeqCst);
        let waker = self.waker(None);
        waker.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::SeqCst)
    }

    /// Ready once it was stopped.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        // First who is woken, so that no stop goes unseen.
        self.waker(Some(cx.waker().clone()));
        if self.is_stopped() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Whom it wakes from now on; answers whom it woke until now.
    fn waker(&self, next: Option<Waker>) -> Option<Waker> {
        let waker = self.0.waker.lock();
        let mut waker = waker.unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut waker, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that waits would go on waiting.
    #[test]
    fn stop_wakes_who_waits() {
        struct Woken(AtomicBool);
        impl std::task::Wake for Woken {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        let stop = Stop::new();
        assert!(stop.poll(&Context::from_waker(&waker)).is_pending());
        stop.clone().stop();
        assert!(woken.0.load(Ordering::SeqCst));
        assert!(stop.poll(&Context::from_waker(&waker)).is_ready());
    }
}
