//! The same bytes received in whole messages and in chunks: the same payloads, or the same fault.
//! Never judges whole messages by themselves; the target `frame` does.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::close::CloseCode;
use sockeye_proto::connection::{Config, Connection, Event, Received};
use sockeye_proto::deflate::{ContextTakeover, SharedCodecs};
use sockeye_proto::fault::{Fault, Limit};
use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::limits::CHUNK_LEN_MAX;
use sockeye_proto::message::MessageKind;

use super::role;
use crate::support::cuts::pieces;
use crate::support::endpoint::Seen;

/// `[role and cut, compression, stream..]`
pub(crate) fn chunks(data: &[u8]) {
    let [choice, compression, stream @ ..] = data else {
        return;
    };
    let takeover = match compression % 3 {
        0 => None,
        1 => Some(ContextTakeover::No),
        _ => Some(ContextTakeover::Yes),
    };
    let receive = |in_chunks| {
        let mut reader = Reader::new(*choice, takeover, in_chunks);
        for piece in pieces(stream, u64::from(choice >> 1)) {
            reader.read(piece);
        }
        reader.events
    };
    let (whole, chunked) = (receive(false), receive(true));
    if let Some((Seen::Fault(Fault::Limit(Limit::MessageLen { .. })), before)) = whole.split_last()
    {
        // A frame may be declared longer than any memory, which matters to whole messages alone.
        assert!(
            chunked.starts_with(before),
            "{chunked:?} instead of {whole:?}"
        );
        return;
    }
    if takeover.is_some() && chunked != whole {
        // A bad message is found while it comes instead of at its end, which may not be there, or
        // have a Ping before it. Nothing but a fault may come earlier.
        let Some((Seen::Fault(_), before)) = chunked.split_last() else {
            unreachable!("{chunked:?} instead of {whole:?}");
        };
        let rest = whole.strip_prefix(before);
        assert!(
            rest.is_some_and(|rest| !rest.iter().any(|seen| matches!(seen, Seen::Message(..)))),
            "{chunked:?} instead of {whole:?}"
        );
        return;
    }
    assert_eq!(chunked, whole);
}

/// One end of a connection, read in either way.
struct Reader {
    connection: Connection,
    codecs: SharedCodecs,
    joined: Option<(MessageKind, Vec<u8>)>,
    events: Vec<Seen>,
    in_chunks: bool,
}

impl Reader {
    fn new(choice: u8, takeover: Option<ContextTakeover>, in_chunks: bool) -> Self {
        let mut config = Config::default();
        // Chunks have no limit to fail at, so whole messages get none either.
        config.message_len_max = usize::MAX >> 8;
        let connection = Connection::new(role(choice), Arc::new(config), Instant::now());
        let connection = match takeover {
            None => connection,
            Some(takeover) => connection.with_deflate(agreed(takeover), None),
        };
        Self {
            connection,
            codecs: SharedCodecs::default(),
            joined: None,
            events: Vec::new(),
            in_chunks,
        }
    }

    fn read(&mut self, bytes: &[u8]) {
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
            if self.in_chunks {
                self.connection.receive_chunks();
            }
        }
        self.ask();
    }

    fn ask(&mut self) {
        if self.in_chunks {
            self.connection.receive_chunks();
            while let Some(event) = self.connection.poll_chunk(Instant::now()) {
                self.see(event, Vec::new());
            }
        }
    }

    fn see(&mut self, event: Event, in_place: Vec<u8>) {
        let seen = match event {
            Event::Chunk(chunk) => {
                assert!(chunk.bytes.len() <= CHUNK_LEN_MAX, "{}", chunk.bytes.len());
                let (_, joined) = self.joined.get_or_insert((chunk.kind, Vec::new()));
                joined.extend(chunk.bytes);
                if !chunk.is_last {
                    return;
                }
                let (kind, joined) = self.joined.take().unwrap();
                Seen::Message(kind, joined)
            }
            Event::Message(Received::InPlace { kind, .. }) => Seen::Message(kind, in_place),
            Event::Message(Received::Owned { kind, bytes }) => Seen::Message(kind, bytes),
            Event::Ping => Seen::Ping,
            Event::Pong(payload) => Seen::Pong(payload.into()),
            Event::Close(frame) => {
                Seen::Close(frame.code().map(CloseCode::number), frame.reason().into())
            }
            Event::Fault(fault) => Seen::Fault(fault),
            other => unreachable!("nothing is skipped here: {other:?}"),
        };
        self.events.push(seen);
    }
}

fn agreed(takeover: ContextTakeover) -> DeflateAgreed {
    DeflateAgreed {
        server_no_context_takeover: takeover == ContextTakeover::No,
        client_no_context_takeover: takeover == ContextTakeover::No,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    }
}
