//! A part of the channels of the engine in memory. Owns the bounds on how many there are and on
//! what they keep together. Runs under its lock: nothing here waits.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use sockeye_hub::limits::KEY_OVERHEAD;
use sockeye_hub::{
    Appended, Change, ChannelName, ChannelOptions, Epoch, Fault, HistoryQuery, Lease, Limit,
    Member, Members, News, NodeId, Page, Position, Publication, Published, Stream,
};

use super::NODE;
use crate::engine::EngineOptions;
use crate::engine::inbox::Inbox;
use crate::limits::ENGINE_SHARDS;

#[derive(Debug)]
struct Channel {
    stream: Stream,
    members: Members,
    inboxes: Vec<Arc<Inbox>>,
    /// How much is kept: what the last publish said.
    options: Arc<ChannelOptions>,
    used_at: Duration,
}

impl Channel {
    fn hand_out(&self, name: &ChannelName, news: &News) {
        for inbox in &self.inboxes {
            inbox.deliver(name, news.clone());
        }
    }

    fn tell(&self, name: &ChannelName, changes: Vec<Change>) {
        for change in changes {
            self.hand_out(name, &News::Change(Arc::new(change)));
        }
    }

    fn is_idle(&self, now: Duration, keep: Duration) -> bool {
        let is_unused = now.saturating_sub(self.used_at) >= keep;
        is_unused && self.inboxes.is_empty() && self.members.is_empty() && self.stream.is_idle()
    }
}

/// Some of the channels.
#[derive(Debug)]
pub(super) struct Shard {
    channels: BTreeMap<ChannelName, Channel>,
    /// Invariant: what all streams hold.
    bytes: usize,
    /// The channel whose history was given up last for want of room.
    cut: Option<ChannelName>,
    /// Its share of the bounds of all shards together.
    channels_max: usize,
    bytes_max: usize,
    /// The bounds of all shards together: what a team has set, and whoever meets one is told.
    known_max: usize,
    kept_max: usize,
    idle_keep: Duration,
    members_max: usize,
}

impl Shard {
    pub(super) fn new(options: &EngineOptions) -> Self {
        Self {
            channels: BTreeMap::new(),
            bytes: 0,
            cut: None,
            channels_max: options.channels_max.div_ceil(ENGINE_SHARDS),
            bytes_max: options.bytes_max / ENGINE_SHARDS,
            known_max: options.channels_max,
            kept_max: options.bytes_max,
            idle_keep: options.idle_keep,
            members_max: options.members_max,
        }
    }

    pub(super) fn publish(
        &mut self,
        now: Duration,
        epoch: impl FnOnce() -> Epoch,
        name: &ChannelName,
        publication: Publication,
        options: Arc<ChannelOptions>,
    ) -> Result<Published, Fault> {
        let key = publication.idempotency_key.as_ref();
        let key = key.map_or(0, |key| key.len() + KEY_OVERHEAD);
        self.make_room(name, publication.charge() + key)?;
        let channel = self.channel(now, epoch, name)?;
        channel.options = options;
        let before = channel.stream.bytes();
        let appended = channel.stream.append(now, publication, &channel.options);
        let after = channel.stream.bytes();
        let published = match appended {
            Appended::New(entry) => {
                let position = entry.position;
                channel.hand_out(name, &News::Entry(entry));
                Published::New(position)
            }
            Appended::Duplicate(position) => Published::Duplicate(position),
            Appended::Stale(position) => Published::Stale(position),
        };
        self.bytes = self.bytes + after - before;
        Ok(published)
    }

    pub(super) fn history(
        &mut self,
        now: Duration,
        epoch: impl FnOnce() -> Epoch,
        name: &ChannelName,
        query: HistoryQuery,
    ) -> Result<Page, Fault> {
        self.trim(now, name);
        let channel = self.channel(now, epoch, name)?;
        Ok(channel.stream.history(query))
    }

