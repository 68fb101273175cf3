//! The owner of a shard of channels: orders subscribes against publishes, knows which workers want
//! a channel's news, and who is there. Never keeps a history, assigns no offset, walks no
//! subscribers.

mod channel;
mod held;
mod lease;
mod names;
mod present;
mod roster;
mod subscribe;
mod turns;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::code::{End, Refusal};
use crate::id::{Ticket, Token, WorkerId};
use crate::limits::{CHANNELS_MAX, EFFECTS_MAX, HELD_BYTES_MAX, LEASE_RENEWAL, PRESENCE_GRACE};
use crate::message::{
    Answer, Asker, Completion, Delivery, Done, Effect, Join, News, ToOwner, ToWorker,
};
use crate::name::{ChannelName, UserId};
use crate::publication::Publication;
use crate::refused::{Bound, Limit, Refused};
use crate::rules::{Presence, Rules};
use channel::{Channel, Heard};
use names::Claim;
use roster::Question;

/// How an owner is set up.
#[derive(Clone, Debug)]
// Complete: built from the defaults with `..`.
pub struct OwnerOptions {
    /// What each channel is like.
    pub rules: Arc<Rules>,
    /// Channels that somebody subscribes to; a further one is refused for now.
    pub channels_max: usize,
    /// Effects that are waited for. Above it commands are refused for now. At least 2: so many are
    /// a subscription's.
    pub effects_max: usize,
    /// What is held of a channel while subscribers wait for their replay, in bytes.
    pub held_bytes_max: usize,
    /// How long a user may be gone before the others are told.
    pub grace: Duration,
    /// How often the leases of members are renewed; a third of what they last.
    pub renewal: Duration,
}

impl Default for OwnerOptions {
    fn default() -> Self {
        Self {
            rules: Arc::default(),
            channels_max: CHANNELS_MAX,
            effects_max: EFFECTS_MAX,
            held_bytes_max: HELD_BYTES_MAX,
            grace: PRESENCE_GRACE,
            renewal: LEASE_RENEWAL,
        }
    }
}

/// What an owner asks of whoever runs it.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: each has to be carried out.
pub enum OwnerOutput {
    /// To carry a message to a worker, behind all that it was told before.
    ToWorker {
        /// Which.
        worker: WorkerId,
        /// What.
        message: ToWorker,
    },
    /// To ask the engine, and to complete the token.
    Effect {
        /// What the completion names.
        token: Token,
        /// About which channel.
        channel: ChannelName,
        /// What.
        effect: Effect,
    },
    /// To take an answer that the server itself asked for, with [`Asker::Server`].
    Answer {
        /// The number it asked with.
        asker: u64,
        /// The channel that it was about.
        channel: ChannelName,
        /// What it came to.
        answer: Answer,
    },
}

/// What an effect under way is for.
#[derive(Debug)]
enum Pending {
    Attach(ChannelName),
    Replay(ChannelName, WorkerId, Ticket),
    Answer(ChannelName, Asker),
    Count(ChannelName, Asker),
    Roster(ChannelName, Question),
    Nothing,
}

/// What is due at a time.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Timer {
    Grace(ChannelName, UserId),
    Renewal(ChannelName),
    Roster(ChannelName),
}

/// The owner of a shard of channels.
///
/// # How it is run
///
/// One call of [`handle`](Self::handle), [`complete`](Self::complete),
/// [`deliver`](Self::deliver) or [`tick`](Self::tick); then
/// [`poll_output`](Self::poll_output) until it is `None`, carrying out each output; then, at
/// [`next_deadline`](Self::next_deadline) at the latest, `tick`. No call blocks or fails.
///
/// - `now` is the time since any fixed point, the same for all calls, and never goes back.
/// - Messages to one worker arrive in the order in which they were emitted. So do the effects of
///   one channel at the engine, and the engine's deliveries of one channel here.
/// - Each effect is completed once, whatever happens. A completion that nobody waits for any more
///   is ignored.
///
/// A subscriber gets its replay first and the live publications right after it. While its page of
/// history is on its way, what is delivered meanwhile is held, and closes the space between the
/// page and the live ones.
#[derive(Debug)]
pub struct Owner {
    options: OwnerOptions,
    channels: BTreeMap<ChannelName, Channel>,
    pending: BTreeMap<Token, Pending>,
    tokens: u64,
    timers: BTreeSet<(Duration, Timer)>,
    output: VecDeque<OwnerOutput>,
}

