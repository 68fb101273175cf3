//! A random history: a string of bytes is read as what clients, wires, time and faults do. Every
//! frame is checked on the way; at the end all faults are off, and everybody has to have
//! everything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::client::{Client, Tally};
use super::world::{World, name, text, user};
use sockeye_hub::limits::{LEASE, PRESENCE_GRACE, REPLAY_BYTES_MAX};
use sockeye_hub::{
    Asker, ChannelName, ChannelOptions, Close, Command, Control, Direction, FanoutOptions, Fault,
    HistoryQuery, Member, OwnerOptions, Presence, Rate, Rules, SessionId, SlowFate, Start, Target,
    ToOwner, UserId,
};

const CHANNELS: [&str; 5] = ["a:0", "a:1", "none:0", "here:0", "state:0"];
/// Members there are those who claim a name; reached by steps of its own.
const NAMED: &str = "names:0";
const NAMES: [&str; 2] = ["x", "y"];
const USERS: [Option<&str>; 4] = [None, Some("ann"), Some("bob"), Some("eve")];
const SESSIONS_MAX: usize = 6;
const FRAME_LEN: usize = 100;

/// Only the newest matters there.
fn skips(channel: &ChannelName) -> bool {
    channel.as_str().starts_with("state:")
}

fn rules() -> Rules {
    let short = ChannelOptions {
        history_len_max: 6,
        ..ChannelOptions::default()
    };
    let mut rules = Rules::new(short.clone());
    let none = ChannelOptions {
        history_len_max: 0,
        ..short.clone()
    };
    let here = ChannelOptions {
        presence: Presence::Users,
        ..short.clone()
    };
    let names = ChannelOptions {
        presence: Presence::Names,
        ..short.clone()
    };
    let state = ChannelOptions {
        slow: SlowFate::Latest,
        ..short
    };
    rules.insert("none:", none);
    rules.insert("here:", here);
    rules.insert("names:", names);
    rules.insert("state:", state);
    rules
}

fn named(key: &str, info: &str) -> Member {
    Member {
        user: user(key),
        info: info.into(),
    }
}

/// The rest of the bytes.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number below `count`; 0 at the end of the bytes.
    fn pick(&mut self, count: usize) -> usize {
        usize::from(self.next().unwrap_or(0)) % count
    }
}

struct History<'a> {
    script: Script<'a>,
    world: World,
    clients: BTreeMap<SessionId, Client>,
    /// The next session's number.
    sessions: u64,
    /// What each queue may hold besides what was granted.
    queue_bytes_max: usize,
    can_be_slow: bool,
    published: u64,
    /// One for each client that is gone.
    tallies: Vec<Tally>,
}

/// Plays a history, and panics where the hub breaks a promise. Gives what came up on the way.
pub(crate) fn play(bytes: &[u8]) -> Vec<Tally> {
    let mut script = Script(bytes);
    let can_be_slow = script.pick(2) == 1;
    let mut history = History::new(script, can_be_slow);
    while let Some(step) = history.script.next() {
        history.step(step);
        history.look();
    }
    history.heal();
    history.leave();
    history.tallies
}

impl<'a> History<'a> {
    fn new(script: Script<'a>, can_be_slow: bool) -> Self {
        let quick = Rate {
            burst: 1_000_000,
            per_second: 1_000_000,
        };
        let queue_bytes_max = if can_be_slow { 1500 } else { 1024 * 1024 };
        let owner = OwnerOptions {
            rules: Arc::new(rules()),
            ..OwnerOptions::default()
        };
        let fanout = FanoutOptions {
            queue_bytes_max,
            subscriptions_max: 4,
            command_rate: quick,
            publish_rate: quick,
            ..FanoutOptions::default()
        };
        let mut world = World::new(2, 2, &owner, &fanout);
        for transports in &mut world.transports {
            transports.len = FRAME_LEN;
        }
        Self {
            script,
            world,
            clients: BTreeMap::new(),
            sessions: 0,
            queue_bytes_max,
            can_be_slow,
            published: 0,
            tallies: Vec::new(),
        }
    }

