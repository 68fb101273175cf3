//! The records of one browser session. Owns how many there are and which makes room.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::bell::{Admins, Bell};
use super::record::Record;

/// The records of one session, or of all connections that have none.
#[derive(Debug)]
pub(super) struct Shelf {
    records_max: usize,
    pub(super) bell: Arc<Bell>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    records: VecDeque<Arc<Record>>,
    /// Connections for which there was no room.
    unrecorded: u64,
    /// Pages that look.
    viewers: u32,
    /// When it was used last.
    used_at: Instant,
}

impl Shelf {
    pub(super) fn new(records_max: usize, admins: Arc<Admins>) -> Self {
        let state = State {
            records: VecDeque::new(),
            unrecorded: 0,
            viewers: 0,
            used_at: Instant::now(),
        };
        Self {
            records_max,
            bell: Arc::new(Bell::new(admins)),
            state: Mutex::new(state),
        }
    }

    /// The record that `make` makes, if there is room for it.
    pub(super) fn add(&self, make: impl FnOnce(Arc<Bell>) -> Record) -> Option<Arc<Record>> {
        let mut state = self.lock();
        state.used_at = Instant::now();
        if state.records.len() >= self.records_max {
            let ended = state.records.iter().position(|record| record.has_ended());
            let Some(ended) = ended else {
                state.unrecorded += 1;
                drop(state);
                self.bell.ring();
                return None;
            };
            if let Some(record) = state.records.remove(ended) {
                record.drop_all();
            }
        }
        let record = Arc::new(make(Arc::clone(&self.bell)));
        state.records.push_back(Arc::clone(&record));
        drop(state);
        self.bell.ring();
        Some(record)
    }

    /// The records that there are, the oldest first.
    pub(super) fn records(&self) -> Vec<Arc<Record>> {
        self.lock().records.iter().cloned().collect()
    }

    /// Connections for which there was no room.
    pub(super) fn unrecorded(&self) -> u64 {
        self.lock().unrecorded
    }

    /// Lets go of all frames, and of the connections that ended.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.unrecorded = 0;
        state.records.retain(|record| !record.has_ended());
        for record in &state.records {
            record.clear();
        }
        drop(state);
        self.bell.ring();
    }

    /// Lets go of everything.
    pub(super) fn drop_all(&self) {
        for record in std::mem::take(&mut self.lock().records) {
            record.drop_all();
        }
    }

    pub(super) fn enter(&self) {
        self.lock().viewers += 1;
    }

    pub(super) fn leave(&self) {
        let mut state = self.lock();
        state.viewers = state.viewers.saturating_sub(1);
        state.used_at = Instant::now();
    }

    /// Since when nobody looks and nothing is open.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.lock();
        let is_idle = state.viewers == 0 && state.records.iter().all(|record| record.has_ended());
        is_idle.then_some(state.used_at)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
