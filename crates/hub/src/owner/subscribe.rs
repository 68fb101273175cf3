//! How subscriptions of a channel begin and end: the attachment, the page before the live
//! publications, the place in between. Owns the order of these steps; what a replay is made of is
//! the channel's to say.

use std::time::Duration;

use super::channel::{Attachment, Channel, Replay};
use super::{Owner, Pending, Timer};
use crate::code::{End, Refusal};
use crate::id::{Ticket, Token, WorkerId};
use crate::limits::PAGE_LEN_MAX;
use crate::message::{Done, Effect, Fault, Join, Start, ToWorker};
use crate::name::ChannelName;
use crate::refused::{Limit, Refused};
use crate::stream::{Direction, HistoryQuery, Page};

impl Owner {
    pub(super) fn join(&mut self, now: Duration, join: Join) {
        let is_full = self.channels.len() >= self.options.channels_max;
        if is_full && !self.channels.contains_key(&join.channel) {
            return self.refuse(&join, Limit::Channels.at(self.options.channels_max));
        }
        // One effect for the attachment, and one for the replay.
        if self.pending.len() + 2 > self.options.effects_max {
            return self.refuse(&join, self.busy());
        }
        let channel = join.channel.clone();
        let state = self.channels.entry(channel.clone()).or_default();
        match state.attachment {
            Attachment::Attached(_) => self.begin(now, join),
            Attachment::Attaching(_) => state.waiting.push(join),
            Attachment::None => {
                state.waiting.push(join);
                let token = self.effect(&channel, Effect::Attach, Pending::Attach(channel.clone()));
                if let Some(state) = self.channels.get_mut(&channel) {
                    state.attachment = Attachment::Attaching(token);
                }
            }
        }
    }

    pub(super) fn attached(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        token: Token,
        done: Result<Done, Fault>,
    ) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.attachment != Attachment::Attaching(token) {
            return;
        }
        let Ok(Done::Attached(top)) = done else {
            state.attachment = Attachment::None;
            let fault = done.err().unwrap_or(Fault::Unavailable);
            return self.turn_away(channel, fault.into());
        };
        if let Err(end) = state.attach(top) {
            return self.end(now, channel, end);
        }
        for join in state.take_waiting() {
            self.begin(now, join);
        }
        self.leave_if_empty(channel);
    }

    /// Asks for what comes before the live publications, if anything does.
    pub(super) fn begin(&mut self, now: Duration, join: Join) {
        let Some(state) = self.channels.get_mut(&join.channel) else {
            return;
        };
        let query = match join.start {
            Start::Live | Start::Last(0) => None,
            _ if !join.may_replay => None,
            Start::Last(limit) => Some(HistoryQuery {
                since: None,
                limit,
                direction: Direction::Backward,
            }),
            // What comes next is live.
            Start::After(since) | Start::AfterOrLast { since, .. }
                if state.attachment == Attachment::Attached(since) =>
            {
                None
            }
            Start::AfterOrLast { since, last } => Some(HistoryQuery {
                since: None,
                // More may be published before the page is read.
                limit: if state.is_near(since) {
                    PAGE_LEN_MAX
                } else {
                    last
                },
                direction: Direction::Backward,
            }),
            Start::After(since) => Some(HistoryQuery {
                since: Some(since),
                limit: PAGE_LEN_MAX,
                direction: Direction::Forward,
            }),
        };
        let Some(query) = query else {
            let replay = state.nothing_before(join.start);
            return self.admit(now, join, replay);
        };
        let channel = join.channel.clone();
        let pending = Pending::Replay(channel.clone(), join.worker, join.ticket);
        state.waiting.push(join);
        self.effect(&channel, Effect::History(query), pending);
    }

    pub(super) fn replay(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        worker: WorkerId,
        ticket: Ticket,
        done: Result<Done, Fault>,
    ) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let Some(join) = state.stop_waiting(worker, ticket) else {
            return;
        };
        let page: Result<Page, Fault> = match done {
            Ok(Done::Page(page)) => Ok(page),
            Ok(_) => Err(Fault::Unavailable),
            Err(fault) => Err(fault),
        };
        match page {
            Ok(page) => {
                let replay = state.replay(join.start, page);
                self.admit(now, join, replay);
            }
            Err(fault) => {
                self.refuse(&join, fault);
                self.leave_if_empty(channel);
            }
        }
        if let Some(state) = self.channels.get_mut(channel) {
            state.release_held();
        }
    }

    pub(super) fn admit(&mut self, now: Duration, join: Join, replay: Replay) {
        let Some(state) = self.channels.get_mut(&join.channel) else {
            return;
        };
        let user = join.member.as_ref().map(|member| member.user.clone());
        state.insert(join.worker, join.ticket, user);
        let message = ToWorker::Joined {
            ticket: join.ticket,
            live: replay.live,
            position: replay.position,
            recovery: replay.recovery,
            replay: replay.entries,
        };
        self.say(join.worker, message);
        if let Some(member) = join.member {
            self.arrive(now, &join.channel, member);
        }
    }

    pub(super) fn leave(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        worker: WorkerId,
        ticket: Ticket,
    ) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.stop_waiting(worker, ticket).is_some() {
            state.release_held();
        } else if let Some(user) = state.remove(worker, ticket) {
            self.depart(now, channel, user);
        }
        self.leave_if_empty(channel);
    }

    /// Ends all subscriptions of a channel.
    pub(super) fn end(&mut self, now: Duration, channel: &ChannelName, end: End) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.attachment == Attachment::None {
            return;
        }
        state.attachment = Attachment::None;
        let (workers, users) = state.clear();
        for worker in workers {
            let channel = channel.clone();
            self.say(worker, ToWorker::Ended { channel, end });
        }
        // Also if the engine said that it is not attached any more: that may be about an attachment
        // before this one.
        self.effect(channel, Effect::Detach, Pending::Nothing);
        for user in users {
            self.depart(now, channel, user);
        }
        self.turn_away(channel, Refusal::Unavailable.into());
    }

    /// Refuses all that wait, and forgets the channel if nobody is left.
    pub(super) fn turn_away(&mut self, channel: &ChannelName, refused: Refused) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let waiting = state.take_waiting();
        state.release_held();
        for join in waiting {
            self.refuse(&join, refused);
        }
        self.leave_if_empty(channel);
    }

    /// Gives the channel up once nobody wants its news, and forgets it once nobody is in it.
    pub(super) fn leave_if_empty(&mut self, channel: &ChannelName) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let is_attached = matches!(state.attachment, Attachment::Attached(_));
        if is_attached && !state.is_wanted() {
            state.attachment = Attachment::None;
            self.effect(channel, Effect::Detach, Pending::Nothing);
        }
        let is_over = |state: &Channel| {
            state.attachment == Attachment::None
                && !state.is_wanted()
                && state.present.is_empty()
                && state.roster.is_idle()
        };
        if self.channels.get(channel).is_some_and(is_over) {
            let state = self.channels.remove(channel);
            if let Some(at) = state.and_then(|state| state.roster.retry) {
                self.timers.remove(&(at, Timer::Roster(channel.clone())));
            }
        }
    }
}
