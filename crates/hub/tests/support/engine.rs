//! An engine for tests: streams and members in memory, and switches for what may go wrong. It hands
//! out in the same step in which it appends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::truth::Truth;
use sockeye_hub::{
    Appended, Change, ChannelName, Delivery, Done, Effect, Epoch, Fault, Members, News, NodeId,
    Published, Stream,
};

/// The engine and what it holds.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    streams: BTreeMap<ChannelName, Stream>,
    members: BTreeMap<ChannelName, Members>,
    attached: BTreeSet<ChannelName>,
    epochs: u64,
    /// What was published, kept in the plainest way.
    pub(crate) truth: Truth,
    /// While set, each effect fails with it.
    pub(crate) fault: Option<Fault>,
    lease: Duration,
}

impl Engine {
    pub(crate) fn new(lease: Duration) -> Self {
        Self {
            lease,
            ..Self::default()
        }
    }

    /// Carries out an effect; what it hands out goes to `deliveries`.
    pub(crate) fn carry_out(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        effect: Effect,
        deliveries: &mut Vec<Delivery>,
    ) -> Result<Done, Fault> {
        // To end something always works: the other end is gone then in any case.
        if let (Some(fault), false) = (self.fault, matches!(effect, Effect::Detach)) {
            return Err(fault);
        }
        match effect {
            Effect::Attach => {
                self.attached.insert(channel.clone());
                Ok(Done::Attached(self.stream(channel).top()))
            }
            Effect::Detach => {
                self.attached.remove(channel);
                Ok(Done::Detached)
            }
            Effect::Publish {
                publication,
                options,
            } => {
                let epoch = self.stream(channel).top().epoch;
                let expected = self.truth.publish(now, channel, epoch, &publication);
                let appended = self.stream(channel).append(now, *publication, &options);
                let published = match appended {
                    Appended::New(entry) => {
                        let position = entry.position;
                        self.hand_out(channel, News::Entry(entry), deliveries);
                        Published::New(position)
                    }
                    Appended::Duplicate(position) => Published::Duplicate(position),
                    Appended::Stale(position) => Published::Stale(position),
                };
                assert_eq!(published, expected, "a stream and the truth differ");
                Ok(Done::Published(published))
            }
            Effect::History(query) => Ok(Done::Page(self.stream(channel).history(query))),
            Effect::Lease(lease) => {
                let expires = now + self.lease;
                let members = self.members.entry(channel.clone()).or_default();
                let changes = members
                    .apply(NodeId(1), lease, expires)
                    .ok_or(Fault::Unavailable)?;
                self.changed(channel, changes, deliveries);
                Ok(Done::Leased)
            }
            Effect::Members => Ok(Done::Members(self.list(channel))),
        }
    }

    /// Lets leases run out.
    pub(crate) fn expire(&mut self, now: Duration, deliveries: &mut Vec<Delivery>) {
        let mut changes = Vec::new();
        for (channel, members) in &mut self.members {
            changes.push((channel.clone(), members.expire(now)));
        }
        for (channel, changes) in changes {
            self.changed(&channel, changes, deliveries);
        }
    }

    /// Loses a stream, as a restart would.
    pub(crate) fn restart(&mut self, channel: &ChannelName) {
        self.streams.remove(channel);
    }

    /// Loses the attachment, and says so.
    pub(crate) fn lose(&mut self, channel: &ChannelName, deliveries: &mut Vec<Delivery>) {
        if self.attached.remove(channel) {
            let channel = channel.clone();
            deliveries.push(Delivery::Lost { channel });
        }
    }

    pub(crate) fn is_attached(&self, channel: &ChannelName) -> bool {
        self.attached.contains(channel)
    }

    /// Names of the members.
    pub(crate) fn list(&self, channel: &ChannelName) -> Vec<sockeye_hub::Member> {
        self.members
            .get(channel)
            .map(Members::list)
            .unwrap_or_default()
    }

    pub(crate) fn stream(&mut self, channel: &ChannelName) -> &mut Stream {
        let epochs = &mut self.epochs;
        self.streams.entry(channel.clone()).or_insert_with(|| {
            *epochs += 1;
            Stream::new(Epoch(*epochs))
        })
    }

    fn changed(&self, channel: &ChannelName, changes: Vec<Change>, deliveries: &mut Vec<Delivery>) {
        for change in changes {
            self.hand_out(channel, News::Change(Arc::new(change)), deliveries);
        }
    }

    fn hand_out(&self, channel: &ChannelName, news: News, deliveries: &mut Vec<Delivery>) {
        if self.attached.contains(channel) {
            let channel = channel.clone();
            deliveries.push(Delivery::News { channel, news });
        }
    }
}
