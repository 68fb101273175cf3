//! The queue into the transport, as far as that goes without waiting. Owns what becomes of what a
//! write finds out: room, none, an error. Never decides when to write.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::task::coop::{has_budget_remaining, unconstrained};

use super::observe::count_shown;
use super::{Core, Rare, Shared, poll_with_own_waker};
use crate::outbox::Outbox;
use crate::telemetry;
use crate::transport::{Transport, send_directly};
use crate::workbench::Workbench;

impl<T: Transport> Core<T> {
    /// Whether the transport has all that was queued, and has passed it on.
    #[inline]
    pub(super) fn is_written(&self) -> bool {
        self.outbox.is_empty() && !self.is_unflushed
    }

    /// Writes as much as the transport takes. Where it takes no more, the keeper goes on later.
    #[inline]
    pub(super) fn flush(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) {
        if !self.is_written() {
            self.write_out(shared, bench);
        }
    }

    /// Where writing is seldom, or much of it at once.
    #[inline(never)]
    fn write_out(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) {
        self.write_now(shared, bench);
    }

    /// Writes also where the runtime wants the task to yield and has its sockets pretend that they
    /// take nothing. For those who write for others: who does not wait cannot yield, and would
    /// blame a receiver; and the keeper counts for itself what it does in a turn.
    ///
    /// Whoever writes for thousands saves by it what the runtime does around each system call.
    pub(super) fn flush_unhindered(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) {
        self.write_directly(bench);
        if self.is_written() {
            return;
        }
        let flushing = poll_fn(|_| {
            self.flush(shared, bench);
            Poll::Ready(())
        });
        let mut cx = Context::from_waker(Waker::noop());
        // Ready at once: the connection itself is the waker where the transport takes no more.
        let _ = pin!(unconstrained(flushing)).poll(&mut cx);
    }

    /// Writes once by the system call alone, where there is nothing else to see to. What that
    /// leaves is written as ever.
    fn write_directly(&mut self, bench: &mut Workbench) {
        if self.rare.is_some() || self.is_eof {
            return;
        }
        let Some(transport) = &self.transport else {
            return;
        };
        let send = |bytes: &[u8]| send_directly(transport, bytes);
        match self.outbox.write_with(send) {
            Some(Ok(len)) => {
                telemetry::written(len, self.outbox.len());
                self.outbox.recycle(bench);
            }
            Some(Err(error)) => self.break_writing(error),
            None => {}
        }
    }

    // RFC 6455 §6.1-8 MUST: what was queued goes to the transport, all of it and in order.
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    pub(super) fn write_now(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) {
        let is_observed = self.is_observed();
        if is_observed {
            self.show_sent();
        }
        let Self {
            transport: Some(transport),
            outbox,
            rare,
            ..
        } = self
        else {
            return;
        };
        let before = outbox.len();
        // Without a waker first, which is all that is needed where all goes out at once.
        let mut cx = Context::from_waker(Waker::noop());
        let written = match outbox.poll_write_once(transport, &mut cx) {
            Poll::Ready(Ok(())) if outbox.is_empty() => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => poll_write_rest(shared, transport, outbox),
        };
        let written_len = before - outbox.len();
        telemetry::written(written_len, outbox.len());
        // Without budget the runtime refuses in the transport's name.
        let is_blocked = written.is_pending() && has_budget_remaining();
        self.has_gone_on |= note_progress(rare, written_len, is_blocked);
        if is_observed {
            count_shown(rare, outbox.len());
        }
        match written {
            Poll::Pending => self.wake_at_low_mark(before),
            Poll::Ready(Ok(())) => {
                // A transport with a buffer of its own, such as TLS, is told that this is all.
                let flushed =
                    poll_with_own_waker(shared, |cx| Pin::new(&mut *transport).poll_flush(cx));
                outbox.recycle(bench);
                self.is_unflushed = flushed.is_pending();
                match flushed {
                    Poll::Ready(Err(error)) => self.break_writing(error),
                    _ => self.wake_writers(),
                }
            }
            Poll::Ready(Err(error)) => self.break_writing(error),
        }
        if self.is_eof && self.outbox.is_empty() {
            self.lose(shared, None);
        }
    }

    /// Wakes those who wait for room, if the queue just passed its low mark. Not at each write: two
    /// tasks that wait for an empty queue would keep each other awake.
    #[cold]
    fn wake_at_low_mark(&mut self, len_before: usize) {
        let low = self.low_mark();
        if len_before > low && self.outbox.len() <= low {
            self.wake_writers();
        }
    }

    /// Nothing can be written any more. What the peer sent before may still be there to be read,
    /// its Close above all, so it is reading that finds the end.
    fn break_writing(&mut self, error: io::Error) {
        self.outbox.clear();
        self.is_unflushed = false;
        self.rare().write_error = Some(error);
        self.wake_tasks();
    }

    /// Ends our side of TCP when the closing handshake or a fault asks for it and all is written.
    pub(super) fn shut_down(&mut self, shared: &Arc<Shared<T>>) {
        if self.is_shut || !self.outbox.is_empty() || !self.connection.wants_shutdown() {
            return;
        }
        let Some(transport) = &mut self.transport else {
            return;
        };
        let shut = poll_with_own_waker(shared, |cx| Pin::new(&mut *transport).poll_shutdown(cx));
        // An error here shows again, and is judged, where the transport is read.
        self.is_shut = shut.is_ready();
        if self.is_shut {
            self.reader.take().into_iter().for_each(Waker::wake);
        }
    }
}

/// Goes on writing with the connection itself as the waker.
#[cold]
fn poll_write_rest<T: Transport>(
    shared: &Arc<Shared<T>>,
    transport: &mut T,
    outbox: &mut Outbox,
) -> Poll<io::Result<()>> {
    let waker = Waker::from(Arc::clone(shared));
    outbox.poll_write(transport, &mut Context::from_waker(&waker))
}

/// Notes that `len` bytes were written, and whether the transport takes no more. Answers whether it
/// took none before and went on.
fn note_progress(rare: &mut Option<Box<Rare>>, len: usize, is_blocked: bool) -> bool {
    let Some(known) = rare else {
        if is_blocked {
            rare.get_or_insert_default().is_blocked = true;
        }
        return false;
    };
    let has_gone_on = known.is_blocked && len > 0;
    known.is_blocked = is_blocked;
    known.control_left = known.control_left.saturating_sub(len);
    rare.take_if(|known| known.is_unused());
    has_gone_on
}
