//! What a session may do, how often, and how much of it at once: `command`, `permission`, `bucket`,
//! `rules`, `queue`.

use std::sync::Arc;
use std::time::Duration;

use crate::support::outlet::Frame;
use crate::support::world::{World, name, text};
use sockeye_hub::limits::{
    CHANNEL_PUBLISH_RATE, COMMAND_RATE, FRAME_OVERHEAD, MEMBER_INFO_LEN_MAX, PAYLOAD_LEN_MAX,
    PUBLISH_CHANNELS_MAX, REFUSALS_MAX, REPLAY_BYTES_MAX, SESSION_PENDING_MAX,
    SESSION_PUBLISH_RATE, SUBSCRIPTIONS_MAX,
};
use sockeye_hub::{
    Answer, Asker, Bound, Cause, Close, Command, FanoutOptions, Grant, Limit, Notice, Operation,
    Operations, Output, OwnerOptions, Pattern, Permissions, Published, Rate, Recovery, Refusal,
    RequestId, Rule, SessionId, Start, ToOwner, Token, Verdict,
};

fn refusal(world: &World, session: SessionId, request: RequestId) -> Option<Refusal> {
    match &world.answers_to(session, request)[..] {
        [Answer::Refused(refused)] => Some(refused.refusal),
        [Answer::Published(_)] => None,
        other => panic!("{other:?}"),
    }
}

/// Which bound a command met, with its number.
fn bound(world: &World, session: SessionId, request: RequestId) -> Option<(Limit, usize)> {
    match &world.answers_to(session, request)[..] {
        [Answer::Refused(refused)] => refused.bound.map(|bound| (bound.limit, bound.max)),
        other => panic!("{other:?}"),
    }
}

/// If this fails, one session floods everybody, or an ordinary one is held up.
#[test]
fn commands_and_publishes_have_a_rate_and_say_when_to_come_back() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let burst = usize::try_from(SESSION_PUBLISH_RATE.burst).unwrap();
    let published: Vec<RequestId> = (0..=burst)
        .map(|_| world.publish(ann, "room", "x"))
        .collect();
    world.settle();
    for request in &published[..burst] {
        assert_eq!(refusal(&world, ann, *request), None);
    }
    let [Answer::Refused(refused)] = world.answers_to(ann, published[burst])[..] else {
        panic!("one too many is refused");
    };
    assert_eq!(refused.refusal, Refusal::TooManyRequests);
    let max = usize::try_from(SESSION_PUBLISH_RATE.per_second).unwrap();
    let limit = Limit::PublishRate;
    assert_eq!(refused.bound, Some(Bound { limit, max }));
    let wait = refused.retry_after.unwrap();
    assert_eq!(
        wait,
        Duration::from_secs(1) / SESSION_PUBLISH_RATE.per_second
    );
    world.now += wait;
    let later = world.publish(ann, "room", "x");
    world.settle();
    assert!(matches!(
        world.answers_to(ann, later)[..],
        [Answer::Published(Published::New(_))]
    ));
}

/// If this fails, somebody who heeds no refusal is answered for ever.
#[test]
fn whoever_heeds_no_refusal_is_closed() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let channel = name("room");
    for _ in 0..COMMAND_RATE.burst + REFUSALS_MAX {
        let channel = channel.clone();
        world.command(ann, Command::Unsubscribe { channel });
    }
    world.settle();
    assert_eq!(world.closed, []);
    world.command(ann, Command::Unsubscribe { channel });
    assert_eq!(world.closed, [(ann, Close::TooManyRequests)]);
    let max = COMMAND_RATE.per_second as usize;
    assert_eq!(world.met, [Limit::CommandRate.at(max)], "and is told why");
    assert_eq!(world.workers[1].sessions(), 0);
}

/// If this fails, many sessions together publish more to a channel than its subscribers can take,
/// or one that is refused takes the bound of all for its own.
#[test]
fn channel_has_a_rate_for_everybody_together() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    for asker in 0..u64::from(CHANNEL_PUBLISH_RATE.burst) + 5 {
        world.message_owner(ToOwner::Publish {
            asker: Asker::Server(asker),
            channel: name("room"),
            publication: text("x"),
        });
    }
    world.settle();
    let max = usize::try_from(CHANNEL_PUBLISH_RATE.per_second).unwrap();
    let limit = Limit::ChannelPublishRate;
    let is_refused = |(_, answer): &&(u64, Answer)| match answer {
        Answer::Refused(refused) => refused.bound == Some(Bound { limit, max }),
        _ => false,
    };
    assert_eq!(world.answers.iter().filter(is_refused).count(), 5);
}