impl Owner {
    /// An owner without channels.
    pub fn new(options: OwnerOptions) -> Self {
        Self {
            options,
            channels: BTreeMap::new(),
            pending: BTreeMap::new(),
            tokens: 0,
            timers: BTreeSet::new(),
            output: VecDeque::new(),
        }
    }

    /// Takes a message from a worker, or from the server with [`Asker::Server`]. It must be about a
    /// channel of this shard.
    pub fn handle(&mut self, now: Duration, message: ToOwner) {
        match message {
            ToOwner::Join(join) => self.join(now, join),
            ToOwner::Leave {
                worker,
                ticket,
                channel,
            } => self.leave(now, &channel, worker, ticket),
            ToOwner::Publish {
                asker,
                channel,
                publication,
            } => self.publish(now, asker, channel, publication),
            ToOwner::History {
                asker,
                channel,
                query,
            } => self.ask(asker, channel, Effect::History(query)),
            ToOwner::Members { asker, channel } | ToOwner::MemberCount { asker, channel }
                if self.options.rules.of(&channel).presence == Presence::None =>
            {
                self.answer(asker, channel, Refusal::BadRequest.into());
            }
            ToOwner::Members { asker, channel } => {
                if !self.list(asker, &channel) {
                    self.ask(asker, channel, Effect::Members);
                }
            }
            ToOwner::MemberCount { asker, channel } => {
                let pending = Pending::Count(channel.clone(), asker);
                self.ask_for(asker, channel, Effect::Members, pending);
            }
            ToOwner::Claim {
                asker,
                worker,
                ticket,
                channel,
                holder,
                names,
                is_back,
            } => {
                let claim = Claim {
                    asker,
                    worker,
                    ticket,
                    channel,
                    holder,
                    names,
                    is_back,
                };
                self.claim(now, claim);
            }
        }
    }

    /// Takes the end of an effect.
    pub fn complete(&mut self, now: Duration, completion: Completion) {
        let Completion { token, done } = completion;
        match self.pending.remove(&token) {
            Some(Pending::Attach(channel)) => self.attached(now, &channel, token, done),
            Some(Pending::Replay(channel, worker, ticket)) => {
                self.replay(now, &channel, worker, ticket, done);
            }
            Some(Pending::Answer(channel, asker)) => {
                let answer = match done {
                    Ok(Done::Published(published)) => Answer::Published(published),
                    Ok(Done::Page(page)) => Answer::Page(page),
                    Ok(Done::Members(members)) => Answer::Members(members),
                    Ok(_) => Refusal::Unavailable.into(),
                    Err(fault) => Refused::from(fault).into(),
                };
                self.answer(asker, channel, answer);
            }
            Some(Pending::Count(channel, asker)) => {
                let answer = match done {
                    Ok(Done::Members(members)) => Answer::MemberCount(members.len()),
                    Ok(_) => Refusal::Unavailable.into(),
                    Err(fault) => Refused::from(fault).into(),
                };
                self.answer(asker, channel, answer);
            }
            Some(Pending::Roster(channel, question)) => self.listed(now, &channel, question, done),
            Some(Pending::Nothing) | None => {}
        }
    }

