//! Engines as their users see them: the choice by URL, and the promises of `memory:`.

use std::time::Duration;

use super::*;
use sockeye_hub::limits::LEASE;
use sockeye_hub::{Change, Delivery, Direction, News, Payload, Target, UserId};

fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

fn publication(text: &str) -> Box<Publication> {
    Publication::new(Payload::Text(text.into()), 0).into()
}

async fn publish(engine: &dyn Engine, channel: &ChannelName, text: &str) -> Published {
    let published = engine.publish(channel, publication(text), Arc::default());
    published.await.unwrap()
}

fn offset_of(delivery: &Delivery) -> u64 {
    match delivery {
        Delivery::News {
            news: News::Entry(entry),
            ..
        } => entry.position.offset,
        other => panic!("{other:?}"),
    }
}

/// If this fails, a mistake in the configuration is not told in words that help.
#[test]
fn url_that_names_no_engine_is_refused_with_what_is_known() {
    assert_eq!(
        open("memory:", &EngineOptions::default())
            .unwrap()
            .promises()
            .scheme,
        "memory"
    );
    let fault = |url| {
        open(url, &EngineOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        fault("memory"),
        "engine `memory` has no scheme; the engine in memory is `memory:`"
    );
    assert_eq!(
        fault("redis://localhost"),
        "unknown engine `redis:`, known are: `memory:`"
    );
    assert_eq!(
        fault("memory:/var/lib"),
        "engine `memory:` takes nothing after the colon, but `/var/lib` is there"
    );
}

/// If this fails, subscribers miss something between attaching and the first news, or get what they
/// gave up.
#[tokio::test]
async fn all_after_the_attachment_is_handed_out_until_it_ends() {
    let engine = Memory::new(&EngineOptions::default());
    let (channel, inbox) = (name("room"), Arc::new(Inbox::new()));
    publish(&engine, &channel, "before").await;
    let top = engine.attach(&channel, &inbox).await.unwrap();
    assert_eq!(top.offset, 1);
    // Twice is once.
    engine.attach(&channel, &inbox).await.unwrap();
    let Published::New(position) = publish(&engine, &channel, "after").await else {
        panic!("it is new");
    };
    assert_eq!((position.epoch, position.offset), (top.epoch, 2));
    assert_eq!(offset_of(&inbox.take().unwrap()), 2);
    engine.detach(&channel, &inbox).await.unwrap();
    publish(&engine, &channel, "later").await;
    assert_eq!(inbox.take(), None);
}

/// If this fails, publishers on several threads see several orders, or one is lost.
#[test]
fn threads_that_publish_at_once_make_one_order() {
    let engine = Memory::new(&EngineOptions::default());
    let (channel, inbox) = (name("room"), Arc::new(Inbox::new()));
    assert!(engine.attach(&channel, &inbox).ready().is_ok());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let published = engine.publish(&channel, publication("x"), Arc::default());
                    assert!(matches!(published.ready(), Ok(Ok(Published::New(_)))));
                }
            });
        }
    });
    for offset in 1..=2000 {
        assert_eq!(offset_of(&inbox.take().unwrap()), offset);
    }
}

/// If this fails, a client of the process before takes this one's stream for the one it knew.
#[tokio::test]
async fn each_stream_has_its_own_epoch() {
    let (one, other) = (
        Memory::new(&EngineOptions::default()),
        Memory::new(&EngineOptions::default()),
    );
    let inbox = Arc::new(Inbox::new());
    let mut epochs = Vec::new();
    for (engine, channel) in [(&one, "a"), (&one, "b"), (&other, "a")] {
        epochs.push(engine.attach(&name(channel), &inbox).await.unwrap().epoch);
    }
    epochs.sort_unstable();
    epochs.dedup();
    assert_eq!(epochs.len(), 3);
}

/// If this fails, a history is kept after its time, or a stream that was given up goes on as if
/// not.
#[tokio::test(start_paused = true)]
async fn history_ends_with_its_age_and_an_idle_stream_with_its_epoch() {
    let engine = Memory::new(&EngineOptions::default());
    let channel = name("room");
    let query = HistoryQuery {
        since: None,
        limit: 10,
        direction: Direction::Forward,
    };
    publish(&engine, &channel, "x").await;
    let page = engine.history(&channel, query).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    tokio::time::advance(ChannelOptions::default().history_age_max).await;
    let later = engine.history(&channel, query).await.unwrap();
    assert_eq!((later.entries.len(), later.top), (0, page.top));
    tokio::time::advance(limits::ENGINE_IDLE_KEEP).await;
    engine.tend();
    let anew = engine.history(&channel, query).await.unwrap();
    assert_eq!(anew.top.offset, 0);
    assert_ne!(anew.top.epoch, page.top.epoch);
}

