//! What a page waits for: networks, timers, workers, the person who types, the end of its time.
//! Runs no script.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};

use tokio::task::yield_now;
use tokio::time::sleep_until;

use super::Page;
use crate::limits::IDLE_MAX;

impl Page {
    /// Ready if a network, a worker or the page of this worker has something, or it is to stop.
    fn poll_others(&self, cx: &mut Context<'_>) -> Poll<()> {
        let network = self.host.sockets.borrow_mut().poll(cx).is_ready();
        let worker = self.host.workers.borrow().poll(cx).is_ready();
        let outside = self.host.outside.as_ref();
        let outside = outside.is_some_and(|outside| outside.wires.inbox.poll(cx).is_ready());
        let nudged = self.host.nudge.poll(cx).is_ready();
        let stopped = self.host.poll_stop(cx).is_ready();
        if network || worker || outside || nudged || stopped {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Lets the networks report what they have, and other tasks of the thread run.
    pub(super) async fn look_at_networks(&self) {
        yield_now().await;
        poll_fn(|cx| {
            let _ = self.host.sockets.borrow_mut().poll(cx);
            Poll::Ready(())
        })
        .await;
    }

    /// The next line, or that there is none any more. Nobody types before the page is connected.
    fn poll_line(&self, cx: &Context<'_>) -> Poll<Option<String>> {
        let is_ready = !self.has_input_ended.get() && !self.host.sockets.borrow().is_connecting();
        match self.host.input().filter(|_| is_ready) {
            Some(input) => input.poll_next(cx),
            None => Poll::Pending,
        }
    }

    /// Waits for a network, a timer, or the end of the page's time; or for a line, which it gives.
    pub(super) async fn wait(&self) -> Option<Option<String>> {
        let timer = self.host.timers.borrow().next();
        let since = self.host.now();
        let search_at = self.is_worth_a_search().then(|| since + IDLE_MAX);
        let ends = [timer, self.host.time_limit(), search_at];
        let first = ends.into_iter().flatten().min();
        let mut sleep = pin!(first.map(|at| sleep_until(self.host.at(at))));
        let wait = poll_fn(|cx| {
            if self.poll_others(cx).is_ready() {
                return Poll::Ready(None);
            }
            // Behind them, as it is what costs something where there is a timer.
            let sleep = sleep.as_mut().as_pin_mut();
            if sleep.is_some_and(|sleep| sleep.poll(cx).is_ready()) {
                Poll::Ready(None)
            } else {
                self.poll_line(cx).map(Some)
            }
        });
        let line = wait.await;
        self.host.nudge.clear();
        if search_at.is_some_and(|at| at <= self.host.now()) {
            self.has_run.set(false);
            self.seat.engine.search(self.host.at(since));
        }
        line
    }

    /// Whether sockets may be forgotten that nobody was told of. The engine looks for rings of
    /// objects only where a script takes memory, and one that does nothing takes none.
    fn is_worth_a_search(&self) -> bool {
        self.has_run.get() && self.host.sockets.borrow().may_be_forgotten()
    }
}
