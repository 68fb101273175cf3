//! A worker's part of the hub: its sessions, their subscriptions, and the walk that tells each
//! subscriber what is new. Never orders publishes, keeps no history, and never waits for a session.

mod batch;
mod channel;
mod command;
mod control;
mod direct;
mod lifetime;
mod outlet;
mod queue;
mod session;
mod slots;
mod subscribe;
mod walk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::bucket::Rate;
use crate::code::{Close, End};
use crate::id::{SessionId, Ticket, Token, WorkerId};
use crate::limits;
use crate::message::{Answer, Notice, Subscribed, ToOwner, ToWorker};
use crate::name::{ChannelName, UserId};
use crate::recovery::Recovery;
use crate::refused::Limit;
use crate::rules::Rules;
use batch::Batches;
use channel::Channel;
use command::Asked;
pub use outlet::{Encoded, Hello, Outlet, Output};
use queue::Charge;
use session::Session;
use slots::Slots;
use walk::Receiver;

/// How a fan-out is set up.
#[derive(Clone, Debug)]
// Complete: built from the defaults with `..`.
pub struct FanoutOptions {
    /// Which worker it is of: the number by which owners know it.
    pub worker: WorkerId,
    /// What each channel is like. The same as the owners have.
    pub rules: Arc<Rules>,
    /// Most sessions.
    pub sessions_max: usize,
    /// Most channels of one session.
    pub subscriptions_max: usize,
    /// What may wait for one session, in bytes of frames.
    pub queue_bytes_max: usize,
    /// What a session may be owed of replays, pages and lists besides, in bytes of frames.
    pub replay_bytes_max: usize,
    /// Commands of one session that wait for an answer.
    pub pending_max: usize,
    /// Refusals for haste in a row after which a session is closed.
    pub refusals_max: u32,
    /// How long a session waits for its transport to come back.
    pub keep: Duration,
    /// Commands of one session.
    pub command_rate: Rate,
    /// Publications of one session.
    pub publish_rate: Rate,
}

impl Default for FanoutOptions {
    fn default() -> Self {
        Self {
            worker: WorkerId(0),
            rules: Arc::default(),
            sessions_max: limits::SESSIONS_MAX,
            subscriptions_max: limits::SUBSCRIPTIONS_MAX,
            queue_bytes_max: limits::QUEUE_BYTES_MAX,
            replay_bytes_max: limits::REPLAY_BYTES_MAX,
            pending_max: limits::SESSION_PENDING_MAX,
            refusals_max: limits::REFUSALS_MAX,
            keep: limits::SESSION_KEEP,
            command_rate: limits::COMMAND_RATE,
            publish_rate: limits::SESSION_PUBLISH_RATE,
        }
    }
}

/// A worker's sessions, and its subscribers of each channel.
///
/// # How it is run
///
/// Any number of calls that take something in; then [`flush`](Self::flush); then
/// [`poll_output`](Self::poll_output) until it is `None`, carrying out each output; then, at
/// [`next_deadline`](Self::next_deadline) at the latest, [`tick`](Self::tick). Flush before
/// waiting: what is told to subscribers leaves only then, all of it that came since the last flush
/// in one piece for each subscriber.
///
/// - `now` is the time since any fixed point, the same for all calls, and never goes back.
/// - Messages to one owner arrive in the order in which they were emitted, and so do the owner's
///   here.
/// - No call blocks or fails. A session that cannot take what it is owed has the fate that its
///   channel states; nobody else waits for it.
///
/// `F` is what transports send; see [`Outlet::Frame`].
#[derive(Debug)]
pub struct Fanout<F> {
    options: FanoutOptions,
    sessions: Slots<Session<F>>,
    ids: BTreeMap<SessionId, u32>,
    users: BTreeSet<(UserId, SessionId)>,
    channels: Slots<Channel>,
    names: BTreeMap<ChannelName, u32>,
    /// Invariant: the rows of all channels.
    subscribed: usize,
    /// The sessions of subscriptions that owners were asked for.
    joining: BTreeMap<Ticket, u32>,
    tickets: u64,
    /// Commands that wait for a verdict.
    asked: BTreeMap<Token, Asked>,
    tokens: u64,
    timers: BTreeSet<(Duration, u32)>,
    /// Sessions whose queue is to be offered at the next flush.
    ready: VecDeque<u32>,
    /// Channels that have something to tell at the next flush.
    dirty: VecDeque<u32>,
    batches: Batches<F>,
    output: VecDeque<Output>,
}

