//! Sending for those who are polled instead of awaited. Owns their place among the tasks that wait
//! for room, which a future would have for itself.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::message::Message;

use crate::driver::{Place, Shared};
use crate::error::Result;
use crate::split::Sender;
use crate::transport::Transport;

/// A sender that is polled.
#[derive(Debug)]
pub(super) struct Outlet<T: Transport> {
    sender: Sender<T>,
    /// What the connection has of the task that waits.
    waker: Option<Waker>,
}

impl<T: Transport> Outlet<T> {
    pub(super) fn new(sender: Sender<T>) -> Self {
        Self {
            sender,
            waker: None,
        }
    }

    pub(super) fn sender(&self) -> &Sender<T> {
        &self.sender
    }

    /// Ready once a message may be queued.
    pub(super) fn poll_ready(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.poll(|shared, place| shared.poll_room(cx, place))
    }

    /// Queues a message; it goes out with the next flush, or when the task yields.
    pub(super) fn queue(&self, message: Message) -> Result<()> {
        self.sender.shared().queue_held(message)
    }

    /// Ready once the kernel has everything that was queued.
    pub(super) fn poll_flush(&mut self, cx: &Context<'_>) -> Poll<Result<()>> {
        self.poll(|shared, place| shared.poll_flush(cx, place))
    }

    /// Sends a Close with 1000, unless one was sent; ready once the kernel has it.
    pub(super) fn poll_close(&mut self, cx: &Context<'_>) -> Poll<Result<()>> {
        let frame = CloseFrame::new(Some(CloseCode::NORMAL), "")?;
        self.sender.shared().start_close(frame)?;
        self.poll_flush(cx)
    }

    fn poll<R>(
        &mut self,
        poll: impl FnOnce(&Arc<Shared<T>>, &mut Place<'_, T>) -> Poll<R>,
    ) -> Poll<R> {
        let shared = self.sender.shared();
        let mut place = Place::resume(shared, self.waker.take());
        let polled = poll(shared, &mut place);
        if polled.is_pending() {
            self.waker = place.suspend();
        }
        polled
    }
}

impl<T: Transport> Drop for Outlet<T> {
    fn drop(&mut self) {
        drop(Place::resume(self.sender.shared(), self.waker.take()));
    }
}
