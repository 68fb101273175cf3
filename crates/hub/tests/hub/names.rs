//! Names that sessions claim in a channel, and the list that subscribers are told: `names`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::support::outlet::Frame;
use crate::support::world::{World, name, user};
use sockeye_hub::limits::{
    CLAIM_NAMES_MAX, LEASE_RENEWAL, MEMBERS_MAX, PRESENCE_GRACE, ROSTER_EAGER_MAX, ROSTER_PACE,
    SESSION_PUBLISH_RATE,
};
use sockeye_hub::{
    Answer, Change, ChannelOptions, Command, Encoded, FanoutOptions, Fault, Limit, Member, News,
    OwnerOptions, Presence, Rate, Refusal, RequestId, Rules, SessionId, Start,
};

fn with_names() -> World {
    with_names_of(MEMBERS_MAX)
}

fn with_names_of(members_max: usize) -> World {
    with_names_and(ChannelOptions {
        members_max,
        ..ChannelOptions::default()
    })
}

fn with_names_and(mut options: ChannelOptions) -> World {
    options.presence = Presence::Names;
    let rules = Rules::new(options);
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    World::new(1, 2, &owner, &FanoutOptions::default())
}

fn member(key: &str, info: &str) -> Member {
    Member {
        user: user(key),
        info: info.into(),
    }
}

fn enter(world: &mut World, session: u64, who: Option<&str>) -> SessionId {
    let session = world.open(session, who);
    world.subscribe(session, "room", Start::Live);
    world.settle();
    session
}

fn claim(world: &mut World, session: SessionId, names: &[&str]) -> RequestId {
    claim_as(world, session, names, false)
}

fn claim_as(world: &mut World, session: SessionId, names: &[&str], is_back: bool) -> RequestId {
    let names = names.iter().map(|name| member(&name.to_lowercase(), name));
    let command = Command::Claim {
        channel: name("room"),
        names: names.collect(),
        is_back,
    };
    world.command(session, command)
}

/// What came of a claim: the name, or why not.
fn came_to(world: &World, session: SessionId, request: RequestId) -> Result<String, Refusal> {
    match &world.answers_to(session, request)[..] {
        [Answer::Claimed(member)] => Ok(member.info.to_string()),
        [Answer::Refused(refused)] => Err(refused.refusal),
        other => panic!("{other:?}"),
    }
}

fn claims(world: &mut World, session: SessionId, names: &[&str]) -> Result<String, Refusal> {
    let request = claim(world, session, names);
    world.settle();
    came_to(world, session, request)
}

/// The lists that a session was told, as names.
fn lists(world: &World, session: SessionId) -> Vec<String> {
    let mut lists = Vec::new();
    for frame in world.got(session) {
        if let Frame::News(_, _, News::Members(members)) = frame {
            let names: Vec<&str> = members.iter().map(|member| &*member.info).collect();
            lists.push(names.join(" "));
        }
    }
    lists
}

/// If this fails, two people who ask for a name at once, on two threads, both get it.
#[test]
fn of_two_who_claim_a_name_one_gets_it() {
    let mut world = with_names();
    let (ann, bob) = (enter(&mut world, 1, None), enter(&mut world, 2, None));
    let first = claim(&mut world, ann, &["Ann"]);
    let second = claim(&mut world, bob, &["ANN"]);
    world.settle();
    let mut both = [came_to(&world, ann, first), came_to(&world, bob, second)];
    both.sort_by_key(Result::is_err);
    assert!(
        both[0].is_ok() && both[1] == Err(Refusal::Taken),
        "{both:?}"
    );
    assert_eq!(claims(&mut world, bob, &["ann", "Ann 2"]).unwrap(), "Ann 2");
}