/// If this fails, members stay for ever, or go without a word.
#[tokio::test(start_paused = true)]
async fn lease_that_is_not_renewed_runs_out_and_is_told() {
    let engine = Memory::new(&EngineOptions::default());
    let (channel, inbox) = (name("room"), Arc::new(Inbox::new()));
    engine.attach(&channel, &inbox).await.unwrap();
    let ann = Member {
        user: UserId::new("ann").unwrap(),
        info: "{}".into(),
    };
    engine
        .lease(&channel, Lease::Hold(ann.clone()))
        .await
        .unwrap();
    tokio::time::advance(LEASE / 2).await;
    engine
        .lease(&channel, Lease::Renew(vec![ann.clone()]))
        .await
        .unwrap();
    tokio::time::advance(LEASE.saturating_sub(Duration::from_millis(1))).await;
    engine.tend();
    assert_eq!(engine.members(&channel).await.unwrap().len(), 1);
    tokio::time::advance(Duration::from_millis(1)).await;
    engine.tend();
    assert_eq!(engine.members(&channel).await.unwrap(), []);
    let change = |delivery| match delivery {
        Some(Delivery::News {
            news: News::Change(change),
            ..
        }) => (*change).clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(change(inbox.take()), Change::Joined(ann.clone()));
    assert_eq!(change(inbox.take()), Change::Left(ann.user));
}

/// If this fails, the order to throw somebody out gets lost where a worker is busy.
#[tokio::test]
async fn control_waits_for_room_and_reaches_all_who_listen() {
    let engine = Memory::new(&EngineOptions::default());
    let (first, mut busy) = mpsc::channel(1);
    let (second, mut quick) = mpsc::channel(1);
    let (third, gone) = mpsc::channel(1);
    for listener in [first.clone(), second, third] {
        engine.listen(listener);
    }
    drop(gone);
    let control = Control::Unsubscribe {
        target: Target::User(UserId::new("ann").unwrap()),
        channel: name("room"),
    };
    first.try_send(Arc::new(control.clone())).unwrap();
    let mut done = std::pin::pin!(engine.control(control.clone()));
    let waits = std::future::poll_fn(|context| {
        std::task::Poll::Ready(done.as_mut().poll(context).is_pending())
    });
    assert!(waits.await, "there is no room yet");
    assert_eq!(*busy.recv().await.unwrap(), control);
    done.await.unwrap();
    assert_eq!(*busy.recv().await.unwrap(), control);
    assert_eq!(*quick.recv().await.unwrap(), control);
}

/// If this fails, an owner's effects do not come to what completes them.
#[tokio::test]
async fn each_effect_is_carried_out() {
    let engine = open("memory:", &EngineOptions::default()).unwrap();
    let (channel, inbox) = (name("room"), Arc::new(Inbox::new()));
    let ann = Member {
        user: UserId::new("ann").unwrap(),
        info: "".into(),
    };
    let query = HistoryQuery {
        since: None,
        limit: 1,
        direction: Direction::Backward,
    };
    let publish = Effect::Publish {
        publication: publication("x"),
        options: Arc::default(),
    };
    let mut done = Vec::new();
    for effect in [
        Effect::Attach,
        publish,
        Effect::History(query),
        Effect::Lease(Lease::Hold(ann.clone())),
        Effect::Members,
        Effect::Detach,
    ] {
        done.push(carry_out(&*engine, &inbox, &channel, effect).await.unwrap());
    }
    let [
        Done::Attached(start),
        Done::Published(Published::New(position)),
        Done::Page(page),
        Done::Leased,
        Done::Members(members),
        Done::Detached,
    ] = &done[..]
    else {
        panic!("{done:?}");
    };
    assert!(start.is_next(*position));
    assert_eq!((page.top, &members[..]), (*position, &[ann][..]));
}

/// If this fails, what is configured of an engine is not what it does.
#[tokio::test(start_paused = true)]
async fn options_are_kept() {
    let second = Duration::from_secs(1);
    let options = EngineOptions {
        channels_max: limits::ENGINE_SHARDS,
        bytes_max: limits::ENGINE_SHARDS * 1000,
        idle_keep: second,
        lease: second,
        ..EngineOptions::default()
    };
    let engine = open("memory:", &options).unwrap();
    let channels = (0..1000).map(|number| name(&number.to_string()));
    let query = HistoryQuery {
        since: None,
        limit: 10,
        direction: Direction::Forward,
    };
    let mut known = Vec::new();
    for channel in channels {
        if engine.history(&channel, query).await.is_ok() {
            known.push(channel);
        }
    }
    assert_eq!(known.len(), limits::ENGINE_SHARDS);
    // Three of these are more than a channel's share of the bytes.
    for _ in 0..3 {
        publish(&*engine, &known[0], &"x".repeat(300)).await;
    }
    let page = engine.history(&known[0], query).await.unwrap();
    assert_eq!((page.entries.len(), page.top.offset), (1, 3));
    let ann = Member {
        user: UserId::new("ann").unwrap(),
        info: "".into(),
    };
    engine.lease(&known[1], Lease::Hold(ann)).await.unwrap();
    tokio::time::advance(second).await;
    engine.tend();
    assert_eq!(engine.members(&known[1]).await.unwrap(), []);
    // All but the one with a history are gone, and there is room for others.
    let other = engine.history(&name("other"), query).await;
    assert!(other.is_ok());
}
