//! How many connections there may be, and how many of them may be opening. Owns the count, the rule
//! that the oldest opening makes room for the newest, and the news that a connection ended.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

/// Room for connections. Whoever accepts them takes it, one after the other.
///
/// A connection begins as an [`Opening`]: nobody knows yet what it is good for. Openings that never
/// end shut the door to nobody: where there is no room for another one, the oldest is given up. It
/// had the most time, and a client that means it needs a fraction of a second.
#[derive(Clone, Debug)]
pub struct Slots {
    room: Arc<Room>,
}

#[derive(Debug)]
struct Room {
    connections_max: u32,
    openings_max: u32,
    state: Mutex<State>,
    /// Notified whenever there is more room: one of those who wait for it.
    ended: Notify,
    /// Notified whenever a connection ended: all who look on.
    left: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Connections that there are, openings among them.
    connections: u32,
    /// Openings that there are, those among them that were given up.
    openings: u32,
    /// Those that were not, the oldest first: they are given up by dropping their sender.
    waiting: BTreeMap<u64, oneshot::Sender<()>>,
    /// The number of the next one.
    next: u64,
}

/// One connection's room, given back when it is dropped.
#[derive(Debug)]
pub struct Slot {
    room: Arc<Room>,
}

/// The room of a connection that is not open yet.
#[derive(Debug)]
pub struct Opening {
    slot: Slot,
    entry: Entry,
    /// Ready when it is given up.
    given_up: oneshot::Receiver<()>,
}

/// An opening's place among the others, given back when it is dropped.
#[derive(Debug)]
struct Entry {
    room: Arc<Room>,
    number: u64,
}

impl Slots {
    /// Room for `connections_max` connections, of which `openings_max` may be opening.
    pub fn new(connections_max: u32, openings_max: u32) -> Self {
        Self {
            room: Arc::new(Room {
                connections_max,
                openings_max,
                state: Mutex::default(),
                ended: Notify::new(),
                left: Notify::new(),
            }),
        }
    }

    /// Room for one more connection: at once, or as soon as the oldest opening is given up, or,
    /// where all are open, as soon as one of them ends.
    ///
    /// # Cancel safety
    /// A dropped future takes nothing; an opening may have been given up for it.
    pub async fn take(&self) -> Opening {
        loop {
            if let Some(opening) = self.try_take() {
                return opening;
            }
            self.give_up_oldest();
            self.ended().await;
        }
    }

    fn try_take(&self) -> Option<Opening> {
        let mut state = self.room.lock();
        if state.connections >= self.room.connections_max
            || state.openings >= self.room.openings_max
        {
            return None;
        }
        state.connections += 1;
        state.openings += 1;
        let number = state.next;
        state.next += 1;
        let (sender, given_up) = oneshot::channel();
        state.waiting.insert(number, sender);
        Some(Opening {
            slot: Slot {
                room: Arc::clone(&self.room),
            },
            entry: Entry {
                room: Arc::clone(&self.room),
                number,
            },
            given_up,
        })
    }

    /// Gives up the oldest opening, if there is one; not while another that was given up is still
    /// on its way out, as that one's room is enough and soon there.
    pub(crate) fn give_up_oldest(&self) {
        let mut state = self.room.lock();
        if state.leaving() == 0 {
            state.waiting.pop_first();
        }
    }

    /// Waits until there is more room than before.
    pub(crate) async fn ended(&self) {
        self.room.ended.notified().await;
    }

    /// Gives up everybody who is not open yet.
    pub fn give_up_openings(&self) {
        self.room.lock().waiting.clear();
    }

    /// Waits until there is no connection left, for so long at the most: how many there are then.
    ///
    /// # Cancel safety
    /// Safe: it only waits.
    pub async fn drain(&self, time: Duration) -> u32 {
        // In time or not, the count tells.
        let _ = timeout(time, self.wait_until_unused()).await;
        self.used()
    }

    /// Waits until there is no connection left.
    pub(crate) async fn wait_until_unused(&self) {
        self.wait_until(|slots| slots.used() == 0).await;
    }

    /// Waits until no connection is open; there may be openings.
    pub(crate) async fn wait_until_none_open(&self) {
        self.wait_until(|slots| slots.open() == 0).await;
    }

    async fn wait_until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            // Before the look, so that no end is missed between the two.
            let mut left = pin!(self.room.left.notified());
            left.as_mut().enable();
            if is_so(self) {
                return;
            }
            left.await;
        }
    }

    /// Connections that are open: of those that there are, the ones that are no openings.
    pub(crate) fn open(&self) -> u32 {
        let state = self.room.lock();
        state.connections.saturating_sub(state.openings)
    }

    /// Connections that there are.
    pub(crate) fn used(&self) -> u32 {
        self.room.lock().connections
    }
}

impl State {
    /// Openings that were given up and did not end yet.
    fn leaving(&self) -> usize {
        let openings = usize::try_from(self.openings).unwrap_or(usize::MAX);
        openings.saturating_sub(self.waiting.len())
    }
}

