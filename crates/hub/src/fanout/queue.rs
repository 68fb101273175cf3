//! What waits for one session that its transport had no room for. Owns the bound on it and what is
//! replaced by something newer. Sends nothing.

use std::collections::VecDeque;

use super::outlet::Encoded;
use crate::limits::{FRAME_OVERHEAD, QUEUE_SPARE};

/// How a frame counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Charge {
    /// Against the session's bound: it is slow if there is too much.
    Queued,
    /// As what it asked for, which came all at once.
    Granted,
}

/// The session is owed more than it may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TooSlow;

#[derive(Debug)]
struct Latest<F> {
    channel: u32,
    frame: F,
    bytes: usize,
}

/// Frames in their order, and behind them the newest of each channel that wants just that.
#[derive(Debug)]
pub(super) struct Queue<F> {
    frames: VecDeque<F>,
    /// Invariant: one for each frame.
    charges: VecDeque<(usize, Charge)>,
    latest: Vec<Latest<F>>,
    /// Invariant: the charges of all frames, by their kind; those of the latest count as queued.
    queued: usize,
    granted: usize,
}

impl<F> Queue<F> {
    pub(super) fn new() -> Self {
        Self {
            frames: VecDeque::new(),
            charges: VecDeque::new(),
            latest: Vec::new(),
            queued: 0,
            granted: 0,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.latest.is_empty()
    }

    /// What it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.queued + self.granted
    }

    /// Whether so many bytes may be queued besides those that are.
    pub(super) fn has_room(&self, bytes: usize, bytes_max: usize) -> bool {
        self.queued.saturating_add(bytes) <= bytes_max
    }

    /// Whether so many bytes may be granted besides those that are.
    pub(super) fn grants(&self, bytes: usize, bytes_max: usize) -> bool {
        self.granted == 0 || self.granted.saturating_add(bytes) <= bytes_max
    }

    pub(super) fn push(
        &mut self,
        encoded: Encoded<F>,
        charge: Charge,
        bytes_max: usize,
    ) -> Result<(), TooSlow> {
        let bytes = encoded.len + FRAME_OVERHEAD;
        match charge {
            Charge::Queued if !self.has_room(bytes, bytes_max) => return Err(TooSlow),
            Charge::Queued => self.queued += bytes,
            Charge::Granted => self.granted += bytes,
        }
        self.frames.push_back(encoded.frame);
        self.charges.push_back((bytes, charge));
        Ok(())
    }

    /// Keeps a frame in the place of the one before it of the same channel.
    pub(super) fn replace(
        &mut self,
        channel: u32,
        encoded: Encoded<F>,
        bytes_max: usize,
    ) -> Result<(), TooSlow> {
        self.forget(channel);
        let bytes = encoded.len + FRAME_OVERHEAD;
        if !self.has_room(bytes, bytes_max) {
            return Err(TooSlow);
        }
        self.queued += bytes;
        self.latest.push(Latest {
            channel,
            frame: encoded.frame,
            bytes,
        });
        Ok(())
    }

    /// Drops what is kept as the newest of a channel.
    pub(super) fn forget(&mut self, channel: u32) {
        if let Some(index) = self
            .latest
            .iter()
            .position(|latest| latest.channel == channel)
        {
            self.queued -= self.latest.remove(index).bytes;
        }
    }

    /// Offers everything to `send`, which says how many it took. Whether all is gone.
    pub(super) fn drain(&mut self, mut send: impl FnMut(&[F]) -> usize) -> bool {
        if !self.frames.is_empty() {
            let offered = self.frames.make_contiguous();
            let taken = send(offered).min(offered.len());
            self.frames.drain(..taken);
            for (bytes, charge) in self.charges.drain(..taken) {
                match charge {
                    Charge::Queued => self.queued -= bytes,
                    Charge::Granted => self.granted -= bytes,
                }
            }
            if !self.frames.is_empty() {
                return false;
            }
            self.give_back();
        }
        while let Some(latest) = self.latest.first() {
            if send(std::slice::from_ref(&latest.frame)) == 0 {
                return false;
            }
            self.queued -= self.latest.remove(0).bytes;
        }
        true
    }

    /// An idle session owns next to nothing.
    fn give_back(&mut self) {
        if self.frames.capacity() > QUEUE_SPARE {
            self.frames = VecDeque::new();
            self.charges = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(frame: char, len: usize) -> Encoded<char> {
        Encoded { frame, len }
    }

    const ROOM: usize = 4 * (10 + FRAME_OVERHEAD);

    fn drained(queue: &mut Queue<char>, room: usize) -> String {
        let mut taken = String::new();
        queue.drain(|frames| {
            let count = frames.len().min(room - taken.len());
            taken.extend(&frames[..count]);
            count
        });
        taken
    }

    /// If this fails, a session that does not read holds more than its bound, or less.
    #[test]
    fn bound_is_kept_and_freed_by_what_is_taken() {
        let mut queue = Queue::new();
        for frame_of_four in ['a', 'b', 'c', 'd'] {
            assert_eq!(
                queue.push(frame(frame_of_four, 10), Charge::Queued, ROOM),
                Ok(())
            );
        }
        assert_eq!(
            queue.push(frame('e', 0), Charge::Queued, ROOM),
            Err(TooSlow)
        );
        assert_eq!(queue.push(frame('g', 1000), Charge::Granted, ROOM), Ok(()));
        assert_eq!(drained(&mut queue, 2), "ab");
        assert_eq!(queue.push(frame('f', 10), Charge::Queued, ROOM), Ok(()));
        assert_eq!(drained(&mut queue, 9), "cdgf");
        assert_eq!((queue.bytes(), queue.is_empty()), (0, true));
    }

    /// If this fails, a channel that tells a state gets more than its newest frame through to a
    /// slow session, or an older one, or one that went on to another subscription.
    #[test]
    fn latest_replaces_only_its_own_channel() {
        let mut queue = Queue::new();
        queue.push(frame('a', 10), Charge::Queued, ROOM).unwrap();
        for (channel, newest) in [(1, 'b'), (2, 'c'), (1, 'd'), (3, 'e')] {
            queue.replace(channel, frame(newest, 10), ROOM).unwrap();
        }
        assert_eq!(queue.replace(4, frame('f', 10), ROOM), Err(TooSlow));
        queue.forget(3);
        assert_eq!(drained(&mut queue, 2), "ac");
        assert!(!queue.is_empty());
        assert_eq!(drained(&mut queue, 9), "d");
        assert_eq!(queue.bytes(), 0);
    }

    /// If this fails, replays fill memory, or one that is larger than the bound is never given.
    #[test]
    fn grants_are_bounded_but_one_is_always_given() {
        let mut queue = Queue::new();
        assert!(queue.grants(2000, 1000));
        queue.push(frame('a', 900), Charge::Granted, ROOM).unwrap();
        assert!(queue.grants(50, 1000) && !queue.grants(100, 1000));
        assert_eq!(drained(&mut queue, 1), "a");
        assert!(queue.grants(2000, 1000));
    }

    /// If this fails, sessions that were slow once keep their memory for ever.
    #[test]
    fn empty_queue_gives_its_room_back() {
        let mut queue = Queue::new();
        for _ in 0..1000 {
            queue
                .push(frame('a', 0), Charge::Queued, usize::MAX)
                .unwrap();
        }
        assert_eq!(drained(&mut queue, 1000).len(), 1000);
        assert!(queue.frames.capacity() <= QUEUE_SPARE);
    }
}
