//! A node in virtual time: owners, workers, an engine, and the wires between them. Each wire keeps
//! the order that the hub's contract asks for, and no other; which wire moves next is the caller's
//! choice, so that a test can take them in any order.

use std::collections::VecDeque;
use std::time::Duration;

use super::engine::Engine;
use super::outlet::{Frame, Transports};
use sockeye_hub::{
    Answer, Bound, ChannelName, Close, Command, Completion, Delivery, Effect, Fanout,
    FanoutOptions, Hello, News, Notice, Output, Owner, OwnerOptions, OwnerOutput, Payload,
    Permissions, Position, Publication, RequestId, SessionId, Start, Subscribed, ToOwner, ToWorker,
    Token, UserId, Variant, WorkerId, limits::LEASE,
};

/// What waits on the wires to and from one owner.
#[derive(Debug, Default)]
struct OwnerWires {
    messages: VecDeque<ToOwner>,
    effects: VecDeque<(Token, ChannelName, Effect)>,
    completions: VecDeque<Completion>,
    deliveries: VecDeque<Delivery>,
}

/// A node.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) engine: Engine,
    pub(crate) owners: Vec<Owner>,
    pub(crate) workers: Vec<Fanout<Frame>>,
    pub(crate) transports: Vec<Transports>,
    owner_wires: Vec<OwnerWires>,
    worker_wires: Vec<VecDeque<ToWorker>>,
    /// What the hub closed.
    pub(crate) closed: Vec<(SessionId, Close)>,
    /// The bounds that were why.
    pub(crate) met: Vec<Bound>,
    /// What was asked of whoever authorizes.
    pub(crate) asked: Vec<Output>,
    /// Answers to the server itself.
    pub(crate) answers: Vec<(u64, Answer)>,
    requests: u64,
}

pub(crate) fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

pub(crate) fn user(text: &str) -> UserId {
    UserId::new(text).unwrap()
}

pub(crate) fn text(text: &str) -> Box<Publication> {
    Publication::new(Payload::Text(text.into()), 0).into()
}

impl World {
    pub(crate) fn new(
        shards: usize,
        workers: u16,
        owner: &OwnerOptions,
        fanout: &FanoutOptions,
    ) -> Self {
        let worker = |number| {
            Fanout::new(FanoutOptions {
                worker: WorkerId(number),
                rules: owner.rules.clone(),
                ..fanout.clone()
            })
        };
        Self {
            now: Duration::ZERO,
            engine: Engine::new(LEASE),
            owners: (0..shards).map(|_| Owner::new(owner.clone())).collect(),
            workers: (0..workers).map(worker).collect(),
            transports: (0..workers).map(|_| Transports::default()).collect(),
            owner_wires: (0..shards).map(|_| OwnerWires::default()).collect(),
            worker_wires: (0..workers).map(|_| VecDeque::new()).collect(),
            closed: Vec::new(),
            met: Vec::new(),
            asked: Vec::new(),
            answers: Vec::new(),
            requests: 0,
        }
    }

    /// A node of one owner and two workers.
    pub(crate) fn small() -> Self {
        Self::new(1, 2, &OwnerOptions::default(), &FanoutOptions::default())
    }

    pub(crate) fn worker_of(&self, session: SessionId) -> usize {
        usize::try_from(session.0).unwrap() % self.workers.len()
    }

    pub(crate) fn hello(session: u64, who: Option<&str>) -> Hello {
        Hello {
            session: SessionId(session),
            user: who.map(user),
            permissions: Permissions::all(),
            variant: Variant(0),
            transport: session,
            expires_at: None,
        }
    }

    /// Opens a session that may do everything.
    pub(crate) fn open(&mut self, session: u64, who: Option<&str>) -> SessionId {
        let id = SessionId(session);
        let worker = self.worker_of(id);
        self.workers[worker]
            .open(Self::hello(session, who))
            .unwrap();
        id
    }

    pub(crate) fn command(&mut self, session: SessionId, command: Command) -> RequestId {
        self.requests += 1;
        let request = RequestId(self.requests);
        let worker = self.worker_of(session);
        let outlet = &mut self.transports[worker];
        self.workers[worker].command(self.now, session, request, command, outlet);
        self.collect();
        request
    }

    pub(crate) fn subscribe(
        &mut self,
        session: SessionId,
        channel: &str,
        start: Start,
    ) -> RequestId {
        let command = Command::Subscribe {
            channel: name(channel),
            start,
            info: "".into(),
        };
        self.command(session, command)
    }

