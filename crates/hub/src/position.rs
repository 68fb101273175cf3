//! Where in a channel's stream something stands. Owns the comparison of positions, which has an
//! answer only within one epoch.

/// One life of a stream, in which offsets never go back. Two streams, or one that may have lost its
/// newest publications, differ in it; whoever opens a stream gives it one that was never used.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Epoch(pub u64);

/// A publication's place. Not ordered as such: see [`Position::is_next`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Position {
    /// The life of the stream.
    pub epoch: Epoch,
    /// The first publication has 1; 0 is the place before it.
    pub offset: u64,
}

impl Position {
    /// The place before the first publication of an epoch.
    pub fn start(epoch: Epoch) -> Self {
        Self { epoch, offset: 0 }
    }

    /// Whether `other` comes right after this, so that nothing is missing between the two.
    pub fn is_next(self, other: Self) -> bool {
        self.epoch == other.epoch && self.offset.checked_add(1) == Some(other.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a gap or a restarted stream passes for an unbroken one.
    #[test]
    fn next_is_one_further_in_the_same_epoch() {
        let at = |epoch, offset| Position {
            epoch: Epoch(epoch),
            offset,
        };
        assert!(at(1, 4).is_next(at(1, 5)));
        assert!(!at(1, 4).is_next(at(1, 6)));
        assert!(!at(1, 4).is_next(at(1, 4)));
        assert!(!at(1, 4).is_next(at(2, 5)));
        assert!(!at(1, u64::MAX).is_next(at(1, 0)));
    }
}
