//! Visits over pipes in memory, where the clock stands still unless everybody waits: time,
//! dialects that break; clients that leave in `parting`, readers that are too slow in `slow`.

mod parting;
mod slow;

use std::time::Duration;

use sockeye::{Acceptor, Client, CloseCode, Message, Stream};
use sockeye_dialect::{Acts, Now, Session};
use sockeye_hub::{Close, Command, Notice, Payload, Publication, RequestId, SessionId, Start};
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::engine::{self, EngineOptions};
use crate::life::Lifeline;
use crate::node::{Hub, Node};
use crate::options::Options;
use crate::slots::Slots;
use crate::stats::Stats;

/// What is on its way in one direction of a connection, in bytes.
const PIPE_LEN: usize = 4096;

type Peer = WebSocket<Stream<DuplexStream>>;

/// Nodes of a server, all in one runtime.
struct House {
    lifeline: Lifeline,
    visit: Box<dyn Fn(WebSocket, usize) -> Visit>,
    nodes: Vec<Arc<Node>>,
    engine: Arc<dyn engine::Engine>,
    stats: Arc<Stats>,
}

impl House {
    fn new(workers: usize, options: &Options) -> Self {
        let (lifeline, life) = Lifeline::new(CloseCode::GOING_AWAY);
        let stats = Arc::new(Stats::new(Slots::new(8, 8), 8));
        let engine = engine::open("memory:", &EngineOptions::default()).unwrap();
        let hub = Hub::new(workers, Arc::clone(&engine), terms::terms(options), options);
        let numbers = 0..u16::try_from(workers).unwrap();
        let nodes: Vec<_> = numbers
            .map(|number| Node::new(&hub, number, stats.thread()))
            .collect();
        for node in &nodes {
            tokio::spawn(Arc::clone(node).run());
        }
        let known: Vec<Arc<Node>> = nodes.clone();
        let visit = move |ws, worker: usize| Visit {
            ws,
            life: life.clone(),
            counters: Arc::clone(known[worker].counters()),
            caller: Arc::default(),
            node: Arc::clone(&known[worker]),
            room: None,
            view: None,
        };
        Self {
            lifeline,
            visit: Box::new(visit),
            nodes,
            engine,
            stats,
        }
    }

    /// Both ends of a connection.
    async fn connect() -> (WebSocket, Peer) {
        let (ours, theirs) = duplex(PIPE_LEN);
        let client = Client::new("ws://localhost/").unwrap();
        let (acceptor, stream) = (Acceptor::default(), Stream::boxed(theirs));
        let (served, peer) = tokio::join!(acceptor.accept(stream), client.connect_over(ours));
        (served.unwrap(), peer.unwrap())
    }

    /// A client of the plain chat at a worker, and the end of its visit.
    async fn enter(&self, worker: usize) -> (Peer, JoinHandle<Ending>) {
        let (ws, mut peer) = Self::connect().await;
        let visit = (self.visit)(ws, worker);
        let served = tokio::spawn(serve(visit, Protocol::Plain));
        peer.send("here").await.unwrap();
        while next(&mut peer).await != "here" {}
        (peer, served)
    }

    /// A session of `dialect` at the first worker, until its connection ends.
    async fn enter_with(&self, dialect: impl Session + 'static) -> (Peer, JoinHandle<Ending>) {
        let (mut ws, peer) = Self::connect().await;
        let room = Protocol::Plain.channel(LOBBY).unwrap();
        let newcomer = newcomer(Protocol::Plain, room, &Arc::default(), &ws);
        let node = &self.nodes[0];
        let talk = node.begin_with(newcomer, |_: SessionId, _| Box::new(dialect));
        let talk = talk.unwrap();
        let served = tokio::spawn(async move {
            loop {
                match ws.recv().await {
                    Ok(Some(message)) => talk.hear(&message),
                    Ok(None) => return ended(&ws, talk, &Ok(())).await,
                    Err(error) => return ended(&ws, talk, &Err(error)).await,
                }
            }
        });
        (peer, served)
    }

    fn counts(&self, line: &str) -> bool {
        let text = self.stats.render(true);
        text.lines().any(|other| other == line)
    }
}

async fn next(peer: &mut Peer) -> String {
    match peer.recv().await.unwrap() {
        Some(Message::Text(text)) => text.to_string(),
        other => panic!("{other:?}, {:?}", peer.close_event()),
    }
}

