//! Names in a channel whose members are those who claimed one: who gets which, and the list that
//! subscribers are told. Owns the order of claims; whether to ask for the list is `roster`'s.

use std::sync::Arc;
use std::time::Duration;

use super::channel::Attachment;
use super::roster::Question;
use super::{Owner, Pending, Timer};
use crate::code::Refusal;
use crate::id::{Ticket, WorkerId};
use crate::limits::{ROSTER_EAGER_MAX, ROSTER_PACE};
use crate::members::{Lease, Member};
use crate::message::{Answer, Asker, Done, Effect, Fault, News};
use crate::name::{ChannelName, UserId};
use crate::refused::{Limit, Refused};
use crate::rules::Presence;

/// A subscriber that wants a name.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) asker: Asker,
    pub(super) worker: WorkerId,
    pub(super) ticket: Ticket,
    pub(super) channel: ChannelName,
    pub(super) holder: Option<UserId>,
    pub(super) names: Vec<Member>,
    pub(super) is_back: bool,
}

impl Owner {
    pub(super) fn claim(&mut self, now: Duration, claim: Claim) {
        let answer = match self.try_claim(now, &claim) {
            Ok(member) => Answer::Claimed(member),
            Err(refused) => Answer::Refused(refused),
        };
        self.answer(claim.asker, claim.channel, answer);
    }

    fn try_claim(&mut self, now: Duration, claim: &Claim) -> Result<Member, Refused> {
        if !self.has_names(&claim.channel) {
            return Err(Refusal::BadRequest.into());
        }
        let options = Arc::clone(self.options.rules.of(&claim.channel));
        let members_max = options.members_max;
        let state = self.channels.get_mut(&claim.channel);
        let state = state.ok_or(Refusal::NotSubscribed)?;
        let had = state.member(claim.worker, claim.ticket);
        let had = had.ok_or(Refusal::NotSubscribed)?.clone();
        let holder = claim.holder.as_ref();
        let is_free = |name: &&Member| {
            had.as_ref() == Some(&name.user) || state.present.is_free(&name.user, holder)
        };
        let name = claim.names.iter().find(is_free).ok_or(Refusal::Taken)?;
        let known = state.present.member(&name.user);
        let is_last = had.as_ref().is_some_and(|had| state.present.is_last(had));
        if had.as_ref() == Some(&name.user) && (!is_last || known.as_ref() == Some(name)) {
            return Ok(known.ok_or(Refusal::Unavailable)?);
        }
        if known.is_none() && state.present.len() - usize::from(is_last) >= members_max {
            return Err(Limit::Members.at(members_max).into());
        }
        // All subscribers will be told, as of a publication. But whoever speaks does not wait for
        // those who come.
        let is_new = known.as_ref() != Some(name);
        if is_new || state.present.is_for_another(&name.user, claim.is_back) {
            let rate = options.publish_rate;
            let turn = state.naming.take(now, rate);
            turn.map_err(|wait| Refused::haste(Limit::ChannelNameRate, rate, wait))?;
        }
        state.insert(claim.worker, claim.ticket, Some(name.user.clone()));
        if let Some(had) = had {
            self.give_up(&claim.channel, &had);
        }
        let taken = self.take_name(now, claim, name);
        Ok(taken.ok_or(Refusal::Unavailable)?)
    }

    fn take_name(&mut self, now: Duration, claim: &Claim, name: &Member) -> Option<Member> {
        let channel = &claim.channel;
        let present = &mut self.channels.get_mut(channel)?.present;
        // Nobody has it any more: somebody else's, or the same name in other letters, takes its
        // place.
        if let Some(until) = present.replace(name, claim.is_back) {
            self.forget(channel, &name.user, Some(until));
        }
        self.arrive(now, channel, name.clone());
        let present = &mut self.channels.get_mut(channel)?.present;
        present.hold(&name.user, claim.holder.clone())
    }

    /// Gives a name up at once: who takes another one is not about to come back.
    fn give_up(&mut self, channel: &ChannelName, user: &UserId) {
        let state = self.channels.get_mut(channel);
        if state.is_some_and(|state| state.present.give_up(user)) {
            self.forget(channel, user, None);
        }
    }

