//! Receiving a message in chunks: asking for it, the next chunk, giving up. Owns the order "what is
//! there already, then what a read brings"; never holds more than one chunk.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use sockeye_proto::connection::{Chunk, Event};
use sockeye_proto::message::{Message, MessageKind};

use super::read::{Delivery, Progress};
use super::{Core, Shared};
use crate::error::{Error, Result};
use crate::keeper;
use crate::transport::Transport;
use crate::workbench::Workbench;

/// The message that is received next.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It lay whole in a read.
    Whole(Message),
    /// It comes in chunks: the first, if the same read filled it, and then [`Shared::poll_chunk`].
    Chunks(MessageKind, Option<Box<Chunk>>),
}

impl<T: Transport> Shared<T> {
    /// The next message as soon as it begins; `inbox`, which is empty, gets those behind a whole
    /// one. `None` at the end.
    pub(crate) fn poll_begin(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        inbox: &mut VecDeque<Message>,
    ) -> Poll<Result<Option<Begun>>> {
        Workbench::with(|bench| {
            bench.put_messages(std::mem::take(inbox));
            bench.chunk = None;
            let mut core = self.lock();
            let begun = core.poll_begin(self, cx, bench);
            // Where it has not begun, whoever receives next says how.
            core.connection.receive_whole();
            if !bench.messages.is_empty() {
                std::mem::swap(inbox, &mut bench.messages);
                self.set_undelivered(true);
            }
            if let Poll::Ready(Ok(Some(_))) = begun {
                core.flush(self, bench);
            }
            begun
        })
    }

    /// The next chunk of the message that begun in chunks; `None` where the connection ended before
    /// it.
    pub(crate) fn poll_chunk(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Box<Chunk>>>> {
        Workbench::with(|bench| {
            // What is there is another connection's, whose stream was leaked.
            bench.chunk = None;
            let mut core = self.lock();
            loop {
                core.take_waiting_chunk(bench);
                if let Some(chunk) = bench.chunk.take() {
                    core.flush(self, bench);
                    return Poll::Ready(Ok(Some(chunk)));
                }
                if let Some(end) = core.settle(self, bench) {
                    return Poll::Ready(end.map(|()| None));
                }
                match ready!(core.poll_read(self, cx, bench, Delivery::Owned)) {
                    Progress::End => {}
                    Progress::Bytes(_) => core.update_timer(self),
                }
                if bench.chunk.is_some() {
                    let chunk = bench.chunk.take();
                    core.flush(self, bench);
                    return Poll::Ready(Ok(chunk));
                }
            }
        })
    }

    /// Nobody wants the rest of the message that comes in chunks.
    pub(crate) fn skip_message(&self) {
        self.lock().connection.skip_message();
    }

    /// Fails the connection, as a message is longer than `max` bytes.
    pub(crate) fn refuse_message(self: &Arc<Self>, max: usize) -> Error {
        Workbench::with(|bench| {
            let mut core = self.lock();
            let error = Error::from(core.connection.refuse_message(max));
            core.telemetry.fail(&error);
            core.queue_close(bench);
            core.flush(self, bench);
            core.shut_down(self);
            core.update_timer(self);
            error
        })
    }
}

impl<T: Transport> Core<T> {
    fn poll_begin(
        &mut self,
        shared: &Arc<Shared<T>>,
        cx: &mut Context<'_>,
        bench: &mut Workbench,
    ) -> Poll<Result<Option<Begun>>> {
        loop {
            if let Some(kind) = self.connection.receive_chunks() {
                return Poll::Ready(Ok(Some(Begun::Chunks(kind, None))));
            }
            if let Some(end) = self.settle(shared, bench) {
                return Poll::Ready(end.map(|()| None));
            }
            match ready!(self.poll_read(shared, cx, bench, Delivery::Owned)) {
                Progress::End => continue,
                Progress::Bytes(_) => self.update_timer(shared),
            }
            if let Some(first) = bench.next_message() {
                return Poll::Ready(Ok(Some(Begun::Whole(first))));
            }
            if let Some(chunk) = bench.chunk.take() {
                return Poll::Ready(Ok(Some(Begun::Chunks(chunk.kind, Some(chunk)))));
            }
        }
    }

    /// Moves to the workbench what there is of the message without a read.
    fn take_waiting_chunk(&mut self, bench: &mut Workbench) {
        match self.connection.poll_chunk(keeper::now()) {
            Some(Event::Chunk(chunk)) => bench.chunk = Some(chunk),
            Some(Event::Fault(fault)) => self.fail(fault.into()),
            _ => {}
        }
    }
}
