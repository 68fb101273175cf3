//! Keepalive and deadlines, in virtual time: a silent peer is asked once and then given up, any
//! byte counts as a sign of life, and nothing else is ever due.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sockeye_proto::Role;
use sockeye_proto::connection::{Config, Keepalive};
use sockeye_proto::fault::{Fault, Timeout};
use sockeye_proto::limits::{CLOSE_TIMEOUT, PING_INTERVAL, PONG_TIMEOUT};
use sockeye_proto::message::MessageKind;

use crate::support::endpoint::{Endpoint, Reading, Seen};
use crate::support::frames::{self, BINARY, Frame, PING, PONG};
use crate::support::pair::Pair;

const ROLES: [Role; 2] = [Role::Client, Role::Server];
const SECOND: Duration = Duration::from_secs(1);

fn endpoint(role: Role, now: Instant) -> Endpoint {
    Endpoint::open(role, now)
}

/// When the Ping comes if the peer, heard just now, stays silent: known after a look in between.
fn ping_at(end: &mut Endpoint) -> Option<Instant> {
    let look = end.connection.next_deadline()?;
    assert_eq!(end.connection.handle_timeout(look), None);
    end.connection.next_deadline()
}

#[test]
fn quiet_pair_stays_open_with_pings_alone() {
    let mut pair = Pair::new(1);
    pair.advance(3600 * SECOND);
    for role in ROLES {
        let end = &pair.side(role).end;
        assert!(end.connection.is_open());
        let all_control = |seen: &Seen| matches!(seen, Seen::Ping | Seen::Pong(_));
        assert!(end.events.iter().all(all_control), "{:?}", end.events);
        let count = end.events.len();
        assert!(
            (150..=400).contains(&count),
            "{count} control frames in an hour"
        );
    }
}

#[test]
fn silent_peer_gets_a_ping_and_then_1011() {
    for role in ROLES {
        let mut pair = Pair::new(2);
        let start = pair.now;
        pair.side(role.peer()).muted = true;
        assert_eq!(
            pair.side(role).end.connection.next_deadline(),
            Some(start + PING_INTERVAL)
        );
        pair.advance(PING_INTERVAL);
        assert_eq!(pair.side(role).written(), [Frame::new(PING, "")]);
        pair.advance(PONG_TIMEOUT.saturating_sub(SECOND));
        assert!(pair.side(role).end.connection.is_open());
        pair.advance(SECOND);
        let fault = Fault::Timeout(Timeout::Pong);
        assert_eq!(pair.side(role).end.events, [Seen::Fault(fault)]);
        assert_eq!(
            pair.side(role).written(),
            [Frame::new(PING, ""), Frame::close(1011, "")]
        );
        assert!(pair.side(role).shut);
        assert_eq!(
            pair.side(role)
                .end
                .connection
                .close_event()
                .unwrap()
                .code
                .number(),
            1006
        );
    }
}

#[test]
fn any_byte_puts_the_ping_off() {
    let start = Instant::now();
    let wire = Frame::new(BINARY, "one byte at a time").from(Role::Client);
    let mut end = endpoint(Role::Server, start);
    let mut now = start;
    for byte in wire.chunks(1) {
        now += PING_INTERVAL.saturating_sub(SECOND);
        assert_eq!(end.connection.handle_timeout(now), None);
        assert!(!end.connection.has_output());
        end.read(byte, now);
    }
    assert_eq!(end.events, [Seen::binary("one byte at a time")]);
    assert_eq!(ping_at(&mut end), Some(now + PING_INTERVAL));
}

#[test]
fn bytes_read_straight_into_a_message_put_the_ping_off() {
    let start = Instant::now();
    let wire = Frame::new(BINARY, vec![7; 100_000]).from(Role::Client);
    let mut end = Endpoint::new(Role::Server, &Arc::default(), Reading::Straight, start);
    let (head, tail) = wire.split_at(1000);
    end.read(head, start);
    let later = start + PING_INTERVAL.saturating_sub(SECOND);
    assert_eq!(end.connection.handle_timeout(later), None);
    end.read(&tail[..1000], later);
    assert!(end.straight_count > 0);
    assert_eq!(ping_at(&mut end), Some(later + PING_INTERVAL));
}

#[test]
fn any_byte_answers_the_ping() {
    let start = Instant::now();
    let mut end = endpoint(Role::Client, start);
    let asked = start + PING_INTERVAL;
    assert_eq!(end.connection.handle_timeout(asked), None);
    end.answer(asked);
    let heard = asked + PONG_TIMEOUT.saturating_sub(SECOND);
    end.read(&[0x82], heard);
    assert_eq!(end.connection.handle_timeout(asked + PONG_TIMEOUT), None);
    assert_eq!(ping_at(&mut end), Some(heard + PING_INTERVAL));
}

