//! One case, many reads: whatever a test says of some bytes has to hold however they are cut.

use std::sync::Arc;
use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Connection};
use sockeye_proto::fault::Fault;

use super::dice::Dice;
use super::endpoint::{Endpoint, Reading, Seen};
use super::frames::{self, Frame};
use super::naive;

/// What a connection did with some bytes, all answers put out at their end.
pub(crate) struct Observed {
    pub(crate) events: Vec<Seen>,
    pub(crate) output: Vec<u8>,
    pub(crate) connection: Connection,
}

/// Lets a new connection read `chunks`.
pub(crate) fn observe<'a>(
    receiver: Role,
    config: &Arc<Config>,
    reading: Reading,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Observed {
    let now = Instant::now();
    observe_at(Endpoint::new(receiver, config, reading, now), now, chunks)
}

/// Lets an endpoint read `chunks`, all at `now`.
pub(crate) fn observe_at<'a>(
    mut endpoint: Endpoint,
    now: Instant,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Observed {
    for chunk in chunks {
        endpoint.read(chunk, now);
    }
    endpoint.answer(now);
    Observed {
        events: endpoint.events,
        output: endpoint.output,
        connection: endpoint.connection,
    }
}

/// Asserts that `receiver` reads `events` from `wire` and answers with `replies`: in one read, byte
/// by byte, and cut in two at every position. The naive receiver has to agree.
pub(crate) fn assert_received(receiver: Role, wire: &[u8], events: &[Seen], replies: &[Frame]) {
    assert_received_with(&Arc::default(), receiver, wire, events, replies);
}

/// The same with a configuration.
pub(crate) fn assert_received_with(
    config: &Arc<Config>,
    receiver: Role,
    wire: &[u8],
    events: &[Seen],
    replies: &[Frame],
) {
    let check = |chunks: &mut dyn Iterator<Item = &[u8]>, how: &str| {
        let observed = observe(receiver, config, Reading::Buffered, chunks);
        assert_eq!(observed.events, events, "{receiver:?} reading {how}");
        let (written, _) = frames::read(receiver, &observed.output);
        assert_eq!(written, replies, "{receiver:?} answering, {how}");
    };
    check(&mut std::iter::once(wire), "in one read");
    check(&mut wire.chunks(1), "byte by byte");
    for position in positions(wire.len()) {
        let (head, tail) = wire.split_at(position);
        check(&mut [head, tail].into_iter(), &format!("cut at {position}"));
    }
    let (naive_events, naive_replies) = naive::receive(receiver, config, wire);
    assert_eq!(
        (&naive_events[..], &naive_replies[..]),
        (events, replies),
        "the naive twin"
    );
}

/// Asserts that `receiver` reads `before` from `wire`, then fails with `fault` and tells the peer
/// `code`; however `wire` is cut.
pub(crate) fn assert_refused(
    receiver: Role,
    wire: &[u8],
    before: &[Seen],
    fault: Fault,
    code: u16,
) {
    let mut events = before.to_vec();
    events.push(Seen::Fault(fault));
    assert_received(receiver, wire, &events, &[Frame::close(code, "")]);

    let observed = observe(receiver, &Arc::default(), Reading::Buffered, [wire]);
    let connection = observed.connection;
    assert!(!connection.is_open() && !connection.may_send());
    assert!(
        connection.wants_shutdown(),
        "a failed connection ends TCP, whichever end it is"
    );
    let event = connection
        .close_event()
        .expect("failed connections have ended");
    assert_eq!((event.code.number(), event.was_clean), (1006, false));
}

/// `bytes` cut into reads of random length, most of them short.
pub(crate) fn pieces(mut bytes: &[u8], seed: u64) -> Vec<&[u8]> {
    let mut dice = Dice(seed);
    let len_max = [2, 7, 100, 5000, 100_000][dice.roll() % 5];
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(bytes.len().min(1 + dice.roll() % len_max));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// Every position where `len` bytes can be cut; of long ones, those near both ends and some
/// between.
fn positions(len: usize) -> impl Iterator<Item = usize> {
    const EDGE: usize = 20;
    let step = if len > 2000 { len / 20 } else { 1 };
    (1..len).filter(move |at| *at < EDGE || len - at < EDGE || at % step == 0)
}
