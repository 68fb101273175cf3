//! The closing handshake (RFC 6455 §7): who may start it, what each side still does, how TCP ends
//! and what is said of it afterwards.

use std::time::{Duration, Instant};

use sockeye_proto::Role;
use sockeye_proto::fault::{Fault, Misuse, Timeout};
use sockeye_proto::limits::CLOSE_TIMEOUT;
use sockeye_proto::message::MessageKind;

use crate::support::endpoint::{Endpoint, Seen};
use crate::support::frames::{self, BINARY, Frame, PING, PONG, TEXT};
use crate::support::pair::Pair;

const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// The code, reason and cleanness that `role` reports.
fn end_of(pair: &mut Pair, role: Role) -> (u16, String, bool) {
    let event = pair.side(role).end.connection.close_event().unwrap();
    (event.code.number(), event.reason.into(), event.was_clean)
}

#[test]
fn either_side_closes_and_both_report_the_others_close() {
    // RFC 6455 §5.5.1-1 §5.5.1-5 §5.5.1-6 §5.5.1-7 §7.1.2-1 TEST
    for initiator in ROLES {
        for seed in 0..20 {
            let mut pair = Pair::new(seed);
            let now = pair.now;
            pair.side(initiator).end.close(4000, "bye", now).unwrap();
            pair.run();
            let (from, to) = pair.sides(initiator);
            assert_eq!(from.written(), [Frame::close(4000, "bye")]);
            assert_eq!(to.written(), [Frame::close(4000, "")]);
            assert_eq!(to.end.events, [Seen::Close(Some(4000), "bye".into())]);
            assert_eq!(end_of(&mut pair, initiator), (4000, String::new(), true));
            assert_eq!(
                end_of(&mut pair, initiator.peer()),
                (4000, "bye".into(), true)
            );
            assert_eq!(pair.client.eof, Some(true), "the server ends TCP first");
            assert_eq!(pair.next_deadline(), None, "all is over");
        }
    }
}

#[test]
fn both_sides_close_at_once_and_nobody_answers_twice() {
    // RFC 6455 §5.5.1-5 TEST: a Close that crosses ours is its answer
    for seed in 0..20 {
        let mut pair = Pair::new(seed);
        let now = pair.now;
        pair.client.end.close(1000, "client", now).unwrap();
        pair.server.end.close(1001, "server", now).unwrap();
        pair.run();
        assert_eq!(pair.client.written(), [Frame::close(1000, "client")]);
        assert_eq!(pair.server.written(), [Frame::close(1001, "server")]);
        assert_eq!(
            end_of(&mut pair, Role::Client),
            (1001, "server".into(), true)
        );
        assert_eq!(
            end_of(&mut pair, Role::Server),
            (1000, "client".into(), true)
        );
        assert_eq!(pair.client.eof, Some(true));
    }
}

#[test]
fn server_ends_tcp_at_once_and_client_waits_for_it() {
    // RFC 6455 §5.5.1-7 §7.1.1-2 §7.1.1-3 TEST: whoever began
    for role in ROLES {
        for began in [true, false] {
            let now = Instant::now();
            let mut end = Endpoint::open(role, now);
            if began {
                end.close(1000, "", now).unwrap();
                end.answer(now);
            }
            assert!(!end.connection.wants_shutdown());
            end.read(&Frame::close(1000, "").from(role.peer()), now);
            if !began {
                assert!(
                    !end.connection.wants_shutdown(),
                    "our answer is not out yet"
                );
            }
            end.answer(now);
            assert_eq!(end.connection.wants_shutdown(), role == Role::Server);
            assert!(end.connection.handle_eof());
        }
    }
}

#[test]
fn closing_side_still_gets_what_was_on_its_way() {
    for initiator in ROLES {
        let mut pair = Pair::new(7);
        let now = pair.now;
        let (from, to) = pair.sides(initiator);
        to.end
            .send(MessageKind::Text, b"sent before your Close")
            .unwrap();
        from.end.close(1000, "", now).unwrap();
        pair.run();
        let events = [
            Seen::text("sent before your Close"),
            Seen::Close(Some(1000), String::new()),
        ];
        assert_eq!(pair.side(initiator).end.events, events);
    }
}