    fn step(&mut self, step: u8) {
        if step >= 232 {
            return self.named();
        }
        match step % 32 {
            0..=2 => self.open(),
            3..=5 => self.subscribe(),
            6 => self.unsubscribe(),
            7..=11 => self.publish(),
            12..=22 => {
                let wire = self.script.pick(self.world.wires());
                self.world.step(wire);
            }
            23 => self.room(),
            24 => self.transport(),
            25 => self.remove(),
            26 => self.fault(),
            27 => self.time(),
            28 => self.control(),
            29 => self.ask(),
            30 => {
                let shard = self.script.pick(2);
                let index = self.script.pick(4);
                self.world.overtake(shard, index);
            }
            _ => self.world.settle(),
        }
    }

    fn look(&mut self) {
        for (session, close) in std::mem::take(&mut self.world.closed) {
            if !self.can_be_slow {
                assert_ne!(close, Close::Slow, "{session:?} was not slow");
            }
            self.forget(session, usize::from(close == Close::Slow));
        }
        for client in self.clients.values_mut() {
            let worker = self.world.worker_of(client.session);
            let held = self.world.workers[worker].queued_bytes(client.session);
            assert!(held <= self.queue_bytes_max + REPLAY_BYTES_MAX);
            let frames = self.world.got(client.session);
            client.look(frames, &self.world.engine.truth, skips);
        }
    }

    // What clients do

    fn open(&mut self) {
        let who = USERS[self.script.pick(USERS.len())];
        if self.clients.len() < SESSIONS_MAX {
            self.sessions += 1;
            let session = self.world.open(self.sessions, who);
            self.clients
                .insert(session, Client::new(session, who.map(user)));
        }
    }

    fn session(&mut self) -> Option<SessionId> {
        let index = self.script.pick(SESSIONS_MAX);
        let index = index.checked_rem(self.clients.len())?;
        self.clients.keys().nth(index).copied()
    }

    fn channel(&mut self) -> ChannelName {
        name(CHANNELS[self.script.pick(CHANNELS.len())])
    }

    fn command(&mut self, session: SessionId, command: Command) {
        let (answers, start) = match &command {
            Command::Publish { channels, .. } => (channels.len(), None),
            Command::Subscribe { start, .. } => (1, Some(*start)),
            _ => (1, None),
        };
        let request = self.world.command(session, command);
        if let Some(client) = self.clients.get_mut(&session) {
            client.expect(request, answers, start);
        }
    }

    fn subscribe(&mut self) {
        let (channel, kind) = (self.channel(), self.script.pick(4));
        let Some(session) = self.session() else {
            return;
        };
        // Places that other clients know serve as well, as a client comes back as a new session.
        let places = self
            .clients
            .values()
            .filter_map(|client| client.places.get(&channel));
        let places: Vec<_> = places.copied().collect();
        let start = match (kind, places.is_empty()) {
            (0, _) | (_, true) => Start::Live,
            (1, _) => Start::Last(self.script.pick(9)),
            (2, _) => Start::After(places[self.script.pick(places.len())]),
            _ => Start::AfterOrLast {
                since: places[self.script.pick(places.len())],
                last: self.script.pick(9),
            },
        };
        let info = "".into();
        self.command(
            session,
            Command::Subscribe {
                channel,
                start,
                info,
            },
        );
    }

    fn named(&mut self) {
        let (kind, first) = (self.script.pick(8), self.script.pick(NAMES.len()));
        let Some(session) = self.session() else {
            return;
        };
        let channel = name(NAMED);
        let names = match kind {
            0 | 1 => {
                let start = Start::Live;
                let info = "".into();
                let command = Command::Subscribe {
                    channel,
                    start,
                    info,
                };
                return self.command(session, command);
            }
            2 => return self.command(session, Command::Unsubscribe { channel }),
            3 => return self.command(session, Command::Members { channel }),
            // The same name in other letters, or a second choice.
            4 => vec![named(NAMES[first], "other")],
            5 => vec![named(NAMES[first], ""), named(NAMES[0], "")],
            _ => vec![named(NAMES[first], "")],
        };
        let is_back = kind % 2 == 0;
        let command = Command::Claim {
            channel,
            names,
            is_back,
        };
        self.command(session, command);
    }

