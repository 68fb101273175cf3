//! What a connection does when the keeper calls: write what was held, act on deadlines, and read
//! for an owner who is gone. Never waits.

use std::io;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Instant;

use sockeye_proto::fault::{Fault, Timeout};

use super::read::{Delivery, Progress};
use super::{Core, Shared, poll_with_own_waker};
use crate::keeper::Tended;
use crate::limits::{LINGER_LEN_MAX, LINGER_READS};
use crate::transport::Transport;
use crate::workbench::Workbench;

impl<T: Transport> Tended for Shared<T> {
    fn tend(self: Arc<Self>, now: Instant) {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.called = false;
            core.act_on_deadlines(&self, bench, now);
            if core.is_unread || !core.connection.may_send() {
                core.queue_close(bench);
            }
            core.queue_control(bench);
            core.flush_unhindered(&self, bench);
            core.shut_down(&self);
            if core.is_unread {
                core.drain(&self, bench);
            }
            core.update_timer(&self);
        });
    }

    fn break_off(self: Arc<Self>) {
        let panicked = io::Error::other("the transport panicked");
        self.lock().lose(&self, Some(panicked));
    }

    fn abandon(self: Arc<Self>) {
        let mut core = self.lock();
        core.called = false;
        if core.handles == 0 {
            core.finish(&self, None);
        }
    }
}

impl<T: Transport> Core<T> {
    fn act_on_deadlines(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench, now: Instant) {
        if self.timer_at.is_some_and(|at| at <= now) {
            self.timer_at = None;
        }
        if self.connection.is_pong_due(now) && self.is_excused(now) {
            return;
        }
        let Some(fault) = self.connection.handle_timeout(now) else {
            return;
        };
        if fault == Fault::Timeout(Timeout::Close) {
            // The peer's Close came: that it leaves TCP open does not make the end less clean.
            let was_clean = self
                .connection
                .close_event()
                .is_some_and(|event| event.was_clean);
            let is_known = was_clean || self.is_shut;
            self.finish(shared, if is_known { None } else { Some(fault.into()) });
        } else {
            self.fail(fault.into());
            self.queue_close(bench);
            self.wake_tasks();
        }
    }

    /// Whether a peer that was not heard for too long is not to blame for it, or not yet.
    ///
    /// A full transport that took bytes again is a sign of life: the peer's TCP took some. And
    /// where nobody reads, it may have answered long ago: the next one who looks finds out.
    fn is_excused(&mut self, now: Instant) -> bool {
        let is_excused = if std::mem::take(&mut self.has_gone_on) {
            true
        } else if self.outbox.is_empty() && !self.is_unread {
            self.is_suspect = true;
            self.reader.take().into_iter().for_each(Waker::wake);
            true
        } else {
            false
        };
        if is_excused {
            self.connection.postpone_pong(now);
        }
        is_excused
    }

    /// Reads for an owner who is gone, until the peer has closed as well.
    fn drain(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench) {
        for _ in 0..LINGER_READS {
            let was_open = self.connection.is_open();
            let read = poll_with_own_waker(shared, |cx| {
                self.poll_read(shared, cx, bench, Delivery::Discard)
            });
            let Poll::Ready(Progress::Bytes(len)) = read else {
                return;
            };
            if !was_open {
                let discarded = &mut self.rare().discarded;
                *discarded += len;
                if *discarded > LINGER_LEN_MAX {
                    return self.finish(shared, None);
                }
            }
            self.queue_close(bench);
            self.queue_control(bench);
            self.flush(shared, bench);
            self.shut_down(shared);
        }
        self.call_keeper(shared);
    }
}
