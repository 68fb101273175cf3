//! A connection with what a driver does around it: reads of any size go in, what happened and what
//! is to be written come out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::connection::{Batch, Config, Connection, Event, Received, Straight};
use sockeye_proto::deflate::{ContextTakeover, SharedCodecs};
use sockeye_proto::fault::{Fault, Misuse};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::message::{Message, MessageKind};

/// An event with its payload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Seen {
    Message(MessageKind, Vec<u8>),
    Ping,
    Pong(Vec<u8>),
    Close(Option<u16>, String),
    Fault(Fault),
}

impl Seen {
    pub(crate) fn text(text: &str) -> Self {
        Self::Message(MessageKind::Text, text.into())
    }

    pub(crate) fn binary(bytes: impl AsRef<[u8]>) -> Self {
        Self::Message(MessageKind::Binary, bytes.as_ref().into())
    }
}

/// How bytes get into the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reading {
    /// All through a read buffer.
    Buffered,
    /// Straight into a message's own buffer where the connection offers it.
    Straight,
}

/// One end.
pub(crate) struct Endpoint {
    pub(crate) connection: Connection,
    pub(crate) events: Vec<Seen>,
    /// What is to be written; a test may take it.
    pub(crate) output: Vec<u8>,
    /// How often the connection took bytes straight into a message.
    pub(crate) straight_count: usize,
    reading: Reading,
    codecs: SharedCodecs,
    keys: CountedKeys,
}

impl Endpoint {
    pub(crate) fn new(role: Role, config: &Arc<Config>, reading: Reading, now: Instant) -> Self {
        Self {
            connection: Connection::new(role, Arc::clone(config), now),
            events: Vec::new(),
            output: Vec::new(),
            straight_count: 0,
            reading,
            codecs: SharedCodecs::default(),
            keys: CountedKeys::default(),
        }
    }

    /// One with default limits that reads through a buffer.
    pub(crate) fn open(role: Role, now: Instant) -> Self {
        Self::new(role, &Arc::default(), Reading::Buffered, now)
    }

    /// The same with permessage-deflate, with takeover in both directions or in none.
    pub(crate) fn with_deflate(self, takeover: ContextTakeover) -> Self {
        let agreed = DeflateAgreed {
            server_no_context_takeover: takeover == ContextTakeover::No,
            client_no_context_takeover: takeover == ContextTakeover::No,
            server_max_window_bits: 12,
            client_max_window_bits: 15,
        };
        Self {
            connection: self.connection.with_deflate(agreed, None),
            ..self
        }
    }

    /// Takes the bytes of one read.
    pub(crate) fn read(&mut self, mut bytes: &[u8], now: Instant) {
        while self.reading == Reading::Straight
            && !bytes.is_empty()
            && let Some(Straight { buffer, rest, .. }) = self.connection.straight()
        {
            let start = buffer.len();
            let spare = buffer.capacity() - start;
            assert!(spare > 0, "there is room to read into");
            let (taken, left) = bytes.split_at(bytes.len().min(rest).min(spare));
            buffer.extend_from_slice(taken);
            bytes = left;
            self.straight_count += 1;
            match self.connection.straight_filled(start, &|| now) {
                Some(Event::Message(Received::Owned { kind, bytes })) => {
                    self.events.push(Seen::Message(kind, bytes));
                }
                Some(Event::Fault(fault)) => self.events.push(Seen::Fault(fault)),
                other => assert_eq!(other, None, "from a message alone"),
            }
        }
        if !bytes.is_empty() {
            self.read_buffered(&mut bytes.to_vec(), now);
        }
    }

    fn read_buffered(&mut self, bytes: &mut [u8], now: Instant) {
        let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
        let (first, len) = (self.events.len(), bytes.len());
        let clock = || now;
        let mut input = self.connection.input(&clock, bytes);
        while let Some(event) = self.connection.poll_event(&mut input, &mut self.codecs) {
            let seen = match event {
                Event::Message(received) => {
                    let seen = match &received {
                        Received::InPlace { kind, range } => {
                            Seen::Message(*kind, input.bytes()[range.clone()].to_vec())
                        }
                        Received::Owned { kind, bytes } => Seen::Message(*kind, bytes.clone()),
                    };
                    batch.push(received, input.bytes(), &mut messages);
                    seen
                }
                Event::Ping => Seen::Ping,
                Event::Pong(payload) => Seen::Pong(payload.into()),
                Event::Close(frame) => {
                    Seen::Close(frame.code().map(CloseCode::number), frame.reason().into())
                }
                Event::Fault(fault) => Seen::Fault(fault),
                other => unreachable!("an event of no known kind: {other:?}"),
            };
            self.events.push(seen);
            assert!(self.events.len() - first <= len, "each event takes bytes");
        }
        batch.finish(input.bytes(), &mut messages);
        let batched = messages
            .iter()
            .map(|message: &Message| Seen::Message(message.kind(), message.payload().to_vec()));
        let seen = self.events[first..]
            .iter()
            .filter(|seen| matches!(seen, Seen::Message(..)));
        assert!(
            batched.eq(seen.cloned()),
            "a place in the read holds until the read is over"
        );
    }

    /// Puts out all that is owed.
    pub(crate) fn answer(&mut self, now: Instant) {
        self.answer_pings();
        assert!(!self.connection.has_output());
        self.connection
            .poll_close(&mut self.keys, now, &mut self.output);
        assert!(!self.connection.has_close());
    }

    /// Puts out what is owed but for Close.
    pub(crate) fn answer_pings(&mut self) {
        self.connection
            .poll_output(&mut self.keys, &mut self.output);
    }

    pub(crate) fn send(&mut self, kind: MessageKind, payload: &[u8]) -> Result<(), Misuse> {
        let out = &mut self.output;
        self.connection
            .send(kind, payload, &mut self.keys, &mut self.codecs, out)
    }

    pub(crate) fn ping(&mut self, payload: &[u8]) -> Result<(), Misuse> {
        self.connection
            .ping(payload, &mut self.keys, &mut self.output)
    }

    /// Starts the closing handshake; the frame comes with [`answer`](Self::answer).
    pub(crate) fn close(&mut self, code: u16, reason: &str, now: Instant) -> Result<(), Misuse> {
        self.connection
            .close(CloseFrame::new(Some(code.into()), reason)?, now)
    }
}

/// Masking keys that differ from each other and whose four bytes differ.
#[derive(Default)]
struct CountedKeys(u32);

impl sockeye_proto::connection::MaskingKeys for CountedKeys {
    fn next_key(&mut self) -> [u8; 4] {
        self.0 += 1;
        self.0.wrapping_mul(0x9E37_79B9).to_be_bytes()
    }
}