/// If this fails, lists show a name that was given up, or not the one that replaced it.
#[test]
fn another_name_takes_the_place_of_the_first_at_once() {
    let mut world = with_names();
    let (ann, bob) = (enter(&mut world, 1, None), enter(&mut world, 2, None));
    assert_eq!(claims(&mut world, ann, &["Ann"]).unwrap(), "Ann");
    assert_eq!(claims(&mut world, ann, &["ANN"]).unwrap(), "ANN");
    assert_eq!(claims(&mut world, ann, &["Eve"]).unwrap(), "Eve");
    assert_eq!(claims(&mut world, bob, &["Ann"]).unwrap(), "Ann");
    let told = lists(&world, bob);
    assert_eq!(told.last().unwrap(), "Ann Eve");
    assert_eq!(told, lists(&world, ann));
    assert!(told.contains(&"ANN".to_owned()), "{told:?}");
}

/// If this fails, a reload costs people their name, or a name is never free again.
#[test]
fn name_of_who_left_is_free_for_the_next_and_silent_for_who_comes_back() {
    let mut world = with_names();
    let watcher = enter(&mut world, 1, None);
    let ann = enter(&mut world, 2, None);
    assert!(claims(&mut world, ann, &["Ann"]).is_ok());
    world.workers[0].remove(ann);
    world.settle();
    let again = enter(&mut world, 3, None);
    let request = claim_as(&mut world, again, &["Ann"], true);
    world.settle();
    assert_eq!(came_to(&world, again, request).unwrap(), "Ann");
    assert_eq!(lists(&world, watcher), ["Ann"]);
    assert_eq!(arrivals(&world, watcher), ["Ann"]);
    world.workers[1].remove(again);
    world.settle();
    // Somebody else, for all that anybody knows: as it was cut off, and does not say so.
    let stranger = enter(&mut world, 5, None);
    assert_eq!(claims(&mut world, stranger, &["Ann"]).unwrap(), "Ann");
    assert_eq!(arrivals(&world, watcher), ["Ann", "Ann"]);
    world.workers[1].remove(stranger);
    world.settle();
    let other = enter(&mut world, 4, None);
    assert_eq!(claims(&mut world, other, &["ANN"]).unwrap(), "ANN");
    assert_eq!(lists(&world, watcher).last().unwrap(), "ANN");
    world.workers[0].remove(other);
    world.pass(PRESENCE_GRACE);
    assert_eq!(lists(&world, watcher).last().unwrap(), "");
}

/// If this fails, two tabs of one user are refused each other's name, or others get it in the
/// moment of a reload.
#[test]
fn user_shares_a_name_with_itself_and_keeps_it_in_its_grace() {
    let mut world = with_names();
    let tabs = [
        enter(&mut world, 2, Some("7")),
        enter(&mut world, 4, Some("7")),
    ];
    let bob = enter(&mut world, 1, Some("8"));
    for tab in tabs {
        assert_eq!(claims(&mut world, tab, &["Ann"]).unwrap(), "Ann");
    }
    assert_eq!(claims(&mut world, bob, &["Ann"]), Err(Refusal::Taken));
    for tab in tabs {
        world.workers[0].remove(tab);
    }
    world.settle();
    assert_eq!(claims(&mut world, bob, &["Ann"]), Err(Refusal::Taken));
    world.pass(PRESENCE_GRACE);
    assert_eq!(claims(&mut world, bob, &["Ann"]).unwrap(), "Ann");
}

/// If this fails, names can be claimed where there are none, from outside, or without end.
#[test]
fn claims_are_refused_where_they_make_no_sense() {
    let mut world = with_names();
    let outside = world.open(1, None);
    assert_eq!(
        claims(&mut world, outside, &["Ann"]),
        Err(Refusal::NotSubscribed)
    );
    let inside = enter(&mut world, 2, None);
    let many: Vec<String> = (0..=CLAIM_NAMES_MAX).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(claims(&mut world, inside, &many), Err(Refusal::Limit));
    assert_eq!(claims(&mut world, inside, &[]), Err(Refusal::Taken));
    let mut other = World::small();
    let session = enter(&mut other, 1, None);
    assert_eq!(
        claims(&mut other, session, &["Ann"]),
        Err(Refusal::BadRequest)
    );
}

