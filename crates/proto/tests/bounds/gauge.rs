//! Measuring one connection: what its heap state grows to while a peer has its way with it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use allocation_counter::measure;
use sockeye_proto::Role;
use sockeye_proto::connection::{Batch, Config, Connection, Event};
use sockeye_proto::deflate::SharedCodecs;
use sockeye_proto::fault::Fault;
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::message::Message;

/// A server that never gets to write, with the memory that is its own counted. The read buffer and
/// what a caller makes of messages belong to a thread and are not.
pub(crate) struct Victim {
    pub(crate) connection: Connection,
    /// The fault it failed with.
    pub(crate) fault: Option<Fault>,
    /// Bytes of heap that it holds.
    pub(crate) retained: i64,
    /// Most bytes of heap that it held after any read.
    pub(crate) retained_max: i64,
    /// How often it asked for memory, or for more of it.
    pub(crate) allocations: u64,
    codecs: SharedCodecs,
    buffer: Vec<u8>,
    now: Instant,
}

impl Victim {
    pub(crate) fn new(config: &Arc<Config>) -> Self {
        let now = Instant::now();
        Self {
            connection: Connection::new(Role::Server, Arc::clone(config), now),
            fault: None,
            retained: 0,
            retained_max: 0,
            allocations: 0,
            codecs: SharedCodecs::default(),
            buffer: Vec::new(),
            now,
        }
    }

    /// Uses permessage-deflate.
    pub(crate) fn agree(&mut self, agreed: DeflateAgreed) {
        self.measured(|victim| {
            let role = victim.connection.role();
            let bare = Connection::new(role, Arc::default(), victim.now);
            let bare = std::mem::replace(&mut victim.connection, bare);
            victim.connection = bare.with_deflate(agreed, None);
        });
    }

    /// One read, whose messages nobody keeps.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        self.buffer.clear();
        self.buffer.extend_from_slice(bytes);
        self.measured(|victim| {
            let now = victim.now;
            let clock = || now;
            let mut input = victim.connection.input(&clock, &mut victim.buffer);
            while let Some(event) = victim.connection.poll_event(&mut input, &mut victim.codecs) {
                if let Event::Fault(fault) = event {
                    victim.fault = Some(fault);
                }
            }
        });
    }

    /// One read, whose messages are owned as a thread owns them, with `batch` and `messages`.
    pub(crate) fn read_owned(
        &mut self,
        bytes: &[u8],
        batch: &mut Batch,
        messages: &mut VecDeque<Message>,
    ) {
        self.buffer.clear();
        self.buffer.extend_from_slice(bytes);
        self.measured(|victim| {
            let now = victim.now;
            let clock = || now;
            let mut input = victim.connection.input(&clock, &mut victim.buffer);
            while let Some(event) = victim.connection.poll_event(&mut input, &mut victim.codecs) {
                if let Event::Message(received) = event {
                    batch.push(received, input.bytes(), messages);
                }
            }
            batch.finish(input.bytes(), messages);
        });
    }

    /// Does something to the connection and counts its memory.
    pub(crate) fn measured(&mut self, act: impl FnOnce(&mut Self)) {
        let info = measure(|| act(self));
        self.allocations += info.count_total;
        self.retained += info.bytes_current;
        self.retained_max = self.retained_max.max(self.retained);
    }
}

/// What a connection amid a message takes besides the message's bytes.
pub(crate) const AMID_LEN: usize = 48;

/// A length as the gauge counts.
pub(crate) fn bytes(len: usize) -> i64 {
    i64::try_from(len).expect("lengths in tests are small")
}
