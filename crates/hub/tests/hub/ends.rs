//! How sessions and subscriptions end that nobody asked to end (`owner`): gaps, faults, time, slow
//! readers: `session`, `lifetime`, `queue`, `control`, `slots`.

use std::sync::Arc;
use std::time::Duration;

use crate::support::world::{World, name, text};
use sockeye_hub::limits::{FRAME_OVERHEAD, PAYLOAD_LEN_MAX, SESSION_KEEP};
use sockeye_hub::{
    Answer, Asker, Bound, ChannelOptions, Close, Completion, Control, Delivery, Done, Effect, End,
    Entry, Epoch, FanoutOptions, Fault, Grant, Join, Limit, News, Notice, Operation, Operations,
    Owner, OwnerOptions, OwnerOutput, Pattern, Permissions, Position, Recovery, Refusal, Rule,
    Rules, SessionId, SlowFate, Start, Target, Ticket, ToOwner, ToWorker, Token, WorkerId,
};

fn ended(world: &World, session: SessionId) -> Option<End> {
    match world.notices(session).last() {
        Some(Notice::Ended { end, .. }) => Some(*end),
        _ => None,
    }
}

/// News of a publication at `offset` that nobody published.
fn news(at: Position, offset: u64) -> News {
    News::Entry(Arc::new(Entry {
        position: Position { offset, ..at },
        publication: *text("x"),
    }))
}

/// If this fails, a client goes on after a hole and never learns of it.
#[test]
fn gap_from_the_engine_ends_the_subscription_and_recovery_fills_it() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    world.publish(bob, "room", "one");
    world.settle();
    let known = world.top("room");
    let mut lost = Vec::new();
    world.engine.lose(&name("room"), &mut lost);
    world.publish(bob, "room", "two");
    world.hand_out(lost);
    world.settle();
    assert_eq!(ended(&world, ann), Some(End::Gap));
    world.subscribe(ann, "room", Start::After(known));
    world.settle();
    world.publish(bob, "room", "three");
    world.settle();
    assert_eq!(world.subscribed(ann).recovery, Recovery::Recovered);
    assert_eq!(world.texts(ann, "room"), ["one", "two", "three"]);
}

/// If this fails, a hole between the engine and the owner, or a new epoch, is passed on.
#[test]
fn owner_ends_what_does_not_follow() {
    for (offset, is_restart, end) in [(2, false, End::Gap), (1, true, End::Restarted)] {
        let mut world = World::small();
        let ann = world.open(1, None);
        world.subscribe(ann, "room", Start::Live);
        world.settle();
        let mut at = world.top("room");
        if is_restart {
            at.epoch.0 += 1;
        }
        let channel = name("room");
        world.hand_out(vec![Delivery::News {
            channel,
            news: news(at, offset),
        }]);
        world.settle();
        assert_eq!(ended(&world, ann), Some(end));
        assert_eq!(world.texts(ann, "room"), [""; 0]);
        assert!(!world.engine.is_attached(&name("room")));
    }
}

