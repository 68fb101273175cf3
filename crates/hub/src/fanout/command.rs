//! What sessions want: judges it by permissions, rates and quotas, and passes it on to the owner.
//! Carries nothing out by itself but the end of a subscription.

use std::sync::Arc;
use std::time::Duration;

use super::Fanout;
use super::outlet::{Outlet, Output};
use super::session::{Session, State};
use super::subscribe::Wanted;
use crate::code::{Close, Refusal};
use crate::id::{RequestId, SessionId, Token};
use crate::limits::{CLAIM_NAMES_MAX, MEMBER_INFO_LEN_MAX, PUBLISH_CHANNELS_MAX};
use crate::members::Member;
use crate::message::{Answer, Asker, Command, Notice, Start, ToOwner, Verdict};
use crate::name::ChannelName;
use crate::permission::{Grant, Operation};
use crate::publication::{Publication, Publisher};
use crate::refused::{Cause, Limit, Refused};
use crate::stream::HistoryQuery;

/// One operation on one channel, which is permitted or not.
#[derive(Debug)]
pub(super) enum Act {
    Subscribe(Start, Arc<str>),
    Publish(Box<Publication>),
    History(HistoryQuery),
    Members,
    MemberCount,
    Claim(Vec<Member>, bool),
}

impl Act {
    fn operation(&self) -> Operation {
        match self {
            // Whoever may be there may say who it is.
            Self::Subscribe(..) | Self::Claim(..) => Operation::Subscribe,
            Self::Publish(_) => Operation::Publish,
            Self::History(_) => Operation::History,
            Self::Members | Self::MemberCount => Operation::Presence,
        }
    }
}

/// An operation that waits for a verdict.
#[derive(Debug)]
pub(super) struct Asked {
    session: SessionId,
    request: RequestId,
    channel: ChannelName,
    act: Act,
}

impl<F: Clone> Fanout<F> {
    /// Takes a command of a session. Its answer comes as a [`Notice`] with the request's number,
    /// one for each channel.
    pub fn command<O>(
        &mut self,
        now: Duration,
        session: SessionId,
        request: RequestId,
        command: Command,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let (command_rate, publish_rate) = (self.options.command_rate, self.options.publish_rate);
        let Some((slot, session)) = self.find(session) else {
            return;
        };
        let taken = session.commands.take(now, command_rate, 1);
        let mut taken =
            taken.map_err(|wait| Refused::haste(Limit::CommandRate, command_rate, wait));
        let told = tells_others(&command);
        if taken.is_ok() && told > 0 {
            let published = session.publishes.take(now, publish_rate, told);
            taken =
                published.map_err(|wait| Refused::haste(Limit::PublishRate, publish_rate, wait));
        }
        if let Err(refused) = taken {
            return self.refuse_haste(slot, request, command, refused, outlet);
        }
        session.refusals = 0;
        match command {
            Command::Subscribe {
                channel,
                start,
                info,
            } => self.judge(slot, request, channel, Act::Subscribe(start, info), outlet),
            Command::Unsubscribe { channel } => self.part(slot, request, channel, outlet),
            Command::Publish {
                channels,
                publication,
            } => self.publish(slot, request, channels, publication, outlet),
            Command::History { channel, query } => {
                self.judge(slot, request, channel, Act::History(query), outlet);
            }
            Command::Members { channel } => {
                self.judge(slot, request, channel, Act::Members, outlet);
            }
            Command::MemberCount { channel } => {
                self.judge(slot, request, channel, Act::MemberCount, outlet);
            }
            Command::Claim {
                channel,
                names,
                is_back,
            } => {
                self.judge(slot, request, channel, Act::Claim(names, is_back), outlet);
            }
        }
    }

    /// Takes the verdict that [`Output::Authorize`] asked for.
    pub fn authorized<O>(&mut self, token: Token, verdict: Verdict, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(asked) = self.asked.remove(&token) else {
            return;
        };
        let Some((slot, session)) = self.find(asked.session) else {
            return;
        };
        session.pending = session.pending.saturating_sub(1);
        match verdict {
            Verdict::Allow => self.act(slot, asked.request, asked.channel, asked.act, outlet),
            Verdict::Deny => {
                let denied = asked.act.operation();
                self.refuse(slot, asked.request, asked.channel, denied, outlet);
            }
        }
    }

