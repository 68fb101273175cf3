//! What subscribers get before the live publications, and whether they are told the truth about it:
//! `recovery`, `held`, `channel`.

use std::sync::Arc;

use crate::support::world::{World, name};
use sockeye_hub::limits::{HELD_BYTES_MAX, PAGE_LEN_MAX, PAYLOAD_LEN_MAX};
use sockeye_hub::{
    ChannelOptions, Epoch, FanoutOptions, OwnerOptions, Position, Recovery, Rules, Start,
};

fn with_history(history_len_max: usize) -> World {
    let rules = Rules::new(ChannelOptions {
        history_len_max,
        history_age_max: std::time::Duration::MAX,
        ..ChannelOptions::default()
    });
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    World::new(1, 2, &owner, &FanoutOptions::default())
}

/// Publishes `count` texts from `first` on, by way of the engine's own order.
fn talk(world: &mut World, first: usize, count: usize) {
    let speaker = world.open(1001 + u64::try_from(first).unwrap() * 2, None);
    for number in first..first + count {
        // So that no rate of sessions is in the way.
        world.now += std::time::Duration::from_secs(1);
        world.publish(speaker, "room", &number.to_string());
        world.settle();
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// If this fails, a room's page shows the wrong messages at first.
#[test]
fn newest_are_replayed_oldest_first_and_live_ones_follow() {
    let mut world = with_history(100);
    talk(&mut world, 0, 10);
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Last(3));
    world.settle();
    talk(&mut world, 10, 2);
    assert_eq!(world.texts(ann, "room"), numbers(7..12));
    assert_eq!(world.subscribed(ann).recovery, Recovery::NotAsked);
    assert_eq!(world.subscribed(ann).position.offset, 10);
}

/// If this fails, a client that comes back misses something and is told that it did not.
#[test]
fn recovery_brings_all_of_it_or_says_no() {
    let mut world = with_history(5);
    talk(&mut world, 0, 8);
    let top = world.top("room");
    let back = |epoch: Epoch, offset| Start::After(Position { epoch, offset });
    let cases = [
        (back(top.epoch, 8), Recovery::Recovered, numbers(8..8)),
        (back(top.epoch, 5), Recovery::Recovered, numbers(5..8)),
        (back(top.epoch, 3), Recovery::Recovered, numbers(3..8)),
        (back(top.epoch, 2), Recovery::Lost, vec![]),
        (back(top.epoch, 9), Recovery::Lost, vec![]),
        (back(Epoch(77), 8), Recovery::Lost, vec![]),
        (back(Epoch(77), 5), Recovery::Lost, vec![]),
    ];
    begins_as(&mut world, cases);
}

/// Checks how subscriptions begin that start so: their recovery, and what they are told.
fn begins_as<const N: usize>(world: &mut World, cases: [(Start, Recovery, Vec<String>); N]) {
    let top = world.top("room");
    for (number, (start, recovery, texts)) in (1..).zip(cases) {
        let session = world.open(number, None);
        world.subscribe(session, "room", start);
        world.settle();
        let subscribed = world.subscribed(session);
        assert_eq!(subscribed.recovery, recovery, "{start:?}");
        assert_eq!(subscribed.position, top, "{start:?}");
        assert_eq!(world.texts(session, "room"), texts, "{start:?}");
    }
}

/// If this fails, who missed too much is shown nothing at all, what it has already, or the newest
/// without a word about the gap.
#[test]
fn newest_stand_in_for_what_cannot_be_recovered() {
    let mut world = with_history(5);
    talk(&mut world, 0, 8);
    let top = world.top("room");
    let back = |epoch: Epoch, offset, last| Start::AfterOrLast {
        since: Position { epoch, offset },
        last,
    };
    let cases = [
        (back(top.epoch, 8, 2), Recovery::Recovered, numbers(8..8)),
        (back(top.epoch, 7, 2), Recovery::Recovered, numbers(7..8)),
        (back(top.epoch, 3, 2), Recovery::Recovered, numbers(3..8)),
        (back(top.epoch, 2, 2), Recovery::Lost, numbers(6..8)),
        (back(top.epoch, 0, 0), Recovery::Lost, numbers(8..8)),
        (back(top.epoch, 9, 9), Recovery::Lost, numbers(3..8)),
        (back(Epoch(77), 8, 3), Recovery::Lost, numbers(5..8)),
    ];
    begins_as(&mut world, cases);
}

/// If this fails, a recovery sends a part of what was missed and calls it all.
#[test]
fn more_than_a_page_is_lost_not_cut() {
    let mut world = with_history(PAGE_LEN_MAX + 10);
    talk(&mut world, 0, PAGE_LEN_MAX + 5);
    let epoch = world.top("room").epoch;
    for (session, offset, recovery) in [(1, 4, Recovery::Lost), (2, 5, Recovery::Recovered)] {
        let session = world.open(session, None);
        world.subscribe(session, "room", Start::After(Position { epoch, offset }));
        world.settle();
        assert_eq!(world.subscribed(session).recovery, recovery);
    }
}

/// If this fails, what is published while a page of history is on its way is lost or comes twice.
#[test]
fn what_comes_during_the_replay_is_neither_lost_nor_doubled() {
    // Wires of the one owner: messages, completions, deliveries, effects.
    let orders: [&[usize]; 4] = [
        // The page is read before the publications, and comes after them.
        &[0, 3, 1, 3, 0, 3, 0, 3, 2, 2, 1],
        // The page is read after the publications, and comes before their delivery.
        &[0, 3, 1, 0, 0, 3, 3, 3, 1, 1, 1],
        // Between them.
        &[0, 3, 1, 0, 3, 3, 0, 3, 2, 1, 1, 1, 2],
        // Publications are delivered before the attachment is known.
        &[0, 3, 0, 3, 2, 0, 3, 1, 1, 1, 3, 1, 2],
    ];
    for order in orders {
        let mut world = with_history(100);
        talk(&mut world, 0, 2);
        let (ann, bob) = (world.open(1, None), world.open(2, None));
        world.subscribe(ann, "room", Start::Last(9));
        world.publish(bob, "room", "2");
        world.publish(bob, "room", "3");
        for wire in order {
            assert!(world.step(*wire), "{order:?}");
        }
        world.settle();
        assert_eq!(world.texts(ann, "room"), numbers(0..4), "{order:?}");
    }
}

/// If this fails, a client goes on from a place in a stream that is not the one it knew.
#[test]
fn stream_that_begins_anew_has_another_epoch() {
    let mut world = with_history(100);
    talk(&mut world, 0, 3);
    let before = world.top("room");
    world.engine.restart(&name("room"));
    talk(&mut world, 3, 3);
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::After(before));
    world.settle();
    assert_eq!(world.subscribed(ann).recovery, Recovery::Lost);
    assert_ne!(world.subscribed(ann).position.epoch, before.epoch);
}

