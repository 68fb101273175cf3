//! What a thread lends to whichever connection it serves: read buffer, output buffer, codecs, keys.
//! Owns the reason why an idle connection has none of them.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;

use sockeye_proto::connection::{Batch, Chunk, Received};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::message::Message;

use crate::keys::KeyPool;
use crate::limits::{READ_LEN, SPARE_MESSAGES_MAX};
use crate::spares::Spares;

/// One thread's tools.
pub(crate) struct Workbench {
    /// Where reads go: [`READ_LEN`] bytes, or none while they are lent.
    pub(crate) read: Box<[u8]>,
    pub(crate) batch: Batch,
    /// The message of a read, if it is all that was in it. Nobody's between reads.
    pub(crate) lone: Option<Message>,
    /// The messages of a read; empty between reads.
    pub(crate) messages: VecDeque<Message>,
    /// The messages of a read that are lent; empty between reads.
    pub(crate) lent: Vec<Received>,
    /// The chunk of a message that a read brought. Nobody's between reads.
    pub(crate) chunk: Option<Box<Chunk>>,
    pub(crate) codecs: SharedCodecs,
    pub(crate) keys: KeyPool,
    pub(crate) spares: Spares,
}

thread_local! {
    static WORKBENCH: Cell<Option<Box<Workbench>>> = const { Cell::new(None) };
}

impl Workbench {
    fn new() -> Box<Self> {
        Box::new(Self {
            read: Box::default(),
            batch: Batch::default(),
            lone: None,
            messages: VecDeque::new(),
            lent: Vec::new(),
            chunk: None,
            codecs: SharedCodecs::default(),
            keys: KeyPool::default(),
            spares: Spares::default(),
        })
    }

    /// Lends the thread's workbench to `work`. A transport that is itself made of a connection may
    /// come back here from inside: it gets one of its own.
    #[inline]
    pub(crate) fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        let mut bench = WORKBENCH
            .try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_else(Self::new);
        let result = work(&mut bench);
        // At the end of a thread its workbench is gone: then this one is dropped as well.
        let _ = WORKBENCH.try_with(|slot| slot.set(Some(bench)));
        result
    }

    /// Where to read to. A buffer that is lent out, or was lost when whoever had it panicked, is
    /// replaced: a read into no room at all would look like the end of input.
    #[inline]
    pub(crate) fn read_buffer(&mut self) -> &mut [u8] {
        if self.read.is_empty() {
            self.read = vec![0; READ_LEN].into_boxed_slice();
        }
        &mut self.read
    }

    /// Takes back what was lent from a read.
    #[inline]
    pub(crate) fn put_lent(&mut self, read: Box<[u8]>, mut messages: Vec<Received>) {
        messages.clear();
        self.read = read;
        self.lent = messages;
    }

    /// The first message of a read.
    #[inline]
    pub(crate) fn next_message(&mut self) -> Option<Message> {
        self.lone.take().or_else(|| self.messages.pop_front())
    }

    /// Takes a drained delivery queue back for the next read.
    #[inline]
    pub(crate) fn put_messages(&mut self, messages: VecDeque<Message>) {
        debug_assert!(messages.is_empty(), "another connection would get them");
        if messages.capacity() <= SPARE_MESSAGES_MAX && self.messages.capacity() == 0 {
            self.messages = messages;
        }
    }
}

impl fmt::Debug for Workbench {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Workbench").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workbench_keeps_its_memory_between_uses() {
        let mut buffer = Vec::with_capacity(1000);
        buffer.push(1);
        let address = buffer.as_ptr();
        Workbench::with(|bench| bench.spares.put(buffer));
        let back = Workbench::with(|bench| bench.spares.take());
        assert_eq!((back.as_ptr(), back.len()), (address, 0));
    }

    #[test]
    fn workbench_lends_another_one_to_a_use_within_a_use() {
        Workbench::with(|outer| {
            outer.read_buffer()[0] = 7;
            Workbench::with(|inner| assert_eq!(inner.read_buffer()[0], 0));
        });
    }
}
