//! Pings (RFC 6455 §5.5.2, §5.5.3): each is answered, the newest for all, however seldom output can
//! be written.

use std::time::Instant;

use sockeye_proto::Role;

use crate::support::endpoint::{Endpoint, Seen};
use crate::support::frames::{self, BINARY, CONTINUATION, Frame, PING, PONG};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

#[test]
fn pings_in_one_read_get_one_pong_for_the_newest() {
    // RFC 6455 §5.5.2-1 §5.5.3-1 TEST
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        let pings: Vec<Frame> = (0..1000)
            .map(|i: u32| Frame::new(PING, i.to_be_bytes()))
            .collect();
        end.read(&frames::wire(role.peer(), &pings), now);
        assert_eq!(end.events, vec![Seen::Ping; 1000]);
        end.answer(now);
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written, [Frame::new(PONG, 999_u32.to_be_bytes())]);
    }
}

#[test]
fn ping_flood_with_output_polled_sometimes_owes_one_pong_at_a_time() {
    // RFC 6455 §5.5.2-1 §5.5.2-2 TEST
    for role in ROLES {
        for every in [1, 2, 7, 100] {
            let now = Instant::now();
            let mut end = Endpoint::open(role, now);
            for i in 1..=700_u32 {
                end.read(&Frame::new(PING, i.to_be_bytes()).from(role.peer()), now);
                assert!(end.connection.has_output());
                if i % every == 0 {
                    end.answer(now);
                }
            }
            let (written, _) = frames::read(role, &end.output);
            let newest = (1..=700).filter(|i| i % every == 0);
            let expected = newest.map(|i: u32| Frame::new(PONG, i.to_be_bytes()));
            assert!(
                written.into_iter().eq(expected),
                "one Pong for each {every} Pings"
            );
        }
    }
}

#[test]
fn ping_inside_a_message_is_answered_before_the_message_ends() {
    // RFC 6455 §5.4-4 §5.5.2-2 TEST
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        let begun = [Frame::new(BINARY, "a").no_fin(), Frame::new(PING, "now")];
        end.read(&frames::wire(role.peer(), &begun), now);
        end.answer(now);
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written, [Frame::new(PONG, "now")]);
        end.read(&Frame::new(CONTINUATION, "b").from(role.peer()), now);
        assert_eq!(end.events, [Seen::Ping, Seen::binary("ab")]);
    }
}

#[test]
fn pong_nobody_asked_for_is_reported_and_not_answered() {
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        end.read(&Frame::new(PONG, "unasked").from(role.peer()), now);
        end.answer(now);
        assert_eq!(end.events, [Seen::Pong(b"unasked".to_vec())]);
        assert!(end.output.is_empty());
    }
}