    fn publish<O>(
        &mut self,
        slot: u32,
        request: RequestId,
        mut channels: Vec<ChannelName>,
        mut publication: Box<Publication>,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let Some(session) = self.sessions.get(slot) else {
            return;
        };
        publication.publisher = Some(Publisher {
            session: Some(session.id),
            user: session.user.clone(),
        });
        // Whoever could exclude others could keep things from them.
        publication.excluded = publication
            .excluded
            .filter(|excluded| *excluded == session.id);
        if channels.len() > PUBLISH_CHANNELS_MAX {
            for channel in channels {
                let bound = Limit::PublishChannels.at(PUBLISH_CHANNELS_MAX);
                self.refuse(slot, request, channel, bound, outlet);
            }
            return;
        }
        let Some(last) = channels.pop() else {
            return;
        };
        for channel in channels {
            let act = Act::Publish(publication.clone());
            self.judge(slot, request, channel, act, outlet);
        }
        // Most are published to one channel, and nothing is copied then.
        self.judge(slot, request, last, Act::Publish(publication), outlet);
    }

    /// Lets permissions decide.
    fn judge<O>(
        &mut self,
        slot: u32,
        request: RequestId,
        channel: ChannelName,
        act: Act,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let pending_max = self.options.pending_max;
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        if session.pending >= pending_max {
            let bound = Limit::Pending.at(pending_max);
            return self.refuse(slot, request, channel, bound, outlet);
        }
        let operation = act.operation();
        match session.permissions.judge(operation, &channel) {
            Grant::Allow => self.act(slot, request, channel, act, outlet),
            Grant::Deny => self.refuse(slot, request, channel, operation, outlet),
            Grant::Ask => {
                session.pending += 1;
                let (id, user) = (session.id, session.user.clone());
                self.tokens += 1;
                let token = Token(self.tokens);
                self.output.push_back(Output::Authorize {
                    token,
                    session: id,
                    user,
                    operation,
                    channel: channel.clone(),
                });
                let asked = Asked {
                    session: id,
                    request,
                    channel,
                    act,
                };
                self.asked.insert(token, asked);
            }
        }
    }

    /// Passes on what is permitted.
    fn act<O>(
        &mut self,
        slot: u32,
        request: RequestId,
        channel: ChannelName,
        act: Act,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let worker = self.options.worker;
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        let asker = Asker::Session {
            worker,
            session: session.id,
            request,
        };
        let passed = match act {
            Act::Subscribe(start, info) => {
                let may_replay = session.permissions.allow(Operation::History, &channel);
                check_info(&info).and_then(|()| {
                    let wanted = Wanted {
                        start,
                        may_replay,
                        info,
                    };
                    self.join(slot, Some(request), channel.clone(), wanted)
                })
            }
            Act::Publish(publication) => {
                let len_max = self.options.rules.of(&channel).payload_len_max;
                let checked = publication.check(len_max).map_err(Refused::from);
                let channel = channel.clone();
                checked.map(|()| {
                    let message = ToOwner::Publish {
                        asker,
                        channel,
                        publication,
                    };
                    self.ask(slot, message);
                })
            }
            Act::History(query) => {
                let channel = channel.clone();
                let message = ToOwner::History {
                    asker,
                    channel,
                    query,
                };
                self.ask(slot, message);
                Ok(())
            }
            Act::Members => {
                let channel = channel.clone();
                self.ask(slot, ToOwner::Members { asker, channel });
                Ok(())
            }
            Act::MemberCount => {
                let channel = channel.clone();
                self.ask(slot, ToOwner::MemberCount { asker, channel });
                Ok(())
            }
            Act::Claim(names, is_back) => self.claim(slot, asker, &channel, (names, is_back)),
        };
        if let Err(refused) = passed {
            self.refuse(slot, request, channel, refused, outlet);
        }
    }

