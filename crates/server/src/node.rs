//! The hub on one worker thread: its sessions, its share of the channels, and the task that runs
//! both. Owns that a round is made for all that came since the last one, and that nothing of one
//! thread waits for another. What sessions say is their dialects' business.

mod core;
mod effects;
mod lines;
mod mailbag;
mod mailbox;
mod talk;

use std::future::pending;
use std::hash::{BuildHasher, RandomState};
use std::mem::{forget, take};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockeye_dialect::{Acts, Now, Session};
use sockeye_hub::{Control, FanoutOptions, OwnerOptions, SessionId};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use crate::clock::Clock;
use crate::engine::{Engine, Inbox};
use crate::fence::{Panicked, fence};
use crate::limits::{CONTROLS_MAX, TEND_INTERVAL};
use crate::options::{Chats, Options};
use crate::stats::{Count, Counters};
use core::{Core, Parts};
pub(crate) use lines::End;
use mailbox::Mailbox;
pub(crate) use talk::{Newcomer, Talk};

/// What the two machines of each thread are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) fanout: FanoutOptions,
    /// Its rules are the same as the fan-out's.
    pub(crate) owner: OwnerOptions,
}

/// What the nodes of all threads share. Nothing in it is written per message.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    engine: Arc<dyn Engine>,
    terms: Terms,
    chats: Arc<Chats>,
    /// How far the clock of whoever made a token may be off, in seconds.
    leeway_s: u64,
    mailboxes: Arc<[Mailbox]>,
    /// What makes the numbers of sessions ones that nobody had before.
    keys: RandomState,
}

impl Hub {
    /// Of so many threads.
    pub(crate) fn new(
        threads: usize,
        engine: Arc<dyn Engine>,
        terms: Terms,
        options: &Options,
    ) -> Self {
        Self {
            engine,
            terms,
            chats: Arc::new(options.chat.clone()),
            leeway_s: options.auth.leeway.as_secs(),
            mailboxes: (0..threads).map(|_| Mailbox::default()).collect(),
            keys: RandomState::new(),
        }
    }

    /// How many threads it is of.
    pub(crate) fn threads(&self) -> usize {
        self.mailboxes.len()
    }

    /// Of one thread, with all defaults.
    #[cfg(test)]
    pub(crate) fn alone() -> Self {
        let engine = crate::engine::Memory::new(&crate::engine::EngineOptions::default());
        Self::new(1, Arc::new(engine), Terms::default(), &Options::default())
    }

    /// Has leases run out and what is too old go, for ever.
    pub(crate) async fn tend(self) {
        loop {
            sleep_until(Instant::now() + TEND_INTERVAL).await;
            self.engine.tend();
        }
    }
}

/// The hub on one thread.
pub(crate) struct Node {
    number: usize,
    clock: Clock,
    hub: Hub,
    counters: Arc<Counters>,
    /// Only this thread takes it, so that nobody ever waits for it.
    core: Mutex<Core>,
    inbox: Arc<Inbox>,
    sessions: AtomicU64,
    /// Something was taken in that a round is due for.
    fed: Notify,
    /// A round is over.
    rounds: Notify,
}

impl Node {
    /// The one with this number, below the hub's number of threads. Until [`run`](Self::run) is
    /// polled nothing leaves it.
    pub(crate) fn new(hub: &Hub, number: u16, counters: Arc<Counters>) -> Arc<Self> {
        let (clock, inbox) = (Clock::new(), Arc::new(Inbox::new()));
        let core = Core::new(Parts {
            number,
            terms: hub.terms.clone(),
            engine: Arc::clone(&hub.engine),
            inbox: Arc::clone(&inbox),
            mailboxes: Arc::clone(&hub.mailboxes),
            clock,
            counters: Arc::clone(&counters),
        });
        Arc::new(Self {
            number: usize::from(number),
            clock,
            hub: hub.clone(),
            counters,
            core: Mutex::new(core),
            inbox,
            sessions: AtomicU64::new(0),
            fed: Notify::new(),
            rounds: Notify::new(),
        })
    }