#[test]
fn what_we_send_is_no_sign_of_life() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    end.send(MessageKind::Text, b"anybody there?").unwrap();
    assert_eq!(end.connection.next_deadline(), Some(start + PING_INTERVAL));
}

#[test]
fn deadline_that_has_not_passed_does_nothing() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    for now in [
        start,
        start + PING_INTERVAL.saturating_sub(Duration::from_nanos(1)),
    ] {
        assert_eq!(end.connection.handle_timeout(now), None);
        assert!(!end.connection.has_output());
    }
}

#[test]
fn ping_that_cannot_be_written_is_owed_once() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    end.connection.handle_timeout(start + PING_INTERVAL);
    for _ in 0..5 {
        end.connection
            .handle_timeout(start + PING_INTERVAL + SECOND);
    }
    end.answer(start + PING_INTERVAL + SECOND);
    let (written, _) = frames::read(Role::Server, &end.output);
    assert_eq!(written, [Frame::new(PING, "")]);
}

#[test]
fn deadline_passes_also_while_nothing_can_be_written() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    end.connection.handle_timeout(start + PING_INTERVAL);
    let fault = end
        .connection
        .handle_timeout(start + PING_INTERVAL + PONG_TIMEOUT);
    assert_eq!(fault, Some(Fault::Timeout(Timeout::Pong)));
    assert!(
        !end.connection.has_output(),
        "the Ping is of no use any more"
    );
    let budget = start + PING_INTERVAL + PONG_TIMEOUT + CLOSE_TIMEOUT;
    assert_eq!(end.connection.next_deadline(), Some(budget));
}

#[test]
fn keepalive_ends_with_the_peers_close() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    end.connection.handle_timeout(start + PING_INTERVAL);
    let closed = start + PING_INTERVAL + SECOND;
    end.read(&Frame::close(1000, "").from(Role::Client), closed);
    assert!(!end.connection.has_output(), "no Ping to a peer that left");
    let much_later = closed + 100 * PING_INTERVAL;
    assert_eq!(end.connection.handle_timeout(much_later), None);
    end.answer(much_later);
    let (written, _) = frames::read(Role::Server, &end.output);
    assert_eq!(written, [Frame::close(1000, "")]);
    assert!(end.connection.close_event().unwrap().was_clean);
}

#[test]
fn keepalive_ends_with_a_fault() {
    let start = Instant::now();
    let mut end = endpoint(Role::Server, start);
    end.connection.handle_timeout(start + PING_INTERVAL);
    end.read(&[0xFF], start + PING_INTERVAL);
    assert!(!end.connection.has_output(), "no Ping to a peer we gave up");
    let closing = start + PING_INTERVAL + CLOSE_TIMEOUT / 2;
    assert_eq!(end.connection.next_deadline(), Some(closing));
    assert_eq!(
        end.connection.handle_timeout(start + 100 * PING_INTERVAL),
        None
    );
    assert!(!end.connection.has_output());
}

#[test]
fn keepalive_ends_with_our_close() {
    let start = Instant::now();
    let mut end = endpoint(Role::Client, start);
    end.close(1000, "", start).unwrap();
    end.answer(start);
    end.read(&Frame::new(PONG, "").from(Role::Server), start + SECOND);
    assert_eq!(end.connection.next_deadline(), Some(start + CLOSE_TIMEOUT));
}

#[test]
fn without_keepalive_nothing_is_due_until_closing() {
    let mut config = Config::default();
    config.keepalive = None;
    let start = Instant::now();
    let mut end = Endpoint::new(Role::Client, &Arc::new(config), Reading::Buffered, start);
    end.read(&Frame::new(PING, "").from(Role::Server), start);
    end.answer(start);
    assert_eq!(end.connection.next_deadline(), None);
    assert_eq!(
        end.connection.handle_timeout(start + 1000 * PING_INTERVAL),
        None
    );
    end.close(1000, "", start).unwrap();
    assert_eq!(end.connection.next_deadline(), Some(start + CLOSE_TIMEOUT));
}

#[test]
fn durations_beyond_time_mean_never() {
    let mut config = Config::default();
    config.keepalive = Some(Keepalive {
        interval: SECOND,
        timeout: Duration::MAX,
    });
    config.close_timeout = Duration::MAX;
    let start = Instant::now();
    let mut end = Endpoint::new(Role::Client, &Arc::new(config), Reading::Buffered, start);
    assert_eq!(end.connection.handle_timeout(start + SECOND), None);
    assert_eq!(
        end.connection.handle_timeout(start + 1_000_000 * SECOND),
        None
    );
    end.read(&Frame::new(PONG, "").from(Role::Server), start + 2 * SECOND);
    assert_eq!(ping_at(&mut end), Some(start + 3 * SECOND));
    end.close(1000, "", start).unwrap();
    assert!(end.connection.next_deadline().is_some());
}
