//! How many connections there may be. Owns the count, and the news that one ended.

use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Room for connections.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    count: u32,
    /// Notified whenever a slot is given back.
    ended: Arc<Notify>,
}

/// One connection's room, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _permit: OwnedSemaphorePermit,
    ended: Arc<Notify>,
}

impl Slots {
    pub(crate) fn new(count: u32) -> Self {
        let permits = usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            free: Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))),
            count,
            ended: Arc::default(),
        }
    }

    /// Room for one connection, as soon as there is some.
    pub(crate) async fn take(&self) -> Slot {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        Slot {
            _permit: permit.expect("nobody closes the semaphore"),
            ended: Arc::clone(&self.ended),
        }
    }

    /// Notified whenever a connection ends.
    pub(crate) fn ended(&self) -> &Notify {
        &self.ended
    }

    /// Waits until there is no connection left.
    pub(crate) async fn wait_until_unused(&self) {
        // An error would mean that nobody can be waited for any more.
        let _ = self.free.acquire_many(self.count).await;
    }

    /// Connections that there are.
    pub(crate) fn used(&self) -> usize {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        count.saturating_sub(self.free.available_permits())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn slots_are_bounded_and_come_back() {
        let slots = Slots::new(1);
        let slot = slots.take().await;
        assert_eq!((slots.used(), slots.free.available_permits()), (1, 0));
        drop(slot);
        slots.ended().notified().await;
        slots.wait_until_unused().await;
        assert_eq!(slots.used(), 0);
    }
}
