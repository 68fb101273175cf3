//! What one walk tells, encoded once for each variant. Owns the memory of it, which the next walk
//! uses again.

use super::channel::Row;
use super::outlet::Outlet;
use crate::id::{SessionId, Variant};
use crate::limits::QUEUE_SPARE;
use crate::message::News;
use crate::name::ChannelName;

/// What matters of a frame besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) len: usize,
    /// Of a publication; changes among the members have none.
    pub(super) offset: Option<u64>,
    excluded: Option<SessionId>,
}

/// The frames of one walk for one variant.
#[derive(Debug)]
pub(super) struct Batch<F> {
    variant: Variant,
    pub(super) frames: Vec<F>,
    /// Invariant: one for each frame.
    pub(super) marks: Vec<Mark>,
    /// The first publication's offset: whoever has that has nothing to be left out for.
    pub(super) first: u64,
    pub(super) excludes: bool,
    /// Some of it is about members.
    pub(super) has_members: bool,
}

/// The frames of one walk.
#[derive(Debug)]
pub(super) struct Batches<F> {
    /// One for each variant that was met in a walk.
    all: Vec<Batch<F>>,
    /// So many of them are filled, the first.
    filled: usize,
}

impl<F: Clone> Batches<F> {
    pub(super) fn new() -> Self {
        Self {
            all: Vec::new(),
            filled: 0,
        }
    }

    /// What is told to a variant, encoded if nobody of it was met in this walk. Always there.
    #[inline]
    pub(super) fn of<O>(
        &mut self,
        variant: Variant,
        name: &ChannelName,
        pending: &[News],
        outlet: &mut O,
    ) -> Option<&Batch<F>>
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let mut filled = self.all.iter().take(self.filled);
        let index = match filled.position(|batch| batch.variant == variant) {
            Some(index) => index,
            None => self.fill(variant, name, pending, outlet),
        };
        self.all.get(index)
    }

    fn fill<O>(
        &mut self,
        variant: Variant,
        name: &ChannelName,
        pending: &[News],
        outlet: &mut O,
    ) -> usize
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        let index = self.filled;
        if self.all.len() <= index {
            self.all.push(Batch::default());
        }
        if let Some(batch) = self.all.get_mut(index) {
            self.filled += 1;
            batch.variant = variant;
            batch.fill(name, pending, outlet);
        }
        index
    }

    /// Forgets all frames: before a walk what one left that broke off, and once it is over.
    pub(super) fn clear(&mut self) {
        for batch in self.all.iter_mut().take(self.filled) {
            batch.clear();
        }
        self.filled = 0;
    }
}

impl<F> Default for Batch<F> {
    fn default() -> Self {
        Self {
            variant: Variant(0),
            frames: Vec::new(),
            marks: Vec::new(),
            first: u64::MAX,
            excludes: false,
            has_members: false,
        }
    }
}

impl<F: Clone> Batch<F> {
    /// Encodes what is pending into an empty one.
    fn fill<O>(&mut self, name: &ChannelName, pending: &[News], outlet: &mut O)
    where
        O: Outlet<Frame = F> + ?Sized,
    {
        for news in pending {
            let Some(encoded) = outlet.encode(self.variant, name, news) else {
                continue;
            };
            let (offset, excluded) = match news {
                News::Entry(entry) => (Some(entry.position.offset), entry.publication.excluded),
                News::Change(_) | News::Members(_) => (None, None),
            };
            self.first = self.first.min(offset.unwrap_or(u64::MAX));
            self.excludes |= excluded.is_some();
            self.has_members |= offset.is_none();
            self.frames.push(encoded.frame);
            self.marks.push(Mark {
                len: encoded.len,
                offset,
                excluded,
            });
        }
    }

    fn clear(&mut self) {
        if self.frames.capacity() > QUEUE_SPARE {
            *self = Self::default();
            return;
        }
        self.frames.clear();
        self.marks.clear();
        self.first = u64::MAX;
        self.excludes = false;
        self.has_members = false;
    }

    /// Whether a subscriber is to get the frame with this number.
    pub(super) fn is_for(&self, index: usize, row: Row, session: SessionId) -> bool {
        self.marks.get(index).is_some_and(|mark| {
            let is_new = |offset| offset > row.after;
            mark.excluded != Some(session) && mark.offset.map_or(row.sees_members, is_new)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::outlet::Encoded;
    use super::*;
    use crate::message::Notice;
    use crate::position::{Epoch, Position};
    use crate::publication::{Entry, Payload, Publication};

    /// Encodes a publication as its variant and offset, and counts.
    struct Encoder(usize);

    impl Outlet for Encoder {
        type Frame = (u8, u64);

        fn encode(
            &mut self,
            variant: Variant,
            _channel: &ChannelName,
            news: &News,
        ) -> Option<Encoded<Self::Frame>> {
            self.0 += 1;
            let News::Entry(entry) = news else {
                return None;
            };
            let frame = (variant.0, entry.position.offset);
            Some(Encoded { frame, len: 1 })
        }

        fn notice(
            &mut self,
            _session: SessionId,
            _variant: Variant,
            _notice: &Notice,
            _frames: &mut Vec<Encoded<Self::Frame>>,
        ) {
        }

        fn send(&mut self, _to: u64, _session: SessionId, frames: &[Self::Frame]) -> usize {
            frames.len()
        }
    }

    fn entries(offsets: std::ops::Range<u64>) -> Vec<News> {
        let entry = |offset| {
            News::Entry(Arc::new(Entry {
                position: Position {
                    epoch: Epoch(1),
                    offset,
                },
                publication: Publication::new(Payload::Text("x".into()), 0),
            }))
        };
        offsets.map(entry).collect()
    }

    /// If this fails, subscribers are told again what a walk before told them, or what was meant
    /// for another dialect, or each of them costs an encoding.
    #[test]
    fn each_walk_encodes_its_own_once_for_each_variant() {
        let name = ChannelName::new("room").unwrap();
        let (mut batches, mut encoder) = (Batches::new(), Encoder(0));
        let walks = [([0, 1, 0], 1..3), ([1, 0, 1], 3..4), ([2, 2, 0], 4..40)];
        for (variants, offsets) in walks {
            let pending = entries(offsets.clone());
            encoder.0 = 0;
            for variant in variants {
                let batch = batches.of(Variant(variant), &name, &pending, &mut encoder);
                let batch = batch.unwrap();
                let expected: Vec<_> = offsets.clone().map(|offset| (variant, offset)).collect();
                assert_eq!((&batch.frames, batch.first), (&expected, offsets.start));
            }
            assert_eq!(encoder.0, 2 * pending.len(), "two variants");
            batches.clear();
        }
        let kept = batches.all.iter().map(|batch| batch.frames.capacity());
        assert!(
            kept.max() <= Some(QUEUE_SPARE),
            "a long walk keeps its room"
        );
    }
}