    pub(super) fn attach(
        &mut self,
        now: Duration,
        epoch: impl FnOnce() -> Epoch,
        name: &ChannelName,
        inbox: &Arc<Inbox>,
    ) -> Result<Position, Fault> {
        let channel = self.channel(now, epoch, name)?;
        if !channel
            .inboxes
            .iter()
            .any(|known| Arc::ptr_eq(known, inbox))
        {
            channel.inboxes.push(Arc::clone(inbox));
        }
        Ok(channel.stream.top())
    }

    pub(super) fn detach(&mut self, now: Duration, name: &ChannelName, inbox: &Arc<Inbox>) {
        if let Some(channel) = self.channels.get_mut(name) {
            channel.used_at = now;
            channel.inboxes.retain(|known| !Arc::ptr_eq(known, inbox));
        }
    }

    pub(super) fn lease(
        &mut self,
        now: Duration,
        epoch: impl FnOnce() -> Epoch,
        name: &ChannelName,
        lease: Lease,
        expires: Duration,
    ) -> Result<(), Fault> {
        const HERE: NodeId = NODE;
        let full = Limit::Members.at(self.members_max);
        let channel = self.channel(now, epoch, name)?;
        let changes = channel
            .members
            .apply(HERE, lease, expires)
            .ok_or(Fault::Limit(full))?;
        channel.tell(name, changes);
        Ok(())
    }

    pub(super) fn members(&self, name: &ChannelName) -> Vec<Member> {
        self.channels
            .get(name)
            .map(|channel| channel.members.list())
            .unwrap_or_default()
    }

    /// Lets go of what is too old, of leases that ran out, and of channels that nobody uses.
    pub(super) fn tend(&mut self, now: Duration) {
        let (mut bytes, idle_keep) = (0, self.idle_keep);
        self.channels.retain(|name, channel| {
            let left = channel.members.expire(now);
            channel.tell(name, left);
            channel.stream.trim(now, &channel.options);
            bytes += channel.stream.bytes();
            !channel.is_idle(now, idle_keep)
        });
        self.bytes = bytes;
    }

    fn channel(
        &mut self,
        now: Duration,
        epoch: impl FnOnce() -> Epoch,
        name: &ChannelName,
    ) -> Result<&mut Channel, Fault> {
        if !self.channels.contains_key(name) && self.channels.len() >= self.channels_max {
            let known = Limit::KnownChannels.at(self.known_max);
            return Err(Fault::Limit(known));
        }
        let members_max = self.members_max;
        let channel = self
            .channels
            .entry(name.clone())
            .or_insert_with(|| Channel {
                stream: Stream::new(epoch()),
                members: Members::new(members_max),
                inboxes: Vec::new(),
                options: Arc::default(),
                used_at: now,
            });
        channel.used_at = now;
        Ok(channel)
    }

    fn trim(&mut self, now: Duration, name: &ChannelName) {
        if let Some(channel) = self.channels.get_mut(name) {
            let before = channel.stream.bytes();
            channel.stream.trim(now, &channel.options);
            self.bytes = self.bytes + channel.stream.bytes() - before;
        }
    }

    /// Gives up histories of other channels, one after the other, until there is room for so many
    /// bytes. Their recovery fails then, and says so.
    fn make_room(&mut self, name: &ChannelName, bytes: usize) -> Result<(), Fault> {
        let mut tries = self.channels.len();
        while self.bytes.saturating_add(bytes) > self.bytes_max {
            if tries == 0 {
                // What is left are idempotency keys, and the channel's own history.
                return self.cut_own(name, bytes);
            }
            tries -= 1;
            let after = self.cut.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
            let next = self.channels.range_mut((after, Bound::Unbounded)).next();
            let Some((next, channel)) = next else {
                self.cut = None;
                continue;
            };
            self.cut = Some(next.clone());
            if next != name {
                let before = channel.stream.bytes();
                channel.stream.forget_history();
                self.bytes = self.bytes + channel.stream.bytes() - before;
            }
        }
        Ok(())
    }