/// If this fails, speakers that a crowded channel refused all come back in the same moment, and all
/// but one are refused again.
#[test]
fn those_whom_a_channel_refuses_come_back_one_after_the_other() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    let publish = |world: &mut World, asker| {
        world.message_owner(ToOwner::Publish {
            asker: Asker::Server(asker),
            channel: name("room"),
            publication: text("x"),
        });
        world.settle();
        world.answers.pop().unwrap().1
    };
    let burst = u64::from(CHANNEL_PUBLISH_RATE.burst);
    for asker in 0..burst {
        publish(&mut world, asker);
    }
    let refused: Vec<Duration> = (burst..burst + 5)
        .map(|asker| match publish(&mut world, asker) {
            Answer::Refused(refused) => refused.retry_after.unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    let begun = world.now;
    for (asker, wait) in (burst..).zip(refused) {
        world.now = begun + wait;
        let again = publish(&mut world, asker);
        assert!(matches!(again, Answer::Published(_)), "after {wait:?}");
    }
}

/// If this fails, a session holds as many subscriptions or open commands as it likes.
#[test]
fn subscriptions_and_open_commands_are_bounded() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let mut requests = Vec::new();
    for number in 0..=SUBSCRIPTIONS_MAX {
        requests.push(world.subscribe(ann, &number.to_string(), Start::Live));
    }
    world.settle();
    assert_eq!(
        bound(&world, ann, requests[SUBSCRIPTIONS_MAX]),
        Some((Limit::Subscriptions, SUBSCRIPTIONS_MAX))
    );
    assert_eq!(world.workers[1].channels(), SUBSCRIPTIONS_MAX);
    let bob = world.open(3, None);
    world.now += Duration::from_secs(100);
    let limit = SESSION_PENDING_MAX;
    let mut members = || {
        let channel = name("0");
        world.now += Duration::from_secs(1);
        world.command(bob, Command::Members { channel })
    };
    let requests: Vec<RequestId> = (0..=limit).map(|_| members()).collect();
    world.settle();
    assert_eq!(
        bound(&world, bob, requests[limit]),
        Some((Limit::Pending, limit))
    );
    // What is answered counts no more: this channel has no presence.
    let again = world.command(bob, Command::Members { channel: name("0") });
    world.settle();
    assert_eq!(refusal(&world, bob, again), Some(Refusal::BadRequest));
}

/// If this fails, there are more sessions than the worker's bound, or two with one number.
#[test]
fn sessions_are_bounded_and_unique() {
    let options = FanoutOptions {
        sessions_max: 2,
        ..FanoutOptions::default()
    };
    let mut world = World::new(1, 1, &OwnerOptions::default(), &options);
    world.open(1, None);
    let again = world.workers[0].open(World::hello(1, None));
    assert_eq!(again, Err(Close::ServerError.into()));
    world.open(2, None);
    let more = world.workers[0].open(World::hello(3, None));
    let bound = Some(Limit::Sessions.at(2));
    let close = Close::SessionLimit;
    assert_eq!(more, Err(Cause { close, bound }));
    world.workers[0].remove(SessionId(1));
    world.open(3, None);
}

/// If this fails, a command carries more than the bounds say.
#[test]
fn sizes_are_bounded() {
    let mut world = World::small();
    let ann = world.open(1, Some("ann"));
    let long = world.publish(ann, "room", &"x".repeat(PAYLOAD_LEN_MAX + 1));
    let right = world.publish(ann, "room", &"x".repeat(PAYLOAD_LEN_MAX));
    let info = |len: usize| Command::Subscribe {
        channel: name("room"),
        start: Start::Live,
        info: "x".repeat(len).into(),
    };
    let wordy = world.command(ann, info(MEMBER_INFO_LEN_MAX + 1));
    world.settle();
    let too_long = Some((Limit::PayloadLen, PAYLOAD_LEN_MAX));
    assert_eq!(bound(&world, ann, long), too_long);
    assert_eq!(refusal(&world, ann, right), None);
    let too_wordy = Some((Limit::MemberInfoLen, MEMBER_INFO_LEN_MAX));
    assert_eq!(bound(&world, ann, wordy), too_wordy);
    world.now += Duration::from_secs(100);
    let channels = vec![name("room"); PUBLISH_CHANNELS_MAX + 1];
    let publication = text("x");
    let many = Command::Publish {
        channels,
        publication,
    };
    let many = world.command(ann, many);
    world.settle();
    let answers = world.answers_to(ann, many);
    let (limit, max) = (Limit::PublishChannels, PUBLISH_CHANNELS_MAX);
    assert_eq!(answers, vec![Bound { limit, max }.into(); max + 1]);
}