impl<F: Clone> Fanout<F> {
    /// A fan-out without sessions.
    pub fn new(options: FanoutOptions) -> Self {
        Self {
            options,
            sessions: Slots::new(),
            ids: BTreeMap::new(),
            users: BTreeSet::new(),
            channels: Slots::new(),
            names: BTreeMap::new(),
            subscribed: 0,
            joining: BTreeMap::new(),
            tickets: 0,
            asked: BTreeMap::new(),
            tokens: 0,
            timers: BTreeSet::new(),
            ready: VecDeque::new(),
            dirty: VecDeque::new(),
            batches: Batches::new(),
            output: VecDeque::new(),
        }
    }

    // What there is

    /// Sessions, with those whose transport is gone.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Channels that they are subscribed to.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// Subscriptions that get news.
    pub fn subscriptions(&self) -> usize {
        self.subscribed
    }

    /// Subscriptions that owners were asked for and have not answered.
    pub fn joining(&self) -> usize {
        self.joining.len()
    }

    /// What waits for a session, in bytes of frames.
    pub fn queued_bytes(&self, session: SessionId) -> usize {
        let slot = self.ids.get(&session);
        let session = slot.and_then(|slot| self.sessions.get(*slot));
        session.map_or(0, |session| session.queue.bytes())
    }

    /// The worker's own subscribers of a channel.
    pub fn subscribers(&self, channel: &ChannelName) -> usize {
        let channel = self
            .names
            .get(channel)
            .and_then(|index| self.channels.get(*index));
        channel.map_or(0, |channel| channel.rows.len())
    }

    // What owners say

    /// Takes a message from the owner of a channel.
    pub fn handle<O>(&mut self, message: ToWorker, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        match message {
            ToWorker::Joined {
                ticket,
                live,
                position,
                recovery,
                replay,
            } => {
                let begin = subscribe::Begin {
                    live,
                    position,
                    recovery,
                    replay,
                };
                self.joined(ticket, begin, outlet);
            }
            ToWorker::NotJoined { ticket, refused } => self.not_joined(ticket, refused, outlet),
            ToWorker::News { channel, news } => {
                let Some(index) = self.names.get(&channel).copied() else {
                    return;
                };
                let Some(state) = self.channels.get_mut(index) else {
                    return;
                };
                if state.pending.is_empty() {
                    self.dirty.push_back(index);
                }
                if !state.take(news) {
                    self.end_channel(index, End::Gap, true, outlet);
                }
            }
            ToWorker::Ended { channel, end } => {
                if let Some(index) = self.names.get(&channel).copied() {
                    self.end_channel(index, end, false, outlet);
                }
            }
            ToWorker::Answer {
                session,
                request,
                channel,
                answer,
            } => {
                let Some((slot, session)) = self.find(session) else {
                    return;
                };
                session.pending = session.pending.saturating_sub(1);
                let notice = Notice::Answered {
                    request,
                    channel,
                    answer,
                };
                self.notify(slot, &notice, outlet);
            }
        }
    }

    // Time and output

    /// How many a flush has something for, at most: subscribers of channels with news, and sessions
    /// for which something waits. Whoever runs the fan-out can let a long walk wait for more news.
    pub fn waiting(&self) -> usize {
        let channels = self.dirty.iter();
        let channels = channels.filter_map(|index| self.channels.get(*index));
        let subscribers: usize = channels.map(|channel| channel.rows.len()).sum();
        subscribers + self.ready.len()
    }

    /// Gives all subscribers what came since the last flush, and sessions what waits for them and
    /// their transport has room for.
    pub fn flush<O>(&mut self, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        // One by one: where the outlet panics over one, the others are still due.
        while let Some(slot) = self.ready.pop_front() {
            if let Some(session) = self
                .sessions
                .get_mut(slot)
                .filter(|session| session.is_ready)
            {
                session.is_ready = false;
                session.drain(outlet);
            }
        }
        while let Some(index) = self.dirty.pop_front() {
            self.tell(index, outlet);
        }
    }

