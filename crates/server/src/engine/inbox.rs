//! What an engine handed out and an owner has not taken yet. Owns the bound on it: a channel for
//! whose news there is no room is lost as a whole, and its owner is told. Nobody waits for room.

use std::collections::{BTreeSet, VecDeque};
use std::sync::PoisonError;

use sockeye_hub::{ChannelName, Delivery, News};

use crate::limits::{INBOX_BYTES_MAX, INBOX_LEN_MAX};
use crate::sync::{Mutex, MutexGuard, Notify};

#[derive(Debug, Default)]
struct Waiting {
    deliveries: VecDeque<Delivery>,
    /// Invariant: the charge of all publications among them.
    bytes: usize,
    /// Channels that are lost, of which the owner is to be told: the queue says so once for each,
    /// and has nothing of them behind that. Bounded by the channels that the owner is attached to.
    lost: BTreeSet<ChannelName>,
    /// Whether the owner is to be woken for what comes: it is not while it takes all anyway.
    is_awaited: bool,
}

/// The inbox of one owner.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

impl Inbox {
    /// An empty inbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts in what happened in a channel. For an engine, which calls it for one channel in the
    /// order of its stream. Where there is no room, the channel is lost: the owner gets
    /// [`Delivery::Lost`] behind what came before.
    pub fn deliver(&self, channel: &ChannelName, news: News) {
        let charge = news.charge();
        let mut waiting = self.lock();
        if waiting.lost.contains(channel) {
            return;
        }
        let is_full = waiting.deliveries.len() >= INBOX_LEN_MAX
            || waiting.bytes.saturating_add(charge) > INBOX_BYTES_MAX;
        let channel = channel.clone();
        if is_full {
            waiting.lost.insert(channel.clone());
            waiting.deliveries.push_back(Delivery::Lost { channel });
        } else {
            waiting.bytes += charge;
            waiting
                .deliveries
                .push_back(Delivery::News { channel, news });
        }
        let is_awaited = std::mem::take(&mut waiting.is_awaited);
        drop(waiting);
        if is_awaited {
            self.arrived.notify_one();
        }
    }

    /// Takes what came first, if anything did. For the owner.
    pub fn take(&self) -> Option<Delivery> {
        let mut waiting = self.lock();
        let delivery = waiting.deliveries.pop_front()?;
        match &delivery {
            Delivery::News { news, .. } => waiting.bytes -= news.charge(),
            Delivery::Lost { channel } => {
                waiting.lost.remove(channel);
            }
        }
        Some(delivery)
    }

    /// Wakes nobody from now on until [`release`](Self::release), as the owner takes what comes by
    /// itself.
    pub(crate) fn hold(&self) {
        self.lock().is_awaited = false;
    }

    /// Whether all was taken. What comes from now on wakes whoever waits for it.
    pub(crate) fn release(&self) -> bool {
        let mut waiting = self.lock();
        waiting.is_awaited = true;
        waiting.deliveries.is_empty()
    }

    /// Waits for what comes first. For the owner, alone.
    ///
    /// # Cancel safety
    /// A dropped future takes nothing.
    pub async fn next(&self) -> Delivery {
        loop {
            // Before the look: what comes behind it wakes.
            self.release();
            if let Some(delivery) = self.take() {
                return delivery;
            }
            self.arrived.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What a panic could leave here is whole: each change is one call.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Wake, Waker};

    use sockeye_hub::{Entry, Epoch, Payload, Position, Publication};

    /// Whether somebody was woken.
    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn news(offset: u64, len: usize) -> News {
        let position = Position {
            epoch: Epoch(1),
            offset,
        };
        let publication = Publication::new(Payload::Binary(vec![0; len].into()), 0);
        News::Entry(Arc::new(Entry {
            position,
            publication,
        }))
    }

    fn taken(inbox: &Inbox) -> Vec<String> {
        let mut taken = Vec::new();
        while let Some(delivery) = inbox.take() {
            taken.push(match delivery {
                Delivery::News { channel, .. } => channel.to_string(),
                Delivery::Lost { channel } => format!("lost {channel}"),
            });
        }
        taken
    }

    /// If this fails, an owner that is busy makes its inbox grow without bound, or goes on after a
    /// hole in a channel.
    #[test]
    fn channel_without_room_is_lost_as_a_whole_and_said_so() {
        let (a, b) = (
            ChannelName::new("a").unwrap(),
            ChannelName::new("b").unwrap(),
        );
        let inbox = Inbox::new();
        inbox.deliver(&a, news(1, INBOX_BYTES_MAX / 2));
        inbox.deliver(&b, news(1, INBOX_BYTES_MAX / 4));
        inbox.deliver(&a, news(2, INBOX_BYTES_MAX / 2));
        // There would be room, but not for what is behind a hole.
        inbox.deliver(&a, news(3, 1));
        inbox.deliver(&b, news(2, 1));
        assert_eq!(taken(&inbox), ["a", "b", "lost a", "b"]);
        inbox.deliver(&a, news(4, 1));
        assert_eq!(taken(&inbox), ["a"]);
        assert_eq!(inbox.lock().bytes, 0);
    }

    /// If this fails, many small publications fill memory though their bytes are few.
    #[test]
    fn number_is_bounded_too() {
        let channel = ChannelName::new("a").unwrap();
        let inbox = Inbox::new();
        let news = News::Change(Arc::new(sockeye_hub::Change::Left(
            sockeye_hub::UserId::new("ann").unwrap(),
        )));
        for _ in 0..=INBOX_LEN_MAX {
            inbox.deliver(&channel, news.clone());
        }
        let taken = taken(&inbox);
        assert_eq!(
            (taken.len(), &*taken[INBOX_LEN_MAX]),
            (INBOX_LEN_MAX + 1, "lost a")
        );
    }

    /// If this fails, an owner sleeps while news wait for it.
    #[tokio::test]
    async fn owner_that_waits_is_woken() {
        let channel = ChannelName::new("a").unwrap();
        let inbox = Arc::new(Inbox::new());
        let waiting = tokio::spawn({
            let inbox = Arc::clone(&inbox);
            async move { inbox.next().await }
        });
        tokio::task::yield_now().await;
        inbox.deliver(&channel, news(1, 1));
        assert!(matches!(waiting.await.unwrap(), Delivery::News { .. }));
        // One that arrived before anybody waits is there at once.
        inbox.deliver(&channel, news(2, 1));
        inbox.next().await;
    }

    /// If this fails, an owner that takes what it published itself is woken for it once more, or
    /// sleeps while news of others wait for it.
    #[test]
    fn owner_that_takes_by_itself_is_woken_for_nothing_but_what_is_left() {
        let channel = ChannelName::new("a").unwrap();
        let inbox = Inbox::new();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut next = pin!(inbox.next());
        assert!(next.as_mut().poll(&mut context).is_pending());
        inbox.hold();
        inbox.deliver(&channel, news(1, 1));
        assert!(!woken.0.load(Ordering::Relaxed));
        assert!(inbox.take().is_some() && inbox.release());
        inbox.hold();
        inbox.deliver(&channel, news(2, 1));
        assert!(!inbox.release(), "something is left");
        assert!(inbox.take().is_some());
        inbox.deliver(&channel, news(3, 1));
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(next.poll(&mut context).is_ready());
    }
}
