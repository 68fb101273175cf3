//! Receiving: bytes from the transport through the state machine to messages. Owns the order
//! "deliver what came before, then close or fail".

use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BufMut;
use sockeye_proto::connection::{Event, Received, Straight};
use sockeye_proto::message::{Message, MessageKind};
use tokio::io::{AsyncReadExt, ReadBuf};

use super::measure::hear_pong;
use super::{Core, Place, Shared};
use crate::error::{Error, Result};
use crate::keeper;
use crate::limits::{BATCH_LEN_MAX, HUGE_PAGES_LEN_MIN};
use crate::telemetry;
use crate::transport::Transport;
use crate::workbench::Workbench;

/// What one read brought.
pub(super) enum Progress {
    /// So many bytes; perhaps messages.
    Bytes(usize),
    /// The end of input, or an error: the connection is finished.
    End,
}

/// Messages of one read, lent where they lie, with the thread's read buffer: whoever has it gives
/// it back with [`Shared::take_back`], without waiting in between.
#[derive(Debug)]
pub(crate) struct Lent {
    bytes: Box<[u8]>,
    messages: Vec<Received>,
}

impl Lent {
    /// The messages in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (MessageKind, &[u8])> {
        self.messages.iter().map(|received| match received {
            Received::InPlace { kind, range } => {
                (*kind, self.bytes.get(range.clone()).unwrap_or_default())
            }
            Received::Owned { kind, bytes } => (*kind, bytes.as_slice()),
        })
    }
}

impl<T: Transport> Shared<T> {
    /// The next message; `inbox` gets those that came in the same read.
    pub(crate) fn poll_recv(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        inbox: &mut VecDeque<Message>,
    ) -> Poll<Result<Option<Message>>> {
        Workbench::with(|bench| {
            if inbox.capacity() > 0 {
                bench.put_messages(std::mem::take(inbox));
            }
            let mut core = self.lock();
            loop {
                if let Some(end) = core.settle(self, bench) {
                    return Poll::Ready(end.map(|()| None));
                }
                match ready!(core.poll_read(self, cx, bench, Delivery::Owned)) {
                    Progress::End => continue,
                    Progress::Bytes(_) => core.update_timer(self),
                }
                let Some(first) = bench.next_message() else {
                    continue;
                };
                if !bench.messages.is_empty() {
                    std::mem::swap(inbox, &mut bench.messages);
                    self.set_undelivered(true);
                }
                // Pongs that the read made due do not wait for the task that gets its messages.
                core.flush(self, bench);
                return Poll::Ready(Ok(Some(first)));
            }
        })
    }

    /// The messages of the next read where they lie; `None` at the end.
    pub(crate) fn poll_lend(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<Option<Lent>>> {
        Workbench::with(|bench| {
            let mut core = self.lock();
            loop {
                if let Some(end) = core.settle(self, bench) {
                    return Poll::Ready(end.map(|()| None));
                }
                if core.is_held_up(self) {
                    core.wait_for_room(cx, place);
                    return Poll::Pending;
                }
                match ready!(core.poll_read(self, cx, bench, Delivery::Lent)) {
                    Progress::End => continue,
                    Progress::Bytes(_) => core.update_timer(self),
                }
                if bench.lent.is_empty() {
                    continue;
                }
                core.flush(self, bench);
                return Poll::Ready(Ok(Some(Lent {
                    bytes: std::mem::take(&mut bench.read),
                    messages: std::mem::take(&mut bench.lent),
                })));
            }
        })
    }

    /// Takes the read buffer back and writes the replies.
    pub(crate) fn take_back(self: &Arc<Self>, lent: Lent) {
        Workbench::with(|bench| {
            bench.put_lent(lent.bytes, lent.messages);
            self.lock().flush(self, bench);
        });
    }
}

/// What becomes of the messages of a read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Delivery {
    /// They go into `Workbench::messages`.
    Owned,
    /// They stay where they are; `Workbench::lent` says where.
    Lent,
    /// Nobody wants them.
    Discard,
}

/// What of a read is not taken at once, but comes first in the next one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Rest {
    /// Nothing.
    #[default]
    None,
    /// What follows a chunk of a message.
    Light,
    /// What other tasks are to have a turn before.
    Heavy,
    /// A message that is too long, unless whoever takes those before it wants it in chunks.
    Oversize,
}

impl<T: Transport> Core<T> {
    /// Does what is to be done before waiting for more: everything that came was delivered and had
    /// its chance to be answered. `Some` if there is no more.
    #[inline]
    pub(super) fn settle(
        &mut self,
        shared: &Arc<Shared<T>>,
        bench: &mut Workbench,
    ) -> Option<Result<()>> {
        let is_up = self.transport.is_some() && !self.is_shut;
        if self.is_written() && is_up && self.rare.is_none() && self.connection.is_quiet() {
            return None;
        }
        self.settle_owed(shared, bench)
    }