    pub(crate) fn publish(&mut self, session: SessionId, channel: &str, what: &str) -> RequestId {
        let command = Command::Publish {
            channels: vec![name(channel)],
            publication: text(what),
        };
        self.command(session, command)
    }

    /// The session's transport has room again.
    pub(crate) fn writable(&mut self, session: SessionId) {
        let worker = self.worker_of(session);
        self.transports[worker].full.remove(&session.0);
        self.workers[worker].writable(session);
    }

    /// Another transport for the session. Whether there is such a session.
    pub(crate) fn resume(&mut self, session: SessionId, transport: u64) -> bool {
        let worker = self.worker_of(session);
        self.transports[worker].full.remove(&transport);
        self.workers[worker].resume(session, transport)
    }

    pub(crate) fn message_owner(&mut self, message: ToOwner) {
        let shard = message.channel().shard(self.owners.len());
        self.owner_wires[shard].messages.push_back(message);
    }

    // Wires

    /// How many wires there are; those that carry nothing count.
    pub(crate) fn wires(&self) -> usize {
        self.owners.len() * 4 + self.workers.len() * 2
    }

    /// Moves one thing along a wire. Whether there was one.
    pub(crate) fn step(&mut self, wire: usize) -> bool {
        let owners = self.owners.len() * 4;
        let moved = if wire < owners {
            self.step_owner(wire / 4, wire % 4)
        } else {
            let wire = wire - owners;
            self.step_worker(wire / 2, wire % 2)
        };
        self.collect();
        moved
    }

    fn step_owner(&mut self, shard: usize, wire: usize) -> bool {
        let wires = &mut self.owner_wires[shard];
        let owner = &mut self.owners[shard];
        match wire {
            0 => wires
                .messages
                .pop_front()
                .map(|message| owner.handle(self.now, message)),
            1 => wires
                .completions
                .pop_front()
                .map(|done| owner.complete(self.now, done)),
            2 => wires
                .deliveries
                .pop_front()
                .map(|news| owner.deliver(self.now, news)),
            _ => wires.effects.pop_front().map(|(token, channel, effect)| {
                let mut deliveries = Vec::new();
                let done = self
                    .engine
                    .carry_out(self.now, &channel, effect, &mut deliveries);
                wires.deliveries.extend(deliveries);
                wires.completions.push_back(Completion { token, done });
            }),
        }
        .is_some()
    }

    fn step_worker(&mut self, worker: usize, wire: usize) -> bool {
        let outlet = &mut self.transports[worker];
        if wire == 0 {
            let message = self.worker_wires[worker].pop_front();
            return message
                .map(|message| self.workers[worker].handle(message, outlet))
                .is_some();
        }
        let before = outlet.sends;
        self.workers[worker].flush(outlet);
        outlet.sends > before
    }

    /// Carries out what the machines ask for, onto the wires.
    fn collect(&mut self) {
        for worker in &mut self.workers {
            while let Some(output) = worker.poll_output() {
                match output {
                    Output::ToOwner(message) => {
                        let shard = message.channel().shard(self.owners.len());
                        self.owner_wires[shard].messages.push_back(message);
                    }
                    Output::Closed { session, cause, .. } => {
                        self.closed.push((session, cause.close));
                        self.met.extend(cause.bound);
                    }
                    Output::Authorize { .. } => self.asked.push(output),
                }
            }
        }
        for (owner, wires) in self.owners.iter_mut().zip(&mut self.owner_wires) {
            while let Some(output) = owner.poll_output() {
                match output {
                    OwnerOutput::ToWorker { worker, message } => {
                        self.worker_wires[usize::from(worker.0)].push_back(message);
                    }
                    OwnerOutput::Effect {
                        token,
                        channel,
                        effect,
                    } => wires.effects.push_back((token, channel, effect)),
                    OwnerOutput::Answer { asker, answer, .. } => self.answers.push((asker, answer)),
                }
            }
        }
    }

    /// Puts what the machines ask for onto the wires.
    pub(crate) fn settle_outputs(&mut self) {
        self.collect();
    }

    /// Moves everything until nothing is left to move.
    pub(crate) fn settle(&mut self) {
        self.collect();
        while (0..self.wires()).fold(false, |moved, wire| self.step(wire) | moved) {}
    }

