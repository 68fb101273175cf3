//! An engine of the hub in memory, of the hub's own parts, for one owner.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sockeye_hub::limits::LEASE;
use sockeye_hub::{
    Appended, ChannelName, Delivery, Done, Effect, Epoch, Fault, Members, News, NodeId, Published,
    Stream,
};

/// Streams and members of all channels.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    streams: BTreeMap<ChannelName, Stream>,
    members: BTreeMap<ChannelName, Members>,
    /// Epochs are never used again, also not by another channel.
    epochs: u64,
    /// While set, publishing and joining fail.
    pub(crate) is_down: bool,
}

impl Engine {
    /// Carries out an effect; what it hands out goes to `deliveries`.
    pub(crate) fn carry_out(
        &mut self,
        now: Duration,
        channel: &ChannelName,
        effect: Effect,
        deliveries: &mut Vec<Delivery>,
    ) -> Result<Done, Fault> {
        if self.is_down && !matches!(effect, Effect::Detach | Effect::Lease(_)) {
            return Err(Fault::Unavailable);
        }
        let mut hand_out = |news| {
            let channel = channel.clone();
            deliveries.push(Delivery::News { channel, news });
        };
        match effect {
            Effect::Attach => Ok(Done::Attached(self.stream(channel).top())),
            Effect::Detach => Ok(Done::Detached),
            Effect::Publish {
                publication,
                options,
            } => {
                let appended = self.stream(channel).append(now, *publication, &options);
                Ok(Done::Published(match appended {
                    Appended::New(entry) => {
                        let position = entry.position;
                        hand_out(News::Entry(entry));
                        Published::New(position)
                    }
                    Appended::Duplicate(position) => Published::Duplicate(position),
                    Appended::Stale(position) => Published::Stale(position),
                }))
            }
            Effect::History(query) => Ok(Done::Page(self.stream(channel).history(query))),
            Effect::Lease(lease) => {
                let members = self.members.entry(channel.clone()).or_default();
                let changes = members.apply(NodeId(1), lease, now + LEASE);
                let changes = changes.ok_or(Fault::Unavailable)?;
                let changes = changes.into_iter().map(Arc::new).map(News::Change);
                changes.for_each(hand_out);
                Ok(Done::Leased)
            }
            Effect::Members => {
                let members = self.members.get(channel);
                Ok(Done::Members(
                    members.map(Members::list).unwrap_or_default(),
                ))
            }
        }
    }

    /// Loses a stream, as a restart would.
    pub(crate) fn restart(&mut self, channel: &ChannelName) {
        self.streams.remove(channel);
    }

    fn stream(&mut self, channel: &ChannelName) -> &mut Stream {
        let epochs = &mut self.epochs;
        self.streams.entry(channel.clone()).or_insert_with(|| {
            *epochs += 1;
            Stream::new(Epoch(*epochs))
        })
    }
}
