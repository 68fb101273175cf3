//! The same bytes received in whole messages and in chunks: the same payloads, or the same fault.
//! Never judges whole messages by themselves; the target `frame` does.

use sockeye_proto::connection::Config;
use sockeye_proto::deflate::ContextTakeover;
use sockeye_proto::fault::{Fault, Limit};

use super::role;
use crate::support::chunked::Chunked;
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
        let mut reader = reader(*choice, takeover, in_chunks);
        for piece in pieces(stream, u64::from(choice >> 1)) {
            reader.read(piece);
        }
        assert_eq!(reader.skipped, 0, "nothing is given up here");
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

/// One end of a connection, to be read in either way.
fn reader(choice: u8, takeover: Option<ContextTakeover>, in_chunks: bool) -> Chunked {
    let mut config = Config::default();
    // Chunks have no limit to fail at, so whole messages get none either.
    config.message_len_max = usize::MAX >> 8;
    let mut reader = match takeover {
        None => Chunked::new(role(choice), config),
        Some(takeover) => Chunked::deflating(role(choice), takeover, config),
    };
    reader.is_asking = in_chunks;
    reader
}
