//! The end of TCP in each state: clean only after Close frames went both ways.

use std::time::Instant;

use sockeye_proto::Role;
use sockeye_proto::fault::Misuse;
use sockeye_proto::message::MessageKind;

use crate::support::endpoint::Endpoint;
use crate::support::frames::{BINARY, Frame, PING};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// What brings a connection into a state.
#[derive(Clone, Copy, Debug)]
enum Step {
    Fragment,
    Ping,
    PeerClose,
    BadByte,
    OwnClose,
    Answer,
}

/// The steps before the end, and what `close_event` then says.
const CASES: [(&[Step], u16, bool); 11] = [
    (&[], 1006, false),
    (&[Step::Fragment], 1006, false),
    (&[Step::Ping], 1006, false),
    (&[Step::OwnClose], 1006, false),
    (&[Step::OwnClose, Step::Answer], 1006, false),
    (&[Step::OwnClose, Step::Answer, Step::PeerClose], 4321, true),
    (&[Step::OwnClose, Step::PeerClose, Step::Answer], 4321, true),
    (&[Step::PeerClose], 4321, false),
    (&[Step::PeerClose, Step::Answer], 4321, true),
    (&[Step::BadByte], 1006, false),
    (&[Step::BadByte, Step::Answer], 1006, false),
];

fn endpoint_after(steps: &[Step], role: Role, now: Instant) -> Endpoint {
    let mut end = Endpoint::open(role, now);
    let peer = role.peer();
    for step in steps {
        match step {
            Step::Fragment => end.read(&Frame::new(BINARY, "x").no_fin().from(peer), now),
            Step::Ping => end.read(&Frame::new(PING, "x").from(peer), now),
            Step::PeerClose => end.read(&Frame::close(4321, "").from(peer), now),
            Step::BadByte => end.read(&[0xFF], now),
            Step::OwnClose => end.close(1000, "", now).unwrap(),
            Step::Answer => end.answer(now),
        }
    }
    end
}

#[test]
fn end_of_input_tells_a_clean_end_from_a_loss() {
    // RFC 6455 §7.2.1-2 TEST
    for role in ROLES {
        for (steps, code, was_clean) in CASES {
            let mut end = endpoint_after(steps, role, Instant::now());
            assert_eq!(
                end.connection.handle_eof(),
                was_clean,
                "{role:?} after {steps:?}"
            );
            let event = end.connection.close_event().unwrap();
            assert_eq!(
                (event.code.number(), event.was_clean),
                (code, was_clean),
                "{steps:?}"
            );
        }
    }
}

#[test]
fn after_the_end_of_input_nothing_is_due_owed_or_allowed() {
    // RFC 6455 §6.1-3 TEST
    for role in ROLES {
        for (steps, ..) in CASES {
            let now = Instant::now();
            let mut end = endpoint_after(steps, role, now);
            end.connection.handle_eof();
            end.output.clear();
            assert_eq!(end.connection.next_deadline(), None, "{steps:?}");
            assert!(
                !end.connection.has_close() && !end.connection.is_open(),
                "{steps:?}"
            );
            assert_eq!(end.send(MessageKind::Text, b""), Err(Misuse::NotOpen));
            assert_eq!(end.ping(b""), Err(Misuse::NotOpen));
            assert_eq!(end.close(1000, "", now), Err(Misuse::NotOpen));
            let events = end.events.clone();
            end.read(&Frame::new(BINARY, "from beyond").from(role.peer()), now);
            end.answer(now);
            assert_eq!((end.events, end.output), (events, vec![]), "{steps:?}");
            assert!(end.connection.next_deadline().is_none());
        }
    }
}
