//! A client that believes nothing: it checks each frame that its session gets against the truth.

use std::collections::BTreeMap;

use super::outlet::Frame;
use super::truth::Truth;
use sockeye_hub::{
    Answer, Change, ChannelName, End, Entry, Member, News, Notice, Position, Published, Recovery,
    Refusal, RequestId, SessionId, Start, Subscribed, UserId,
};

/// A subscription as the client knows it.
#[derive(Debug)]
pub(crate) struct Known {
    /// What it got last, or may leave out.
    pub(crate) at: Position,
    /// The last change of each member.
    members: BTreeMap<UserId, bool>,
    /// The name that it claimed there.
    pub(crate) name: Option<UserId>,
    /// The last list of members that it was told.
    pub(crate) list: Option<Vec<UserId>>,
}

/// How often what is worth checking came up: a model that never meets it proves nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) live: usize,
    pub(crate) recovered: usize,
    pub(crate) lost: usize,
    pub(crate) newest: usize,
    pub(crate) left_out: usize,
    pub(crate) skipped: usize,
    pub(crate) changes: usize,
    pub(crate) gaps: usize,
    pub(crate) restarts: usize,
    pub(crate) refusals: usize,
    pub(crate) duplicates: usize,
    pub(crate) stale: usize,
    pub(crate) slow: usize,
    pub(crate) claimed: usize,
    pub(crate) taken: usize,
    pub(crate) lists: usize,
}

/// One client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) session: SessionId,
    pub(crate) user: Option<UserId>,
    /// How many of its frames were looked at.
    seen: usize,
    pub(crate) subscriptions: BTreeMap<ChannelName, Known>,
    /// Where it last was in each channel, for coming back.
    pub(crate) places: BTreeMap<ChannelName, Position>,
    /// What its subscribes asked for.
    asked: BTreeMap<RequestId, Start>,
    /// Answers that are to come, for each command.
    open: BTreeMap<RequestId, usize>,
    pub(crate) tally: Tally,
}

