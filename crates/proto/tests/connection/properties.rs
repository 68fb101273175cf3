//! Properties over random streams: what is sent arrives, the cuts do not matter, fast equals naive.

use std::sync::Arc;
use std::time::Instant;

use proptest::prelude::*;
use proptest::sample::Index;
use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::ContextTakeover;
use sockeye_proto::message::MessageKind;

use crate::support::cuts::{observe, pieces};
use crate::support::endpoint::{Endpoint, Reading, Seen};
use crate::support::frames::{self, CONTINUATION, Frame, KEY, LenForm, PING, PONG};
use crate::support::naive;
use crate::support::pair::Pair;

/// What stands between the fragments of a message that is interrupted.
const BETWEEN: &[u8] = b"between fragments";

/// What a well-behaved peer says.
#[derive(Clone, Debug)]
enum Said {
    /// In one frame more than there are cuts, with a Pong between any two if it is interrupted.
    Message {
        kind: MessageKind,
        bytes: Vec<u8>,
        cuts: Vec<Index>,
        is_interrupted: bool,
    },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Client), Just(Role::Server)]
}

fn message() -> impl Strategy<Value = Said> {
    let payload = prop_oneof![
        3 => ".{0,40}".prop_map(|text| (MessageKind::Text, text.into_bytes())),
        3 => prop::collection::vec(any::<u8>(), 0..300)
            .prop_map(|bytes| (MessageKind::Binary, bytes)),
        1 => (8_000..40_000_usize, any::<u8>())
            .prop_map(|(len, byte)| (MessageKind::Binary, vec![byte; len])),
    ];
    let cuts = prop::collection::vec(any::<Index>(), 0..4);
    (payload, cuts, any::<bool>()).prop_map(|((kind, bytes), cuts, is_interrupted)| Said::Message {
        kind,
        bytes,
        cuts,
        is_interrupted,
    })
}

fn said() -> impl Strategy<Value = Said> {
    let control = || prop::collection::vec(any::<u8>(), 0..126);
    prop_oneof![
        7 => message(),
        1 => control().prop_map(Said::Ping),
        1 => control().prop_map(Said::Pong),
    ]
}

impl Said {
    /// What the peer sees of it.
    fn seen(&self) -> Vec<Seen> {
        match self {
            Self::Message {
                kind,
                bytes,
                cuts,
                is_interrupted,
            } => {
                let pongs = if *is_interrupted { cuts.len() } else { 0 };
                let mut seen = vec![Seen::Pong(BETWEEN.into()); pongs];
                seen.push(Seen::Message(*kind, bytes.clone()));
                seen
            }
            Self::Ping(_) => vec![Seen::Ping],
            Self::Pong(payload) => vec![Seen::Pong(payload.clone())],
        }
    }

    fn frames(&self) -> Vec<Frame> {
        let (kind, bytes, cuts, is_interrupted) = match self {
            Self::Ping(payload) => return vec![Frame::new(PING, payload)],
            Self::Pong(payload) => return vec![Frame::new(PONG, payload)],
            Self::Message {
                kind,
                bytes,
                cuts,
                is_interrupted,
            } => (kind, bytes, cuts, is_interrupted),
        };
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let (mut start, mut frames) = (0, Vec::new());
        for (i, end) in ends.iter().enumerate() {
            let opcode = if i > 0 {
                CONTINUATION
            } else {
                kind.opcode().number()
            };
            let fin = i + 1 == ends.len();
            frames.push(Frame {
                fin,
                ..Frame::new(opcode, &bytes[start..*end])
            });
            if *is_interrupted && !fin {
                frames.push(Frame::new(PONG, BETWEEN));
            }
            start = *end;
        }
        frames
    }

    /// Sends it by the means of an endpoint: a message in one frame, a Ping for either control.
    fn send(&self, end: &mut Endpoint) -> Frame {
        let (opcode, payload) = match self {
            Self::Message { kind, bytes, .. } => {
                end.send(*kind, bytes).unwrap();
                (kind.opcode().number(), bytes)
            }
            Self::Ping(payload) | Self::Pong(payload) => {
                end.ping(payload).unwrap();
                (PING, payload)
            }
        };
        Frame::new(opcode, payload)
    }
}

/// A change to a stream of bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Truncate(Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::Truncate),
    ]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Flip(at, bit) => *at.get_mut(bytes) ^= 1 << bit,
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(bytes.len()))),
            Self::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
}

/// Frames that keep most rules but not all.
fn odd_frame() -> impl Strategy<Value = (Frame, bool, LenForm)> {
    let opcode = prop_oneof![
        8 => prop::sample::select(vec![0x0_u8, 0x0, 0x1, 0x2, 0x9, 0xA]),
        1 => 0..16_u8,
    ];
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        prop::collection::vec(0x20..0x7F_u8, 0..200),
        ".{0,10}".prop_map(String::into_bytes),
    ];
    let rsv = prop_oneof![30 => Just(0_u8), 1 => 1..8_u8];
    let form = prop_oneof![
        30 => Just(LenForm::Shortest),
        1 => Just(LenForm::Bits16),
        1 => Just(LenForm::Bits64),
    ];
    (
        any::<bool>(),
        rsv,
        opcode,
        payload,
        prop::bool::weighted(0.97),
        form,
    )
        .prop_map(|(fin, rsv, opcode, payload, masked, form)| {
            let fin = fin || opcode >= 0x8;
            (
                Frame {
                    fin,
                    rsv,
                    opcode,
                    payload,
                },
                masked,
                form,
            )
        })
}

