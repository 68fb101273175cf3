//! Who is in a channel, as the others see it: `present`, `lease`, `members`.

use std::sync::Arc;
use std::time::Duration;

use crate::support::outlet::Frame;
use crate::support::world::{World, name};
use sockeye_hub::limits::{LEASE, PRESENCE_GRACE};
use sockeye_hub::{
    Answer, Change, ChannelOptions, Command, FanoutOptions, News, OwnerOptions, Presence, Rules,
    SessionId, Start,
};

fn with_presence(workers: u16) -> World {
    let rules = Rules::new(ChannelOptions {
        presence: Presence::Users,
        ..ChannelOptions::default()
    });
    let owner = OwnerOptions {
        rules: Arc::new(rules),
        ..OwnerOptions::default()
    };
    World::new(2, workers, &owner, &FanoutOptions::default())
}

/// What a session was told of others: `+ann` came, `-ann` went.
fn changes(world: &World, session: SessionId) -> Vec<String> {
    let mut changes = Vec::new();
    for frame in world.got(session) {
        if let Frame::News(_, _, News::Change(change)) = frame {
            changes.push(match &**change {
                Change::Joined(member) => format!("+{}", member.user),
                Change::Left(user) => format!("-{user}"),
            });
        }
    }
    changes
}

fn here(world: &mut World, session: SessionId) -> Vec<String> {
    let channel = name("room");
    let request = world.command(session, Command::Members { channel });
    world.settle();
    match &world.answers_to(session, request)[..] {
        [Answer::Members(members)] => members
            .iter()
            .map(|member| member.user.to_string())
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// If this fails, a room that is too large for a list cannot even be counted.
#[test]
fn members_are_counted_without_a_list() {
    let mut world = with_presence(1);
    for session in 1..=5 {
        let user = format!("user {}", session % 3);
        let session = world.open(session, Some(&user));
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    let channel = name("room");
    let request = world.command(SessionId(1), Command::MemberCount { channel });
    world.settle();
    let answers = world.answers_to(SessionId(1), request);
    assert_eq!(answers, [Answer::MemberCount(3)]);
}

const MOMENT: Duration = Duration::from_millis(1);

/// If this fails, two tabs are two people, on one worker or on several.
#[test]
fn tabs_of_one_user_are_one_member() {
    let mut world = with_presence(2);
    let watcher = world.open(1, Some("watcher"));
    world.subscribe(watcher, "room", Start::Live);
    world.settle();
    let tabs = [world.open(2, Some("ann")), world.open(3, Some("ann"))];
    for tab in tabs {
        world.subscribe(tab, "room", Start::Live);
        world.settle();
    }
    let nobody = world.open(4, None);
    world.subscribe(nobody, "room", Start::Live);
    world.settle();
    assert_eq!(here(&mut world, watcher), ["ann", "watcher"]);
    assert_eq!(changes(&world, watcher), ["+watcher", "+ann"]);
    world.workers[0].remove(tabs[0]);
    world.pass(LEASE * 2);
    assert_eq!(here(&mut world, watcher), ["ann", "watcher"]);
    world.workers[1].remove(tabs[1]);
    world.pass(PRESENCE_GRACE);
    assert_eq!(changes(&world, watcher), ["+watcher", "+ann", "-ann"]);
    assert_eq!(here(&mut world, watcher), ["watcher"]);
}

/// If this fails, a subscriber is told of changes that were before it, which its list has already.
#[test]
fn change_before_a_subscription_is_not_told_to_it() {
    let mut world = with_presence(1);
    let (watcher, late) = (world.open(1, Some("watcher")), world.open(2, None));
    world.subscribe(watcher, "room", Start::Live);
    world.settle();
    let ann = world.open(3, Some("ann"));
    world.subscribe(ann, "room", Start::Live);
    world.settle_unflushed(0);
    world.subscribe(late, "room", Start::Live);
    world.settle();
    assert_eq!(changes(&world, watcher), ["+watcher", "+ann"]);
    assert_eq!(changes(&world, late), [""; 0]);
}

/// If this fails, each reload of a page tells everybody that somebody went and came.
#[test]
fn reload_within_the_grace_is_silent() {
    let mut world = with_presence(1);
    let watcher = world.open(1, Some("watcher"));
    world.subscribe(watcher, "room", Start::Live);
    for session in 2..10 {
        let tab = world.open(session, Some("ann"));
        world.subscribe(tab, "room", Start::Live);
        world.settle();
        world.workers[0].remove(tab);
        world.pass(PRESENCE_GRACE.saturating_sub(MOMENT));
    }
    assert_eq!(changes(&world, watcher), ["+watcher", "+ann"]);
    world.pass(MOMENT);
    assert_eq!(changes(&world, watcher), ["+watcher", "+ann", "-ann"]);
}

/// If this fails, members vanish while they are here, as nobody renews their leases.
#[test]
fn leases_are_renewed_while_somebody_is_here_and_end_with_the_node() {
    let mut world = with_presence(1);
    let ann = world.open(1, Some("ann"));
    world.subscribe(ann, "room", Start::Live);
    world.pass(LEASE * 10);
    assert_eq!(changes(&world, ann), ["+ann"]);
    // The node dies: nobody ticks its owners any more.
    for owner in &mut world.owners {
        *owner = sockeye_hub::Owner::new(OwnerOptions::default());
    }
    world.pass(LEASE);
    assert_eq!(world.engine.list(&name("room")), []);
}

/// If this fails, who is there is forgotten when the channel's subscriptions are ended by a gap.
#[test]
fn gap_that_heals_within_the_grace_is_no_departure() {
    let mut world = with_presence(1);
    let (ann, bob) = (world.open(1, Some("ann")), world.open(2, Some("bob")));
    for session in [ann, bob] {
        world.subscribe(session, "room", Start::Live);
    }
    world.settle();
    let mut deliveries = Vec::new();
    world.engine.lose(&name("room"), &mut deliveries);
    world.hand_out(deliveries);
    world.settle();
    for session in [ann, bob] {
        world.subscribe(session, "room", Start::Live);
    }
    world.pass(LEASE);
    assert_eq!(changes(&world, ann), ["+ann", "+bob"]);
    for session in [ann, bob] {
        world.workers[0].remove(session);
    }
    world.pass(LEASE);
    assert_eq!(world.engine.list(&name("room")), []);
    assert!(world.owners.iter().all(|owner| owner.channels() == 0));
    assert!(
        world
            .owners
            .iter()
            .all(|owner| owner.next_deadline().is_none())
    );
}
