//! The same bytes received in whole messages and in chunks: the same payloads, or the same fault.
//! Never judges whole messages by themselves; the targets `frame` and `deflate` do.

use sockeye_proto::connection::Config;
use sockeye_proto::deflate::ContextTakeover;
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::message::MessageKind;

use super::role;
use crate::support::chunked::Chunked;
use crate::support::cuts::pieces;
use crate::support::endpoint::Seen;
use crate::support::joined::{Joined, messages, without_place};

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
    let receive = |in_chunks, pieces: &[&[u8]]| {
        let mut reader = reader(*choice, takeover, in_chunks);
        for piece in pieces {
            reader.read(piece);
        }
        assert_eq!(reader.skipped, 0, "nothing is given up here");
        reader
    };
    let cut = pieces(stream, u64::from(choice >> 1));
    let whole = receive(false, &cut).events;
    let joined = messages(stream, takeover.unwrap_or(ContextTakeover::No));
    for pieces in [&cut[..], &[stream]] {
        let chunked = receive(true, pieces);
        check_joined(&chunked, &joined);
        check_whole(&chunked.events, &whole, takeover.is_some());
    }
}

/// What came in chunks is what the frames join and inflate to: whole messages and the beginning of
/// the last, and a fault where there is one in them.
fn check_joined(chunked: &Chunked, joined: &[Joined]) {
    let mut expected = joined.iter();
    for seen in &chunked.events {
        if let Seen::Message(kind, payload) = seen {
            let message = expected.next().expect("a message has frames");
            assert!(message.is_whole && message.fault.is_none(), "{message:?}");
            assert_eq!((kind, payload), (&message.kind, &message.payload));
        }
    }
    let next = expected.next();
    let came = chunked.message.as_ref().map_or(&[][..], |(_, came)| came);
    let all = next.map_or(&[][..], |message| &message.payload);
    assert!(all.starts_with(came), "{came:x?} of {next:x?}");
    match chunked.events.last() {
        Some(Seen::Fault(fault @ Fault::Peer(PeerFault::Deflate(_) | PeerFault::Utf8 { .. }))) => {
            let known = next.and_then(|message| message.fault).map(without_place);
            assert_eq!(Some(without_place(*fault)), known);
        }
        // What comes behind is discarded, and part of what came in the same read with it.
        Some(Seen::Fault(_) | Seen::Close(..)) => {}
        _ => {
            let fault = next.and_then(|message| message.fault);
            assert_eq!(fault, None, "it was not found");
            // Only of a text something may be kept back: a character that is not complete.
            let is_text = next.is_some_and(|message| message.kind == MessageKind::Text);
            let kept_max = if is_text { 3 } else { 0 };
            assert!(all.len() - came.len() <= kept_max, "{came:x?} of {next:x?}");
            assert!(next.is_none_or(|message| !message.is_whole), "{next:x?}");
        }
    }
}

/// What came in chunks is what came whole.
fn check_whole(chunked: &[Seen], whole: &[Seen], is_compressed: bool) {
    if let Some((Seen::Fault(Fault::Limit(Limit::MessageLen { .. })), before)) = whole.split_last()
    {
        // A frame may be declared longer than any memory, which matters to whole messages alone.
        assert!(
            chunked.starts_with(before),
            "{chunked:?} instead of {whole:?}"
        );
        return;
    }
    if is_compressed && chunked != whole {
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