/// If this fails, one session that changes its name all the time keeps a whole room busy.
#[test]
fn claims_count_as_publications() {
    let mut world = with_names();
    let ann = enter(&mut world, 1, None);
    for number in 0..SESSION_PUBLISH_RATE.burst {
        assert!(claims(&mut world, ann, &[&number.to_string()]).is_ok());
    }
    assert_eq!(
        claims(&mut world, ann, &["more"]),
        Err(Refusal::TooManyRequests)
    );
    let request = world.publish(ann, "room", "text");
    world.settle();
    assert_eq!(came_to(&world, ann, request), Err(Refusal::TooManyRequests));
}

/// If this fails, somebody is told that they have a name in a room whose list they are not in.
#[test]
fn room_that_is_full_of_names_refuses_another() {
    const MEMBERS_MAX: usize = 50;
    let mut world = with_names_of(MEMBERS_MAX);
    for number in 0..=MEMBERS_MAX as u64 {
        let session = world.open(number, None);
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    for number in 0..MEMBERS_MAX as u64 {
        claim(&mut world, SessionId(number), &[&number.to_string()]);
    }
    world.settle();
    let last = SessionId(MEMBERS_MAX as u64);
    assert_eq!(claims(&mut world, last, &["more"]), Err(Refusal::Limit));
    assert_eq!(
        claims(&mut world, SessionId(0), &["other"]).unwrap(),
        "other"
    );
}

/// If this fails, a large room that fills up sends as many lists as it has pairs of people, or its
/// last change is never told, or a small room waits for its list.
#[test]
fn lists_of_a_large_room_are_rare_and_the_last_one_comes() {
    const MORE: u64 = 100;
    let mut world = with_names();
    let watcher = enter(&mut world, 9999, None);
    let eager = ROSTER_EAGER_MAX as u64;
    for number in 0..eager {
        let session = enter(&mut world, number, None);
        assert!(claims(&mut world, session, &[&number.to_string()]).is_ok());
    }
    assert_eq!(lists(&world, watcher).len(), ROSTER_EAGER_MAX);
    for number in eager..eager + MORE {
        let session = enter(&mut world, number, None);
        assert!(claims(&mut world, session, &[&number.to_string()]).is_ok());
    }
    // The first beyond, after which the others have to wait.
    assert_eq!(lists(&world, watcher).len(), ROSTER_EAGER_MAX + 1);
    world.pass(ROSTER_PACE * u32::try_from(eager + 1).unwrap());
    let told = lists(&world, watcher);
    assert_eq!(told.len(), ROSTER_EAGER_MAX + 2);
    let last = told.last().unwrap().split(' ').count();
    assert_eq!(last as u64, eager + MORE);
    world.pass(LEASE_RENEWAL);
    assert_eq!(lists(&world, watcher).len(), ROSTER_EAGER_MAX + 2);
}

/// If this fails, a storm of people who sign in is told to everybody at once, each to each; or some
/// of them never get their names, or are told in another order than they got them.
#[test]
fn names_of_a_storm_are_told_at_the_rate_of_the_channel_and_all_of_them() {
    const PEOPLE: u64 = 300;
    let rate = Rate {
        burst: 20,
        per_second: 100,
    };
    let mut world = with_names_and(ChannelOptions {
        publish_rate: rate,
        ..ChannelOptions::default()
    });
    let watcher = enter(&mut world, 9999, None);
    let mut due: BTreeMap<Duration, Vec<u64>> = BTreeMap::new();
    for number in 0..PEOPLE {
        enter(&mut world, number, None);
        due.entry(world.now).or_default().push(number);
    }
    let (begin, mut granted, mut refused) = (world.now, Vec::new(), 0);
    while let Some((at, numbers)) = due.pop_first() {
        world.pass(at.saturating_sub(world.now));
        for number in numbers {
            match claims_or_waits(&mut world, SessionId(number)) {
                None => granted.push(number.to_string()),
                Some(wait) => {
                    refused += 1;
                    due.entry(world.now + wait).or_default().push(number);
                }
            }
        }
        let earned =
            rate.per_second * u32::try_from(world.now.saturating_sub(begin).as_millis()).unwrap();
        let told = usize::try_from(rate.burst + earned / 1000).unwrap();
        assert!(granted.len() <= told, "{} of {told}", granted.len());
    }
    assert_eq!(granted.len() as u64, PEOPLE);
    assert_eq!(arrivals(&world, watcher), granted);
    // Each came back once, when there was room.
    assert_eq!(refused, PEOPLE - u64::from(rate.burst));
    world.pass(ROSTER_PACE * u32::try_from(PEOPLE).unwrap());
    let last = lists(&world, watcher).pop().unwrap();
    assert_eq!(last.split(' ').count() as u64, PEOPLE);
}

/// If this fails, people who come keep those who are there from speaking, for as long as the storm
/// lasts.
#[test]
fn whoever_speaks_is_not_refused_because_others_come() {
    const SECONDS: u64 = 10;
    let rate = Rate {
        burst: 4,
        per_second: 2,
    };
    let mut world = with_names_and(ChannelOptions {
        publish_rate: rate,
        ..ChannelOptions::default()
    });
    let speaker = enter(&mut world, 9999, None);
    for second in 0..SECONDS {
        let come = 50;
        let mut waits = 0;
        for number in second * come..(second + 1) * come {
            let session = enter(&mut world, number, None);
            waits += u64::from(claims_or_waits(&mut world, session).is_some());
        }
        assert!(waits >= come - u64::from(rate.burst));
        for _ in 0..rate.per_second {
            let request = world.publish(speaker, "room", "x");
            world.settle();
            let answers = world.answers_to(speaker, request);
            assert!(matches!(answers[..], [Answer::Published(_)]), "{answers:?}");
        }
        world.pass(Duration::from_secs(1));
    }
}

/// How long to wait, if the session does not get its number as a name now.
fn claims_or_waits(world: &mut World, session: SessionId) -> Option<Duration> {
    let request = claim(world, session, &[&session.0.to_string()]);
    world.settle();
    match &world.answers_to(session, request)[..] {
        [Answer::Claimed(_)] => None,
        [Answer::Refused(refused)] => {
            assert_eq!(refused.refusal, Refusal::TooManyRequests);
            let met = refused.bound.map(|bound| bound.limit);
            assert_eq!(met, Some(Limit::ChannelNameRate));
            refused.retry_after
        }
        other => panic!("{other:?}"),
    }
}

/// Who is told to have come, in order.
fn arrivals(world: &World, session: SessionId) -> Vec<String> {
    let mut names = Vec::new();
    for frame in world.got(session) {
        if let Frame::News(_, _, News::Change(change)) = frame {
            if let Change::Joined(member) = &**change {
                names.push(member.info.to_string());
            }
        }
    }
    names
}

/// If this fails, a list that could not be read is never told, or whoever asked waits for ever.
#[test]
fn list_that_failed_is_told_later() {
    let mut world = with_names();
    let ann = enter(&mut world, 1, None);
    assert!(claims(&mut world, ann, &["Ann"]).is_ok());
    let bob = enter(&mut world, 2, None);
    let request = claim(&mut world, bob, &["Bob"]);
    // The owner has the claim, the engine the lease; then the engine fails.
    let channel = name("room");
    let asked = world.command(ann, Command::Members { channel });
    while !world
        .engine
        .list(&name("room"))
        .iter()
        .any(|known| &*known.info == "Bob")
    {
        for wire in 0..world.wires() {
            world.step(wire);
        }
    }
    world.engine.fault = Some(Fault::Unavailable);
    world.settle();
    world.engine.fault = None;
    assert_eq!(came_to(&world, bob, request).unwrap(), "Bob");
    assert_eq!(world.answers_to(ann, asked).len(), 1);
    assert_eq!(lists(&world, ann).last().unwrap(), "Ann");
    world.pass(LEASE_RENEWAL);
    assert_eq!(lists(&world, ann).last().unwrap(), "Ann Bob");
}

/// If this fails, people are shown as members for ever who left while the engine failed.
#[test]
fn list_that_failed_is_told_later_also_when_nobody_is_left() {
    for stays in [true, false] {
        list_fails_and_watcher_stays(stays);
    }
}

fn list_fails_and_watcher_stays(stays: bool) {
    let mut world = with_names();
    let (ann, watcher) = (enter(&mut world, 1, None), enter(&mut world, 2, None));
    assert!(claims(&mut world, ann, &["Ann"]).is_ok());
    world.workers[1].remove(ann);
    world.settle();
    world.now += PRESENCE_GRACE;
    world.tick();
    // The lease is released; then the engine fails.
    while !world.engine.list(&name("room")).is_empty() {
        for wire in 0..world.wires() {
            world.step(wire);
        }
    }
    world.engine.fault = Some(Fault::Unavailable);
    world.settle();
    world.engine.fault = None;
    assert_eq!(lists(&world, watcher), ["Ann"]);
    assert!(world.owners[0].next_deadline().is_some());
    if stays {
        world.pass(LEASE_RENEWAL);
        assert_eq!(lists(&world, watcher), ["Ann", ""]);
    } else {
        world.workers[0].remove(watcher);
        world.settle();
    }
    let owner = &world.owners[0];
    assert_eq!((owner.effects(), owner.next_deadline()), (0, None));
}

/// If this fails, a name in other letters is gone before its grace is over.
#[test]
fn grace_of_a_name_in_other_letters_is_its_own() {
    let mut world = with_names();
    let watcher = enter(&mut world, 2, None);
    for (session, name) in [(1, "Ann"), (3, "ANN")] {
        let session = enter(&mut world, session, None);
        assert!(claims(&mut world, session, &[name]).is_ok());
        world.workers[1].remove(session);
        world.pass(PRESENCE_GRACE / 2);
    }
    world.pass(PRESENCE_GRACE / 4);
    assert_eq!(lists(&world, watcher).last().unwrap(), "ANN");
    world.pass(PRESENCE_GRACE / 4);
    assert_eq!(lists(&world, watcher).last().unwrap(), "");
}

/// If this fails, who asks for the list and leaves is never answered, and the server waits for it.
#[test]
fn question_for_the_list_is_answered_also_when_the_channel_ends() {
    let mut world = with_names();
    let ann = enter(&mut world, 2, None);
    let channel = name("room");
    let mut requests = Vec::new();
    for _ in 0..3 {
        let channel = channel.clone();
        requests.push(world.command(ann, Command::Members { channel }));
    }
    world.command(ann, Command::Unsubscribe { channel });
    // The owner hears all of it before the engine hears anything.
    while world.step(0) {}
    world.settle();
    for request in requests {
        let answers = world.answers_to(ann, request);
        assert!(matches!(answers[..], [Answer::Members(_)]), "{answers:?}");
    }
    assert_eq!(world.owners[0].channels(), 0);
}

/// If this fails, one flush tells subscribers lists that are old already, a page each.
#[test]
fn only_the_newest_list_is_told_at_a_flush() {
    let mut world = with_names();
    let (ann, bob) = (enter(&mut world, 2, None), enter(&mut world, 4, None));
    for (session, name) in [(ann, "Ann"), (bob, "Bob"), (ann, "Eve")] {
        claim(&mut world, session, &[name]);
        world.settle_unflushed(0);
    }
    world.settle();
    assert_eq!(lists(&world, ann), ["Bob Eve"]);
}

/// If this fails, what a dialect answers by itself overtakes what waits, or has no bound.
#[test]
fn frame_of_a_dialect_goes_out_behind_what_waits() {
    let mut world = with_names();
    let ann = enter(&mut world, 2, None);
    let before = world.got(ann).len();
    let frame = world.got(ann)[0].clone();
    let encoded = Encoded {
        frame: frame.clone(),
        len: 10,
    };
    let outlet = &mut world.transports[0];
    world.workers[0].send(ann, encoded.clone(), outlet);
    world.workers[0].send(SessionId(99), encoded.clone(), outlet);
    world.settle();
    assert_eq!(world.got(ann).len(), before + 1);
    world.transports[0].room.insert(ann.0, 0);
    let outlet = &mut world.transports[0];
    let endless = Encoded {
        len: usize::MAX / 4,
        ..encoded
    };
    world.workers[0].send(ann, endless, outlet);
    world.settle();
    assert_eq!(world.closed, [(ann, sockeye_hub::Close::Slow)]);
}
