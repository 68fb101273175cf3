//! Waiting for room in the queue. Owns which tasks are woken for it, and that one which gave up is
//! forgotten.

use std::sync::Arc;
use std::task::{Context, Waker};

use super::{Core, Shared};
use crate::transport::Transport;

impl<T: Transport> Core<T> {
    /// Has the task woken when the queue is at its low mark, when it is empty, when a Pong came and
    /// at the end, as long as its `place` is kept.
    pub(super) fn wait_for_room(&mut self, cx: &Context<'_>, place: &mut Place<'_, T>) {
        let writers = &mut self.rare().writers;
        if let Some(before) = place.waker.take_if(|waker| !waker.will_wake(cx.waker())) {
            writers.retain(|waker| !waker.will_wake(&before));
        }
        place.waker.get_or_insert_with(|| cx.waker().clone());
        if !writers.iter().any(|waker| waker.will_wake(cx.waker())) {
            writers.push(cx.waker().clone());
        }
    }
}

/// The place of a future among those that wait for room. Dropped with the future: a task that gave
/// up is not remembered, however long the peer takes nothing.
pub(crate) struct Place<'a, T: Transport> {
    shared: &'a Arc<Shared<T>>,
    /// What the connection has of the task.
    waker: Option<Waker>,
}

impl<'a, T: Transport> Place<'a, T> {
    #[inline]
    pub(crate) fn new(shared: &'a Arc<Shared<T>>) -> Self {
        Self {
            shared,
            waker: None,
        }
    }

    /// The place of who is polled without a future, with what [`suspend`](Self::suspend) left.
    #[cfg(any(feature = "io", feature = "stream"))]
    pub(crate) fn resume(shared: &'a Arc<Shared<T>>, waker: Option<Waker>) -> Self {
        Self { shared, waker }
    }

    /// Keeps the place; whoever has the waker resumes it, at the latest to drop it.
    #[cfg(any(feature = "io", feature = "stream"))]
    pub(crate) fn suspend(mut self) -> Option<Waker> {
        self.waker.take()
    }
}

impl<T: Transport> Drop for Place<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(waker) = self.waker.take() {
            self.shared.give_up(&waker);
        }
    }
}

impl<T: Transport> Shared<T> {
    /// Forgets a task that waited for room.
    #[cold]
    fn give_up(&self, gone: &Waker) {
        let mut core = self.lock();
        if let Some(rare) = &mut core.rare {
            rare.writers.retain(|waker| !waker.will_wake(gone));
        }
        drop(core);
        // It may wait here in another future as well, which then takes its place again.
        gone.wake_by_ref();
    }
}