impl Room {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opening {
    /// Opens the connection: what `open` comes to, with the slot for as long as the connection
    /// lives; `None` if it was given up before.
    ///
    /// # Cancel safety
    /// A dropped future gives the room back.
    pub async fn open<T>(self, open: impl Future<Output = T>) -> Option<(T, Slot)> {
        // In this order, as the last is dropped first: an entry gone before its slot would look
        // like no room, and none on its way, so that another opening would be given up.
        let Self {
            entry,
            slot,
            given_up,
        } = self;
        let opened = tokio::select! {
            // In this order, what is open is not given up: its client may know already.
            biased;
            opened = open => opened,
            _ = given_up => return None,
        };
        drop(entry);
        Some((opened, slot))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut state = self.room.lock();
        state.openings -= 1;
        state.waiting.remove(&self.number);
        drop(state);
        self.room.ended.notify_one();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.room.lock().connections -= 1;
        self.room.ended.notify_one();
        self.room.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Wake};

    use tokio::sync::oneshot::error::TryRecvError;

    use super::*;

    /// Whether `future` is ready when it is polled once.
    async fn is_ready(future: impl Future) -> bool {
        let mut future = pin!(future);
        std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await
    }

    async fn open(slots: &Slots) -> Slot {
        slots.take().await.open(ready(())).await.unwrap().1
    }

    /// If this fails, there are more connections than memory was planned for, or in the end none.
    #[tokio::test]
    async fn slots_of_open_connections_are_bounded_and_come_back() {
        let slots = Slots::new(2, 2);
        let (first, _second) = (open(&slots).await, open(&slots).await);
        assert_eq!(slots.used(), 2);
        assert!(!is_ready(slots.take()).await, "nobody open is given up");
        drop(first);
        let _third = open(&slots).await;
        assert_eq!(slots.used(), 2);
    }

    /// If this fails, a stop cuts somebody off who would have left in time, or never ends.
    #[tokio::test(start_paused = true)]
    async fn slots_are_waited_for_until_all_are_back_or_time_is_up() {
        let slots = Slots::new(2, 2);
        let (open, opening) = (open(&slots).await, slots.take().await);
        let second = Duration::from_secs(1);
        assert!(!is_ready(slots.drain(second)).await);
        let start = tokio::time::Instant::now();
        assert_eq!(slots.drain(second).await, 2, "time is up");
        assert_eq!(start.elapsed(), second);
        drop((open, opening));
        assert_eq!(slots.drain(second).await, 0);
        assert_eq!(start.elapsed(), second, "nothing is waited for");
    }

    /// If this fails, a stop waits for whoever asks for nothing.
    #[tokio::test]
    async fn openings_are_given_up_all_at_once_and_open_connections_are_not() {
        let slots = Slots::new(9, 9);
        let (_open, first) = (open(&slots).await, slots.take().await);
        let second = slots.take().await;
        slots.give_up_openings();
        assert!(first.open(pending::<()>()).await.is_none());
        assert!(second.open(pending::<()>()).await.is_none());
        assert_eq!(slots.used(), 1);
    }

    /// If this fails, whoever connects and is silent keeps everybody else out, or newcomers push
    /// each other out.
    #[tokio::test]
    async fn oldest_opening_is_given_up_for_a_new_one_and_no_other_is() {
        for (connections_max, openings_max) in [(3, 9), (9, 2)] {
            let slots = Slots::new(connections_max, openings_max);
            let _open = open(&slots).await;
            let mut openings = Vec::new();
            for _ in 0..2 {
                openings.push(tokio::spawn(slots.take().await.open(pending::<()>())));
            }
            let third = slots.take().await;
            assert!(openings.remove(0).await.unwrap().is_none());
            tokio::task::yield_now().await;
            assert!(!openings[0].is_finished(), "one is enough");
            assert!(third.open(ready(())).await.is_some());
        }
    }

    /// If this fails, one newcomer costs several others their place.
    #[tokio::test]
    async fn no_opening_is_given_up_while_another_is_on_its_way_out() {
        let slots = Slots::new(9, 9);
        let (first, second) = (slots.take().await, slots.take().await);
        for _ in 0..3 {
            slots.give_up_oldest();
        }
        assert!(first.open(pending::<()>()).await.is_none());
        assert!(second.open(ready(())).await.is_some());
    }

    /// Looks for room the moment it is told of some, as a thread of its own may.
    struct Impatient(Slots);

    impl Wake for Impatient {
        fn wake(self: Arc<Self>) {
            if self.0.try_take().is_none() {
                self.0.give_up_oldest();
            }
        }
    }

    /// If this fails, one newcomer costs several others their place, in the moment between two
    /// steps.
    #[tokio::test]
    async fn no_other_opening_is_given_up_between_the_two_halves_of_an_end() {
        let slots = Slots::new(2, 2);
        let (first, mut second) = (slots.take().await, slots.take().await);
        let waker = Arc::new(Impatient(slots.clone())).into();
        let mut taking = pin!(slots.take());
        let polled = taking.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "the first is given up for it");
        assert!(first.open(pending::<()>()).await.is_none());
        let given_up = second.given_up.try_recv();
        assert_eq!(given_up, Err(TryRecvError::Empty), "one is enough");
    }

    /// If this fails, a WebSocket that was agreed to is cut off.
    #[tokio::test]
    async fn opening_that_is_done_when_it_is_given_up_is_open_all_the_same() {
        let slots = Slots::new(1, 1);
        let first = slots.take().await;
        assert!(!is_ready(slots.take()).await);
        let open = first.open(ready(())).await;
        assert!(!is_ready(slots.take()).await, "its room is not free");
        drop(open);
        assert!(is_ready(slots.take()).await);
    }
}
