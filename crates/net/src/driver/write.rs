//! Sending: messages and control frames into the queue. Owns corking: replies to messages of one
//! read go out together.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use sockeye_proto::connection::{Connection, PreparedMessage};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::frame::EncodedHeader;
use sockeye_proto::message::{Message, MessageKind};

use super::{Core, Place, Shared};
use crate::error::Result;
use crate::keeper;
use crate::keys::KeyPool;
use crate::limits::{QUEUE_LEN_HIGH, REFERENCE_LEN_MIN};
use crate::telemetry;
use crate::transport::Transport;
use crate::workbench::Workbench;

/// When queued bytes are to go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cork {
    /// With the last reply to the messages of one read, or at once if there are none.
    Auto,
    /// With `flush`, or when the task yields.
    Hold,
}

impl<T: Transport> Shared<T> {
    /// Queues `message` as a whole once there is room, and takes it from the option; writes by the
    /// rules of `cork`.
    #[inline]
    pub(crate) fn poll_send(
        self: &Arc<Self>,
        cx: &Context<'_>,
        message: &mut Option<Message>,
        cork: Cork,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            if core.may_be_hindered() {
                ready!(core.poll_turn(self, cx, bench, place));
                core.check_writable(self)?;
            }
            let Some(unsent) = message else {
                return Poll::Ready(Ok(()));
            };
            let queued = core.queue(unsent, bench);
            match message.take() {
                // Where this answers the last message of a read, it may be that message.
                Some(sent) if !self.is_undelivered() => bench.batch.reclaim(sent),
                _ => {}
            }
            core.release(self, bench, cork);
            Poll::Ready(queued)
        })
    }

    /// Queues a prepared message once there is room; writes by the rules of [`Cork::Auto`].
    pub(crate) fn poll_send_prepared(
        self: &Arc<Self>,
        cx: &Context<'_>,
        prepared: &PreparedMessage,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            ready!(core.poll_turn(self, cx, bench, place));
            core.check_writable(self)?;
            let queued = core.queue_prepared(prepared, bench);
            core.release(self, bench, Cork::Auto);
            Poll::Ready(queued)
        })
    }

    /// Ready once there is room in the queue, or no use in waiting for it.
    #[cfg(any(feature = "io", feature = "stream", all(test, sockeye_loom)))]
    pub(crate) fn poll_room(
        self: &Arc<Self>,
        cx: &Context<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.poll_turn(self, cx, bench, place)
        })
    }

    /// Ready once messages may be lent to somebody who answers at once.
    pub(crate) fn poll_reply_room(
        self: &Arc<Self>,
        cx: &Context<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            if core.is_after_writing(|core| core.is_held_up(self), self, bench) {
                core.wait_for_room(cx, place);
                return Poll::Pending;
            }
            Poll::Ready(())
        })
    }

    /// Ready once the queue is down to its low mark.
    pub(crate) fn poll_writable(
        self: &Arc<Self>,
        cx: &Context<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            if core.outbox.len() > core.low_mark() {
                core.flush(self, bench);
            }
            core.check_writable(self)?;
            if !core.connection.may_send() {
                return Poll::Ready(Err(core.closed()));
            }
            if core.outbox.len() > core.low_mark() || core.is_in_message() {
                core.wait_for_room(cx, place);
                return Poll::Pending;
            }
            Poll::Ready(Ok(()))
        })
    }

    /// Writes what is queued, as far as that goes without waiting.
    pub(crate) fn write(self: &Arc<Self>) {
        Workbench::with(|bench| self.lock().flush(self, bench));
    }

    /// Queues a reply without waiting and without writing: the caller flushes soon.
    pub(crate) fn queue_reply(self: &Arc<Self>, kind: MessageKind, payload: &[u8]) -> Result<()> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.check_writable(self)?;
            self.replying.store(true, Ordering::Relaxed);
            if core.is_in_message() {
                return core.queue_behind(kind, payload.into());
            }
            core.queue_copy(kind, payload, bench)
        })
    }

    /// Writes what is queued; ready once the kernel has all of it.
    pub(crate) fn poll_flush(
        self: &Arc<Self>,
        cx: &Context<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            core.flush(self, bench);
            if !core.is_written() {
                if core.is_given_up() {
                    return Poll::Ready(Err(core.closed()));
                }
                core.wait_for_room(cx, place);
                return Poll::Pending;
            }
            Poll::Ready(core.check_writable(self))
        })
    }

    /// Queues a Ping once there is room, and writes it.
    pub(crate) fn poll_ping(
        self: &Arc<Self>,
        cx: &Context<'_>,
        payload: &[u8],
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            ready!(core.poll_frame_turn(self, cx, bench, place));
            core.check_writable(self)?;
            let queued = core.encode(bench, |connection, keys, _, tail| {
                connection.ping(payload, keys, tail)
            });
            core.flush(self, bench);
            Poll::Ready(queued.map_err(|misuse| core.refused(misuse)))
        })
    }
}

