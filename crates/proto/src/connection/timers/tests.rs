//! Deadlines one by one, with times made up.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

const KEEPALIVE: Option<Keepalive> = Some(Keepalive {
    interval: Duration::from_secs(20),
    timeout: Duration::from_secs(10),
});

const BUDGET: Duration = Duration::from_secs(5);

#[test]
fn silence_that_is_excused_is_judged_one_timeout_later() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    assert!(
        !timers.is_pong_due(start + 20 * SECOND),
        "no Ping was sent yet"
    );
    assert_eq!(
        timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
        Some(Due::Ping)
    );
    assert!(timers.is_pong_due(start + 30 * SECOND));
    timers.postpone_pong(start + 30 * SECOND, KEEPALIVE);
    assert!(!timers.is_pong_due(start + 39 * SECOND));
    let fault = timers.due(start + 40 * SECOND, KEEPALIVE, BUDGET);
    assert_eq!(fault, Some(Due::Fault(Timeout::Pong)));
}

#[test]
fn silence_brings_a_ping_and_then_a_fault() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    assert_eq!(timers.next(), Some(start + 20 * SECOND));
    assert_eq!(timers.due(start + 19 * SECOND, KEEPALIVE, BUDGET), None);
    assert_eq!(
        timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
        Some(Due::Ping)
    );
    assert_eq!(timers.next(), Some(start + 30 * SECOND));
    let fault = timers.due(start + 30 * SECOND, KEEPALIVE, BUDGET);
    assert_eq!(fault, Some(Due::Fault(Timeout::Pong)));
    assert_eq!(timers.next(), None);
}

#[test]
fn any_sign_of_life_starts_over() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    assert_eq!(
        timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
        Some(Due::Ping)
    );
    timers.heard(&|| start + 29 * SECOND, KEEPALIVE);
    assert_eq!(timers.due(start + 34 * SECOND, KEEPALIVE, BUDGET), None);
    assert_eq!(timers.next(), Some(start + 49 * SECOND));
    assert_eq!(
        timers.due(start + 49 * SECOND, KEEPALIVE, BUDGET),
        Some(Due::Ping)
    );
}

/// A clock that is not to be read.
fn no_clock() -> Instant {
    panic!("a busy connection asks for the time once in a quarter of the interval");
}

#[test]
fn busy_connection_asks_for_the_time_once_in_a_quarter() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    timers.heard(&|| start + SECOND, KEEPALIVE);
    for quarter in 1..100 {
        timers.heard(&no_clock, KEEPALIVE);
        let look = start + SECOND + 5 * quarter * SECOND;
        assert_eq!(timers.next(), Some(look));
        assert_eq!(timers.due(look, KEEPALIVE, BUDGET), None);
    }
}

#[test]
fn silence_after_traffic_brings_a_ping_after_three_quarters_at_least_and_all_at_most() {
    let start = Instant::now();
    for last_byte in 1..=5 {
        let mut timers = Timers::new(start, KEEPALIVE);
        timers.heard(&|| start, KEEPALIVE);
        let heard_at = start + last_byte * SECOND;
        if last_byte < 5 {
            timers.heard(&no_clock, KEEPALIVE);
        }
        assert_eq!(timers.due(start + 5 * SECOND, KEEPALIVE, BUDGET), None);
        if last_byte == 5 {
            timers.heard(&|| heard_at, KEEPALIVE);
        }
        let due = (0..60).find_map(|tick| {
            let now = start + 5 * SECOND + tick * SECOND;
            timers.due(now, KEEPALIVE, BUDGET).map(|due| (due, now))
        });
        let (due, at) = due.expect("a Ping");
        assert_eq!(due, Due::Ping);
        let silence = at - heard_at;
        assert!(
            silence >= 15 * SECOND && silence <= 20 * SECOND,
            "{silence:?}"
        );
    }
}

#[test]
fn look_that_comes_late_finds_the_ping_due_as_well() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    timers.heard(&|| start, KEEPALIVE);
    assert_eq!(
        timers.due(start + 20 * SECOND, KEEPALIVE, BUDGET),
        Some(Due::Ping)
    );
}

#[test]
fn closing_has_one_budget_and_ends_keepalive() {
    let start = Instant::now();
    let mut timers = Timers::new(start, KEEPALIVE);
    timers.closing(start, BUDGET);
    timers.closing(start + 4 * SECOND, BUDGET);
    timers.heard(&no_clock, KEEPALIVE);
    assert_eq!(
        timers.next(),
        Some(start + 5 * SECOND),
        "the first call counts"
    );
    let fault = timers.due(start + 5 * SECOND, KEEPALIVE, BUDGET);
    assert_eq!(fault, Some(Due::Fault(Timeout::Close)));
}

#[test]
fn close_that_is_owed_is_due_at_half_of_the_budget_and_does_not_prolong_it() {
    let start = Instant::now();
    for polled_after in [0, 3] {
        let mut timers = Timers::new(start, KEEPALIVE);
        timers.owed(start, 4 * SECOND);
        timers.owed(start + SECOND, 4 * SECOND);
        timers.heard(&no_clock, KEEPALIVE);
        timers.stop_keepalive();
        assert_eq!(timers.next(), Some(start + 2 * SECOND));
        let now = start + polled_after * SECOND;
        let due = timers.due(now, KEEPALIVE, 4 * SECOND);
        assert_eq!(due.is_some(), polled_after == 3, "{due:?}");
        timers.closing(now, 4 * SECOND);
        assert_eq!(timers.next(), Some(start + 4 * SECOND));
    }
}

#[test]
fn without_keepalive_nothing_is_ever_due() {
    let start = Instant::now();
    let mut timers = Timers::new(start, None);
    timers.heard(&|| start, None);
    assert_eq!(
        (
            timers.next(),
            timers.due(start + 999 * SECOND, None, BUDGET)
        ),
        (None, None)
    );
}

#[test]
fn keepalive_of_no_time_at_all_neither_floods_nor_kills() {
    let nothing = Some(Keepalive {
        interval: Duration::ZERO,
        timeout: Duration::ZERO,
    });
    let start = Instant::now();
    let mut timers = Timers::new(start, nothing);
    assert_eq!(timers.due(start, nothing, BUDGET), None);
    let asked = start + KEEPALIVE_MIN;
    assert_eq!(timers.due(asked, nothing, BUDGET), Some(Due::Ping));
    assert_eq!(timers.due(asked, nothing, BUDGET), None);
    timers.heard(&|| asked, nothing);
    assert_eq!(timers.due(asked, nothing, BUDGET), None);
}
