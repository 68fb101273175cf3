//! A receiver that takes messages in chunks and puts them together again, or takes them whole. Owns
//! what is demanded of each chunk.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::close::CloseCode;
use sockeye_proto::connection::{Chunk, Config, Connection, Event, Received};
use sockeye_proto::deflate::{ContextTakeover, SharedCodecs};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::limits::CHUNK_LEN_MAX;
use sockeye_proto::message::MessageKind;

use super::endpoint::Seen;

/// Who receives, and what of it.
pub(crate) struct Chunked {
    pub(crate) connection: Connection,
    pub(crate) codecs: SharedCodecs,
    /// The message whose chunks come.
    pub(crate) message: Option<(MessageKind, Vec<u8>)>,
    pub(crate) events: Vec<Seen>,
    /// Messages that were given up.
    pub(crate) skipped: usize,
    /// Whether messages are asked for in chunks.
    pub(crate) is_asking: bool,
}

impl Chunked {
    pub(crate) fn new(role: Role, config: Config) -> Self {
        Self {
            connection: Connection::new(role, Arc::new(config), Instant::now()),
            codecs: SharedCodecs::default(),
            message: None,
            events: Vec::new(),
            skipped: 0,
            is_asking: true,
        }
    }

    pub(crate) fn deflating(role: Role, takeover: ContextTakeover, config: Config) -> Self {
        let mut chunked = Self::new(role, config);
        chunked.connection = chunked.connection.with_deflate(agreed(takeover), None);
        chunked
    }

    /// Takes one read, and what there is without one before and after.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        self.ask();
        let mut bytes = bytes.to_vec();
        let mut input = self.connection.input(&Instant::now, &mut bytes);
        while let Some(event) = self.connection.poll_event(&mut input, &mut self.codecs) {
            let in_place = match &event {
                Event::Message(Received::InPlace { range, .. }) => {
                    input.bytes()[range.clone()].to_vec()
                }
                _ => Vec::new(),
            };
            self.see(event, in_place);
            if self.is_asking {
                self.connection.receive_chunks();
            }
        }
        self.ask();
    }

    pub(crate) fn ask(&mut self) {
        if self.is_asking {
            self.connection.receive_chunks();
            while let Some(event) = self.connection.poll_chunk(Instant::now()) {
                self.see(event, Vec::new());
            }
        }
    }

    fn see(&mut self, event: Event, in_place: Vec<u8>) {
        let seen = match event {
            Event::Chunk(chunk) => return self.add(*chunk),
            Event::Skipped(_) => {
                self.skipped += 1;
                return;
            }
            Event::Message(Received::InPlace { kind, .. }) => Seen::Message(kind, in_place),
            Event::Message(Received::Owned { kind, bytes }) => Seen::Message(kind, bytes),
            Event::Ping => Seen::Ping,
            Event::Pong(payload) => Seen::Pong(payload.into()),
            Event::Close(frame) => {
                Seen::Close(frame.code().map(CloseCode::number), frame.reason().into())
            }
            Event::Fault(fault) => Seen::Fault(fault),
            other => unreachable!("{other:?}"),
        };
        self.events.push(seen);
    }

    fn add(&mut self, chunk: Chunk) {
        let Chunk {
            kind,
            bytes,
            is_last,
        } = chunk;
        assert!(is_last || !bytes.is_empty(), "an empty chunk says nothing");
        assert!(bytes.len() <= CHUNK_LEN_MAX, "{}", bytes.len());
        if kind == MessageKind::Text {
            assert!(
                std::str::from_utf8(&bytes).is_ok(),
                "a character is split: {bytes:x?}"
            );
        }
        let (known, joined) = self.message.get_or_insert((kind, Vec::new()));
        assert_eq!(*known, kind);
        joined.extend(bytes);
        if is_last {
            let (kind, joined) = self.message.take().unwrap();
            self.events.push(Seen::Message(kind, joined));
        }
    }
}

pub(crate) fn agreed(takeover: ContextTakeover) -> DeflateAgreed {
    DeflateAgreed {
        server_no_context_takeover: takeover == ContextTakeover::No,
        client_no_context_takeover: takeover == ContextTakeover::No,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    }
}