impl<T: Transport> Core<T> {
    /// Whether a message may have to wait or be refused: one look for what most connections never
    /// need, in place of one for each reason.
    #[inline]
    fn may_be_hindered(&self) -> bool {
        self.rare.is_some() || self.outbox.len() >= QUEUE_LEN_HIGH
    }

    /// Ready once a message may be queued, or never may again: room is of no use once our Close is
    /// queued.
    #[inline]
    pub(super) fn poll_turn(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &Context<'_>,
        bench: &mut Workbench,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        if self.is_full() {
            self.poll_turn_when_full(shared, cx, bench, place)
        } else {
            Poll::Ready(())
        }
    }

    #[cold]
    fn poll_turn_when_full(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &Context<'_>,
        bench: &mut Workbench,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        self.poll_turn_while(Self::is_full, shared, cx, bench, place)
    }

    /// The same for a frame that may also stand inside a message.
    pub(super) fn poll_frame_turn(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &Context<'_>,
        bench: &mut Workbench,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        self.poll_turn_while(Self::is_queue_full, shared, cx, bench, place)
    }

    /// Ready once `is_full` says no, or nothing may be sent any more.
    fn poll_turn_while(
        &mut self,
        is_full: impl Fn(&Self) -> bool,
        shared: &Arc<Shared<T>>,
        cx: &Context<'_>,
        bench: &mut Workbench,
        place: &mut Place<'_, T>,
    ) -> Poll<()> {
        if self.is_after_writing(is_full, shared, bench) && self.connection.may_send() {
            self.wait_for_room(cx, place);
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Whether `is_blocked` says so, and still does after what is queued was written.
    fn is_after_writing(
        &mut self,
        is_blocked: impl Fn(&Self) -> bool,
        shared: &Arc<Shared<T>>,
        bench: &mut Workbench,
    ) -> bool {
        if !is_blocked(self) {
            return false;
        }
        self.flush(shared, bench);
        is_blocked(self)
    }

    /// Queues `message`, by reference if it is large and goes out as it is.
    // It stays where it lies: moving a short one costs a good part of what sending it does.
    #[inline]
    pub(super) fn queue(&mut self, message: &Message, bench: &mut Workbench) -> Result<()> {
        let payload = message.payload();
        if payload.len() >= REFERENCE_LEN_MIN {
            if let Some(header) = self.by_reference(message)? {
                self.outbox.append_reference(header, payload.clone());
                return Ok(());
            }
        }
        self.queue_copy(message.kind(), payload, bench)
    }

    #[inline(never)]
    fn by_reference(&mut self, message: &Message) -> Result<Option<EncodedHeader>> {
        let (kind, len) = (message.kind(), message.payload().len());
        let header = self
            .connection
            .send_by_reference(kind, len)
            .map_err(|misuse| self.refused(misuse))?;
        if header.is_some() {
            telemetry::sent(kind, len);
        }
        Ok(header)
    }

    /// Queues a prepared message, by reference if it is large.
    pub(super) fn queue_prepared(
        &mut self,
        prepared: &PreparedMessage,
        bench: &mut Workbench,
    ) -> Result<()> {
        let framed = self.connection.send_prepared(prepared, &mut bench.codecs);
        let Some(frame) = framed.map_err(|misuse| self.refused(misuse))? else {
            let message = prepared.message();
            return self.queue_copy(message.kind(), message.payload(), bench);
        };
        let message = prepared.message();
        telemetry::sent(message.kind(), message.payload().len());
        if frame.payload().len() >= REFERENCE_LEN_MIN {
            self.outbox
                .append_reference(frame.header(), frame.payload().clone());
        } else {
            self.outbox
                .append(&mut bench.spares, |tail| frame.append_to(tail));
        }
        Ok(())
    }

    /// Something was queued: it goes out by the rules of `cork`.
    #[inline]
    pub(super) fn release(&mut self, shared: &Arc<Shared<T>>, bench: &mut Workbench, cork: Cork) {
        if cork == Cork::Hold || shared.is_undelivered() {
            self.call_keeper(shared);
        } else if !self.is_written() {
            self.write_now(shared, bench);
        }
    }

    /// Queues what `encode` has the connection append, with the thread's tools.
    #[inline]
    pub(super) fn encode<R>(
        &mut self,
        bench: &mut Workbench,
        encode: impl FnOnce(&mut Connection, &mut KeyPool, &mut SharedCodecs, &mut Vec<u8>) -> R,
    ) -> R {
        let Self {
            connection, outbox, ..
        } = self;
        let Workbench {
            keys,
            codecs,
            spares,
            ..
        } = bench;
        outbox.append(spares, |tail| encode(connection, keys, codecs, tail))
    }

    #[inline]
    pub(super) fn queue_copy(
        &mut self,
        kind: MessageKind,
        payload: &[u8],
        bench: &mut Workbench,
    ) -> Result<()> {
        let queued = self.encode(bench, |connection, keys, codecs, tail| {
            connection.send(kind, payload, keys, codecs, tail)
        });
        queued
            .inspect(|()| telemetry::sent(kind, payload.len()))
            .map_err(|misuse| self.refused(misuse))
    }

    /// Queues Pong and Ping as far as they are owed, unless those before are still unwritten: a
    /// peer that sends Pings and never reads is owed one Pong, not thousands. One that reads gets
    /// it within one full queue, however much is sent to it.
    #[inline]
    pub(super) fn queue_control(&mut self, bench: &mut Workbench) {
        if self.connection.has_output() && self.may_queue_control() {
            self.queue_owed_control(bench);
        }
    }

    #[cold]
    fn queue_owed_control(&mut self, bench: &mut Workbench) {
        let is_behind = !self.outbox.is_empty();
        let is_asking = self.connection.take_ping();
        self.encode(bench, |connection, keys, _, tail| {
            connection.poll_output(keys, tail);
        });
        if is_asking {
            // Closing by now, it has nothing to ask.
            let _ = self.queue_probe(bench);
        }
        if is_behind {
            self.rare().control_left = self.outbox.len();
        }
    }

    fn may_queue_control(&self) -> bool {
        let control_left = self.rare.as_ref().map_or(0, |rare| rare.control_left);
        control_left == 0 || self.outbox.is_empty()
    }

    /// Queues our Close, if one is owed.
    #[inline]
    pub(super) fn queue_close(&mut self, bench: &mut Workbench) {
        if self.connection.has_close() {
            self.encode(bench, |connection, keys, _, tail| {
                connection.poll_close(keys, keeper::now(), tail);
            });
            // Whoever waits for room waits for nothing: no message follows our Close.
            self.wake_writers();
        }
    }
}
