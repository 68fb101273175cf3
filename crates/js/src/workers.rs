//! The workers of a page, by number, and the page of a worker as its script's outside: what goes
//! between the two. Owns how many workers there are, and when nothing can come from one any more.
//! Starts no thread by itself and runs no script.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use sockeye::web::Options;

use crate::files::Files;
use crate::level::Level;
use crate::limits::{WORKER_ITEM_LEN, WORKERS_MAX};
use crate::pipe::Pipe;
use crate::watch::Happening;

/// What comes from a worker.
#[derive(Debug)]
pub(crate) enum Post {
    /// A line for the console: level, and words.
    Line(Level, String),
    /// A message, serialized.
    Message(String),
    /// An exception that nobody caught there.
    Error(Uncaught),
    /// A rejected promise, say: a line for who wrote the script.
    Report(String),
    /// Its script cannot be run.
    Failed(String),
    /// A socket there did something.
    Happened(Happening),
    /// Nothing happens there before another message comes; it had so many.
    Idle(u64),
    /// It is over.
    Ended,
}

/// What an `ErrorEvent` says of an exception, and what a console does.
#[derive(Debug)]
pub(crate) struct Uncaught {
    pub(crate) message: String,
    pub(crate) filename: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) text: String,
}

impl Post {
    /// Bytes that it takes.
    fn len(&self) -> usize {
        let words = match self {
            Self::Line(_, text) | Self::Message(text) | Self::Report(text) | Self::Failed(text) => {
                text.len()
            }
            Self::Error(error) => error.text.len() + error.message.len() + error.filename.len(),
            Self::Happened(_) | Self::Idle(_) | Self::Ended => 0,
        };
        words + WORKER_ITEM_LEN
    }
}

/// The two pipes of a worker, and its end.
#[derive(Clone, Debug)]
pub(crate) struct Wires {
    /// Messages to the worker, serialized.
    pub(crate) inbox: Pipe<String>,
    outbox: Pipe<Post>,
    /// Whether its script is to stop where it is.
    stop: Arc<AtomicBool>,
}

impl Wires {
    fn new() -> Self {
        Self {
            inbox: Pipe::new(),
            outbox: Pipe::new(),
            stop: Arc::default(),
        }
    }

    /// From the worker to its page: waits for room.
    pub(crate) fn post(&self, post: Post) {
        let len = post.len();
        self.outbox.push(post, len);
    }

    /// Has its script stop where it is.
    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.inbox.close();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What the thread of a worker is given.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) url: String,
    /// What its script has as its location.
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) is_module: bool,
    /// Whether its page wants to hear what its sockets do.
    pub(crate) is_watched: bool,
    pub(crate) files: Option<Files>,
    pub(crate) web: Options,
    pub(crate) exposes_gc: bool,
    pub(crate) memory_len_max: usize,
    pub(crate) wires: Wires,
    /// Held as long as it runs.
    pub(crate) place: Place,
}

/// The place of a worker among those of the process.
#[derive(Debug)]
pub(crate) struct Place(());

static TAKEN: AtomicUsize = AtomicUsize::new(0);