    /// Does what is due.
    pub fn tick<O>(&mut self, now: Duration, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        while let Some((_, slot)) = self.timers.first().copied().filter(|(at, _)| *at <= now) {
            self.timers.pop_first();
            self.close(slot, Close::Expired, outlet);
        }
    }

    /// When to call [`tick`](Self::tick) at the latest.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// What to carry out next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.output.pop_front()
    }

    // Inside

    fn find(&mut self, session: SessionId) -> Option<(u32, &mut Session<F>)> {
        let slot = *self.ids.get(&session)?;
        Some((slot, self.sessions.get_mut(slot)?))
    }

    /// Tells the subscribers of one channel what is pending.
    fn tell<O>(&mut self, index: u32, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(channel) = self.channels.get_mut(index) else {
            return;
        };
        if channel.pending.is_empty() {
            return;
        }
        let mut slow = Vec::new();
        let to = Receiver {
            channel: index,
            fate: channel.slow,
            bytes_max: self.options.queue_bytes_max,
        };
        walk::walk(
            to,
            channel,
            &mut self.sessions,
            &mut self.batches,
            &mut slow,
            outlet,
        );
        for slot in slow {
            self.close_slow(slot);
        }
    }

    /// Tells one session something.
    fn notify<O>(&mut self, slot: u32, notice: &Notice, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        let mut frames = Vec::new();
        outlet.notice(session.id, session.variant, notice, &mut frames);
        let charge = if is_replay(notice) {
            Charge::Granted
        } else {
            Charge::Queued
        };
        let bytes = bytes_of(&frames);
        if charge == Charge::Granted && !session.queue.grants(bytes, self.options.replay_bytes_max)
        {
            let max = self.options.replay_bytes_max;
            return self.notify(slot, &without_replay(notice, max), outlet);
        }
        self.enqueue(slot, frames, charge, outlet);
    }

    /// Puts frames behind what waits for a session.
    fn enqueue<O>(&mut self, slot: u32, frames: Vec<Encoded<F>>, charge: Charge, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if frames.is_empty() {
            return;
        }
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        let bytes = bytes_of(&frames);
        if !session.queue.has_room(bytes, self.options.queue_bytes_max) {
            // Only what its transport does not take counts against it.
            session.drain(outlet);
        }
        let bytes_max = self.options.queue_bytes_max;
        let mut frames = frames.into_iter();
        let pushed = frames.try_for_each(|frame| session.queue.push(frame, charge, bytes_max));
        match pushed {
            Ok(()) => self.make_ready(slot),
            Err(queue::TooSlow) => self.close_slow(slot),
        }
    }

    fn make_ready(&mut self, slot: u32) {
        if let Some(session) = self
            .sessions
            .get_mut(slot)
            .filter(|session| !session.is_ready)
        {
            session.is_ready = true;
            self.ready.push_back(slot);
        }
    }

    fn say(&mut self, message: ToOwner) {
        self.output.push_back(Output::ToOwner(message));
    }
}

/// What frames are charged with.
fn bytes_of<F>(frames: &[Encoded<F>]) -> usize {
    let charge = |encoded: &Encoded<F>| encoded.len + limits::FRAME_OVERHEAD;
    frames.iter().map(charge).sum()
}

/// Whether a notice carries what was asked for and may be long.
fn is_replay(notice: &Notice) -> bool {
    match notice {
        Notice::Subscribed(subscribed) => !subscribed.replay.is_empty(),
        Notice::Answered { answer, .. } => {
            matches!(answer, Answer::Page(_) | Answer::Members(_))
        }
        Notice::Unsubscribed { .. } | Notice::Ended { .. } => false,
    }
}

/// What a session is told that is owed too much for a replay already.
fn without_replay(notice: &Notice, max: usize) -> Notice {
    match notice {
        Notice::Subscribed(subscribed) => Notice::Subscribed(Subscribed {
            recovery: Recovery::Lost,
            replay: Vec::new(),
            ..subscribed.clone()
        }),
        Notice::Answered {
            request, channel, ..
        } => Notice::Answered {
            request: *request,
            channel: channel.clone(),
            answer: Limit::ReplayBytes.at(max).into(),
        },
        Notice::Unsubscribed { .. } | Notice::Ended { .. } => notice.clone(),
    }
}
