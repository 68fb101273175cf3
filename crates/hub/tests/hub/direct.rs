//! What whoever runs a fan-out does to a session or a channel by itself (`direct`).

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::support::outlet::{Frame, Transports};
use crate::support::world::{World, name};
use sockeye_hub::limits::QUEUE_BYTES_MAX;
use sockeye_hub::{
    ChannelName, Close, Command, Encoded, End, Limit, News, Notice, Outlet, SessionId, Start,
    Variant,
};

/// A frame of a dialect's own, told apart by its variant.
fn own(number: u8, len: usize) -> Encoded<Frame> {
    let channel: ChannelName = name("own");
    let change = sockeye_hub::Change::Left(crate::support::world::user("nobody"));
    let frame = Frame::News(Variant(number), channel, News::Change(change.into()));
    Encoded { frame, len }
}

fn give(world: &mut World, session: SessionId, frame: Encoded<Frame>) {
    let worker = world.worker_of(session);
    world.workers[worker].send(session, frame, &mut world.transports[worker]);
}

fn own_numbers(world: &World, session: SessionId) -> Vec<u8> {
    let number = |frame: &Frame| match frame {
        Frame::News(variant, channel, _) if channel.as_str() == "own" => Some(variant.0),
        _ => None,
    };
    world.got(session).iter().filter_map(number).collect()
}

/// If this fails, what a dialect says overtakes what it said before, is lost, or fills memory.
#[test]
fn given_frame_keeps_its_place_and_counts_against_the_bound() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let worker = world.worker_of(ann);
    world.transports[worker].room.insert(ann.0, 1);
    for number in 0..3 {
        give(&mut world, ann, own(number, 10));
    }
    world.settle();
    assert_eq!(own_numbers(&world, ann), [0]);
    assert!(!world.workers[worker].is_settled(ann));
    world.transports[worker].room.remove(&ann.0);
    world.writable(ann);
    world.settle();
    assert_eq!(own_numbers(&world, ann), [0, 1, 2]);
    assert!(world.workers[worker].is_settled(ann));
    world.transports[worker].room.insert(ann.0, 0);
    give(&mut world, ann, own(3, QUEUE_BYTES_MAX / 2));
    give(&mut world, ann, own(4, QUEUE_BYTES_MAX / 2));
    world.settle();
    assert_eq!(world.closed, [(ann, Close::Slow)]);
    let bound = Limit::QueueBytes.at(QUEUE_BYTES_MAX);
    assert_eq!(world.met, [bound], "and is told what waited");
    give(&mut world, ann, own(5, 1));
    assert_eq!(own_numbers(&world, ann), [0, 1, 2]);
}

/// If this fails, a session that its dialect ends loses its last words, or stays in its channels.
#[test]
fn finished_session_gets_what_waits_and_leaves() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    let worker = world.worker_of(ann);
    assert_eq!(world.workers[worker].subscriptions(), 1);
    give(&mut world, ann, own(7, 10));
    assert!(world.workers[worker].finish(ann, &mut world.transports[worker]));
    assert_eq!(own_numbers(&world, ann), [7]);
    assert_eq!(world.workers[worker].subscriptions(), 0);
    world.settle();
    assert_eq!((world.owners[0].channels(), world.closed.len()), (0, 0));
}

/// If this fails, what was taken from a session does not come back to it before it is closed, or
/// what others say keeps one for ever that is to go.
#[test]
fn session_finishes_behind_its_own_publications_and_not_behind_those_of_others() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    for session in [ann, bob] {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    let worker = world.worker_of(ann);
    world.transports[worker].room.insert(ann.0, 0);
    world.publish(ann, "room", "mine");
    let finish =
        |world: &mut World| world.workers[worker].finish(ann, &mut world.transports[worker]);
    assert!(!finish(&mut world), "the command is under way");
    world.settle();
    assert!(!finish(&mut world), "its transport is full");
    world.publish(bob, "room", "too late");
    world.settle();
    world.transports[worker].room.remove(&ann.0);
    world.writable(ann);
    assert!(finish(&mut world));
    assert_eq!(world.texts(ann, "room"), ["mine"]);
    assert_eq!(world.texts(bob, "room"), ["mine", "too late"]);
}

/// If this fails, a server that stops takes a session for finished whose command is under way, or
/// one whose client is gone waits for frames that nobody reads.
#[test]
fn session_is_settled_once_its_commands_are_answered() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let worker = world.worker_of(ann);
    assert!(world.workers[worker].is_settled(ann));
    world.publish(ann, "room", "x");
    assert!(!world.workers[worker].is_settled(ann));
    assert!(!world.workers[worker].is_answered(ann));
    world.settle();
    assert!(world.workers[worker].is_settled(ann));
    assert!(world.workers[worker].is_answered(ann));
    assert!(world.workers[worker].is_settled(SessionId(9)), "of nobody");
    assert!(world.workers[worker].is_answered(SessionId(9)), "of nobody");
}

/// If this fails, subscribers go on after news that never reached their worker, or the owner goes
/// on to send news to where nobody wants them.
#[test]
fn lost_channel_ends_its_subscriptions_at_the_worker_and_the_owner() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    for session in [ann, bob] {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    let worker = world.worker_of(ann);
    world.workers[worker].lose(&name("room"), &mut world.transports[worker]);
    world.settle();
    let last = world.notices(ann).last().copied();
    assert!(matches!(last, Some(Notice::Ended { end: End::Gap, .. })));
    world.publish(bob, "room", "x");
    world.settle();
    assert_eq!(world.texts(bob, "room"), ["x"]);
    assert_eq!(world.texts(ann, "room"), [""; 0]);
    assert_eq!(world.workers[worker].subscriptions(), 0);
    let channel = name("room");
    let again = world.command(ann, Command::Unsubscribe { channel });
    world.settle();
    assert_eq!(world.answers_to(ann, again).len(), 1);
}

/// Transports that panic where they are given a frame.
struct Broken<'a>(&'a mut Transports);

impl Outlet for Broken<'_> {
    type Frame = Frame;

    fn encode(
        &mut self,
        variant: Variant,
        channel: &ChannelName,
        news: &News,
    ) -> Option<Encoded<Frame>> {
        self.0.encode(variant, channel, news)
    }

    fn notice(
        &mut self,
        session: SessionId,
        variant: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<Frame>>,
    ) {
        self.0.notice(session, variant, notice, frames);
    }

    fn send(&mut self, _to: u64, _session: SessionId, _frames: &[Frame]) -> usize {
        panic!("on purpose");
    }
}

/// If this fails, a panic in one walk has others told what was said in a room that they are not in,
/// or nothing any more of what was to be told in the same flush.
#[test]
fn walk_that_broke_off_leaves_the_others_as_they_are() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(3, None));
    let other = world.open(2, None);
    world.subscribe(ann, "hers", Start::Live);
    world.subscribe(bob, "his", Start::Live);
    world.settle();
    let worker = world.worker_of(ann);
    assert_eq!(worker, world.worker_of(bob), "they share a fan-out");
    for (room, text) in [("hers", "for ann"), ("his", "for bob")] {
        world.publish(other, room, text);
    }
    world.settle_unflushed(worker);
    let mut broken = Broken(&mut world.transports[worker]);
    let flush = AssertUnwindSafe(|| world.workers[worker].flush(&mut broken));
    assert!(catch_unwind(flush).is_err());
    world.settle();
    assert_eq!(world.texts(bob, "his"), ["for bob"]);
    assert_eq!(world.texts(bob, "hers"), [""; 0]);
}
