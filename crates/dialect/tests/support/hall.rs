//! Sessions of all chats on one worker and one owner of the hub, which are run as their contracts
//! say. Keeps what each client got, and whose connection was closed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use sockeye_dialect::chat::{Options, Protocol, Seat};
use sockeye_dialect::{Act, Acts, Close, Encode, Frame, Now, Session};
use sockeye_hub::{
    ChannelName, ChannelOptions, Completion, Delivery, Encoded, Fanout, FanoutOptions, Hello, News,
    Notice, Outlet, Output, Owner, OwnerOptions, OwnerOutput, Permissions, Rules, SessionId,
    UserId, Variant, Verdict,
};

/// When everything begins, in milliseconds since 1970.
const START_MS: u64 = 1_700_000_000_000;

/// The clients' side: sessions, and what came of them.
#[derive(Debug, Default)]
struct Clients {
    sessions: BTreeMap<SessionId, Box<dyn Session>>,
    got: BTreeMap<SessionId, VecDeque<Frame>>,
    closed: BTreeMap<SessionId, Close>,
    /// Commands and closes that notices came to.
    later: VecDeque<(SessionId, Act)>,
    elapsed: Duration,
    /// How many frames each transport takes; without an entry any number.
    room: BTreeMap<SessionId, usize>,
}

impl Clients {
    fn now(&self) -> Now {
        let passed = u64::try_from(self.elapsed.as_millis()).unwrap();
        Now {
            elapsed: self.elapsed,
            unix_ms: START_MS + passed,
        }
    }
}

fn encoded(frame: Frame) -> Encoded<Frame> {
    let len = frame.len();
    Encoded { frame, len }
}

impl Outlet for Clients {
    type Frame = Frame;

    fn encode(
        &mut self,
        variant: Variant,
        channel: &ChannelName,
        news: &News,
    ) -> Option<Encoded<Frame>> {
        let protocol = Protocol::of(variant).expect("sessions have the variants of protocols");
        protocol.encode(self.now(), channel, news).map(encoded)
    }

    fn notice(
        &mut self,
        session: SessionId,
        _: Variant,
        notice: &Notice,
        frames: &mut Vec<Encoded<Frame>>,
    ) {
        let now = self.now();
        let Some(known) = self.sessions.get_mut(&session) else {
            return;
        };
        let mut acts = Acts::new();
        known.notice(now, notice, &mut acts);
        for act in acts.drain() {
            match act {
                Act::Frame(frame) => frames.push(encoded(frame)),
                Act::Command(..) | Act::Close(_) => self.later.push_back((session, act)),
            }
        }
    }

    fn send(&mut self, _: u64, session: SessionId, frames: &[Frame]) -> usize {
        let taken = match self.room.get_mut(&session) {
            Some(room) => {
                let taken = frames.len().min(*room);
                *room -= taken;
                taken
            }
            None => frames.len(),
        };
        let got = self.got.entry(session).or_default();
        got.extend(frames.iter().take(taken).cloned());
        taken
    }
}

/// Chats, and a hub.
#[derive(Debug)]
pub(crate) struct Hall {
    pub(crate) options: Options,
    pub(crate) engine: Engine,
    fanout: Fanout<Frame>,
    owner: Owner,
    clients: Clients,
    sessions: u64,
}

impl Hall {
    pub(crate) fn new(options: Options) -> Self {
        Self::with(options, &FanoutOptions::default())
    }

    pub(crate) fn with(options: Options, fanout: &FanoutOptions) -> Self {
        let mut rules = Rules::default();
        for protocol in Protocol::ALL {
            let channels = protocol.channel_options(&ChannelOptions::default());
            assert!(rules.insert(protocol.prefix(), channels));
        }
        let rules = Arc::new(rules);
        Self {
            options,
            engine: Engine::default(),
            fanout: Fanout::new(FanoutOptions {
                rules: Arc::clone(&rules),
                ..fanout.clone()
            }),
            owner: Owner::new(OwnerOptions {
                rules,
                ..OwnerOptions::default()
            }),
            clients: Clients::default(),
            sessions: 0,
        }
    }

    // What clients do

    pub(crate) fn open(&mut self, protocol: Protocol, room: &str) -> SessionId {
        self.open_as(protocol, room, None)
    }

    /// Opens a session of a user whom the server knows by a name.
    pub(crate) fn open_as(
        &mut self,
        protocol: Protocol,
        room: &str,
        name: Option<&str>,
    ) -> SessionId {
        self.sessions += 1;
        let session = SessionId(self.sessions);
        self.fanout
            .open(Hello {
                session,
                user: name.map(|name| UserId::new(name).unwrap()),
                permissions: Permissions::all(),
                variant: protocol.variant(),
                transport: session.0,
                expires_at: None,
            })
            .unwrap();
        let mut seat = Seat::new(session, protocol.channel(room).unwrap());
        seat.name = name.map(Into::into);
        let known = protocol.session(&self.options, seat);
        self.clients.sessions.insert(session, known);
        self.run(session, |known, now, acts| known.open(now, acts));
        session
    }

    pub(crate) fn say(&mut self, session: SessionId, text: &str) {
        self.run(session, |known, now, acts| known.text(now, text, acts));
    }