/// If this fails, an owner passes on what is behind a hole, and leaves it to the workers to notice.
#[test]
fn owner_tells_workers_of_the_end_and_nothing_behind_it() {
    let mut owner = Owner::new(OwnerOptions::default());
    let join = Join {
        worker: WorkerId(0),
        ticket: Ticket(1),
        channel: name("room"),
        start: Start::Live,
        may_replay: true,
        member: None,
    };
    owner.handle(Duration::ZERO, ToOwner::Join(join));
    let Some(OwnerOutput::Effect { token, .. }) = owner.poll_output() else {
        panic!("the owner attaches");
    };
    let top = Position::start(Epoch(1));
    let done = Ok(Done::Attached(top));
    owner.complete(Duration::ZERO, Completion { token, done });
    // The second is known already.
    for offset in [1, 1, 3] {
        let news = news(top, offset);
        let channel = name("room");
        owner.deliver(Duration::ZERO, Delivery::News { channel, news });
    }
    let mut told = Vec::new();
    while let Some(output) = owner.poll_output() {
        if let OwnerOutput::ToWorker { message, .. } = output {
            told.push(message);
        }
    }
    let [
        ToWorker::Joined { .. },
        ToWorker::News { .. },
        ToWorker::Ended { end: End::Gap, .. },
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
}

/// If this fails, the answer to an attachment that was given up is taken for one to the next, and a
/// subscriber begins at an old place.
#[test]
fn attachment_that_was_given_up_is_not_taken_for_the_next() {
    let mut owner = Owner::new(OwnerOptions::default());
    let mut told = Vec::new();
    let mut tokens = Vec::new();
    for ticket in [1, 2] {
        let join = Join {
            worker: WorkerId(0),
            ticket: Ticket(ticket),
            channel: name("room"),
            start: Start::Live,
            may_replay: true,
            member: None,
        };
        owner.handle(Duration::ZERO, ToOwner::Join(join));
        while let Some(output) = owner.poll_output() {
            tokens.extend(attaching(&output));
        }
        if ticket == 1 {
            let channel = name("room");
            owner.deliver(Duration::ZERO, Delivery::Lost { channel });
        }
    }
    for (token, offset) in tokens.into_iter().zip([5, 7]) {
        let done = Ok(Done::Attached(Position {
            offset,
            ..Position::start(Epoch(1))
        }));
        owner.complete(Duration::ZERO, Completion { token, done });
    }
    while let Some(output) = owner.poll_output() {
        if let OwnerOutput::ToWorker {
            message: ToWorker::Joined { ticket, live, .. },
            ..
        } = output
        {
            told.push((ticket, live.offset));
        }
    }
    assert_eq!(told, [(Ticket(2), 7)]);
}

fn attaching(output: &OwnerOutput) -> Option<Token> {
    match output {
        OwnerOutput::Effect {
            token,
            effect: Effect::Attach,
            ..
        } => Some(*token),
        _ => None,
    }
}

/// If this fails, a message that is lost on its way to a worker is a hole that nobody sees.
#[test]
fn worker_ends_what_does_not_follow_and_its_owner_forgets_it() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    let channel = name("room");
    let message = ToWorker::News {
        channel,
        news: news(world.top("room"), 2),
    };
    world.workers[1].handle(message, &mut world.transports[1]);
    world.settle();
    assert_eq!(ended(&world, ann), Some(End::Gap));
    assert_eq!(world.owners[0].channels(), 0);
}

/// If this fails, an engine that is gone makes commands wait for ever, or channels that never heal.
#[test]
fn engine_that_is_gone_is_told_and_comes_back() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.engine.fault = Some(Fault::Unavailable);
    let requests = [
        world.subscribe(ann, "room", Start::Live),
        world.publish(ann, "room", "x"),
    ];
    world.settle();
    for request in requests {
        let refused = Answer::from(Refusal::Unavailable);
        assert_eq!(world.answers_to(ann, request), [refused]);
    }
    assert_eq!(world.owners[0].channels(), 0);
    world.engine.fault = None;
    world.subscribe(ann, "room", Start::Live);
    world.publish(ann, "room", "y");
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["y"]);
    // The page of history fails, though the channel is attached.
    let bob = world.open(2, None);
    world.engine.fault = Some(Fault::Unavailable);
    let request = world.subscribe(bob, "room", Start::Last(1));
    world.settle();
    let refused = Answer::from(Refusal::Unavailable);
    assert_eq!(world.answers_to(bob, request), [refused]);
    world.engine.fault = None;
    world.publish(ann, "room", "z");
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["y", "z"]);
}

fn slow_world(fate: SlowFate) -> World {
    let rules = Rules::new(ChannelOptions {
        slow: fate,
        ..ChannelOptions::default()
    });
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    let fanout = FanoutOptions {
        queue_bytes_max: 4 * (100 + FRAME_OVERHEAD),
        ..FanoutOptions::default()
    };
    let mut world = World::new(1, 1, &owner, &fanout);
    world.transports[0].len = 100;
    world
}