    /// Whether members of the channel are those who claimed a name.
    pub(super) fn has_names(&self, channel: &ChannelName) -> bool {
        self.options.rules.of(channel).presence == Presence::Names
    }

    // The list

    /// Somebody came or went: the subscribers are to be told who is there.
    pub(super) fn changed(&mut self, channel: &ChannelName) {
        if !self.has_names(channel) {
            return;
        }
        if let Some(state) = self.channels.get_mut(channel) {
            state.roster.stale();
            self.ask_roster(channel);
        }
    }

    /// Asks for the list for somebody. `false`: it has to be asked for otherwise.
    pub(super) fn list(&mut self, asker: Asker, channel: &ChannelName) -> bool {
        if !self.has_names(channel) {
            return false;
        }
        let is_full = self.pending.len() >= self.options.effects_max;
        let Some(state) = self.channels.get_mut(channel).filter(|_| !is_full) else {
            return false;
        };
        state.roster.wait(asker);
        self.ask_roster(channel);
        true
    }

    /// Asks the engine, if there is a reason to and it is not asked already.
    pub(super) fn ask_roster(&mut self, channel: &ChannelName) {
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let Some(question) = state.roster.ask() else {
            return;
        };
        let pending = Pending::Roster(channel.clone(), question);
        self.effect(channel, Effect::Members, pending);
    }

    /// Lets the next list wait, where there is one to wait for.
    fn hold_roster(&mut self, now: Duration, channel: &ChannelName, pace: Duration) {
        let state = self.channels.get_mut(channel);
        let Some(state) = state.filter(|_| !pace.is_zero()) else {
            return;
        };
        let at = now.saturating_add(pace);
        if state.roster.hold(at) {
            self.timers.insert((at, Timer::Roster(channel.clone())));
        }
    }

    /// Asks again for what failed, or for what had to wait.
    pub(super) fn retry_roster(&mut self, channel: &ChannelName) {
        if let Some(state) = self.channels.get_mut(channel) {
            state.roster.go_on();
            self.ask_roster(channel);
        }
    }

    pub(super) fn listed(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        question: Question,
        done: Result<Done, Fault>,
    ) {
        let list = match done {
            Ok(Done::Members(members)) => Ok(members),
            Ok(_) => Err(Fault::Unavailable),
            Err(fault) => Err(fault),
        };
        for asker in question.askers {
            let answer = match &list {
                Ok(members) => Answer::Members(members.clone()),
                Err(fault) => Refused::from(*fault).into(),
            };
            self.answer(asker, channel.clone(), answer);
        }
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        let is_attached = matches!(state.attachment, Attachment::Attached(_));
        if let Ok(members) = list {
            state.roster.answered();
            let pace = pace(members.len());
            if question.tells && is_attached {
                self.tell(channel, &News::Members(members.into()));
                self.hold_roster(now, channel, pace);
            }
            self.ask_roster(channel);
        } else {
            let at = now.saturating_add(self.options.renewal);
            let askers = state.roster.failed(question.tells, at);
            if state.roster.retry == Some(at) {
                self.timers.insert((at, Timer::Roster(channel.clone())));
            }
            for asker in askers {
                self.answer(asker, channel.clone(), Refusal::Unavailable.into());
            }
        }
        self.leave_if_empty(channel);
    }

    /// Takes a member that nobody is any more out of the engine, and its timers.
    pub(super) fn forget(&mut self, channel: &ChannelName, user: &UserId, grace: Option<Duration>) {
        if let Some(until) = grace {
            let grace = Timer::Grace(channel.clone(), user.clone());
            self.timers.remove(&(until, grace));
        }
        let Some(state) = self.channels.get_mut(channel) else {
            return;
        };
        if state.present.is_empty() {
            if let Some(at) = state.present.renewal.take() {
                let renewal = Timer::Renewal(channel.clone());
                self.timers.remove(&(at, renewal));
            }
        }
        let release = Lease::Release(user.clone());
        self.effect(channel, Effect::Lease(release), Pending::Nothing);
    }
}

/// How long after a list with so many members the next one is due.
fn pace(members: usize) -> Duration {
    let is_eager = members <= ROSTER_EAGER_MAX;
    let members = u32::try_from(members).unwrap_or(u32::MAX);
    ROSTER_PACE.saturating_mul(if is_eager { 0 } else { members })
}
