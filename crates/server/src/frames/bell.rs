//! The bells that wake whoever looks when there is something new. Owns that nobody waits for
//! anybody here, and that nothing is written for administrators while there are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::watch;

/// What is rung when something happened.
#[derive(Debug)]
pub(super) struct Bell {
    own: watch::Sender<()>,
    admins: Arc<Admins>,
}

/// Those who look at everything.
#[derive(Debug)]
pub(super) struct Admins {
    count: AtomicU32,
    bell: watch::Sender<()>,
}

impl Bell {
    pub(super) fn new(admins: Arc<Admins>) -> Self {
        let own = watch::Sender::new(());
        Self { own, admins }
    }

    pub(super) fn ring(&self) {
        self.own.send_replace(());
        if self.admins.are_there() {
            self.admins.bell.send_replace(());
        }
    }

    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.own.subscribe()
    }

    /// Whether an administrator looks.
    pub(super) fn has_admins(&self) -> bool {
        self.admins.are_there()
    }
}

impl Admins {
    pub(super) fn new() -> Self {
        Self {
            count: AtomicU32::new(0),
            bell: watch::Sender::new(()),
        }
    }

    pub(super) fn are_there(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    /// One more looks.
    pub(super) fn enter(&self) -> watch::Receiver<()> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.bell.subscribe()
    }

    /// One does not look any more.
    pub(super) fn leave(&self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