/// If this fails, one who does not read fills memory, is dropped without a word, or holds others
/// up.
#[test]
fn slow_session_is_closed_with_the_code_to_come_back() {
    let mut world = slow_world(SlowFate::Close);
    let (slow, quick) = (world.open(1, None), world.open(2, None));
    for session in [slow, quick] {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    world.transports[0].room.insert(1, 2);
    for number in 0..6 {
        world.publish(quick, "room", &number.to_string());
        world.settle();
    }
    assert_eq!(world.closed, []);
    assert!(world.workers[0].queued_bytes(slow) <= 4 * (100 + FRAME_OVERHEAD));
    world.publish(quick, "room", "6");
    world.settle();
    assert_eq!(world.closed, [(slow, Close::Slow)]);
    assert!(Close::Slow.is_reconnect());
    assert_eq!(world.texts(slow, "room"), ["0", "1"]);
    assert_eq!(world.texts(quick, "room").len(), 7);
    assert_eq!(world.workers[0].subscribers(&name("room")), 1);
}

/// If this fails, a session is closed as slow for what its transport was never offered.
#[test]
fn session_is_not_slow_while_its_transport_takes_everything() {
    let mut world = slow_world(SlowFate::Close);
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    world.subscribe(ann, "room", Start::Live);
    // More than its queue holds, in one piece, behind a notice that was not flushed.
    world.settle_unflushed(0);
    for number in 0..9 {
        world.publish(bob, "room", &number.to_string());
    }
    world.settle_unflushed(0);
    // Another subscriber makes the worker tell the others what is pending.
    world.subscribe(bob, "room", Start::Live);
    world.settle_unflushed(0);
    assert_eq!(world.closed, []);
    assert_eq!(world.texts(ann, "room").len(), 9);
    // More answers than its queue holds.
    world.transports[0].len = 0;
    for _ in 0..20 {
        world.publish(ann, "room", "x");
    }
    world.settle_unflushed(0);
    world.settle();
    assert_eq!(world.closed, []);
}

/// If this fails, what waited is lost or out of order once the reader goes on.
#[test]
fn reader_that_goes_on_in_time_gets_everything() {
    let mut world = slow_world(SlowFate::Close);
    let (slow, quick) = (world.open(1, None), world.open(2, None));
    world.subscribe(slow, "room", Start::Live);
    world.settle();
    world.transports[0].room.insert(1, 0);
    for number in 0..12 {
        world.publish(quick, "room", &number.to_string());
        world.settle();
        if number % 3 == 2 {
            world.transports[0].room.insert(1, 3);
            world.writable(slow);
            world.settle();
        }
    }
    let expected: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    assert_eq!(world.texts(slow, "room"), expected);
    assert_eq!(world.closed, []);
}

/// If this fails, a channel that tells a state closes its slow readers, or tells them an old state.
#[test]
fn latest_only_channel_keeps_the_newest_for_a_slow_session() {
    let mut world = slow_world(SlowFate::Latest);
    let (slow, quick) = (world.open(1, None), world.open(2, None));
    world.subscribe(slow, "price", Start::Live);
    world.settle();
    world.transports[0].room.insert(1, 1);
    for number in 0..20 {
        world.publish(quick, "price", &number.to_string());
        world.settle();
    }
    assert_eq!(world.texts(slow, "price"), ["0"]);
    world.transports[0].room.insert(1, 9);
    world.writable(slow);
    world.settle();
    assert_eq!(world.texts(slow, "price"), ["0", "19"]);
    world.publish(quick, "price", "20");
    world.settle();
    assert_eq!(world.texts(slow, "price"), ["0", "19", "20"]);
    assert_eq!(world.closed, []);
}

/// If this fails, a session dies with its transport, or lives for ever without one.
#[test]
fn session_outlives_its_transport_for_a_while() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    let moment = Duration::from_millis(1);
    world.workers[1].suspend(world.now, ann);
    world.publish(bob, "room", "one");
    world.pass(SESSION_KEEP.saturating_sub(moment));
    assert_eq!(world.texts(ann, "room"), [""; 0]);
    assert!(world.resume(ann, 77));
    world.pass(SESSION_KEEP * 2);
    assert_eq!(world.texts(ann, "room"), ["one"]);
    assert_eq!(world.closed, []);
    world.workers[1].suspend(world.now, ann);
    world.pass(SESSION_KEEP);
    assert_eq!(world.closed, [(ann, Close::Expired)]);
    assert!(!world.resume(ann, 78));
    assert_eq!(world.workers[1].sessions(), 0);
    assert_eq!(world.owners[0].channels(), 0);
}