    /// The same where something may be owed.
    #[inline(never)]
    fn settle_owed(
        &mut self,
        shared: &Arc<Shared<T>>,
        bench: &mut Workbench,
    ) -> Option<Result<()>> {
        self.queue_close(bench);
        self.queue_control(bench);
        self.flush(shared, bench);
        self.shut_down(shared);
        let error = self.rare.as_mut().and_then(|rare| rare.error.take());
        let end = match error {
            Some(error) => Err(error),
            None if self.transport.is_none() || self.is_shut => Ok(()),
            None => return None,
        };
        self.update_timer(shared);
        Some(end)
    }

    /// Reads once, and takes the events of what came.
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    pub(super) fn poll_read(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &mut Context<'_>,
        bench: &mut Workbench,
        delivery: Delivery,
    ) -> Poll<Progress> {
        if let Some(progress) = self.poll_before_read(cx, bench, delivery) {
            return progress;
        }
        if self.connection.is_in_large_frame() {
            let straight = self.poll_read_straight(shared, cx, bench, delivery);
            if let Some(progress) = straight {
                return progress;
            }
        }
        let Some(transport) = &mut self.transport else {
            return Poll::Ready(Progress::End);
        };
        let mut buf = ReadBuf::new(bench.read_buffer());
        let read = Pin::new(transport).poll_read(cx, &mut buf);
        let read = read.map_ok(|()| buf.filled().len());
        self.judge(read, shared, cx, |core, len| {
            core.take_events(len, bench, delivery);
        })
    }

    /// What there is instead of a read, if there is something.
    #[inline]
    fn poll_before_read(
        &mut self,
        cx: &Context<'_>,
        bench: &mut Workbench,
        delivery: Delivery,
    ) -> Option<Poll<Progress>> {
        if self.rare.as_ref().is_some_and(|rare| rare.has_rest()) {
            return Some(self.poll_leftover(cx, bench, delivery));
        }
        if self.is_eof && self.transport.is_some() {
            // Only the queue is waited for: whoever empties it ends the connection.
            self.wait_for_bytes(cx);
            return Some(Poll::Pending);
        }
        None
    }