    /// Asks the owner for a name.
    fn claim(
        &mut self,
        slot: u32,
        asker: Asker,
        channel: &ChannelName,
        (names, is_back): (Vec<Member>, bool),
    ) -> Result<(), Refused> {
        if names.len() > CLAIM_NAMES_MAX {
            return Err(Limit::ClaimNames.at(CLAIM_NAMES_MAX).into());
        }
        names.iter().try_for_each(|name| check_info(&name.info))?;
        let session = self.sessions.get_mut(slot);
        let session = session.ok_or(Refusal::NotSubscribed)?;
        let known = session.subscription(channel);
        let known = known.filter(|known| matches!(known.state, State::Live { .. }));
        let ticket = known.ok_or(Refusal::NotSubscribed)?.ticket;
        let message = ToOwner::Claim {
            asker,
            worker: self.options.worker,
            ticket,
            channel: channel.clone(),
            holder: session.user.clone(),
            names,
            is_back,
        };
        self.ask(slot, message);
        Ok(())
    }

    fn ask(&mut self, slot: u32, message: ToOwner) {
        if let Some(session) = self.sessions.get_mut(slot) {
            session.pending += 1;
        }
        self.say(message);
    }

    fn part<O>(&mut self, slot: u32, request: RequestId, channel: ChannelName, outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        match self.unsubscribe(slot, &channel) {
            None => self.refuse(slot, request, channel, Refusal::NotSubscribed, outlet),
            Some(state) => {
                // Each command has its answer, also one that is overtaken.
                if let State::Joining(Some(request)) = state {
                    let channel = channel.clone();
                    self.refuse(slot, request, channel, Refusal::NotSubscribed, outlet);
                }
                let notice = Notice::Unsubscribed { request, channel };
                self.notify(slot, &notice, outlet);
            }
        }
    }

    pub(super) fn refuse<O>(
        &mut self,
        slot: u32,
        request: RequestId,
        channel: ChannelName,
        why: impl Into<Refused>,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let notice = Notice::Answered {
            request,
            channel,
            answer: Answer::from(why),
        };
        self.notify(slot, &notice, outlet);
    }

    /// Refuses what came too early, and gives up on whoever does not heed that.
    fn refuse_haste<O>(
        &mut self,
        slot: u32,
        request: RequestId,
        command: Command,
        refused: Refused,
        outlet: &mut O,
    ) where
        O: Outlet<Frame = F> + ?Sized,
    {
        let refusals = self.sessions.get_mut(slot).map_or(0, count_refusal);
        if refusals > self.options.refusals_max {
            let cause = Cause {
                close: Close::TooManyRequests,
                bound: refused.bound,
            };
            return self.close(slot, cause, outlet);
        }
        let channels = match command {
            Command::Publish { channels, .. } => channels,
            Command::Subscribe { channel, .. }
            | Command::Unsubscribe { channel }
            | Command::History { channel, .. }
            | Command::Members { channel }
            | Command::MemberCount { channel }
            | Command::Claim { channel, .. } => vec![channel],
        };
        for channel in channels {
            let notice = Notice::Answered {
                request,
                channel,
                answer: refused.into(),
            };
            self.notify(slot, &notice, outlet);
        }
    }
}

/// Whether what a member tells of itself is as short as it has to be.
fn check_info(info: &str) -> Result<(), Refused> {
    if info.len() <= MEMBER_INFO_LEN_MAX {
        return Ok(());
    }
    Err(Limit::MemberInfoLen.at(MEMBER_INFO_LEN_MAX).into())
}

/// To how many channels all subscribers are told of a command: those cost as much as there are.
fn tells_others(command: &Command) -> u32 {
    match command {
        Command::Publish { channels, .. } => u32::try_from(channels.len()).unwrap_or(u32::MAX),
        Command::Claim { .. } => 1,
        _ => 0,
    }
}

fn count_refusal<F>(session: &mut Session<F>) -> u32 {
    session.refusals = session.refusals.saturating_add(1);
    session.refusals
}