/// If this fails, one publish to many channels reaches only some of them, or has too few answers.
#[test]
fn publish_to_many_is_answered_for_each() {
    let mut world = World::new(3, 1, &OwnerOptions::default(), &FanoutOptions::default());
    let ann = world.open(1, None);
    let channels: Vec<_> = (0..9).map(|number| name(&number.to_string())).collect();
    for channel in &channels {
        world.subscribe(ann, channel.as_str(), Start::Live);
    }
    let publication = text("x");
    let command = Command::Publish {
        channels: channels.clone(),
        publication,
    };
    let request = world.command(ann, command);
    world.settle();
    assert_eq!(world.answers_to(ann, request).len(), 9);
    for channel in &channels {
        assert_eq!(world.texts(ann, channel.as_str()), ["x"]);
    }
}

fn rule(pattern: &str, operation: Operation, grant: Grant) -> Rule {
    Rule {
        pattern: Pattern::Exact(pattern.into()),
        operations: Operations::NONE.with(operation),
        grant,
    }
}

/// If this fails, a session does what it may not, or what it may is refused.
#[test]
fn permissions_are_asked_for_each_operation() {
    let mut world = World::small();
    let mut hello = World::hello(1, Some("ann"));
    let rules = vec![
        rule("room", Operation::Subscribe, Grant::Allow),
        rule("room", Operation::Publish, Grant::Ask),
    ];
    hello.permissions = Permissions::new(rules).unwrap();
    world.workers[1].open(hello).unwrap();
    let ann = SessionId(1);
    world.subscribe(ann, "room", Start::Live);
    let denied = world.subscribe(ann, "other", Start::Live);
    let members = world.command(
        ann,
        Command::Members {
            channel: name("room"),
        },
    );
    let asked = [
        world.publish(ann, "room", "yes"),
        world.publish(ann, "room", "no"),
    ];
    world.settle();
    assert_eq!(refusal(&world, ann, denied), Some(Refusal::Denied));
    assert_eq!(refusal(&world, ann, members), Some(Refusal::Denied));
    assert!(
        asked
            .iter()
            .all(|request| world.answers_to(ann, *request).is_empty())
    );
    let tokens: Vec<Token> = world.asked.iter().map(token).collect();
    for (token, verdict) in tokens.iter().zip([Verdict::Allow, Verdict::Deny]) {
        // The second time it is nobody's.
        for _ in 0..2 {
            world.workers[1].authorized(*token, verdict, &mut world.transports[1]);
        }
    }
    world.settle_outputs();
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["yes"]);
    assert_eq!(refusal(&world, ann, asked[1]), Some(Refusal::Denied));
}

fn token(output: &Output) -> Token {
    match output {
        Output::Authorize {
            token, operation, ..
        } => {
            assert_eq!(*operation, Operation::Publish);
            *token
        }
        other => panic!("{other:?}"),
    }
}

/// If this fails, a client can say that somebody else published.
#[test]
fn publisher_is_who_the_server_knows() {
    let mut world = World::small();
    let ann = world.open(1, Some("ann"));
    world.subscribe(ann, "room", Start::Live);
    let mut publication = text("x");
    publication.publisher = Some(sockeye_hub::Publisher {
        session: Some(SessionId(99)),
        user: Some(crate::support::world::user("root")),
    });
    let channels = vec![name("room")];
    let command = Command::Publish {
        channels,
        publication,
    };
    world.command(ann, command);
    world.settle();
    let Some(Frame::News(_, _, sockeye_hub::News::Entry(entry))) = world
        .got(ann)
        .iter()
        .find(|frame| matches!(frame, Frame::News(..)))
    else {
        panic!("it is published");
    };
    let publisher = entry.publication.publisher.clone().unwrap();
    assert_eq!(publisher.session, Some(ann));
    assert_eq!(publisher.user, Some(crate::support::world::user("ann")));
}

