//! A queue between a page and a worker, which run on two threads. Owns its bound in bytes, and who
//! is woken. Knows nothing of what goes through.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::limits::WORKER_QUEUE_LEN_MAX;

/// One end, which is as good as the other.
#[derive(Debug)]
pub(crate) struct Pipe<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<State<T>>,
    /// Something was taken out, or it is closed.
    room: Condvar,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(T, usize)>,
    /// Bytes of all items.
    len: usize,
    is_closed: bool,
    waker: Option<Waker>,
}

impl<T> State<T> {
    /// One item always has room, so that nothing is stuck for its size.
    fn has_room(&self, len: usize) -> bool {
        self.is_closed || self.items.is_empty() || self.len + len <= WORKER_QUEUE_LEN_MAX
    }

    fn add(&mut self, item: T, len: usize) {
        if !self.is_closed {
            self.items.push_back((item, len));
            self.len += len;
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl<T> Pipe<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                items: VecDeque::new(),
                len: 0,
                is_closed: false,
                waker: None,
            }),
            room: Condvar::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics in the middle of a change.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item of so many bytes; `false` if there is no room. A closed pipe forgets it.
    pub(crate) fn try_push(&self, item: T, len: usize) -> bool {
        let mut state = self.state();
        let has_room = state.has_room(len);
        if has_room {
            state.add(item, len);
        }
        has_room
    }

    /// Adds an item, and holds up the thread until there is room.
    pub(crate) fn push(&self, item: T, len: usize) {
        let mut state = self.state();
        while !state.has_room(len) {
            state = self
                .0
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.add(item, len);
    }

    /// Takes the first item, if there is one.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.state();
        let (item, len) = state.items.pop_front()?;
        state.len -= len;
        self.0.room.notify_all();
        Some(item)
    }

    /// Ready if there is an item, or never will be.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if !state.items.is_empty() || state.is_closed {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Forgets what is in it and all that comes.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.items.clear();
        state.len = 0;
        self.0.room.notify_all();
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl<T> Clone for Pipe<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that posts faster than its worker listens would take all memory.
    #[test]
    fn pipe_takes_so_many_bytes_and_no_more() {
        let pipe = Pipe::new();
        assert!(pipe.try_push("one larger than all", WORKER_QUEUE_LEN_MAX + 1));
        assert!(!pipe.try_push("a second one", 1));
        assert_eq!(pipe.pop(), Some("one larger than all"));
        assert!(pipe.try_push("half", WORKER_QUEUE_LEN_MAX / 2));
        assert!(pipe.try_push("half", WORKER_QUEUE_LEN_MAX / 2));
        assert!(!pipe.try_push("more", 1));
        pipe.close();
        assert!(pipe.try_push("forgotten", 1));
        assert_eq!(pipe.pop(), None);
    }

    /// A worker that says much would stop for ever, or not at all.
    #[test]
    fn thread_waits_for_room_until_there_is_some() {
        let pipe = Pipe::new();
        pipe.push(0, WORKER_QUEUE_LEN_MAX);
        let other = pipe.clone();
        let thread = std::thread::spawn(move || {
            other.push(1, WORKER_QUEUE_LEN_MAX);
            other.push(2, WORKER_QUEUE_LEN_MAX);
        });
        let mut taken = Vec::new();
        let cx = Context::from_waker(Waker::noop());
        while taken.len() < 2 {
            if pipe.poll(&cx).is_ready() {
                taken.extend(pipe.pop());
            }
        }
        assert_eq!(taken, [0, 1]);
        pipe.close();
        thread.join().unwrap();
    }
}