/// The code that the rest of a connection ends with.
async fn last(peer: &mut Peer) -> u16 {
    while peer.recv().await.unwrap().is_some() {}
    peer.close_event().unwrap().code.number()
}

/// A dialect that does as a test says.
#[derive(Debug, Default)]
struct Script {
    due: Option<Duration>,
    is_always_due: bool,
    breaks_at_notice: bool,
}

impl Session for Script {
    fn open(&mut self, _now: Now, acts: &mut Acts) {
        let channel = Protocol::Plain.channel(LOBBY).unwrap();
        let (start, info) = (Start::Live, "".into());
        let command = Command::Subscribe {
            channel,
            start,
            info,
        };
        acts.command(RequestId(0), command);
    }

    fn text(&mut self, _now: Now, text: &str, acts: &mut Acts) {
        assert!(text != "break", "on purpose");
        let publication = Publication::new(Payload::Text(text.into()), 0).into();
        let channels = vec![Protocol::Plain.channel(LOBBY).unwrap()];
        let command = Command::Publish {
            channels,
            publication,
        };
        acts.command(RequestId(1), command);
    }

    fn binary(&mut self, _now: Now, _bytes: &[u8], _acts: &mut Acts) {}

    fn notice(&mut self, _now: Now, notice: &Notice, _acts: &mut Acts) {
        let is_answer = matches!(notice, Notice::Answered { .. });
        assert!(!(self.breaks_at_notice && is_answer), "on purpose");
    }

    fn due(&self) -> Option<Duration> {
        self.due
    }

    fn tick(&mut self, now: Now, acts: &mut Acts) {
        if self.is_always_due {
            return;
        }
        assert!(self.due.take().is_some_and(|due| due <= now.elapsed));
        acts.frame(sockeye_dialect::Frame::text("time is up"));
        acts.close(sockeye_dialect::Close::Normal("bye"));
    }
}

/// If this fails, a defect in one dialect ends the sessions of everybody on its thread, or its own
/// client waits for ever.
#[tokio::test(start_paused = true)]
async fn dialect_that_panics_ends_its_session_alone_with_1011() {
    let house = House::new(1, &Options::default());
    let (mut healthy, _served) = house.enter(0).await;
    let at_notice = Script {
        breaks_at_notice: true,
        ..Script::default()
    };
    for (script, text) in [(Script::default(), "break"), (at_notice, "hello")] {
        let (mut peer, served) = house.enter_with(script).await;
        peer.send(text).await.unwrap();
        assert_eq!(last(&mut peer).await, 1011);
        assert_eq!(served.await.unwrap().why, Why::Panic);
    }
    healthy.send("still here").await.unwrap();
    while next(&mut healthy).await != "still here" {}
    assert!(house.counts("sockeye_server_panics_total 2"));
    assert!(house.counts("sockeye_hub_sessions 1"));
}

/// If this fails, a dialect waits for something that never comes, or its last words are lost.
#[tokio::test(start_paused = true)]
async fn dialect_is_called_when_it_is_due_and_closes_behind_its_last_frame() {
    let house = House::new(1, &Options::default());
    let due = Some(Duration::from_secs(5));
    let start = Instant::now();
    let script = Script {
        due,
        ..Script::default()
    };
    let (mut peer, served) = house.enter_with(script).await;
    assert_eq!(next(&mut peer).await, "time is up");
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(last(&mut peer).await, 1000);
    assert_eq!(served.await.unwrap().why, Why::Done);
}

/// If this fails, one dialect that never has enough keeps its thread for itself.
#[tokio::test(start_paused = true)]
async fn dialect_that_is_always_due_leaves_rounds_to_others() {
    let house = House::new(1, &Options::default());
    let greedy = Script {
        due: Some(Duration::ZERO),
        is_always_due: true,
        ..Script::default()
    };
    let (mut peer, _served) = house.enter_with(greedy).await;
    let (mut other, _served) = house.enter(0).await;
    other.send("me too").await.unwrap();
    for peer in [&mut peer, &mut other] {
        while next(peer).await != "me too" {}
    }
}