    fn cut_own(&mut self, name: &ChannelName, bytes: usize) -> Result<(), Fault> {
        if let Some(channel) = self.channels.get_mut(name) {
            let before = channel.stream.bytes();
            channel.stream.forget_history();
            self.bytes = self.bytes + channel.stream.bytes() - before;
        }
        let has_room = self.bytes.saturating_add(bytes) <= self.bytes_max;
        let kept = Limit::HistoryBytes.at(self.kept_max);
        if has_room {
            Ok(())
        } else {
            Err(Fault::Limit(kept))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{ENGINE_BYTES_MAX, ENGINE_CHANNELS_MAX};
    use sockeye_hub::{Direction, Payload};

    fn shard() -> Shard {
        Shard::new(&EngineOptions::default())
    }

    fn name(text: &str) -> ChannelName {
        ChannelName::new(text).unwrap()
    }

    fn publish(
        shard: &mut Shard,
        channel: &str,
        len: usize,
        key: Option<&str>,
    ) -> Result<(), Fault> {
        let mut publication = Publication::new(Payload::Binary(vec![0; len].into()), 0);
        publication.idempotency_key = key.map(Into::into);
        let epoch = || Epoch(1);
        let options = Arc::default();
        let done = shard.publish(Duration::ZERO, epoch, &name(channel), publication, options);
        done.map(|_| ())
    }

    fn kept(shard: &mut Shard, channel: &str) -> usize {
        let query = HistoryQuery {
            since: None,
            limit: usize::MAX,
            direction: Direction::Forward,
        };
        let page = shard.history(Duration::ZERO, || Epoch(1), &name(channel), query);
        page.unwrap().entries.len()
    }

    /// If this fails, channels that nobody reads fill the memory of the process.
    #[test]
    fn histories_have_one_bound_together() {
        let mut shard = shard();
        for number in 0..64 {
            for _ in 0..10 {
                publish(&mut shard, &format!("{number:02}"), 50_000, None).unwrap();
                assert!(shard.bytes <= shard.bytes_max);
            }
        }
        assert_eq!((kept(&mut shard, "00"), kept(&mut shard, "63")), (0, 10));
        let streams: usize = shard
            .channels
            .values()
            .map(|channel| channel.stream.bytes())
            .sum();
        assert_eq!(shard.bytes, streams);
        // The next position is still right: nothing but history is lost.
        publish(&mut shard, "00", 1, None).unwrap();
        assert_eq!(shard.channels[&name("00")].stream.top().offset, 11);
        shard.tend(Duration::MAX);
        assert_eq!((shard.bytes, shard.channels.len()), (0, 0));
    }

    /// If this fails, keys are forgotten before their time for want of room, or fill memory.
    #[test]
    fn keys_are_kept_and_publishing_is_refused_instead() {
        let mut shard = shard();
        let mut refused = None;
        for number in 0..shard.bytes_max {
            let key = format!("{number:0100}");
            let channel = (number / 1000).to_string();
            if let Err(fault) = publish(&mut shard, &channel, 0, Some(&key)) {
                refused = Some((number, fault));
                break;
            }
        }
        let (number, fault) = refused.unwrap();
        let kept = Fault::Limit(Limit::HistoryBytes.at(ENGINE_BYTES_MAX));
        assert_eq!(fault, kept);
        assert!(number > 1000 && shard.bytes <= shard.bytes_max, "{number}");
        let first = format!("{:0100}", 0);
        assert_eq!(shard.channels[&name("0")].stream.top().offset, 1000);
        let again = publish(&mut shard, "0", 0, Some(&first));
        assert_eq!(
            (again, shard.channels[&name("0")].stream.top().offset),
            (Err(kept), 1000)
        );
    }

    /// If this fails, names that are made up fill the memory of the process.
    #[test]
    fn channels_are_bounded_and_idle_ones_go() {
        let mut shard = shard();
        for number in 0..shard.channels_max {
            assert_eq!(kept(&mut shard, &number.to_string()), 0);
        }
        let known = Fault::Limit(Limit::KnownChannels.at(ENGINE_CHANNELS_MAX));
        assert_eq!(publish(&mut shard, "more", 1, None), Err(known));
        shard.tend(shard.idle_keep);
        assert_eq!(publish(&mut shard, "more", 1, None), Ok(()));
        assert_eq!(shard.channels.len(), 1);
    }
}