    /// Takes what the engine hands out.
    pub fn deliver(&mut self, now: Duration, delivery: Delivery) {
        match delivery {
            Delivery::Lost { channel } => self.end(now, &channel, End::Gap),
            Delivery::News { channel, news } => {
                let Some(state) = self.channels.get_mut(&channel) else {
                    return;
                };
                match state.hear(&news, self.options.held_bytes_max) {
                    Heard::Told => {
                        self.tell(&channel, &news);
                        if let News::Change(_) = news {
                            self.changed(&channel);
                        }
                    }
                    Heard::Held => {}
                    Heard::Broken(end) => self.end(now, &channel, end),
                }
            }
        }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Duration) {
        while self.timers.first().is_some_and(|(at, _)| *at <= now) {
            match self.timers.pop_first() {
                Some((_, Timer::Grace(channel, user))) => self.grace_ends(&channel, &user),
                Some((_, Timer::Renewal(channel))) => self.renew(now, &channel),
                Some((_, Timer::Roster(channel))) => self.retry_roster(&channel),
                None => {}
            }
        }
    }

    /// When to call [`tick`](Self::tick) at the latest.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// What to carry out next.
    pub fn poll_output(&mut self) -> Option<OwnerOutput> {
        self.output.pop_front()
    }

    /// Effects that were asked for and are not completed.
    pub fn effects(&self) -> usize {
        self.pending.len()
    }

    /// Channels that somebody subscribes to or is present in.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    // Publishing and asking

    fn publish(
        &mut self,
        now: Duration,
        asker: Asker,
        channel: ChannelName,
        publication: Box<Publication>,
    ) {
        let options = Arc::clone(self.options.rules.of(&channel));
        if let Err(fault) = publication.check(options.payload_len_max) {
            return self.answer(asker, channel, fault.into());
        }
        let state = self.channels.get_mut(&channel);
        let taken = state.map_or(Ok(()), |state| {
            state.speaking.take(now, options.publish_rate)
        });
        if let Err(wait) = taken {
            let refused = Refused::haste(Limit::ChannelPublishRate, options.publish_rate, wait);
            return self.answer(asker, channel, refused.into());
        }
        let effect = Effect::Publish {
            publication,
            options,
        };
        self.ask(asker, channel, effect);
    }

    fn ask(&mut self, asker: Asker, channel: ChannelName, effect: Effect) {
        let pending = Pending::Answer(channel.clone(), asker);
        self.ask_for(asker, channel, effect, pending);
    }

    fn ask_for(&mut self, asker: Asker, channel: ChannelName, effect: Effect, pending: Pending) {
        if self.pending.len() >= self.options.effects_max {
            return self.answer(asker, channel, self.busy().into());
        }
        self.effect(&channel, effect, pending);
    }

    /// Why nothing more is asked of the engine for now.
    fn busy(&self) -> Bound {
        Limit::Effects.at(self.options.effects_max)
    }

    // Emitting

    fn effect(&mut self, channel: &ChannelName, effect: Effect, pending: Pending) -> Token {
        self.tokens += 1;
        let token = Token(self.tokens);
        self.pending.insert(token, pending);
        self.output.push_back(OwnerOutput::Effect {
            token,
            channel: channel.clone(),
            effect,
        });
        token
    }

    fn tell(&mut self, channel: &ChannelName, news: &News) {
        let Some(state) = self.channels.get(channel) else {
            return;
        };
        let message = |worker| OwnerOutput::ToWorker {
            worker,
            message: ToWorker::News {
                channel: channel.clone(),
                news: news.clone(),
            },
        };
        self.output.extend(state.workers().map(message));
    }

    fn refuse(&mut self, join: &Join, why: impl Into<Refused>) {
        let (ticket, refused) = (join.ticket, why.into());
        self.say(join.worker, ToWorker::NotJoined { ticket, refused });
    }

    fn say(&mut self, worker: WorkerId, message: ToWorker) {
        self.output
            .push_back(OwnerOutput::ToWorker { worker, message });
    }

    fn answer(&mut self, asker: Asker, channel: ChannelName, answer: Answer) {
        match asker {
            Asker::Session {
                worker,
                session,
                request,
            } => {
                let message = ToWorker::Answer {
                    session,
                    request,
                    channel,
                    answer,
                };
                self.say(worker, message);
            }
            Asker::Server(asker) => self.output.push_back(OwnerOutput::Answer {
                asker,
                channel,
                answer,
            }),
        }
    }
}
