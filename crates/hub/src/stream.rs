//! One channel's stream: publications in order, kept by number, age and bytes, and what makes a
//! publish idempotent. What an engine that keeps its channels in memory has per channel. Owns the
//! offsets of one epoch; who may publish and who is told is not its business.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{IDEMPOTENCY_KEYS_MAX, KEY_OVERHEAD, PAGE_BYTES_MAX, PAGE_LEN_MAX};
use crate::position::{Epoch, Position};
use crate::publication::{Entry, Publication};
use crate::rules::ChannelOptions;

/// Which way a page of history goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: there are two.
pub enum Direction {
    /// From the older to the newer.
    Forward,
    /// From the newer to the older.
    Backward,
}

/// What is asked of a history.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: what pages need.
pub struct HistoryQuery {
    /// Where the page begins, itself not in it. `None` is before the oldest or after the newest
    /// publication. A position of another epoch gets an empty page, whose top has the epoch.
    pub since: Option<Position>,
    /// Most publications in the page; never more than [`PAGE_LEN_MAX`].
    pub limit: usize,
    /// Which way.
    pub direction: Direction,
}

/// A page of history.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: the answer to a `HistoryQuery`.
pub struct Page {
    /// Publications without a hole between them, in the direction that was asked for. Whether there
    /// is one before the first follows from its offset.
    pub entries: Vec<Arc<Entry>>,
    /// The newest position when the page was made.
    pub top: Position,
}

/// What became of a publication.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: these are the three fates.
pub enum Appended {
    /// It has its place, and is to be handed out.
    New(Arc<Entry>),
    /// One with its key was published at this position; it is not published again.
    Duplicate(Position),
    /// Its version is not above the last one. The top of the stream is unchanged.
    Stale(Position),
}

#[derive(Debug)]
struct Kept {
    at: Duration,
    entry: Arc<Entry>,
}

#[derive(Debug)]
struct Key {
    until: Duration,
    key: Arc<str>,
}

/// The stream of one channel in one epoch.
#[derive(Debug)]
pub struct Stream {
    top: Position,
    /// Invariant: without a hole, up to the top.
    kept: VecDeque<Kept>,
    /// Invariant: the charge of all publications that are kept.
    history_bytes: usize,
    /// Invariant: that, and the charge of all keys.
    bytes: usize,
    /// Invariant: in the order in which they came, each with its entry in `positions`.
    keys: VecDeque<Key>,
    positions: BTreeMap<Arc<str>, Position>,
    version: Option<u64>,
}

impl Stream {
    /// An empty stream. The epoch must be one that the channel never had.
    pub fn new(epoch: Epoch) -> Self {
        Self {
            top: Position::start(epoch),
            kept: VecDeque::new(),
            history_bytes: 0,
            bytes: 0,
            keys: VecDeque::new(),
            positions: BTreeMap::new(),
            version: None,
        }
    }

    /// The position of the newest publication.
    pub fn top(&self) -> Position {
        self.top
    }

    /// What it keeps of publications and keys, in bytes of charge.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives a publication its place, unless it was published before or is stale.
    pub fn append(
        &mut self,
        now: Duration,
        publication: Publication,
        options: &ChannelOptions,
    ) -> Appended {
        self.trim(now, options);
        let key = publication.idempotency_key.as_ref();
        if let Some(position) = key.and_then(|key| self.positions.get(key)) {
            return Appended::Duplicate(*position);
        }
        if publication.version.is_some() && publication.version <= self.version {
            return Appended::Stale(self.top);
        }
        self.version = publication.version.or(self.version);
        // 2^64 publications are out of reach; should they ever be reached, order ends here.
        self.top.offset = self.top.offset.saturating_add(1);
        if let Some(key) = &publication.idempotency_key {
            self.remember(now, Arc::clone(key), options.idempotency_window);
        }
        let entry = Arc::new(Entry {
            position: self.top,
            publication,
        });
        self.keep(now, Arc::clone(&entry), options);
        Appended::New(entry)
    }

    fn remember(&mut self, now: Duration, key: Arc<str>, window: Duration) {
        self.positions.insert(Arc::clone(&key), self.top);
        let until = now.saturating_add(window);
        self.bytes += key_charge(&key);
        self.keys.push_back(Key { until, key });
        if self.keys.len() > IDEMPOTENCY_KEYS_MAX {
            self.forget_key();
        }
    }

    fn forget_key(&mut self) {
        if let Some(oldest) = self.keys.pop_front() {
            self.bytes -= key_charge(&oldest.key);
            self.positions.remove(&oldest.key);
        }
    }

    fn keep(&mut self, at: Duration, entry: Arc<Entry>, options: &ChannelOptions) {
        let charge = entry.publication.charge();
        self.history_bytes += charge;
        self.bytes += charge;
        self.kept.push_back(Kept { at, entry });
        while self.kept.len() > options.history_len_max
            || self.history_bytes > options.history_bytes_max
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            let charge = oldest.entry.publication.charge();
            self.history_bytes -= charge;
            self.bytes -= charge;
        }
    }

    /// Lets go of what is too old.
    pub fn trim(&mut self, now: Duration, options: &ChannelOptions) {
        let is_old = |kept: &Kept| now.saturating_sub(kept.at) >= options.history_age_max;
        while self.kept.front().is_some_and(is_old) {
            self.drop_oldest();
        }
        while self.keys.front().is_some_and(|key| key.until <= now) {
            self.forget_key();
        }
    }

    /// Lets go of all publications. Offsets and keys stay: what is lost is told as lost, and
    /// nothing is published twice.
    pub fn forget_history(&mut self) {
        while !self.kept.is_empty() {
            self.drop_oldest();
        }
    }

    /// Whether it keeps nothing that a later reader or publisher could miss but its epoch, which
    /// then may be given up for a new one. Trim it first.
    pub fn is_idle(&self) -> bool {
        self.kept.is_empty() && self.keys.is_empty()
    }

    /// A page of what is kept. Trim it first, or what is too old is in it.
    pub fn history(&self, query: HistoryQuery) -> Page {
        let limit = query.limit.min(PAGE_LEN_MAX);
        let entries = match query.since {
            Some(since) if since.epoch != self.top.epoch => Vec::new(),
            since => self.page(since.map(|since| since.offset), limit, query.direction),
        };
        Page {
            entries,
            top: self.top,
        }
    }

    fn page(&self, since: Option<u64>, limit: usize, direction: Direction) -> Vec<Arc<Entry>> {
        let offset = |kept: &Kept| kept.entry.position.offset;
        match direction {
            Direction::Forward => {
                let since = since.unwrap_or(0);
                let from = self.kept.partition_point(|kept| offset(kept) <= since);
                fill(self.kept.range(from..), limit)
            }
            Direction::Backward => {
                let since = since.unwrap_or(u64::MAX);
                let to = self.kept.partition_point(|kept| offset(kept) < since);
                fill(self.kept.range(..to).rev(), limit)
            }
        }
    }
}

fn key_charge(key: &str) -> usize {
    key.len() + KEY_OVERHEAD
}

/// Takes what one page has room for.
fn fill<'a>(kept: impl Iterator<Item = &'a Kept>, limit: usize) -> Vec<Arc<Entry>> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for kept in kept.take(limit) {
        bytes += kept.entry.publication.charge();
        if bytes > PAGE_BYTES_MAX && !entries.is_empty() {
            break;
        }
        entries.push(Arc::clone(&kept.entry));
    }
    entries
}

#[cfg(test)]
mod tests;