/// If this fails, an owner whose engine is slow holds publications without bound, or a client whose
/// replay has a hole for that reason is not told.
#[test]
fn replay_that_waited_too_long_is_lost_and_nothing_is_missed_from_then_on() {
    let mut world = with_history(100);
    talk(&mut world, 0, 3);
    let since = world.top("room");
    let [ann, bob, eve] = [1, 2, 4].map(|session| world.open(session, None));
    world.subscribe(eve, "room", Start::Live);
    world.settle();
    talk(&mut world, 3, 1);
    world.subscribe(ann, "room", Start::After(since));
    // Its page is read, and its completion waits: wires of the one owner are messages,
    // completions, deliveries, effects.
    assert!(world.step(0) && world.step(3));
    let long = "x".repeat(PAYLOAD_LEN_MAX);
    for _ in 0..=HELD_BYTES_MAX / PAYLOAD_LEN_MAX {
        world.now += std::time::Duration::from_secs(1);
        world.publish(bob, "room", &long);
        assert!(world.step(0) && world.step(3) && world.step(2));
    }
    let top = world.top("room");
    world.settle();
    let subscribed = world.subscribed(ann);
    assert_eq!(subscribed.recovery, Recovery::Lost);
    assert_eq!((subscribed.position, subscribed.replay.len()), (top, 0));
    talk(&mut world, 4, 2);
    assert_eq!(world.texts(ann, "room"), numbers(4..6));
    assert_eq!(world.texts(eve, "room").len(), 20);
}
