//! The engine `memory:`. Owns the streams and members of all channels of this process, in shards of
//! which each has its lock. Keeps nothing beyond the process, and says so.

mod shard;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockeye_hub::{
    ChannelName, ChannelOptions, Control, Effect, Epoch, HistoryQuery, Lease, Member, NodeId, Page,
    Position, Publication, Published,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::answer::Soon;
use super::inbox::Inbox;
use super::{AtOnce, Durability, Engine, EngineOptions, Promises, carry_out};
use crate::limits::ENGINE_SHARDS;
use shard::Shard;

static PROMISES: Promises = Promises {
    scheme: "memory",
    durability: Durability::Memory,
    order: "one order for each channel, that in which publishes reach it",
    recovery: "everything within the channel's number, age and bytes of history while the process \
               lives and its bound on all histories is not reached; else it says that it failed",
    idempotency: "a key counts for the channel's window, the newest 1,024 of each channel",
    presence: "members end with the process",
    reach: "one process",
};

/// This process, as the one node of its channels.
const NODE: NodeId = NodeId(0);

/// The engine that keeps everything in this process.
#[derive(Debug)]
pub struct Memory {
    shards: Box<[Mutex<Shard>]>,
    /// The next epoch. Begins anywhere, so that no client takes a new process for the one before.
    epochs: AtomicU64,
    listeners: Mutex<Vec<mpsc::Sender<Arc<Control>>>>,
    lease: Duration,
    began: Instant,
}

impl Memory {
    /// An engine without channels.
    pub fn new(options: &EngineOptions) -> Self {
        let shard = |_| Mutex::new(Shard::new(options));
        Self {
            shards: (0..ENGINE_SHARDS).map(shard).collect(),
            lease: options.lease,
            epochs: AtomicU64::new(RandomState::new().hash_one("epoch")),
            listeners: Mutex::default(),
            began: Instant::now(),
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Does something with a channel's shard. No call in there waits.
    fn with<T>(&self, channel: &ChannelName, act: impl FnOnce(&mut Shard) -> T) -> T {
        let shard = self.shards.get(channel.shard(self.shards.len()));
        act(&mut lock(
            shard.expect("a shard's number is below their number"),
        ))
    }

    fn epoch(&self) -> Epoch {
        Epoch(self.epochs.fetch_add(1, Ordering::Relaxed))
    }
}

impl Engine for Memory {
    fn promises(&self) -> &'static Promises {
        &PROMISES
    }

    fn publish<'a>(
        &'a self,
        channel: &'a ChannelName,
        publication: Box<Publication>,
        options: Arc<ChannelOptions>,
    ) -> Soon<'a, Published> {
        let (now, epoch) = (self.now(), || self.epoch());
        Soon::now(self.with(channel, |shard| {
            shard.publish(now, epoch, channel, *publication, options)
        }))
    }

    fn history<'a>(&'a self, channel: &'a ChannelName, query: HistoryQuery) -> Soon<'a, Page> {
        let (now, epoch) = (self.now(), || self.epoch());
        Soon::now(self.with(channel, |shard| shard.history(now, epoch, channel, query)))
    }

    fn attach<'a>(&'a self, channel: &'a ChannelName, inbox: &'a Arc<Inbox>) -> Soon<'a, Position> {
        let (now, epoch) = (self.now(), || self.epoch());
        Soon::now(self.with(channel, |shard| shard.attach(now, epoch, channel, inbox)))
    }

    fn detach<'a>(&'a self, channel: &'a ChannelName, inbox: &'a Arc<Inbox>) -> Soon<'a, ()> {
        let now = self.now();
        self.with(channel, |shard| shard.detach(now, channel, inbox));
        Soon::now(Ok(()))
    }

    fn lease<'a>(&'a self, channel: &'a ChannelName, lease: Lease) -> Soon<'a, ()> {
        let (now, epoch) = (self.now(), || self.epoch());
        let expires = now.saturating_add(self.lease);
        Soon::now(self.with(channel, |shard| {
            shard.lease(now, epoch, channel, lease, expires)
        }))
    }

    fn members<'a>(&'a self, channel: &'a ChannelName) -> Soon<'a, Vec<Member>> {
        Soon::now(Ok(self.with(channel, |shard| shard.members(channel))))
    }

    fn control(&self, control: Control) -> Soon<'_, ()> {
        let mut listeners = lock(&self.listeners);
        listeners.retain(|listener| !listener.is_closed());
        let listeners = listeners.clone();
        let control = Arc::new(control);
        Soon::later(async move {
            for listener in listeners {
                // Without anybody to take it there is no session to control.
                let _ = listener.send(Arc::clone(&control)).await;
            }
            Ok(())
        })
    }

    fn listen(&self, listener: mpsc::Sender<Arc<Control>>) {
        lock(&self.listeners).push(listener);
    }

    fn at_once(&self, inbox: &Arc<Inbox>, channel: &ChannelName, effect: Effect) -> AtOnce {
        let done = carry_out(self, inbox, channel, effect).ready();
        AtOnce::Over(done.expect("nothing but controls is waited for in memory"))
    }

    fn tend(&self) {
        let now = self.now();
        for shard in &self.shards {
            lock(shard).tend(now);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No call under these locks panics but for want of memory, which ends the process.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
