//! A worker's own subscribers of one channel, and the news that they are still to be told. Owns the
//! check that publications follow each other without a gap.

use crate::message::News;
use crate::name::ChannelName;
use crate::position::Position;
use crate::rules::SlowFate;

/// A subscriber, in the list that each publication walks. Small, so that the walk is quick.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Row {
    pub(super) session: u32,
    /// It may see who comes and goes.
    pub(super) sees_members: bool,
    /// It has everything up to this offset by its replay.
    pub(super) after: u64,
}

/// One channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: ChannelName,
    pub(super) slow: SlowFate,
    pub(super) rows: Vec<Row>,
    /// What came since the last walk. Bounded by what came between two: whoever runs the fan-out
    /// walks before it waits.
    pub(super) pending: Vec<News>,
    /// The newest publication that was taken.
    pub(super) last: Position,
}

impl Channel {
    /// Takes news for the next walk. `false` if something before them is missing.
    pub(super) fn take(&mut self, news: News) -> bool {
        if let News::Entry(entry) = &news {
            let position = entry.position;
            if position.epoch == self.last.epoch && position.offset <= self.last.offset {
                return true;
            }
            if !self.last.is_next(position) {
                return false;
            }
            self.last = position;
        }
        if let News::Members(_) = &news {
            // Whoever is told the newest list needs none before it.
            self.pending
                .retain(|known| !matches!(known, News::Members(_)));
        }
        self.pending.push(news);
        true
    }
}