/// If this fails, somebody who was thrown out stays, on whatever thread he sits.
#[tokio::test(start_paused = true)]
async fn control_of_a_user_reaches_its_sessions_on_all_threads() {
    let house = House::new(2, &Options::default());
    let mut peers = Vec::new();
    for (worker, user) in [(0, "jo"), (1, "jo"), (1, "joe")] {
        let (ws, mut peer) = House::connect().await;
        let mut visit = (house.visit)(ws, worker);
        visit.caller = Arc::new(Caller {
            identity: Some(crate::auth::Identity::until(user, 9_999_999_999)),
            ..Caller::default()
        });
        tokio::spawn(serve(visit, Protocol::Plain));
        peer.send(user).await.unwrap();
        while next(&mut peer).await != user {}
        peers.push(peer);
    }
    let target = sockeye_hub::Target::User(UserId::new("jo").unwrap());
    let close = Close::Disconnected;
    let control = sockeye_hub::Control::Disconnect { target, close };
    house.engine.control(control).await.unwrap();
    let mut other = peers.pop().unwrap();
    for mut peer in peers {
        assert_eq!(last(&mut peer).await, 3503);
    }
    other.send("still here").await.unwrap();
    while next(&mut other).await != "still here" {}
}

/// If this fails, who is not who he was any more goes on to hear what he may not.
#[tokio::test(start_paused = true)]
async fn session_ends_when_its_token_does() {
    let house = House::new(1, &Options::default());
    let (ws, mut peer) = House::connect().await;
    let mut visit = (house.visit)(ws, 0);
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let identity: crate::auth::Identity = crate::auth::Identity::until("jo", now + 60);
    visit.caller = Arc::new(Caller {
        expires_at: Some(identity.expires_at),
        identity: Some(identity),
        ..Caller::default()
    });
    let start = Instant::now();
    let served = tokio::spawn(serve(visit, Protocol::Plain));
    assert_eq!(last(&mut peer).await, 3005);
    // The clock of whoever made the token may be off by the leeway of 30 s.
    let lasted = start.elapsed();
    assert!((85..=91).contains(&lasted.as_secs()), "{lasted:?}");
    assert_eq!(served.await.unwrap().why, Why::Expired);
}