    /// What is left of an earlier read comes first.
    #[cold]
    fn poll_leftover(
        &mut self,
        cx: &Context<'_>,
        bench: &mut Workbench,
        delivery: Delivery,
    ) -> Poll<Progress> {
        if self.rare().rest == Rest::Heavy {
            self.rare().rest = Rest::Light;
            // The read held more than a turn's work: other tasks go first.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let len = self.take_leftover(bench.read_buffer());
        self.take_events(len, bench, delivery);
        Poll::Ready(Progress::Bytes(len))
    }

    /// Reads into the buffer of the message that is on its way, if it has one.
    fn poll_read_straight(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &mut Context<'_>,
        bench: &mut Workbench,
        delivery: Delivery,
    ) -> Option<Poll<Progress>> {
        if self.is_observed() {
            // Whoever looks on sees what is read, so all of it takes the ordinary way.
            return None;
        }
        let transport = self.transport.as_mut()?;
        let Straight {
            buffer,
            rest,
            has_grown,
        } = self.connection.straight()?;
        let start = buffer.len();
        if has_grown && buffer.capacity() >= HUGE_PAGES_LEN_MIN {
            sockeye_simd::prefer_huge_pages(buffer);
        }
        let mut room = buffer.limit(rest);
        let read = pin!(transport.read_buf(&mut room)).poll(cx);
        Some(self.judge(read, shared, cx, |core, _| {
            core.take_straight(start, bench, delivery);
        }))
    }

    /// What a read comes to; `take` gets the number of bytes it brought.
    #[inline]
    fn judge(
        &mut self,
        read: Poll<io::Result<usize>>,
        shared: &Arc<Shared<T>>,
        cx: &Context<'_>,
        take: impl FnOnce(&mut Self, usize),
    ) -> Poll<Progress> {
        match read {
            Poll::Pending if std::mem::take(&mut self.is_suspect) => {
                let fault = self.connection.fail_silent(keeper::now());
                self.fail(fault.into());
                return Poll::Ready(Progress::End);
            }
            Poll::Pending => {
                self.wait_for_bytes(cx);
                self.update_timer(shared);
                return Poll::Pending;
            }
            Poll::Ready(Ok(len)) if len > 0 => {
                self.is_suspect = false;
                telemetry::read(len);
                take(self, len);
                return Poll::Ready(Progress::Bytes(len));
            }
            Poll::Ready(read) => self.lose(shared, read.err()),
        }
        Poll::Ready(Progress::End)
    }

    /// Takes the events of `len` bytes in the read buffer.
    #[inline]
    fn take_events(&mut self, len: usize, bench: &mut Workbench, delivery: Delivery) {
        if self.is_observed() {
            self.show_received(bench.read.get(..len).unwrap_or_default());
        }
        // Pongs are queued one by one while everything goes out; if the peer does not read, the
        // newest alone is owed (RFC 6455 §5.5.3).
        let is_congested = !self.outbox.is_empty();
        let bytes = bench.read.get_mut(..len).unwrap_or_default();
        let mut input = self.connection.input(&keeper::now, bytes);
        let mut owned_len = 0;
        let mut rest = Rest::None;
        while let Some(event) = self.connection.poll_event(&mut input, &mut bench.codecs) {
            match event {
                Event::Message(received) => {
                    telemetry::received(&received);
                    let own_len = received.own_len();
                    if delivery == Delivery::Owned && self.connection.is_done(&input) {
                        let (batch, messages) = (&mut bench.batch, &bench.messages);
                        bench.lone = batch.own_lone(&received, input.bytes(), messages);
                        if bench.lone.is_some() {
                            return;
                        }
                    }
                    match delivery {
                        Delivery::Owned => {
                            bench
                                .batch
                                .push(received, input.bytes(), &mut bench.messages);
                        }
                        Delivery::Lent => bench.lent.push(received),
                        Delivery::Discard => {}
                    }
                    if own_len == 0 {
                        continue;
                    }
                    owned_len += own_len;
                    if owned_len >= BATCH_LEN_MAX {
                        rest = Rest::Heavy;
                    }
                }
                Event::Ping if !is_congested => {
                    let (connection, keys) = (&mut self.connection, &mut bench.keys);
                    let encode = |tail: &mut Vec<u8>| connection.poll_output(keys, tail);
                    self.outbox.append(&mut bench.spares, encode);
                }
                Event::Pong(payload) => hear_pong(&mut self.rare, &mut self.latency, &payload),
                Event::Fault(fault) => self.fail(fault.into()),
                Event::Chunk(next) => {
                    bench.chunk = Some(next);
                    rest = Rest::Light;
                }
                // Compressed, a little may be a lot of work.
                Event::Skipped(_) => rest = Rest::Heavy,
                Event::Oversize => rest = Rest::Oversize,
                _ => {}
            }
            if rest != Rest::None {
                break;
            }
        }
        bench.batch.finish(input.bytes(), &mut bench.messages);
        if rest != Rest::None {
            let is_first = bench.messages.is_empty() && bench.lent.is_empty();
            self.stop_at(rest, input.unread(), is_first);
        }
    }

    /// A read is over for now, but for its `rest`; `is_first`: it brought no message before.
    #[cold]
    fn stop_at(&mut self, rest: Rest, unread: &[u8], is_first: bool) {
        if rest == Rest::Oversize && is_first {
            let fault = self.connection.refuse_oversize();
            self.fail(fault.into());
            return;
        }
        // Of a message that is too long all may have been taken, and its event come again.
        if rest == Rest::Oversize || !unread.is_empty() {
            let rare = self.rare();
            rare.rest = rest;
            rare.leftover.splice(..0, unread.iter().copied());
            if let Some(observed) = &mut rare.observed {
                observed.put_back_len += unread.len();
            }
        }
    }

    /// Takes what was read straight into a message's buffer.
    fn take_straight(&mut self, start: usize, bench: &mut Workbench, delivery: Delivery) {
        match self.connection.straight_filled(start, &keeper::now) {
            Some(Event::Message(received)) => {
                telemetry::received(&received);
                match delivery {
                    Delivery::Owned => bench.batch.push(received, &[], &mut bench.messages),
                    Delivery::Lent => bench.lent.push(received),
                    Delivery::Discard => {}
                }
            }
            Some(Event::Chunk(next)) => bench.chunk = Some(next),
            Some(Event::Fault(fault)) => self.fail(fault.into()),
            _ => {}
        }
    }

    /// Copies what came with the opening handshake to where reads go.
    fn take_leftover(&mut self, read: &mut [u8]) -> usize {
        let rare = self.rare();
        rare.rest = Rest::None;
        let leftover = &mut rare.leftover;
        let len = leftover.len().min(read.len());
        let rest = leftover.split_off(len);
        read.get_mut(..len)
            .unwrap_or_default()
            .copy_from_slice(leftover);
        *leftover = rest;
        len
    }

    /// The connection failed; `recv` reports why.
    pub(super) fn fail(&mut self, error: Error) {
        self.telemetry.fail(&error);
        let rare = self.rare();
        rare.fault = error.fault();
        rare.error = Some(error);
    }

    fn wait_for_bytes(&mut self, cx: &Context<'_>) {
        let is_known = self
            .reader
            .as_ref()
            .is_some_and(|known| known.will_wake(cx.waker()));
        // The keeper needs no waker here: the transport has it, and it is this connection itself.
        if !is_known && !self.is_unread {
            self.reader = Some(cx.waker().clone());
        }
    }
}