    pub(crate) fn say_bytes(&mut self, session: SessionId, bytes: &[u8]) {
        self.run(session, |known, now, acts| known.binary(now, bytes, acts));
    }

    /// The connection is gone.
    pub(crate) fn leave(&mut self, session: SessionId) {
        self.clients.sessions.remove(&session);
        self.fanout.remove(session);
        self.settle();
    }

    /// The transport takes so many frames, and no more.
    pub(crate) fn set_room(&mut self, session: SessionId, frames: Option<usize>) {
        match frames {
            Some(frames) => self.clients.room.insert(session, frames),
            None => self.clients.room.remove(&session),
        };
        self.fanout.writable(session);
        self.settle();
    }

    // What the server does

    /// Lets time pass, with all that is due on the way.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.clients.elapsed + time;
        loop {
            let dues = self.clients.sessions.values();
            let dues = dues.filter_map(|session| session.due());
            let deadlines = [self.owner.next_deadline(), self.fanout.next_deadline()];
            let next = dues.chain(deadlines.into_iter().flatten()).min();
            let next = next.unwrap_or(end).min(end);
            self.clients.elapsed = self.clients.elapsed.max(next);
            let now = self.clients.elapsed;
            self.owner.tick(now);
            self.fanout.tick(now, &mut self.clients);
            let sessions = self.clients.sessions.iter();
            let due = sessions.filter(|(_, session)| session.due().is_some_and(|due| due <= now));
            let due: Vec<SessionId> = due.map(|(id, _)| *id).collect();
            for session in due {
                self.run(session, |known, now, acts| known.tick(now, acts));
            }
            self.settle();
            if now >= end {
                return;
            }
        }
    }

    /// Something may have been lost on the way from the engine.
    pub(crate) fn lose(&mut self, channel: &ChannelName) {
        let channel = channel.clone();
        let now = self.clients.elapsed;
        self.owner.deliver(now, Delivery::Lost { channel });
        self.settle();
    }

    // What came of it

    /// The oldest frame that a client got and nobody looked at.
    pub(crate) fn next(&mut self, session: SessionId) -> Option<Frame> {
        self.clients.got.get_mut(&session)?.pop_front()
    }

    /// Why a session's connection was closed.
    pub(crate) fn closed(&self, session: SessionId) -> Option<Close> {
        self.clients.closed.get(&session).cloned()
    }

    // Inside

    fn run(&mut self, session: SessionId, call: impl FnOnce(&mut dyn Session, Now, &mut Acts)) {
        let now = self.clients.now();
        let Some(known) = self.clients.sessions.get_mut(&session) else {
            return;
        };
        let mut acts = Acts::new();
        call(known.as_mut(), now, &mut acts);
        for act in acts.drain() {
            self.carry_out(session, act);
        }
        self.settle();
    }

    fn carry_out(&mut self, session: SessionId, act: Act) {
        let now = self.clients.elapsed;
        match act {
            Act::Frame(frame) => self.fanout.send(session, encoded(frame), &mut self.clients),
            Act::Command(request, command) => {
                let outlet = &mut self.clients;
                self.fanout.command(now, session, request, command, outlet);
            }
            Act::Close(close) => {
                // What waits goes out before the close, as the contract says.
                self.fanout.flush(&mut self.clients);
                self.close(session, close);
            }
        }
    }

    fn close(&mut self, session: SessionId, close: Close) {
        self.clients.sessions.remove(&session);
        self.clients.closed.entry(session).or_insert(close);
        self.fanout.remove(session);
    }

    fn settle(&mut self) {
        loop {
            let now = self.clients.elapsed;
            if let Some((session, act)) = self.clients.later.pop_front() {
                if self.clients.sessions.contains_key(&session) {
                    self.carry_out(session, act);
                }
            } else if let Some(output) = self.fanout.poll_output() {
                match output {
                    // As the server does it: an engine in memory answers each question before the
                    // owner hears the next one.
                    Output::ToOwner(message) => {
                        self.owner.handle(now, message);
                        while let Some(output) = self.owner.poll_output() {
                            self.owner_output(now, output);
                        }
                    }
                    Output::Authorize { token, .. } => {
                        self.fanout
                            .authorized(token, Verdict::Deny, &mut self.clients);
                    }
                    Output::Closed { session, cause, .. } => self.close(session, cause.into()),
                }
            } else if let Some(output) = self.owner.poll_output() {
                self.owner_output(now, output);
            } else {
                self.fanout.flush(&mut self.clients);
                if self.clients.later.is_empty() {
                    return;
                }
            }
        }
    }

    fn owner_output(&mut self, now: Duration, output: OwnerOutput) {
        match output {
            OwnerOutput::ToWorker { message, .. } => {
                self.fanout.handle(message, &mut self.clients);
            }
            OwnerOutput::Answer { .. } => {}
            OwnerOutput::Effect {
                token,
                channel,
                effect,
            } => {
                let mut deliveries = Vec::new();
                let done = self
                    .engine
                    .carry_out(now, &channel, effect, &mut deliveries);
                for delivery in deliveries {
                    self.owner.deliver(now, delivery);
                }
                self.owner.complete(now, Completion { token, done });
            }
        }
    }
}
