//! How a page that was stopped parts from its servers: each connection gets a Close with 1001, and
//! a while for the answer. So do those of workers that are to end. Runs no script.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

use super::Page;
use crate::limits::PARTING_MS_MAX;

impl Page {
    /// Says goodbye for all sockets, its workers' too, and waits for their end, at most so long.
    pub(super) async fn part(&self) {
        self.host.sockets.borrow_mut().make_disappear();
        self.host.workers.borrow().stop();
        self.until_parted().await;
    }

    /// Waits for the end of all sockets and workers, at most so long. Who does not answer is left
    /// alone.
    pub(super) async fn until_parted(&self) {
        let limit = Duration::from_millis(PARTING_MS_MAX);
        let _ = timeout(limit, poll_fn(|cx| self.poll_parted(cx))).await;
    }

    fn poll_parted(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut sockets = self.host.sockets.borrow_mut();
        let mut workers = self.host.workers.borrow_mut();
        loop {
            // Nobody hears of what happens now.
            while sockets.run_task().is_some() {}
            while workers.next().is_some() {}
            sockets.begin_turn();
            if !sockets.is_busy() && workers.is_empty() && workers.have_parted() {
                return Poll::Ready(());
            }
            let has_news = sockets.poll(cx).is_ready() || workers.poll(cx).is_ready();
            if !has_news {
                return Poll::Pending;
            }
        }
    }
}