    /// Moves everything until nothing but one worker's flush is left to move.
    pub(crate) fn settle_unflushed(&mut self, worker: usize) {
        self.collect();
        let flush = self.owners.len() * 4 + worker * 2 + 1;
        let wires = self.wires();
        let others = || (0..wires).filter(|wire| *wire != flush);
        while others().fold(false, |moved, wire| self.step(wire) | moved) {}
    }

    /// Lets time pass, with all that is due on the way.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        self.settle();
        loop {
            let owners = self.owners.iter().filter_map(Owner::next_deadline);
            let workers = self.workers.iter().filter_map(Fanout::next_deadline);
            let next = owners.chain(workers).min().unwrap_or(end).min(end);
            self.now = self.now.max(next);
            self.tick();
            self.settle();
            if self.now >= end {
                return;
            }
        }
    }

    /// Loses the oldest publication on its way to an owner. Whether there was one.
    pub(crate) fn drop_entry(&mut self, shard: usize) -> bool {
        let deliveries = &mut self.owner_wires[shard].deliveries;
        let is_entry = |delivery: &Delivery| match delivery {
            Delivery::News { news, .. } => matches!(news, News::Entry(_)),
            Delivery::Lost { .. } => false,
        };
        deliveries.front().is_some_and(is_entry) && deliveries.pop_front().is_some()
    }

    /// Lets the completion that waits at `index` overtake those before it: they are of other
    /// channels or of other effects, and come in any order.
    pub(crate) fn overtake(&mut self, shard: usize, index: usize) {
        let completions = &mut self.owner_wires[shard].completions;
        if let Some(completion) = completions.remove(index) {
            completions.push_front(completion);
        }
    }

    /// Does what is due now.
    pub(crate) fn tick(&mut self) {
        for owner in &mut self.owners {
            owner.tick(self.now);
        }
        for (worker, outlet) in self.workers.iter_mut().zip(&mut self.transports) {
            worker.tick(self.now, outlet);
        }
        let mut deliveries = Vec::new();
        self.engine.expire(self.now, &mut deliveries);
        self.hand_out(deliveries);
        self.collect();
    }

    /// Puts what an engine hands out by itself onto the wires.
    pub(crate) fn hand_out(&mut self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            let (Delivery::News { channel, .. } | Delivery::Lost { channel }) = &delivery;
            let shard = channel.shard(self.owners.len());
            self.owner_wires[shard].deliveries.push_back(delivery);
        }
    }

    // What came of it

    pub(crate) fn got(&self, session: SessionId) -> &[Frame] {
        let got = self.transports[self.worker_of(session)].got.get(&session);
        got.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn notices(&self, session: SessionId) -> Vec<&Notice> {
        let mut notices = Vec::new();
        for frame in self.got(session) {
            if let Frame::Notice(notice) = frame {
                notices.push(notice);
            }
        }
        notices
    }

    /// The texts of all publications that a session got in a channel, replayed or live.
    pub(crate) fn texts(&self, session: SessionId, channel: &str) -> Vec<String> {
        let channel = name(channel);
        let mut texts = Vec::new();
        for frame in self.got(session) {
            match frame {
                Frame::News(_, known, News::Entry(entry)) if *known == channel => {
                    texts.push(entry.publication.payload.as_text().unwrap().to_owned());
                }
                Frame::Notice(Notice::Subscribed(begun)) if begun.channel == channel => {
                    let replay = begun.replay.iter();
                    texts.extend(
                        replay.map(|entry| entry.publication.payload.as_text().unwrap().to_owned()),
                    );
                }
                _ => {}
            }
        }
        texts
    }

    /// The answers to one command.
    pub(crate) fn answers_to(&self, session: SessionId, request: RequestId) -> Vec<Answer> {
        let answer = |notice: &Notice| match notice {
            Notice::Answered {
                request: known,
                answer,
                ..
            } if *known == request => Some(answer.clone()),
            _ => None,
        };
        self.notices(session)
            .into_iter()
            .filter_map(answer)
            .collect()
    }

    /// The newest beginning of a subscription that a session was told of.
    pub(crate) fn subscribed(&self, session: SessionId) -> Subscribed {
        let mut notices = self.notices(session).into_iter().rev();
        let begun = notices.find_map(|notice| match notice {
            Notice::Subscribed(subscribed) => Some(subscribed.clone()),
            _ => None,
        });
        begun.expect("the session was subscribed")
    }

    pub(crate) fn top(&mut self, channel: &str) -> Position {
        self.engine.stream(&name(channel)).top()
    }
}
