//! How subscriptions begin and end at a worker. Owns the agreement between a session's list of
//! subscriptions and the rows of its channels; the owner decides what a subscription begins with.

use std::sync::Arc;

use super::Fanout;
use super::channel::{Channel, Row};
use super::outlet::Outlet;
use super::session::{State, Subscription};
use crate::code::{End, Refusal};
use crate::id::{RequestId, Ticket};
use crate::members::Member;
use crate::message::{Answer, Join, Notice, Start, Subscribed, ToOwner};
use crate::name::ChannelName;
use crate::position::Position;
use crate::publication::Entry;
use crate::recovery::Recovery;
use crate::refused::{Limit, Refused};
use crate::rules::Presence;

/// What an owner lets a subscription begin with.
#[derive(Debug)]
pub(super) struct Begin {
    pub(super) live: Position,
    pub(super) position: Position,
    pub(super) recovery: Recovery,
    pub(super) replay: Vec<Arc<Entry>>,
}

/// What a subscription is wanted to be.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) start: Start,
    /// Whether it may begin with what was published before.
    pub(super) may_replay: bool,
    pub(super) info: Arc<str>,
}

impl<F: Clone> Fanout<F> {
    /// Asks the owner for a subscription.
    ///
    /// # Errors
    /// Why it is not even asked.
    pub(super) fn join(
        &mut self,
        slot: u32,
        request: Option<RequestId>,
        channel: ChannelName,
        wanted: Wanted,
    ) -> Result<(), Refused> {
        let Wanted {
            start,
            may_replay,
            info,
        } = wanted;
        let subscriptions_max = self.options.subscriptions_max;
        let Some(session) = self.sessions.get_mut(slot) else {
            return Ok(());
        };
        if session.subscription(&channel).is_some() {
            return Err(Refusal::Subscribed.into());
        }
        if session.subscriptions.len() >= subscriptions_max {
            return Err(Limit::Subscriptions.at(subscriptions_max).into());
        }
        let is_by_user = self.options.rules.of(&channel).presence == Presence::Users;
        let user = session.user.clone().filter(|_| is_by_user);
        let member = user.map(|user| Member { user, info });
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        session.subscriptions.push(Subscription {
            ticket,
            channel: channel.clone(),
            state: State::Joining(request),
        });
        session.pending += usize::from(request.is_some());
        self.joining.insert(ticket, slot);
        let worker = self.options.worker;
        self.say(ToOwner::Join(Join {
            worker,
            ticket,
            channel,
            start,
            may_replay,
            member,
        }));
        Ok(())
    }

    /// A subscription begins.
    pub(super) fn joined<O>(&mut self, ticket: Ticket, begin: Begin, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(slot) = self.joining.remove(&ticket) else {
            return;
        };
        let Some((name, request)) = self.stop_joining(slot, ticket) else {
            return;
        };
        let index = self.channel_at(&name, begin.live, outlet);
        let (Some(channel), Some(session)) =
            (self.channels.get_mut(index), self.sessions.get_mut(slot))
        else {
            return;
        };
        let row = Row {
            session: slot,
            sees_members: session.sees_members(&name),
            after: begin.position.offset,
        };
        let at = u32::try_from(channel.rows.len()).unwrap_or(u32::MAX);
        channel.rows.push(row);
        self.subscribed += 1;
        let id = session.id;
        if let Some(subscription) = session.subscription(&name) {
            subscription.state = State::Live {
                channel: index,
                row: at,
            };
        }
        let mut replay = begin.replay;
        replay.retain(|entry| entry.publication.excluded != Some(id));
        let notice = Notice::Subscribed(Subscribed {
            request,
            channel: name,
            position: begin.position,
            recovery: begin.recovery,
            replay,
        });
        self.notify(slot, &notice, outlet);
    }

    /// A subscription does not begin.
    pub(super) fn not_joined<O>(&mut self, ticket: Ticket, refused: Refused, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(slot) = self.joining.remove(&ticket) else {
            return;
        };
        let Some((channel, request)) = self.stop_joining(slot, ticket) else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(slot) {
            session.take(ticket);
        }
        if let Some(request) = request {
            let notice = Notice::Answered {
                request,
                channel,
                answer: Answer::Refused(refused),
            };
            self.notify(slot, &notice, outlet);
        }
    }