    /// Makes rounds for ever: whenever something came, and when something is due. A defect that
    /// ends one is told, and the next one is made.
    pub(crate) async fn run(self: Arc<Self>) {
        let (listener, mut controls) = mpsc::channel(CONTROLS_MAX);
        self.hub.engine.listen(listener);
        loop {
            let rounds = self.make_rounds(&mut controls);
            if let Err(Panicked(message)) = fence(rounds).await {
                self.counters.count(Count::Panics);
                tracing::error!(%message, "a round of the hub panicked");
            }
        }
    }

    async fn make_rounds(self: &Arc<Self>, controls: &mut mpsc::Receiver<Arc<Control>>) {
        // One timer for all that is due on this thread, set anew only when that changes.
        let mut timer = pin!(sleep_until(Instant::now()));
        let mut set = None;
        loop {
            let due = self.make_round();
            if let Some(at) = due.filter(|_| due != set) {
                timer.as_mut().reset(self.clock.instant(at));
            }
            set = due;
            tokio::select! {
                () = self.fed.notified() => {}
                () = self.mail() => {}
                delivery = self.inbox.next() => self.core().deliver(delivery),
                Some(control) = controls.recv() => self.core().control(&control),
                () = timer.as_mut(), if due.is_some() => set = None,
            }
        }
    }

    /// One round: when the next one is due at the latest.
    fn make_round(self: &Arc<Self>) -> Option<Duration> {
        let mut core = self.core();
        let due = core.work();
        self.drive(core);
        due
    }

    /// Takes what the client of a session said, and makes a round at once: a small room waits for
    /// no other task. What is left is done in the next round.
    fn hear(
        self: &Arc<Self>,
        session: SessionId,
        call: impl FnOnce(&mut dyn Session, Now, &mut Acts),
    ) {
        // Whatever a panic leaves undone here is due, too.
        let due = Due(&self.fed);
        let mut core = self.core();
        let is_over = core.hear(session, call);
        self.drive(core);
        if is_over {
            forget(due);
        }
    }

    /// Has others do what a round cannot wait for.
    fn drive(self: &Arc<Self>, mut core: MutexGuard<'_, Core>) {
        let running = take(&mut core.running);
        let full = take(&mut core.lines.full);
        drop(core);
        for effect in running {
            let node = Arc::clone(self);
            tokio::spawn(async move {
                let carried = effect.await;
                node.core().carried(carried);
                node.fed.notify_one();
            });
        }
        for (session, sender) in full {
            let node = Arc::clone(self);
            // A task only for as long as there is no room, so that others need not look out for it.
            tokio::spawn(async move {
                // Where it is closed its frames go nowhere, which is room enough.
                let _ = sender.writable().await;
                node.core().writable(session);
                node.fed.notify_one();
            });
        }
        self.rounds.notify_waiters();
    }

    async fn mail(&self) {
        match self.hub.mailboxes.get(self.number) {
            Some(mailbox) => mailbox.arrived().await,
            None => pending().await,
        }
    }

    /// Waits until credentials are over that run out at `expires_at`, in seconds since 1970; for
    /// ever, where there are none.
    ///
    /// # Cancel safety
    /// Safe: it only waits.
    pub(crate) async fn expired(&self, expires_at: Option<u64>) {
        match expires_at {
            Some(at) => {
                let at = self.clock.at_wall(at.saturating_add(self.hub.leeway_s));
                sleep_until(self.clock.instant(at)).await;
            }
            None => pending().await,
        }
    }

    /// What the chats are like.
    pub(crate) fn chats(&self) -> &Chats {
        &self.hub.chats
    }

    /// Where this thread counts.
    pub(crate) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// A number that no session has or had, on any node.
    fn new_session(&self) -> SessionId {
        let count = self.sessions.fetch_add(1, Ordering::Relaxed);
        SessionId(self.hub.keys.hash_one((self.number, count)))
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        // What a panic could leave is a session that is missing something, and its own end.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has a round made when it is dropped.
struct Due<'a>(&'a Notify);

impl Drop for Due<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut node = formatter.debug_struct("Node");
        node.field("number", &self.number).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