    fn unsubscribe(&mut self) {
        let channel = self.channel();
        if let Some(session) = self.session() {
            self.command(session, Command::Unsubscribe { channel });
        }
    }

    fn publish(&mut self) {
        let (channel, kind) = (self.channel(), self.script.pick(8));
        let Some(session) = self.session() else {
            return;
        };
        self.published += 1;
        let mut publication = text(&self.published.to_string());
        let mut channels = vec![channel];
        match kind {
            0 => publication.idempotency_key = Some(self.script.pick(3).to_string().into()),
            1 => publication.version = Some(self.script.pick(20) as u64),
            2 => publication.excluded = Some(session),
            3 => channels.push(self.channel()),
            _ => {}
        }
        let command = Command::Publish {
            channels,
            publication,
        };
        self.command(session, command);
    }

    fn ask(&mut self) {
        let (channel, limit) = (self.channel(), self.script.pick(9));
        let Some(session) = self.session() else {
            return;
        };
        let query = HistoryQuery {
            since: None,
            limit,
            direction: Direction::Backward,
        };
        let command = match limit {
            0 => Command::Members { channel },
            1 => Command::MemberCount { channel },
            _ => Command::History { channel, query },
        };
        self.command(session, command);
    }

    fn remove(&mut self) {
        if let Some(session) = self.session() {
            let worker = self.world.worker_of(session);
            self.world.workers[worker].remove(session);
            self.forget(session, 0);
        }
    }

    fn forget(&mut self, session: SessionId, slow: usize) {
        let client = self.clients.remove(&session);
        let tally = client.map(|client| Tally {
            slow,
            ..client.tally
        });
        self.tallies.extend(tally);
    }

    // What transports, time and faults do

    fn room(&mut self) {
        let room = self.script.pick(4);
        let Some(session) = self.session() else {
            return;
        };
        let worker = self.world.worker_of(session);
        self.world.transports[worker].room.insert(session.0, room);
        self.world.writable(session);
    }

    fn transport(&mut self) {
        let comes_back = self.script.pick(2) == 1;
        let Some(session) = self.session() else {
            return;
        };
        if comes_back {
            assert!(self.world.resume(session, session.0));
        } else {
            let worker = self.world.worker_of(session);
            self.world.workers[worker].suspend(self.world.now, session);
        }
    }

    fn time(&mut self) {
        let seconds = [0, 1, 3, 10, 30, 400][self.script.pick(6)];
        if self.script.pick(2) == 0 {
            self.world.now += Duration::from_secs(seconds);
            self.world.tick();
        } else {
            self.world.pass(Duration::from_secs(seconds));
        }
    }

    fn fault(&mut self) {
        let (kind, channel) = (self.script.pick(5), self.channel());
        let engine = &mut self.world.engine;
        match kind {
            0 => engine.fault = Some(Fault::Unavailable),
            1 => engine.fault = None,
            2 => engine.restart(&channel),
            3 => {
                let mut lost = Vec::new();
                engine.lose(&channel, &mut lost);
                self.world.hand_out(lost);
            }
            _ => {
                let shard = self.script.pick(2);
                self.world.drop_entry(shard);
            }
        }
    }

    fn control(&mut self) {
        let (kind, channel) = (self.script.pick(4), self.channel());
        let who = ["ann", "bob", "eve"][self.script.pick(3)];
        let target = Target::User(user(who));
        let start = Start::Live;
        let control = match kind {
            0 => Control::Subscribe {
                target,
                channel,
                start,
                info: "".into(),
            },
            1 => Control::Unsubscribe { target, channel },
            2 => Control::Refresh {
                target,
                expires_in: Some(Duration::from_secs(1000)),
            },
            _ => Control::Disconnect {
                target,
                close: Close::Reconnect,
            },
        };
        for (worker, outlet) in self
            .world
            .workers
            .iter_mut()
            .zip(&mut self.world.transports)
        {
            worker.control(self.world.now, &control, outlet);
        }
        self.world.settle_outputs();
    }