impl Place {
    /// `None` if there are too many workers.
    pub(crate) fn take() -> Option<Self> {
        let more = |taken| (taken < WORKERS_MAX).then_some(taken + 1);
        let taken = TAKEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.is_ok().then(|| Self(()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The page's side of a worker.
#[derive(Debug)]
struct Link {
    wires: Wires,
    /// Messages that it was sent.
    sent: u64,
    /// Whether it waits for another message.
    is_idle: bool,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.wires.stop();
        self.wires.outbox.close();
    }
}

/// All workers of a page.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    by_id: BTreeMap<u32, Link>,
    last_id: u32,
    /// Whose post came last.
    turn: u32,
    /// Those that were told to end, until they did: their servers get a Close first.
    parting: Vec<Link>,
}

impl Workers {
    /// Adds a worker: its number, and its wires for the thread.
    pub(crate) fn add(&mut self) -> (u32, Wires) {
        let wires = Wires::new();
        self.last_id += 1;
        let link = Link {
            wires: wires.clone(),
            sent: 0,
            is_idle: false,
        };
        self.by_id.insert(self.last_id, link);
        (self.last_id, wires)
    }

    /// Ends a worker where it is; what it posted is forgotten.
    pub(crate) fn end(&mut self, id: u32) {
        if let Some(link) = self.by_id.remove(&id) {
            link.wires.stop();
            self.parting.push(link);
        }
    }

    /// Forgets what those posted that are to end. Whether all of them have.
    pub(crate) fn have_parted(&mut self) -> bool {
        self.parting.retain(|link| {
            loop {
                match link.wires.outbox.pop() {
                    Some(Post::Ended) => return false,
                    Some(_) => {}
                    None => return true,
                }
            }
        });
        self.parting.is_empty()
    }

    /// Sends a message; `false` if too much waits for the worker. One that ended hears nothing.
    pub(crate) fn send(&mut self, id: u32, message: String) -> bool {
        let Some(link) = self.by_id.get_mut(&id) else {
            return true;
        };
        let len = message.len() + WORKER_ITEM_LEN;
        let has_room = link.wires.inbox.try_push(message, len);
        if has_room {
            link.sent += 1;
            link.is_idle = false;
        }
        has_room
    }

    /// What comes first from the first of them that posted something, behind the one whose turn was
    /// last.
    pub(crate) fn next(&mut self) -> Option<(u32, Post)> {
        self.have_parted();
        let behind = self.by_id.range(self.turn.saturating_add(1)..);
        let mut in_turn = behind.chain(self.by_id.range(..=self.turn));
        let (id, post) = in_turn.find_map(|(id, link)| Some((*id, link.wires.outbox.pop()?)))?;
        self.turn = id;
        match (&post, self.by_id.get_mut(&id)) {
            // It may have got a message since it said so.
            (Post::Idle(had), Some(link)) => link.is_idle = *had == link.sent,
            (Post::Ended, _) => drop(self.by_id.remove(&id)),
            _ => {}
        }
        Some((id, post))
    }

    /// Has all of them end, and say when they did.
    pub(crate) fn stop(&self) {
        self.by_id.values().for_each(|link| link.wires.stop());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether something can come from one without another message.
    pub(crate) fn is_busy(&self) -> bool {
        self.by_id.values().any(|link| !link.is_idle)
    }

    /// Ready if one of them posted something.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        // All of them, so that each wakes it.
        let links = self.by_id.values().chain(&self.parting);
        let ready = links.filter(|link| link.wires.outbox.poll(cx).is_ready());
        if ready.count() > 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// The worker's side: its page as its script's outside.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) wires: Wires,
    /// Messages that it had.
    had: Cell<u64>,
    /// Whether its script is a module.
    pub(crate) is_module: bool,
    /// What its script has as its location.
    pub(crate) address: String,
    /// Whether its script called `close`.
    pub(crate) is_closing: Cell<bool>,
}

impl Outside {
    pub(crate) fn new(wires: Wires, is_module: bool, address: String) -> Self {
        Self {
            wires,
            is_module,
            address,
            had: Cell::new(0),
            is_closing: Cell::new(false),
        }
    }

    /// The next message from the page.
    pub(crate) fn next(&self) -> Option<String> {
        let message = self.wires.inbox.pop()?;
        self.had.set(self.had.get() + 1);
        Some(message)
    }

    /// Says that nothing happens here before another message comes.
    pub(crate) fn tell_idle(&self) {
        self.wires.post(Post::Idle(self.had.get()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page would end while its worker still has something to say, or never.
    #[test]
    fn worker_is_idle_once_it_had_all_messages() {
        let mut workers = Workers::default();
        let (id, wires) = workers.add();
        let outside = Outside::new(wires, false, String::new());
        assert!(workers.is_busy(), "it has its script to run");
        outside.tell_idle();
        assert!(workers.send(id, "one".to_owned()));
        assert!(matches!(workers.next(), Some((_, Post::Idle(0)))));
        assert!(workers.is_busy(), "it has a message to read");
        assert_eq!(outside.next().as_deref(), Some("one"));
        outside.tell_idle();
        assert!(matches!(workers.next(), Some((_, Post::Idle(1)))));
        assert!(!workers.is_busy());
        workers.end(id);
        assert!(outside.wires.is_stopped());
    }

    /// A worker that never pauses would keep what all others say.
    #[test]
    fn workers_take_turns() {
        let mut workers = Workers::default();
        let wires = [(); 3].map(|()| workers.add().1);
        for wires in wires.iter().chain(&wires) {
            wires.post(Post::Idle(0));
        }
        let turns: Vec<u32> = std::iter::from_fn(|| Some(workers.next()?.0)).collect();
        assert_eq!(turns, [1, 2, 3, 1, 2, 3]);
    }

    /// A script could start threads until its machine has none left.
    #[test]
    fn workers_have_a_bound() {
        let places: Vec<_> = std::iter::from_fn(Place::take).collect();
        assert!(places.len() <= WORKERS_MAX);
        assert!(Place::take().is_none());
        drop(places);
        assert!(Place::take().is_some());
    }
}
