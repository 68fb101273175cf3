//! Events one by one, for who asks for them. Owns the meeting of the event loop and a reader: the
//! loop hands an event over only when it is asked for, so that the object's attributes are what
//! they are to be at that event. Knows no object.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::event::Event;

/// The events of a socket as a stream, in the order in which they fire.
///
/// The socket waits for who holds this: the next event fires when it is asked for, and nothing is
/// received meanwhile. So the time between two calls of [`next`](Self::next) is what a listener's
/// call is, and a slow reader slows its server down.
///
/// While it exists, it counts as a listener for every event; dropping it lets the socket go on
/// without.
pub struct Events(Arc<Handover>);

/// Where the two meet.
#[derive(Default)]
pub(super) struct Handover(Mutex<State>);

#[derive(Default)]
struct State {
    event: Option<Event>,
    /// Whether the reader asked for an event and did not get it yet.
    is_asking: bool,
    /// Whether the reader is gone.
    is_left: bool,
    /// Whether no event comes any more.
    is_over: bool,
    reader: Option<Waker>,
    /// The event loop, while it waits for the reader.
    giver: Option<Waker>,
}

impl Events {
    pub(super) fn new(handover: Arc<Handover>) -> Self {
        Self(handover)
    }

    /// The next event; `None` after `close`, or if the socket was closed before this was made.
    ///
    /// # Cancel safety
    /// Safe: an event that a dropped future would have got is what the next one gets.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_next_event(cx)).await
    }

    /// What [`next`](Self::next) polls.
    pub fn poll_next_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut state = self.0.lock();
        if let Some(event) = state.event.take() {
            state.is_asking = false;
            return Poll::Ready(Some(event));
        }
        if state.is_over {
            return Poll::Ready(None);
        }
        state.is_asking = true;
        state.reader = Some(cx.waker().clone());
        wake(&mut state.giver);
        Poll::Pending
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_left = true;
        wake(&mut state.giver);
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for Events {
    type Item = Event;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll_next_event(cx)
    }
}

impl Handover {
    /// Ready once an event may be given.
    pub(super) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.is_left || (state.is_asking && state.event.is_none()) {
            return Poll::Ready(());
        }
        state.giver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Gives the reader an event.
    pub(super) fn give(&self, event: &Event) {
        let mut state = self.lock();
        if !state.is_left {
            state.event = Some(event.clone());
            wake(&mut state.reader);
        }
    }

    /// Has the event loop look when the reader leaves.
    pub(super) fn watch(&self, cx: &Context<'_>) {
        self.lock().giver = Some(cx.waker().clone());
    }

    /// Whether nobody reads any more.
    pub(super) fn is_left(&self) -> bool {
        self.lock().is_left
    }

    /// No event comes any more.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        wake(&mut state.reader);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: &mut Option<Waker>) {
    waker.take().into_iter().for_each(Waker::wake);
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cx() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }

    /// An event would fire while its reader is still busy with the one before.
    #[test]
    fn event_is_given_when_it_is_asked_for_and_not_before() {
        let handover = Arc::new(Handover::default());
        let mut events = Events::new(Arc::clone(&handover));
        assert!(handover.poll_ready(&cx()).is_pending());
        assert!(events.poll_next_event(&mut cx()).is_pending());
        assert!(handover.poll_ready(&cx()).is_ready());
        handover.give(&Event::Open);
        assert!(handover.poll_ready(&cx()).is_pending());
        // The future that asked was dropped: the event waits for the next.
        assert_eq!(
            events.poll_next_event(&mut cx()),
            Poll::Ready(Some(Event::Open))
        );
        assert!(handover.poll_ready(&cx()).is_pending());
        handover.end();
        assert_eq!(events.poll_next_event(&mut cx()), Poll::Ready(None));
    }

    /// A socket would wait for ever for a reader who is gone.
    #[test]
    fn socket_goes_on_without_a_reader_who_left() {
        let handover = Arc::new(Handover::default());
        drop(Events::new(Arc::clone(&handover)));
        assert!(handover.poll_ready(&cx()).is_ready());
        handover.give(&Event::Open);
        assert!(handover.is_left());
    }
}