    // The end

    /// Everything works again: who is subscribed has everything, and every command its answer.
    fn heal(&mut self) {
        self.world.engine.fault = None;
        for session in self.clients.keys() {
            let worker = self.world.worker_of(*session);
            self.world.transports[worker].room.clear();
            assert!(self.world.resume(*session, session.0));
        }
        self.world.settle();
        // A publication that was lost on its way is noticed with the next one.
        for channel in CHANNELS.into_iter().chain([NAMED]) {
            self.world.message_owner(ToOwner::Publish {
                asker: Asker::Server(0),
                channel: name(channel),
                publication: text("end"),
            });
        }
        self.world.pass(PRESENCE_GRACE + LEASE);
        self.look();
        for client in self.clients.values() {
            assert_eq!(client.unanswered(), [], "{:?}", client.session);
            for (channel, known) in &client.subscriptions {
                let top = self.world.engine.stream(channel).top();
                assert_eq!(
                    known.at, top,
                    "{:?} misses the end of {channel}",
                    client.session
                );
            }
        }
        self.check_members();
        self.check_names();
    }

    /// Who is listed is who is subscribed, each user once.
    fn check_members(&self) {
        let channel = name("here:0");
        let is_here = |client: &&Client| client.subscriptions.contains_key(&channel);
        let here = self.clients.values().filter(is_here);
        let mut here: Vec<_> = here.filter_map(|client| client.user.clone()).collect();
        here.sort();
        here.dedup();
        let listed = self.world.engine.list(&channel).into_iter();
        assert_eq!(listed.map(|member| member.user).collect::<Vec<_>>(), here);
    }

    /// Nobody has a name that somebody else has, and the names are the members, as all were told.
    fn check_names(&self) {
        let channel = name(NAMED);
        let mut holders: BTreeMap<UserId, Option<UserId>> = BTreeMap::new();
        let listed = self.world.engine.list(&channel).into_iter();
        let listed: Vec<UserId> = listed.map(|member| member.user).collect();
        for client in self.clients.values() {
            let Some(known) = client.subscriptions.get(&channel) else {
                continue;
            };
            if let Some(list) = &known.list {
                assert_eq!(list, &listed, "{:?} was told an old list", client.session);
            }
            let Some(name) = &known.name else {
                continue;
            };
            let before = holders.insert(name.clone(), client.user.clone());
            let is_shared = client.user.is_some() && before == Some(client.user.clone());
            assert!(before.is_none() || is_shared, "{name} is two people's");
        }
        assert_eq!(holders.into_keys().collect::<Vec<_>>(), listed);
    }

    /// Everybody leaves, and nothing is left.
    fn leave(&mut self) {
        let sessions: Vec<SessionId> = self.clients.keys().copied().collect();
        for session in sessions {
            let worker = self.world.worker_of(session);
            self.world.workers[worker].remove(session);
            self.forget(session, 0);
        }
        self.world.pass(PRESENCE_GRACE);
        for worker in &self.world.workers {
            let left = (worker.sessions(), worker.channels(), worker.joining());
            assert_eq!((left, worker.next_deadline()), ((0, 0, 0), None));
        }
        for owner in &self.world.owners {
            assert_eq!(
                (owner.channels(), owner.effects(), owner.next_deadline()),
                (0, 0, None)
            );
        }
        for channel in CHANNELS.into_iter().chain([NAMED]).map(name) {
            assert!(
                !self.world.engine.is_attached(&channel),
                "{channel} is still attached"
            );
            assert_eq!(self.world.engine.list(&channel), []);
        }
    }
}