/// If this fails, credentials that ran out go on being used, or renewed ones do not.
#[test]
fn credentials_run_out_unless_they_are_refreshed() {
    let mut world = World::small();
    for number in [1, 3] {
        let mut hello = World::hello(number, None);
        hello.expires_at = Some(Duration::from_secs(10));
        world.workers[1].open(hello).unwrap();
    }
    let refresh = Control::Refresh {
        target: Target::Session(SessionId(3)),
        expires_in: Some(Duration::from_secs(15)),
    };
    world.workers[1].control(world.now, &refresh, &mut world.transports[1]);
    world.pass(Duration::from_secs(14));
    assert_eq!(world.closed, [(SessionId(1), Close::Expired)]);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.closed.len(), 2);
}

/// If this fails, new credentials leave a session where it may not be any more, or end what it may.
#[test]
fn new_credentials_end_what_they_deny() {
    let mut world = World::small();
    let ann = world.open(1, None);
    for channel in ["a", "b"] {
        world.subscribe(ann, channel, Start::Live);
    }
    world.settle();
    let pending = world.subscribe(ann, "c", Start::Live);
    let rules = vec![Rule {
        pattern: Pattern::Exact("b".into()),
        operations: Operations::ALL,
        grant: Grant::Ask,
    }];
    let permissions = Permissions::new(rules).unwrap();
    let until = Some(Duration::from_secs(9));
    let outlet = &mut world.transports[1];
    assert!(world.workers[1].refresh(ann, permissions.clone(), until, outlet));
    assert!(!world.workers[1].refresh(SessionId(9), permissions, until, outlet));
    world.settle();
    let channel = name("a");
    let end = End::Server;
    assert!(
        world
            .notices(ann)
            .contains(&&Notice::Ended { channel, end })
    );
    assert_eq!(
        world.answers_to(ann, pending),
        [Operation::Subscribe.into()]
    );
    assert_eq!(world.workers[1].channels(), 1);
    world.pass(Duration::from_secs(9));
    assert_eq!(world.closed, [(ann, Close::Expired)]);
}

/// If this fails, the server cannot throw somebody out, or a client leaves traces.
#[test]
fn server_disconnects_a_user_everywhere_and_nothing_is_left() {
    let mut world = World::small();
    let sessions = [world.open(2, Some("ann")), world.open(1, Some("ann"))];
    for session in sessions {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    let disconnect = Control::Disconnect {
        target: Target::User(crate::support::world::user("ann")),
        close: Close::Disconnected,
    };
    for worker in 0..2 {
        let outlet = &mut world.transports[worker];
        assert_eq!(
            world.workers[worker].control(world.now, &disconnect, outlet),
            1
        );
    }
    world.settle();
    assert_eq!(
        world.closed,
        sessions.map(|session| (session, Close::Disconnected))
    );
    assert_eq!(world.owners[0].channels(), 0);
    assert!(world.workers.iter().all(|worker| worker.sessions() == 0));
}

/// If this fails, a publish over HTTP has no answer, or publishes what a channel does not take.
#[test]
fn server_publishes_and_is_answered() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    let publish = |asker, len| ToOwner::Publish {
        asker: Asker::Server(asker),
        channel: name("room"),
        publication: text(&"x".repeat(len)),
    };
    world.message_owner(publish(5, 1));
    world.message_owner(publish(6, PAYLOAD_LEN_MAX + 1));
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["x"]);
    let [(6, refused), (5, Answer::Published(_))] = &world.answers[..] else {
        panic!("{:?}", world.answers);
    };
    let (limit, max) = (Limit::PayloadLen, PAYLOAD_LEN_MAX);
    assert_eq!(*refused, Bound { limit, max }.into());
}
