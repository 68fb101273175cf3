//! Loom's locks, and tokio's `Notify` as far as the server uses it, made of them: tokio's own knows
//! nothing of loom. Owns no more than its contract: one permit that stays until it is taken.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

pub(crate) use loom::sync::{Mutex, MutexGuard};

#[derive(Debug, Default)]
struct State {
    is_permitted: bool,
    waiter: Option<Waker>,
}

/// For one who waits at a time.
#[derive(Debug, Default)]
pub(crate) struct Notify(Mutex<State>);

impl Notify {
    /// Wakes who waits, or lets the next one pass. Two without a wait between are as one.
    pub(crate) fn notify_one(&self) {
        let waiter = {
            let mut state = self.0.lock().unwrap();
            state.is_permitted = true;
            state.waiter.take()
        };
        waiter.into_iter().for_each(Waker::wake);
    }

    /// Waits for the permit and takes it.
    ///
    /// # Cancel safety
    /// A dropped future takes nothing.
    pub(crate) async fn notified(&self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap();
        if std::mem::take(&mut state.is_permitted) {
            return Poll::Ready(());
        }
        state.waiter = Some(cx.waker().clone());
        Poll::Pending
    }
}