impl Client {
    pub(crate) fn new(session: SessionId, user: Option<UserId>) -> Self {
        Self {
            session,
            user,
            seen: 0,
            subscriptions: BTreeMap::new(),
            places: BTreeMap::new(),
            asked: BTreeMap::new(),
            open: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// Notes a command that wants so many answers.
    pub(crate) fn expect(&mut self, request: RequestId, answers: usize, start: Option<Start>) {
        self.open.insert(request, answers);
        self.asked.extend(start.map(|start| (request, start)));
    }

    /// Commands without an answer.
    pub(crate) fn unanswered(&self) -> Vec<RequestId> {
        self.open.keys().copied().collect()
    }

    /// Looks at what came since the last look.
    pub(crate) fn look(
        &mut self,
        frames: &[Frame],
        truth: &Truth,
        skips: fn(&ChannelName) -> bool,
    ) {
        for frame in &frames[self.seen..] {
            match frame {
                Frame::News(_, channel, News::Entry(entry)) => {
                    self.entry(channel, entry, truth, skips(channel));
                }
                Frame::News(_, channel, News::Change(change)) => self.change(channel, change),
                Frame::News(_, channel, News::Members(members)) => self.list(channel, members),
                Frame::Notice(notice) => self.notice(notice, truth),
            }
        }
        self.seen = frames.len();
    }

    /// A publication is the next that is due, and is what was published.
    fn entry(&mut self, channel: &ChannelName, entry: &Entry, truth: &Truth, skips: bool) {
        let known = self
            .subscriptions
            .get_mut(channel)
            .expect("news of a subscription");
        let (at, next) = (known.at, entry.position);
        assert_eq!(at.epoch, next.epoch, "news of another life of {channel}");
        assert!(
            at.offset < next.offset,
            "{channel} went back from {at:?} to {next:?}"
        );
        let due = truth.due(channel, at.epoch, (at.offset, next.offset), self.session);
        self.tally.live += 1;
        self.tally.left_out += usize::from(next.offset - at.offset > due.len() as u64);
        self.tally.skipped += due.len().saturating_sub(1);
        if skips {
            assert!(due.contains(&next.offset), "{next:?} is not due");
        } else {
            assert_eq!(
                due,
                [next.offset],
                "something is missing between {at:?} and {next:?}"
            );
        }
        assert_eq!(truth.at(channel, next), Some(&entry.publication));
        known.at = next;
        self.places.insert(channel.clone(), next);
    }

    /// A member comes after it went, and goes after it came.
    fn change(&mut self, channel: &ChannelName, change: &Change) {
        let known = self
            .subscriptions
            .get_mut(channel)
            .expect("a change in a subscription");
        let (user, is_here) = match change {
            Change::Joined(member) => (&member.user, true),
            Change::Left(user) => (user, false),
        };
        self.tally.changes += 1;
        let before = known.members.insert(user.clone(), is_here);
        assert_ne!(before, Some(is_here), "{user} came or went twice");
    }

    /// A list has nobody twice.
    fn list(&mut self, channel: &ChannelName, members: &[Member]) {
        let known = self.subscriptions.get_mut(channel);
        let known = known.expect("a list in a subscription");
        let list: Vec<UserId> = members.iter().map(|member| member.user.clone()).collect();
        assert!(
            list.windows(2).all(|pair| pair[0] < pair[1]),
            "{list:?} is no list of names"
        );
        self.tally.lists += 1;
        known.list = Some(list);
    }

    fn notice(&mut self, notice: &Notice, truth: &Truth) {
        match notice {
            Notice::Subscribed(subscribed) => {
                let start = subscribed.request.map(|request| {
                    self.answered(request);
                    self.asked[&request]
                });
                self.subscribed(subscribed, start.unwrap_or(Start::Live), truth);
            }
            Notice::Unsubscribed { request, channel } => {
                self.answered(*request);
                self.subscriptions.remove(channel);
            }
            Notice::Ended { channel, end } => {
                self.tally.gaps += usize::from(*end == End::Gap);
                self.tally.restarts += usize::from(*end == End::Restarted);
                let known = self.subscriptions.remove(channel);
                assert!(known.is_some(), "{channel} ended without a beginning");
            }
            Notice::Answered {
                request,
                channel,
                answer,
            } => {
                match answer {
                    Answer::Claimed(member) => {
                        self.tally.claimed += 1;
                        // The subscription that claimed it may be over.
                        if let Some(known) = self.subscriptions.get_mut(channel) {
                            known.name = Some(member.user.clone());
                        }
                    }
                    Answer::Refused(refused) if refused.refusal == Refusal::Taken => {
                        self.tally.taken += 1;
                    }
                    Answer::Refused(_) => self.tally.refusals += 1,
                    Answer::Published(Published::Duplicate(_)) => self.tally.duplicates += 1,
                    Answer::Published(Published::Stale(_)) => self.tally.stale += 1,
                    _ => {}
                }
                self.answered(*request);
            }
        }
    }

    fn answered(&mut self, request: RequestId) {
        let open = self
            .open
            .get_mut(&request)
            .expect("an answer to an open command");
        *open -= 1;
        if *open == 0 {
            self.open.remove(&request);
        }
    }

    /// The replay is what was asked for, or the notice says that it is not.
    fn subscribed(&mut self, subscribed: &Subscribed, start: Start, truth: &Truth) {
        let channel = &subscribed.channel;
        let position = subscribed.position;
        let offsets: Vec<u64> = subscribed
            .replay
            .iter()
            .map(|entry| entry.position.offset)
            .collect();
        for entry in &subscribed.replay {
            assert_eq!(entry.position.epoch, position.epoch);
            assert_eq!(truth.at(channel, entry.position), Some(&entry.publication));
        }
        let due = |after| {
            truth.due(
                channel,
                position.epoch,
                (after, position.offset),
                self.session,
            )
        };
        let has_replay = usize::from(!offsets.is_empty());
        match subscribed.recovery {
            Recovery::Recovered => self.tally.recovered += has_replay,
            Recovery::Lost => self.tally.lost += 1,
            Recovery::NotAsked => self.tally.newest += has_replay,
        }
        match (start, subscribed.recovery) {
            (Start::Last(limit), Recovery::NotAsked)
            | (Start::AfterOrLast { last: limit, .. }, Recovery::Lost) => {
                assert!(offsets.len() <= limit);
                let first = offsets.first().map_or(position.offset, |first| first - 1);
                assert_eq!(offsets, due(first), "the newest have a hole");
            }
            (Start::Live, Recovery::NotAsked) | (_, Recovery::Lost) => {
                assert!(offsets.is_empty(), "{offsets:?} replayed");
            }
            (Start::After(since) | Start::AfterOrLast { since, .. }, Recovery::Recovered) => {
                assert_eq!(since.epoch, position.epoch, "recovered from another life");
                assert!(since.offset <= position.offset, "recovered from the future");
                assert_eq!(offsets, due(since.offset), "recovered, but not all");
            }
            (start, recovery) => panic!("{start:?} came to {recovery:?}"),
        }
        let known = Known {
            at: position,
            members: BTreeMap::new(),
            name: None,
            list: None,
        };
        self.places.insert(channel.clone(), position);
        let before = self.subscriptions.insert(channel.clone(), known);
        assert!(before.is_none(), "subscribed twice");
    }
}
