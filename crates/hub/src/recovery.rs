//! Whether a page of history is all that a client missed. Owns the judgement that recovery rests
//! on; fetches nothing.

use crate::position::Position;
use crate::stream::Page;

/// What came of the wish to recover.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: a recovery succeeds or fails, never in part.
pub enum Recovery {
    /// Nobody asked for what was missed. If the newest were asked for, they are in the replay.
    NotAsked,
    /// The replay is all that was missed, in order.
    Recovered,
    /// Something may have been missed, though it was asked for. Nothing of it is replayed, or the
    /// newest, if those were asked for in its place.
    Lost,
}

/// Whether `page` has everything after `since` up to its top. A position beyond the top, of another
/// epoch, or with a hole behind it cannot be recovered from.
pub(crate) fn is_complete(since: Position, page: &Page) -> bool {
    let mut reached = since;
    for entry in &page.entries {
        if !reached.is_next(entry.position) {
            return false;
        }
        reached = entry.position;
    }
    reached == page.top
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::position::Epoch;
    use crate::publication::{Entry, Payload, Publication};

    fn at(epoch: u64, offset: u64) -> Position {
        Position {
            epoch: Epoch(epoch),
            offset,
        }
    }

    fn page(offsets: &[u64], top: u64) -> Page {
        let entry = |offset: &u64| {
            let publication = Publication::new(Payload::Text("x".into()), 0);
            Arc::new(Entry {
                position: at(1, *offset),
                publication,
            })
        };
        Page {
            entries: offsets.iter().map(entry).collect(),
            top: at(1, top),
        }
    }

    /// If this fails, a client is told that it missed nothing while it did.
    #[test]
    fn anything_but_all_of_it_is_incomplete() {
        assert!(is_complete(at(1, 3), &page(&[4, 5], 5)));
        assert!(is_complete(at(1, 5), &page(&[], 5)));
        assert!(is_complete(at(1, 0), &page(&[], 0)));
        // A hole in front, within, behind.
        assert!(!is_complete(at(1, 2), &page(&[4, 5], 5)));
        assert!(!is_complete(at(1, 3), &page(&[4, 6], 6)));
        assert!(!is_complete(at(1, 3), &page(&[4, 5], 6)));
        // From the future, and from another life of the stream.
        assert!(!is_complete(at(1, 6), &page(&[], 5)));
        assert!(!is_complete(at(2, 5), &page(&[], 5)));
        assert!(!is_complete(at(2, 3), &page(&[4, 5], 5)));
    }
}