/// Asserts that `receiver` sees in `wire` what the naive twin sees, cut by `seed`, both ways.
fn assert_like_naive(receiver: Role, config: &Arc<Config>, wire: &[u8], seed: u64) {
    let (events, replies) = naive::receive(receiver, config, wire);
    for reading in [Reading::Buffered, Reading::Straight] {
        for pieces in [vec![wire], pieces(wire, seed)] {
            let observed = observe(receiver, config, reading, pieces);
            assert_eq!(observed.events, events, "{reading:?}");
            assert_eq!(frames::read(receiver, &observed.output).0, replies);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_sent_arrives(
        from_client in prop::collection::vec(said(), 0..8),
        from_server in prop::collection::vec(said(), 0..8),
        seed in any::<u64>(),
        straight in any::<bool>(),
        takeover in prop::sample::select(vec![
            None,
            Some(ContextTakeover::No),
            Some(ContextTakeover::Yes),
        ]),
    ) {
        let reading = if straight { Reading::Straight } else { Reading::Buffered };
        let mut pair = Pair::with_config(seed, &Arc::default(), reading);
        if let Some(takeover) = takeover {
            pair = pair.with_deflate(takeover);
        }
        for (role, said) in [(Role::Client, &from_client), (Role::Server, &from_server)] {
            for said in said {
                said.send(&mut pair.side(role).end);
            }
        }
        pair.run();
        for (receiver, said) in [(Role::Server, &from_client), (Role::Client, &from_server)] {
            let sent = said.iter().map(|said| match said {
                Said::Message { kind, bytes, .. } => Seen::Message(*kind, bytes.clone()),
                Said::Ping(_) | Said::Pong(_) => Seen::Ping,
            });
            let events = &pair.side(receiver).end.events;
            let asked = |seen: &&Seen| !matches!(seen, Seen::Pong(_));
            prop_assert!(sent.eq(events.iter().filter(asked).cloned()));
        }
    }

    #[test]
    fn cuts_of_a_valid_stream_do_not_matter(
        receiver in role(),
        said in prop::collection::vec(said(), 0..8),
        seed in any::<u64>(),
    ) {
        let frames: Vec<Frame> = said.iter().flat_map(Said::frames).collect();
        let wire = frames::wire(receiver.peer(), &frames);
        let events: Vec<Seen> = said.iter().flat_map(Said::seen).collect();
        prop_assert_eq!(&naive::receive(receiver, &Config::default(), &wire).0, &events);
        assert_like_naive(receiver, &Arc::default(), &wire, seed);
    }

    #[test]
    fn fast_equals_naive_on_changed_streams(
        receiver in role(),
        said in prop::collection::vec(said(), 1..6),
        changes in prop::collection::vec(change(), 1..4),
        seed in any::<u64>(),
    ) {
        let frames: Vec<Frame> = said.iter().flat_map(Said::frames).collect();
        let mut wire = frames::wire(receiver.peer(), &frames);
        for change in &changes {
            change.apply(&mut wire);
        }
        assert_like_naive(receiver, &Arc::default(), &wire, seed);
    }

    #[test]
    fn fast_equals_naive_on_frames_that_break_a_rule_now_and_then(
        receiver in role(),
        odd in prop::collection::vec(odd_frame(), 1..12),
        limit in prop_oneof![Just(50_usize), Just(1 << 24)],
        seed in any::<u64>(),
    ) {
        let wire: Vec<u8> = odd
            .iter()
            .flat_map(|(frame, as_asked, form)| {
                let masks = (receiver == Role::Server) == *as_asked;
                frame.bytes(masks.then_some(KEY), *form)
            })
            .collect();
        let mut config = Config::default();
        config.message_len_max = limit;
        assert_like_naive(receiver, &Arc::new(config), &wire, seed);
    }

    #[test]
    fn fast_equals_naive_on_random_bytes(
        receiver in role(),
        wire in prop::collection::vec(any::<u8>(), 0..60),
        seed in any::<u64>(),
    ) {
        assert_like_naive(receiver, &Arc::default(), &wire, seed);
    }

    #[test]
    fn what_one_end_writes_the_other_reads(
        sender in role(),
        said in prop::collection::vec(said(), 0..5),
    ) {
        let now = Instant::now();
        let mut end = Endpoint::open(sender, now);
        let expected: Vec<Frame> = said.iter().map(|said| said.send(&mut end)).collect();
        prop_assert_eq!(frames::read(sender, &end.output).0, expected);
    }
}