#[test]
fn closing_side_sends_nothing_after_its_close() {
    // RFC 6455 §5.5.1-4 §6.1-2 §6.1-3 TEST: no message, no Ping, no second Close, no Pong
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        end.close(1000, "", now).unwrap();
        for polled in [false, true] {
            if polled {
                end.answer(now);
            }
            assert_eq!(end.send(MessageKind::Text, b"late"), Err(Misuse::NotOpen));
            assert_eq!(end.ping(b"late"), Err(Misuse::NotOpen));
            assert_eq!(end.close(1001, "late", now), Err(Misuse::NotOpen));
            let by_reference = end.connection.send_by_reference(MessageKind::Text, 5);
            assert_eq!(by_reference.unwrap_err(), Misuse::NotOpen);
        }
        end.read(&Frame::new(PING, "crossed").from(role.peer()), now);
        end.answer(now);
        assert_eq!(end.events, [Seen::Ping]);
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written, [Frame::close(1000, "")]);
    }
}

#[test]
fn closing_side_answers_the_ping_that_came_before() {
    // RFC 6455 §5.5.2-1 TEST: no Close was received yet
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        end.read(&Frame::new(PING, "first").from(role.peer()), now);
        end.close(1000, "", now).unwrap();
        end.answer(now);
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(written, [Frame::new(PONG, "first"), Frame::close(1000, "")]);
    }
}

#[test]
fn closed_side_may_answer_messages_until_its_close_goes_out() {
    for role in ROLES {
        let now = Instant::now();
        let mut end = Endpoint::open(role, now);
        let bytes = frames::wire(
            role.peer(),
            &[Frame::new(TEXT, "question"), Frame::close(1000, "")],
        );
        end.read(&bytes, now);
        assert!(!end.connection.is_open() && end.connection.may_send());
        assert_eq!(
            end.close(1000, "", now),
            Err(Misuse::NotOpen),
            "an answer is owed already"
        );
        end.send(MessageKind::Binary, b"answer").unwrap();
        end.answer(now);
        assert!(!end.connection.may_send());
        assert_eq!(end.send(MessageKind::Binary, b"late"), Err(Misuse::NotOpen));
        let (written, _) = frames::read(role, &end.output);
        assert_eq!(
            written,
            [Frame::new(BINARY, "answer"), Frame::close(1000, "")]
        );
    }
}

#[test]
fn failed_side_says_why_once_and_ends_tcp() {
    // RFC 6455 §7.1.7-1 §7.1.7-2 §7.1.7-3 TEST: before our Close, and after it
    for role in ROLES {
        for closing in [false, true] {
            let now = Instant::now();
            let mut end = Endpoint::open(role, now);
            if closing {
                end.close(1000, "", now).unwrap();
                end.answer(now);
            }
            end.read(&[0xFF, 0xFF], now);
            end.answer(now);
            end.read(&Frame::close(1002, "").from(role.peer()), now);
            end.answer(now);
            let (written, _) = frames::read(role, &end.output);
            let code = if closing { 1000 } else { 1002 };
            assert_eq!(written, [Frame::close(code, "")]);
            assert!(
                end.connection.wants_shutdown(),
                "a client that fails waits for nobody"
            );
            assert!(!end.connection.handle_eof(), "it did not end well");
            let event = end.connection.close_event().unwrap();
            assert_eq!((event.code.number(), event.was_clean), (1006, false));
        }
    }
}

