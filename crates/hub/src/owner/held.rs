//! Live publications that wait with those who wait for their replay. Owns the bound on them: beyond
//! it the oldest go, and whoever needed them is told that the recovery failed.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::publication::Entry;

/// What is held, oldest first.
#[derive(Debug, Default)]
pub(super) struct Held {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
}

impl Held {
    pub(super) fn push(&mut self, entry: &Arc<Entry>, bytes_max: usize) {
        self.bytes += entry.publication.charge();
        self.entries.push_back(Arc::clone(entry));
        while self.bytes > bytes_max {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.publication.charge();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::{Epoch, Position};
    use crate::publication::{Payload, Publication};

    /// If this fails, a slow history makes an owner hold live publications without bound.
    #[test]
    fn oldest_go_beyond_the_bound() {
        let mut held = Held::default();
        let payload = Payload::Binary(vec![0; 10_000].into());
        for offset in 1..=10 {
            let position = Position {
                epoch: Epoch(1),
                offset,
            };
            let publication = Publication::new(payload.clone(), 0);
            let entry = Entry {
                position,
                publication,
            };
            held.push(&Arc::new(entry), 40_000);
        }
        let offsets: Vec<u64> = held.iter().map(|entry| entry.position.offset).collect();
        assert_eq!(offsets, [8, 9, 10]);
        assert!(held.bytes <= 40_000);
    }
}
