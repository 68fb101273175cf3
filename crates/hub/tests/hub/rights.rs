//! What permissions leave out of a subscription, and how a refusal says what is denied:
//! `permission`, `refused`, `walk`, `subscribe`.

use std::sync::Arc;

use crate::support::outlet::Frame;
use crate::support::world::{World, name};
use sockeye_hub::{
    Answer, ChannelOptions, Command, Control, Direction, FanoutOptions, Grant, HistoryQuery, News,
    Operation, Operations, OwnerOptions, Pattern, Permissions, Position, Presence, Recovery, Rule,
    Rules, SessionId, Start, Target,
};

/// A world whose channels have users for members, and one that speaks in `room`.
fn with_speaker() -> (World, SessionId) {
    let rules = Rules::new(ChannelOptions {
        presence: Presence::Users,
        history_len_max: 10,
        ..ChannelOptions::default()
    });
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    let mut world = World::new(1, 2, &owner, &FanoutOptions::default());
    let speaker = world.open(8, Some("speaker"));
    for text in ["one", "two"] {
        world.publish(speaker, "room", text);
    }
    world.settle();
    (world, speaker)
}

/// Permissions for some operations everywhere, which ask about all others.
fn only(operations: &[Operation], otherwise: Grant) -> Permissions {
    let none = Operations::NONE;
    let allowed = operations.iter().fold(none, |all, one| all.with(*one));
    let rules = [(allowed, Grant::Allow), (Operations::ALL, otherwise)];
    let rule = |(operations, grant)| Rule {
        pattern: Pattern::All,
        operations,
        grant,
    };
    Permissions::new(rules.map(rule).into()).unwrap()
}

fn open(world: &mut World, session: u64, permissions: Permissions) -> SessionId {
    let mut hello = World::hello(session, Some("reader"));
    hello.permissions = permissions;
    let id = SessionId(session);
    let worker = world.worker_of(id);
    world.workers[worker].open(hello).unwrap();
    id
}

/// How many news of members a session got.
fn seen(world: &World, session: SessionId) -> usize {
    let is_of_members =
        |frame: &&Frame| matches!(frame, Frame::News(_, _, News::Change(_) | News::Members(_)));
    world.got(session).iter().filter(is_of_members).count()
}

/// If this fails, whoever may hear a channel from now on reads what was said before, by joining or
/// by saying that it missed all of it.
#[test]
fn subscriber_without_history_gets_nothing_of_before_and_all_from_then_on() {
    for otherwise in [Grant::Deny, Grant::Ask] {
        let (mut world, speaker) = with_speaker();
        let top = world.top("room");
        let first = Position { offset: 0, ..top };
        let of = |since| Start::AfterOrLast { since, last: 9 };
        for (session, start, recovery) in [
            (1, Start::Last(9), Recovery::NotAsked),
            (3, Start::After(first), Recovery::Lost),
            (5, Start::After(top), Recovery::Recovered),
            (7, of(first), Recovery::Lost),
            (9, of(top), Recovery::Recovered),
        ] {
            let permissions = only(&[Operation::Subscribe, Operation::Presence], otherwise);
            let reader = open(&mut world, session, permissions);
            world.subscribe(reader, "room", start);
            world.settle();
            let begun = world.subscribed(reader);
            assert_eq!((begun.position, begun.recovery), (top, recovery));
            assert_eq!(world.texts(reader, "room"), [""; 0], "{start:?}");
        }
        world.publish(speaker, "room", "three");
        world.settle();
        for session in [1, 3, 5, 7, 9] {
            assert_eq!(world.texts(SessionId(session), "room"), ["three"]);
        }
    }
}

/// If this fails, the server cannot show somebody what it wants to show.
#[test]
fn server_subscribes_with_the_replay_that_it_says() {
    let (mut world, _) = with_speaker();
    let reader = open(&mut world, 1, Permissions::none());
    let control = Control::Subscribe {
        target: Target::Session(reader),
        channel: name("room"),
        start: Start::Last(1),
        info: "".into(),
    };
    let outlet = &mut world.transports[1];
    world.workers[1].control(world.now, &control, outlet);
    world.settle();
    assert_eq!(world.texts(reader, "room"), ["two"]);
}

/// If this fails, whoever may not see who is there is told all the same, with each who comes; or
/// misses what is said in the same moment.
#[test]
fn subscriber_without_presence_is_told_of_no_member_until_it_may_be() {
    for otherwise in [Grant::Deny, Grant::Ask] {
        let (mut world, speaker) = with_speaker();
        let operations = [Operation::Subscribe, Operation::History];
        let reader = open(&mut world, 1, only(&operations, otherwise));
        let all = open(&mut world, 3, Permissions::all());
        for session in [reader, all, speaker] {
            world.subscribe(session, "room", Start::Live);
        }
        world.settle_unflushed(1);
        world.publish(speaker, "room", "three");
        world.settle();
        assert_eq!(seen(&world, reader), 0);
        // The reader's user and the speaker.
        assert_eq!(seen(&world, all), 2);
        for session in [reader, all] {
            assert_eq!(world.texts(session, "room"), ["three"]);
        }
        let outlet = &mut world.transports[1];
        assert!(world.workers[1].refresh(reader, Permissions::all(), None, outlet));
        let late = world.open(10, Some("late"));
        world.subscribe(late, "room", Start::Live);
        world.settle();
        assert_eq!(seen(&world, reader), 1);
    }
}

/// If this fails, somebody who is denied something does not learn what.
#[test]
fn refusal_says_which_operation_is_denied() {
    let (mut world, _) = with_speaker();
    let reader = open(&mut world, 1, Permissions::none());
    let channel = name("room");
    let query = HistoryQuery {
        since: None,
        limit: 1,
        direction: Direction::Forward,
    };
    let history = Command::History {
        channel: channel.clone(),
        query,
    };
    let requests = [
        (
            world.subscribe(reader, "room", Start::Live),
            Operation::Subscribe,
        ),
        (world.publish(reader, "room", "x"), Operation::Publish),
        (world.command(reader, history), Operation::History),
        (
            world.command(reader, Command::Members { channel }),
            Operation::Presence,
        ),
    ];
    world.settle();
    for (request, operation) in requests {
        let expected: Answer = operation.into();
        assert_eq!(world.answers_to(reader, request), [expected]);
    }
}