    /// The channel and the command of a subscription whose answer came.
    fn stop_joining(
        &mut self,
        slot: u32,
        ticket: Ticket,
    ) -> Option<(ChannelName, Option<RequestId>)> {
        let session = self.sessions.get_mut(slot)?;
        let is_it = |known: &&Subscription| known.ticket == ticket;
        let subscription = session.subscriptions.iter().find(is_it)?;
        let State::Joining(request) = subscription.state else {
            return None;
        };
        let name = subscription.channel.clone();
        session.pending = session
            .pending
            .saturating_sub(usize::from(request.is_some()));
        Some((name, request))
    }

    /// The number of a channel whose news are known up to `live`. Its older subscribers are told
    /// everything first, as the new one has that already.
    fn channel_at<O>(&mut self, name: &ChannelName, live: Position, outlet: &mut O) -> u32
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        if let Some(index) = self.names.get(name).copied() {
            let is_there = |channel: &Channel| channel.last == live;
            if self.channels.get(index).is_some_and(is_there) {
                self.tell(index, outlet);
            } else {
                self.end_channel(index, End::Gap, true, outlet);
            }
        }
        // The last subscriber may just have been ended for being slow, and the channel with it.
        if let Some(index) = self.names.get(name) {
            return *index;
        }
        let index = self.channels.insert(Channel {
            name: name.clone(),
            slow: self.options.rules.of(name).slow,
            rows: Vec::new(),
            pending: Vec::new(),
            last: live,
        });
        self.names.insert(name.clone(), index);
        index
    }

    /// Ends a subscription that a client or the server does not want any more.
    pub(super) fn unsubscribe(&mut self, slot: u32, channel: &ChannelName) -> Option<State> {
        let session = self.sessions.get_mut(slot)?;
        let ticket = session.subscription(channel)?.ticket;
        let subscription = session.take(ticket)?;
        let state = subscription.state;
        match state {
            State::Joining(request) => {
                let waited = usize::from(request.is_some());
                session.pending = session.pending.saturating_sub(waited);
            }
            State::Live { channel, .. } => session.queue.forget(channel),
        }
        self.leave(subscription);
        Some(state)
    }

    /// Tells the owner that a subscription is over. The session does not have it any more.
    pub(super) fn leave(&mut self, subscription: Subscription) {
        match subscription.state {
            State::Joining(_) => {
                self.joining.remove(&subscription.ticket);
            }
            State::Live { channel, row } => self.remove_row(channel, row),
        }
        let worker = self.options.worker;
        self.say(ToOwner::Leave {
            worker,
            ticket: subscription.ticket,
            channel: subscription.channel,
        });
    }

    /// Takes a row out; the last one moves to its place, and the channel goes with its last row.
    fn remove_row(&mut self, index: u32, row: u32) {
        let Some(channel) = self.channels.get_mut(index) else {
            return;
        };
        if row as usize >= channel.rows.len() {
            return;
        }
        channel.rows.swap_remove(row as usize);
        self.subscribed -= 1;
        if let Some(moved) = channel.rows.get(row as usize) {
            let session = self.sessions.get_mut(moved.session);
            let name = &channel.name;
            if let Some(moved) = session.and_then(|session| session.subscription(name)) {
                moved.state = State::Live {
                    channel: index,
                    row,
                };
            }
        }
        if channel.rows.is_empty() {
            self.names.remove(&channel.name);
            self.channels.remove(index);
        }
    }

    /// Ends all subscriptions of a channel; `is_known` says that its owner has to be told.
    pub(super) fn end_channel<O>(&mut self, index: u32, end: End, tell_owner: bool, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        // What came before the end is theirs.
        self.tell(index, outlet);
        let Some(channel) = self.channels.remove(index) else {
            return;
        };
        self.names.remove(&channel.name);
        self.subscribed -= channel.rows.len();
        for row in channel.rows {
            let Some(session) = self.sessions.get_mut(row.session) else {
                continue;
            };
            let ticket = session
                .subscription(&channel.name)
                .map(|known| known.ticket);
            let Some(ticket) = ticket else {
                continue;
            };
            session.take(ticket);
            session.queue.forget(index);
            if tell_owner {
                let worker = self.options.worker;
                let channel = channel.name.clone();
                self.say(ToOwner::Leave {
                    worker,
                    ticket,
                    channel,
                });
            }
            let channel = channel.name.clone();
            self.notify(row.session, &Notice::Ended { channel, end }, outlet);
        }
    }
}