#[test]
fn closing_side_gives_up_when_its_budget_is_over() {
    for role in ROLES {
        let mut pair = Pair::new(1);
        let (start, peer) = (pair.now, role.peer());
        pair.side(peer).muted = true;
        pair.side(role).end.close(1000, "", start).unwrap();
        pair.run();
        assert_eq!(
            pair.side(role).end.connection.next_deadline(),
            Some(start + CLOSE_TIMEOUT)
        );
        pair.advance(CLOSE_TIMEOUT);
        let timeout = Seen::Fault(Fault::Timeout(Timeout::Close));
        assert_eq!(pair.side(role).end.events, [timeout]);
        assert_eq!(end_of(&mut pair, role), (1006, String::new(), false));
        assert_eq!(pair.side(role).end.connection.next_deadline(), None);
    }
}

#[test]
fn closing_budget_is_one_for_all_of_it() {
    // The peer's Close does not begin a new one, nor do its bytes.
    let now = Instant::now();
    let mut end = Endpoint::open(Role::Client, now);
    end.close(1000, "", now).unwrap();
    let late = now + CLOSE_TIMEOUT.saturating_sub(Duration::from_secs(1));
    end.answer(late);
    end.read(&Frame::new(TEXT, "still here").from(Role::Server), late);
    end.read(&Frame::close(1000, "").from(Role::Server), late);
    end.answer(late);
    assert_eq!(end.connection.next_deadline(), Some(now + CLOSE_TIMEOUT));
    let timeout = end.connection.handle_timeout(now + CLOSE_TIMEOUT);
    assert_eq!(timeout, Some(Fault::Timeout(Timeout::Close)));
    let event = end.connection.close_event().unwrap();
    assert!(
        event.was_clean,
        "both Close frames crossed; only TCP did not end"
    );
}

/// A client with a Close to answer since `now`, and the same with a fault to tell of.
fn ends_that_owe_a_close(now: Instant) -> [Endpoint; 2] {
    [Frame::close(1000, ""), Frame::new(0x83, "")].map(|frame| {
        let mut end = Endpoint::open(Role::Client, now);
        end.read(&frame.from(Role::Server), now);
        end
    })
}

#[test]
fn answering_side_may_answer_messages_for_half_of_its_budget_and_then_owes_the_close() {
    let now = Instant::now();
    let half = now + CLOSE_TIMEOUT / 2;
    for mut end in ends_that_owe_a_close(now) {
        assert_eq!(end.connection.next_deadline(), Some(half));
        end.send(MessageKind::Text, b"an answer").unwrap();
        assert_eq!(end.connection.handle_timeout(half), None);
        assert!(!end.connection.may_send() && end.connection.has_close());
        let refused = end.send(MessageKind::Text, b"too late");
        assert_eq!(refused, Err(Misuse::NotOpen));
        end.answer(half);
        let (written, _) = frames::read(Role::Client, &end.output);
        assert_eq!(written.len(), 2, "the answer and the Close: {written:?}");
        assert_eq!(end.connection.next_deadline(), Some(now + CLOSE_TIMEOUT));
    }
}

#[test]
fn answering_side_has_one_budget_whenever_it_answers() {
    let now = Instant::now();
    for (after, mut end) in (0..).zip(ends_that_owe_a_close(now)) {
        end.answer(now + Duration::from_secs(after));
        assert_eq!(end.connection.next_deadline(), Some(now + CLOSE_TIMEOUT));
        let timeout = end.connection.handle_timeout(now + CLOSE_TIMEOUT);
        assert_eq!(timeout, Some(Fault::Timeout(Timeout::Close)));
        assert_eq!(end.connection.next_deadline(), None);
    }
}

#[test]
fn answering_side_that_looks_after_its_whole_budget_still_answers() {
    let now = Instant::now();
    let later = now + 10 * CLOSE_TIMEOUT;
    for mut end in ends_that_owe_a_close(now) {
        assert_eq!(end.connection.handle_timeout(later), None);
        assert!(end.connection.has_close());
        end.answer(later);
        let timeout = end.connection.handle_timeout(later);
        assert_eq!(timeout, Some(Fault::Timeout(Timeout::Close)));
    }
}