/// If this fails, a token that lets somebody read lets him talk, or he talks under another name.
#[tokio::test(start_paused = true)]
async fn token_says_the_name_and_what_may_be_done() {
    let house = House::new(2, &Options::default());
    let mut identity = crate::auth::Identity::until("jo", 9_999_999_999);
    identity.name = Some("Джо".to_owned());
    let permitted = std::collections::BTreeMap::from([
        ("subscribe".to_owned(), vec!["chat:*".to_owned()]),
        ("publish".to_owned(), vec!["chat:tea".to_owned()]),
    ]);
    identity.permissions = Some(permitted);
    let caller = Arc::new(Caller {
        identity: Some(identity),
        ..Caller::default()
    });
    let enter = async |protocol, room: &str| {
        let (ws, peer) = House::connect().await;
        let mut visit = (house.visit)(ws, 0);
        visit.caller = Arc::clone(&caller);
        visit.room = Some(room.into());
        tokio::spawn(serve(visit, protocol));
        peer
    };
    let message = r#"{"type":"message","text":"hi"}"#;
    for (room, answer) in [("tea", r#""text":"hi""#), ("coffee", r#""code":103"#)] {
        let mut peer = enter(Protocol::Json, room).await;
        let other = r#"{"type":"username","name":"boss"}"#;
        peer.send(other).await.unwrap();
        while !next(&mut peer)
            .await
            .contains(r#""rejectusername","name":"Джо""#)
        {}
        peer.send(message).await.unwrap();
        while !next(&mut peer).await.contains(answer) {}
    }
    let mut peer = enter(Protocol::Plain, "tea").await;
    assert_eq!(last(&mut peer).await, 3503);
}

/// If this fails, the log and its metric say that a chat was done with somebody who was too fast or
/// sent nonsense, or another thing in each chat.
#[tokio::test(start_paused = true)]
async fn end_of_whoever_does_what_he_may_not_is_his_doing_in_all_chats() {
    let mut options = Options::default();
    options.hub.refusals_max = 3;
    let house = House::new(1, &options);
    for (protocol, message, code, why) in [
        (Protocol::Plain, Message::from("x"), 3013, Why::Limit),
        (Protocol::Nick, Message::from("a: x"), 3013, Why::Limit),
        (Protocol::Json, Message::from("no JSON"), 3501, Why::Limit),
        (Protocol::Plain, Message::from(vec![0]), 1003, Why::Fault),
    ] {
        let (ws, mut peer) = House::connect().await;
        let served = tokio::spawn(serve((house.visit)(ws, 0), protocol));
        // Bad messages until the JSON chat ends; more than all bursts.
        for _ in 0..64 {
            peer.send(message.clone()).await.unwrap();
        }
        assert_eq!(last(&mut peer).await, code, "{message:?}");
        assert_eq!(served.await.unwrap().why, why, "{message:?}");
    }
}

/// If this fails, a client that goes on to read after a pause misses something, though all of it
/// was within its bound.
#[tokio::test(start_paused = true)]
async fn reader_that_pauses_within_its_bound_misses_nothing() {
    const COUNT: usize = 300;
    let mut options = Options::default();
    options.chat.messages_per_second_max = 10_000;
    options.chat.dialects.plain_chars_max = 1000;
    let house = House::new(2, &options);
    let (mut pausing, _served) = house.enter(0).await;
    let (mut talker, _served) = house.enter(1).await;
    while next(&mut pausing).await != "here" {}
    for number in 0..COUNT {
        let text = format!("{number:1000}");
        talker.send(text.clone()).await.unwrap();
        while next(&mut talker).await != text {}
    }
    for number in 0..COUNT {
        assert_eq!(next(&mut pausing).await, format!("{number:1000}"));
    }
}

/// If this fails, somebody whose network went away stays in the list of who is there, or those who
/// talk meanwhile wait for him.
#[tokio::test(start_paused = true)]
async fn half_open_peer_is_noticed_in_its_time_while_others_talk() {
    let house = House::new(2, &Options::default());
    let mut peers = Vec::new();
    for worker in [0, 1, 0] {
        let (ws, mut peer) = House::connect().await;
        let served = tokio::spawn(serve((house.visit)(ws, worker), Protocol::Json));
        let name = format!(r#"{{"type":"username","name":"p{}"}}"#, peers.len());
        peer.send(name).await.unwrap();
        while !next(&mut peer).await.contains("named") {}
        peers.push((peer, served));
    }
    // It is there, and neither reads nor writes from here on, so it answers no Ping.
    let (_gone, served) = peers.remove(0);
    let start = Instant::now();
    let mut said = 0;
    let mut talk = async || {
        said += 1;
        let text = format!(r#""text":"sentence {said}""#);
        let message = format!(r#"{{"type":"message",{text}}}"#);
        peers[said % 2].0.send(message).await.unwrap();
        let mut is_listed = false;
        for (peer, _) in &mut peers {
            loop {
                let heard = next(peer).await;
                is_listed |= heard.contains(r#""users":["p1","p2"]"#);
                if heard.contains(&text) {
                    break;
                }
            }
        }
        is_listed
    };
    let mut is_told = false;
    while !served.is_finished() {
        tokio::time::advance(Duration::from_secs(1)).await;
        is_told |= talk().await;
    }
    let keepalive = sockeye::Config::default().keepalive.unwrap();
    // Twice the timeout: a pipe that took bytes after the Ping was a sign of life, the last one.
    let most = keepalive.interval + 2 * keepalive.timeout;
    let lasted = start.elapsed();
    assert!(lasted >= keepalive.timeout, "{lasted:?}");
    assert!(lasted <= most + Duration::from_secs(2), "{lasted:?}");
    assert_eq!(served.await.unwrap().why, Why::Timeout);
    // Its place is kept for the time of a reload.
    while !is_told {
        tokio::time::advance(Duration::from_secs(1)).await;
        is_told |= talk().await;
    }
    assert!(start.elapsed() <= lasted + Duration::from_secs(5));
}

/// If this fails, who leaves goes on to be counted, and channels that nobody uses stay.
#[tokio::test(start_paused = true)]
async fn whoever_leaves_or_breaks_off_is_gone_from_the_hub() {
    let house = House::new(2, &Options::default());
    let (mut polite, served_polite) = house.enter(0).await;
    let (rude, served_rude) = house.enter(1).await;
    assert!(house.counts("sockeye_hub_sessions 2"));
    assert!(house.counts("sockeye_hub_subscriptions 2"));
    assert!(house.counts("sockeye_hub_channels 1"));
    polite.close(None, "").await.unwrap();
    assert_eq!(served_polite.await.unwrap().why, Why::Client);
    rude.abort();
    assert_eq!(served_rude.await.unwrap().why, Why::Lost);
    while !house.counts("sockeye_hub_channels 0") {
        tokio::task::yield_now().await;
    }
    assert!(house.counts("sockeye_hub_sessions 0"));
    assert!(house.counts("sockeye_hub_subscriptions 0"));
}

/// If this fails, a server that stops throws away what it took from a client a moment before.
#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_delivered_before_the_goodbye() {
    let mut options = Options::default();
    options.chat.messages_per_second_max = 10_000;
    let house = House::new(2, &options);
    let (mut near, near_served) = house.enter(0).await;
    let (mut far, far_served) = house.enter(1).await;
    while next(&mut near).await != "here" {}
    for number in 0..50 {
        near.send(format!("{number}")).await.unwrap();
    }
    // They lie in the pipe, and are taken with one read before anybody looks at the news.
    house.lifeline.leave(Duration::ZERO);
    for number in 0..50 {
        assert_eq!(next(&mut near).await, format!("{number}"));
    }
    assert_eq!(last(&mut near).await, 1001);
    assert_eq!(last(&mut far).await, 1001);
    assert_eq!(near_served.await.unwrap().why, Why::Drain);
    assert_eq!(far_served.await.unwrap().why, Why::Drain);
}

/// If this fails, a Close overtakes what was taken from its own sender: others have it, and the
/// sender does not know that they do.
#[tokio::test(start_paused = true)]
async fn whoever_is_closed_gets_first_what_was_taken_from_it() {
    for worker in 0..2 {
        let house = House::new(2, &Options::default());
        let (mut watcher, _served) = house.enter(0).await;
        let (mut hasty, served) = house.enter(worker).await;
        while next(&mut watcher).await != "here" {}
        for number in 0..60 {
            // Without waiting: they come with one read, before anybody looks at the news.
            hasty.feed(format!("{number}")).await.unwrap();
        }
        hasty.flush().await.unwrap();
        let mut got = Vec::new();
        while let Some(Message::Text(text)) = hasty.recv().await.unwrap() {
            got.push(text.to_string());
        }
        assert_eq!(hasty.close_event().unwrap().code.number(), 3013);
        assert_eq!(served.await.unwrap().why, Why::Limit);
        // A burst is 30, of which the first was said in entering.
        let taken: Vec<String> = (0..29).map(|number| number.to_string()).collect();
        assert_eq!(got, taken, "{worker}");
        watcher.send("end").await.unwrap();
        let mut others = Vec::new();
        while others.last().is_none_or(|text| text != "end") {
            others.push(next(&mut watcher).await);
        }
        others.pop();
        assert_eq!(others, taken, "{worker}");
    }
}

/// If this fails, a client that reads slowly loses what waits for it when its dialect closes it, or
/// what others go on to say keeps it for ever.
#[tokio::test(start_paused = true)]
async fn what_waits_for_a_slow_reader_comes_before_its_close() {
    const COUNT: usize = 100;
    let mut options = Options::default();
    options.chat.messages_per_second_max = 10_000;
    options.chat.dialects.plain_chars_max = 1000;
    let house = House::new(2, &options);
    let (mut slow, served) = house.enter(0).await;
    let (mut talker, _served) = house.enter(1).await;
    while next(&mut slow).await != "here" {}
    let say = async |talker: &mut Peer, number: usize| {
        let text = format!("{number:1000}");
        talker.send(text.clone()).await.unwrap();
        while next(talker).await != text {}
    };
    for number in 0..COUNT {
        say(&mut talker, number).await;
    }
    slow.send(vec![0_u8]).await.unwrap();
    while house.counts("sockeye_hub_subscriptions 2") {
        tokio::task::yield_now().await;
    }
    // Not for one who is about to go.
    say(&mut talker, COUNT).await;
    for number in 0..COUNT {
        assert_eq!(next(&mut slow).await, format!("{number:1000}"));
    }
    assert_eq!(last(&mut slow).await, 1003);
    assert_eq!(served.await.unwrap().why, Why::Fault);
}