/// If this fails, a publish that is tried again is heard twice.
#[test]
fn publish_that_is_tried_again_is_heard_once() {
    let mut world = World::small();
    let ann = world.open(1, None);
    world.subscribe(ann, "room", Start::Live);
    let mut publish = |key: &str| {
        let mut publication = text(key);
        publication.idempotency_key = Some(key.into());
        let channels = vec![name("room")];
        let command = Command::Publish {
            channels,
            publication,
        };
        let request = world.command(ann, command);
        world.settle();
        world.answers_to(ann, request)
    };
    let [first, again, other] = ["a", "a", "b"].map(&mut publish);
    let [Answer::Published(Published::New(position))] = first[..] else {
        panic!("{first:?}");
    };
    assert_eq!(again, [Answer::Published(Published::Duplicate(position))]);
    assert!(matches!(other[..], [Answer::Published(Published::New(_))]));
    assert_eq!(world.texts(ann, "room"), ["a", "b"]);
}

/// If this fails, replays of many channels at once fill memory, or close whoever asked for them.
#[test]
fn replays_are_bounded_together_and_say_so() {
    let quick = Rate {
        burst: 1000,
        per_second: 1000,
    };
    let options = FanoutOptions {
        publish_rate: quick,
        ..FanoutOptions::default()
    };
    let mut world = World::new(1, 1, &OwnerOptions::default(), &options);
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    for number in 0..8 {
        for _ in 0..10 {
            world.publish(bob, &number.to_string(), "x");
        }
        world.settle();
    }
    // Frames are far longer than what they are made of, so that four replays are the bound.
    world.transports[0].len = REPLAY_BYTES_MAX / 40 - FRAME_OVERHEAD;
    world.transports[0].room.insert(1, 0);
    for number in 0..8 {
        world.subscribe(ann, &number.to_string(), Start::Last(10));
    }
    world.settle();
    assert!(world.workers[0].queued_bytes(ann) <= REPLAY_BYTES_MAX + 8 * FRAME_OVERHEAD);
    world.transports[0].room.clear();
    world.writable(ann);
    world.settle();
    let mut recoveries = Vec::new();
    for notice in world.notices(ann) {
        if let Notice::Subscribed(subscribed) = notice {
            let is_whole = subscribed.replay.len() == 10;
            assert_eq!(is_whole, subscribed.recovery == Recovery::NotAsked);
            recoveries.push(subscribed.recovery);
        }
    }
    let lost = |recovery: &&Recovery| **recovery == Recovery::Lost;
    assert_eq!(
        (recoveries.len(), recoveries.iter().filter(lost).count()),
        (8, 4)
    );
    assert_eq!(world.closed, []);
}

/// If this fails, rules of channels that differ between owner and worker go unnoticed: both have
/// the same here, and a channel's options are those of its prefix.
#[test]
fn options_follow_the_prefix() {
    let mut rules = sockeye_hub::Rules::default();
    let short = sockeye_hub::ChannelOptions {
        payload_len_max: 3,
        ..Default::default()
    };
    assert!(rules.insert("short:", short));
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    let mut world = World::new(1, 1, &owner, &FanoutOptions::default());
    let ann = world.open(1, None);
    let requests = ["short:1", "long"].map(|channel| world.publish(ann, channel, "four"));
    world.settle();
    let too_long = Some((Limit::PayloadLen, 3));
    assert_eq!(bound(&world, ann, requests[0]), too_long);
    assert_eq!(refusal(&world, ann, requests[1]), None);
}

/// If this fails, who is refused for an owner's bound is not told which, or cannot come back.
#[test]
fn bounds_of_an_owner_are_told_with_their_numbers() {
    let owner = OwnerOptions {
        channels_max: 1,
        effects_max: 2,
        ..OwnerOptions::default()
    };
    let mut world = World::new(1, 1, &owner, &FanoutOptions::default());
    let ann = world.open(1, None);
    let busy = ["room", "room"].map(|room| world.publish(ann, room, "x"));
    let one_more = world.publish(ann, "room", "x");
    let closed = world.subscribe(ann, "room", Start::Live);
    // The owner hears all of them before the engine carries anything out.
    while world.step(0) {}
    world.settle();
    for request in [one_more, closed] {
        let effects = Some((Limit::Effects, 2));
        assert_eq!(bound(&world, ann, request), effects);
        assert_eq!(refusal(&world, ann, request), Some(Refusal::Unavailable));
    }
    assert_eq!(busy.map(|request| refusal(&world, ann, request)), [None; 2]);
    world.subscribe(ann, "room", Start::Live);
    let second = world.subscribe(ann, "other", Start::Live);
    world.settle();
    assert_eq!(bound(&world, ann, second), Some((Limit::Channels, 1)));
    assert_eq!(refusal(&world, ann, second), Some(Refusal::Unavailable));
}
