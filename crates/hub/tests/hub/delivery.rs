//! Publications reach who is subscribed, and nobody else: `fanout`, `walk`, `subscribe`, `message`,
//! `outlet`.

use std::time::Duration;

use crate::support::world::{World, name, text};
use sockeye_hub::{
    Answer, Command, Control, End, Notice, Published, Refusal, SessionId, Start, Target, Variant,
};

/// If this fails, the hub does nothing for anybody.
#[test]
fn subscriber_gets_what_is_published_until_it_unsubscribes() {
    let mut world = World::small();
    let (ann, bob) = (world.open(1, None), world.open(2, None));
    world.subscribe(ann, "room", Start::Live);
    world.settle();
    let first = world.publish(bob, "room", "one");
    world.settle();
    world.publish(ann, "room", "two");
    world.publish(bob, "other", "elsewhere");
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["one", "two"]);
    assert_eq!(world.texts(bob, "room"), [""; 0]);
    let place = world.top("room");
    let published = &world.answers_to(bob, first)[..];
    let [Answer::Published(Published::New(position))] = published else {
        panic!("{published:?}");
    };
    assert_eq!((position.epoch, position.offset), (place.epoch, 1));
    let channel = name("room");
    world.command(ann, Command::Unsubscribe { channel });
    world.settle();
    world.publish(bob, "room", "three");
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["one", "two"]);
    assert!(matches!(
        world.notices(ann).last(),
        Some(Notice::Unsubscribed { .. })
    ));
    assert!(!world.engine.is_attached(&name("room")));
    assert_eq!(world.owners[0].channels(), 0);
}

/// If this fails, sixteen publications cost a subscriber sixteen writes, or as many encodings as
/// there are subscribers.
#[test]
fn one_flush_gives_each_subscriber_all_in_one_piece() {
    let mut world = World::small();
    let sessions: Vec<SessionId> = (0..10).map(|number| world.open(number * 2, None)).collect();
    for session in &sessions {
        world.subscribe(*session, "room", Start::Live);
    }
    let speaker = world.open(1, None);
    world.settle();
    let before = (world.transports[0].sends, world.transports[0].encoded);
    for number in 0..16 {
        world.publish(speaker, "room", &number.to_string());
    }
    world.settle_unflushed(0);
    assert_eq!(world.transports[0].sends, before.0);
    world.settle();
    let after = (world.transports[0].sends, world.transports[0].encoded);
    assert_eq!((after.0 - before.0, after.1 - before.1), (10, 16));
    assert_eq!(world.texts(sessions[9], "room").len(), 16);
}

/// If this fails, the publisher hears itself where it wanted not to, or nobody hears it.
#[test]
fn excluded_session_gets_all_but_that() {
    let mut world = World::small();
    let (ann, bob) = (world.open(2, None), world.open(4, None));
    for session in [ann, bob] {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    // Nobody can keep something from others.
    for (speaker, text_of, excluded) in [
        (ann, "a", None),
        (ann, "b", Some(ann)),
        (ann, "c", Some(bob)),
        (bob, "d", Some(bob)),
    ] {
        let mut publication = text(text_of);
        publication.excluded = excluded;
        let channels = vec![name("room")];
        let command = Command::Publish {
            channels,
            publication,
        };
        world.command(speaker, command);
    }
    world.settle();
    assert_eq!(world.texts(ann, "room"), ["a", "c", "d"]);
    assert_eq!(world.texts(bob, "room"), ["a", "b", "c"]);
}

/// If this fails, one client's encoding is made as often as it has subscribers, or goes to
/// another's.
#[test]
fn each_variant_is_encoded_once() {
    let mut world = World::small();
    for number in 0..9_u8 {
        let mut hello = World::hello(u64::from(number) * 2, None);
        hello.variant = Variant(number % 3);
        world.workers[0].open(hello).unwrap();
        world.subscribe(SessionId(u64::from(number) * 2), "room", Start::Live);
    }
    world.settle();
    let before = world.transports[0].encoded;
    world.publish(SessionId(0), "room", "x");
    world.settle();
    assert_eq!(world.transports[0].encoded - before, 3);
    for number in 0..9 {
        let last = world.got(SessionId(number * 2)).iter().rev();
        let mut variants = last.filter_map(|frame| match frame {
            crate::support::outlet::Frame::News(variant, ..) => Some(variant.0),
            crate::support::outlet::Frame::Notice(_) => None,
        });
        assert_eq!(variants.next(), u8::try_from(number % 3).ok());
    }
}

/// If this fails, a session is subscribed twice, or hears nothing of a mistake.
#[test]
fn misuse_is_answered_with_its_reason() {
    let mut world = World::small();
    let ann = world.open(1, None);
    let refused = |world: &World, request| {
        let answers = world.answers_to(ann, request);
        match &answers[..] {
            [Answer::Refused(refused)] => refused.refusal,
            other => panic!("{other:?}"),
        }
    };
    world.subscribe(ann, "room", Start::Live);
    let again = world.subscribe(ann, "room", Start::Live);
    world.settle();
    assert_eq!(refused(&world, again), Refusal::Subscribed);
    let channel = name("other");
    let request = world.command(ann, Command::Unsubscribe { channel });
    world.settle();
    assert_eq!(refused(&world, request), Refusal::NotSubscribed);
    let channel = name("room");
    let request = world.command(ann, Command::Members { channel });
    world.settle();
    // This channel has no presence.
    assert_eq!(refused(&world, request), Refusal::BadRequest);
}

/// If this fails, the server cannot bring somebody into a channel, or out of it.
#[test]
fn server_subscribes_and_unsubscribes_all_sessions_of_a_user() {
    let mut world = World::small();
    let sessions = [world.open(2, Some("ann")), world.open(4, Some("ann"))];
    let bob = world.open(6, Some("bob"));
    let target = Target::User(crate::support::world::user("ann"));
    let channel = name("news");
    let subscribe = Control::Subscribe {
        target: target.clone(),
        channel: channel.clone(),
        start: Start::Live,
        info: "".into(),
    };
    let outlet = &mut world.transports[0];
    assert_eq!(
        world.workers[0].control(Duration::ZERO, &subscribe, outlet),
        2
    );
    world.settle();
    world.publish(bob, "news", "x");
    world.settle();
    let unsubscribe = Control::Unsubscribe { target, channel };
    world.workers[0].control(Duration::ZERO, &unsubscribe, &mut world.transports[0]);
    world.settle();
    world.publish(bob, "news", "y");
    world.settle();
    for session in sessions {
        assert_eq!(world.subscribed(session).request, None);
        assert_eq!(world.texts(session, "news"), ["x"]);
        let end = End::Server;
        let channel = name("news");
        assert_eq!(
            world.notices(session).last(),
            Some(&&Notice::Ended { channel, end })
        );
    }
    assert_eq!(world.texts(bob, "news"), [""; 0]);
}
