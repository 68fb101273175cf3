//! Where bytes occurred before: hash chains over the window. Owns the tables; never decides whether
//! a match is used.
//!
//! A position is a count of 16 bits that goes on from message to message and wraps. Nothing is ever
//! removed from the tables: an entry from before a reset lies outside the history and ends the
//! chain, and one that is so old that its count means another place by now is found to be wrong
//! when the bytes are compared, as any collision of hashes is.

use super::level::Effort;
use super::symbols::MATCH_LEN_MAX;
use super::window::{Window, common_len, eight, four, low_half, place};

/// Shortest match that is looked for: as many bytes as are hashed.
pub(super) const HASHED_LEN: u32 = 4;

/// How many bytes the one place must share that level 1 looks at. With fewer it would find more
/// matches, but short ones, which take longer and save less: of six they are faster and better.
const NEAREST_LEN: u32 = 6;

/// Bits of eight bytes that are not among those.
const UNHASHED_BITS: u32 = 64 - 8 * NEAREST_LEN;

/// Positions until they wrap.
const POSITIONS: usize = 1 << 16;

/// A stretch of bytes that occurred before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Match {
    pub len: u32,
    pub distance: u32,
}

/// For each hash the last position with it, and for each position the one before it.
#[derive(Debug)]
pub(super) struct Chains {
    heads: Box<[u16]>,
    previous: Box<[u16]>,
    /// Position less place in the window.
    shift: u16,
    /// Places before this one are in the chains.
    inserted: usize,
    /// Positions since the heads were empty, up to [`POSITIONS`].
    used: usize,
}

impl Chains {
    pub(super) const fn heap_bytes(head_bits: u8, window_bits: u8) -> usize {
        (2 << head_bits) + (2 << window_bits)
    }

    pub(super) fn new(head_bits: u8, window_bits: u8) -> Self {
        Self {
            heads: vec![0; 1 << head_bits].into_boxed_slice(),
            previous: vec![0; 1 << window_bits].into_boxed_slice(),
            shift: 1,
            inserted: 0,
            used: 1,
        }
    }

    /// Forgets everything: the next place is 0, and `len` bytes come for sure.
    pub(super) fn restart(&mut self, len: usize) {
        if self.used.saturating_add(len) < POSITIONS {
            self.shift = low_half(self.used);
        } else {
            // With positions that wrap within one message, a remainder of another could show.
            self.heads.fill(0);
            self.shift = 1;
            self.used = 1;
        }
        self.inserted = 0;
    }

    /// All places of the window have moved by `moved` to the front.
    pub(super) fn moved(&mut self, moved: usize) {
        self.shift = self.shift.wrapping_add(low_half(moved));
        self.inserted = self.inserted.saturating_sub(moved);
    }

    /// The search at the cursor of `window`, for one run of tokens.
    pub(super) fn search<'a>(&'a mut self, window: &'a Window) -> Search<'a> {
        let mut search = Search {
            bytes: window.bytes(),
            head_shift: 32 - self.heads.len().trailing_zeros(),
            heads: &mut self.heads,
            distance_max: place(self.previous.len()) - 1,
            previous: &mut self.previous,
            shift: self.shift,
            start: place(window.start),
            end: place(window.end),
            hashed_end: (place(window.end) + 1).saturating_sub(HASHED_LEN),
        };
        // The last places before could not be hashed while what follows them was unknown.
        search.insert(place(self.inserted), place(window.cursor));
        search
    }

    /// A run of tokens has ended at `cursor`.
    pub(super) fn searched(&mut self, cursor: usize, end: usize) {
        let hashed = cursor.min((end + 1).saturating_sub(HASHED_LEN as usize));
        self.used = (self.used + hashed.saturating_sub(self.inserted)).min(POSITIONS);
        self.inserted = self.inserted.max(hashed);
    }
}

/// The chains with the bytes that they are about.
#[derive(Debug)]
pub(super) struct Search<'a> {
    bytes: &'a [u8],
    heads: &'a mut [u16],
    head_shift: u32,
    previous: &'a mut [u16],
    distance_max: u32,
    shift: u16,
    start: u32,
    end: u32,
    /// Where the last place that can be hashed ends.
    pub hashed_end: u32,
}

impl Search<'_> {
    /// The byte at `at`.
    #[inline]
    pub(super) fn byte(&self, at: u32) -> u8 {
        self.bytes.get(at as usize).copied().unwrap_or(0)
    }

    #[inline]
    fn position(&self, at: u32) -> u16 {
        ((at & 0xFFFF) as u16).wrapping_add(self.shift)
    }

    #[inline]
    fn hash(&self, bytes: u32) -> usize {
        (bytes.wrapping_mul(0x9E37_79B1) >> self.head_shift) as usize
    }

    /// Puts the places from `from` to `to` into their chains.
    pub(super) fn insert(&mut self, from: u32, to: u32) {
        let to = to.min(self.hashed_end) as usize;
        let mut from = from as usize;
        while from < to {
            // Up to where the table's end is reached.
            let first = usize::from(self.position(place(from))) & (self.previous.len() - 1);
            let count = (to - from).min(self.previous.len() - first);
            let mut position = self.position(place(from));
            let previous = self.previous[first..first + count].iter_mut();
            let fours = self.bytes[from..from + count + 3].windows(4);
            for (previous, bytes) in previous.zip(fours) {
                let bytes = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                let hash = (bytes.wrapping_mul(0x9E37_79B1) >> self.head_shift) as usize;
                if let Some(head) = self.heads.get_mut(hash) {
                    *previous = std::mem::replace(head, position);
                }
                position = position.wrapping_add(1);
            }
            from += count;
        }
    }

    /// Puts `at`, which can be hashed, into its chain.
    #[inline]
    pub(super) fn link(&mut self, at: u32) -> Link {
        let bytes = four(self.bytes, at).unwrap_or(0);
        let (hash, position) = (self.hash(bytes), self.position(at));
        let mask = self.previous.len() - 1;
        let Some(head) = self.heads.get_mut(hash) else {
            return Link { bytes, distance: 0 };
        };
        let before = std::mem::replace(head, position);
        if let Some(previous) = self.previous.get_mut(usize::from(position) & mask) {
            *previous = before;
        }
        Link {
            bytes,
            distance: u32::from(position.wrapping_sub(before)),
        }
    }

    /// The match with the last place that has the same [`NEAREST_LEN`] bytes as `at`. Puts `at`
    /// into no chain, only to the head of one.
    #[inline]
    pub(super) fn nearest(&mut self, at: u32) -> Match {
        let len_max = (self.end - at).min(MATCH_LEN_MAX);
        // What stands behind the end is no part of the message, and may be there by chance.
        if len_max < NEAREST_LEN {
            return Match::default();
        }
        let bytes = eight(self.bytes, at).unwrap_or(0) << UNHASHED_BITS;
        let product = bytes.wrapping_mul(0x9E37_79B1_85EB_CA87);
        let hash = ((product >> 32) as u32 >> self.head_shift) as usize;
        let position = self.position(at);
        let Some(head) = self.heads.get_mut(hash) else {
            return Match::default();
        };
        let distance = u32::from(position.wrapping_sub(std::mem::replace(head, position)));
        if distance.wrapping_sub(1) >= self.distance_max(at) {
            return Match::default();
        }
        let there = eight(self.bytes, at - distance).unwrap_or(0) << UNHASHED_BITS;
        if there != bytes {
            return Match::default();
        }
        let len = common_len(self.bytes, at - distance, at, len_max);
        Match { len, distance }
    }

    /// Looks for a match at `at`.
    #[inline]
    pub(super) fn longest(&self, at: u32, here: Link, effort: Effort) -> Match {
        if here.distance.wrapping_sub(1) >= self.distance_max(at) {
            return Match::default();
        }
        self.walk(at, 3, here.distance, effort)
    }

    /// Looks for a match of more than `len_min` bytes at `at`.
    #[inline]
    pub(super) fn longer(&self, at: u32, len_min: u32, here: Link, effort: Effort) -> Match {
        let distance_max = self.distance_max(at);
        let tail_at = at + len_min - 3;
        if here.distance.wrapping_sub(1) >= distance_max || tail_at >= self.hashed_end {
            return Match::default();
        }
        let tail = four(self.bytes, tail_at).unwrap_or(0);
        if self.chain(tail_at, tail).distance.wrapping_sub(1) >= distance_max {
            return Match::default();
        }
        self.walk(at, len_min, here.distance, effort)
    }

    /// Walks the chain of `at` from `distance` on.
    fn walk(&self, at: u32, len_min: u32, distance: u32, effort: Effort) -> Match {
        let mut best = Match {
            len: len_min,
            distance: 0,
        };
        let bytes = self.bytes;
        let len_max = (self.end - at).min(MATCH_LEN_MAX);
        let nice_len = effort.nice_len.min(len_max);
        let distance_max = self.distance_max(at);
        let mut chain = Chain {
            position: self.position(at),
            distance,
        };
        let mut tail_at = at + len_min - 3;
        let mut tail = four(bytes, tail_at).unwrap_or(0);
        if len_min > 3 {
            chain = chain.or_rarer(self.chain(tail_at, tail));
        }
        for _ in 0..effort.steps_max {
            let distance = chain.distance;
            if distance.wrapping_sub(1) >= distance_max {
                break;
            }
            chain.distance = self.next(chain);
            if four(bytes, tail_at - distance) != Some(tail) {
                continue;
            }
            let len = common_len(bytes, at - distance, at, len_max);
            if len > best.len {
                best = Match { len, distance };
                if len >= nice_len {
                    break;
                }
                tail_at = at + len - 3;
                tail = four(bytes, tail_at).unwrap_or(0);
                chain = chain.or_rarer(self.chain(tail_at, tail));
            }
        }
        best
    }

    /// The farthest that a match at `at` may reach back.
    #[inline]
    fn distance_max(&self, at: u32) -> u32 {
        (at - self.start).min(self.distance_max)
    }

    /// The chain of `bytes`, which stand at `at`.
    #[inline]
    fn chain(&self, at: u32, bytes: u32) -> Chain {
        let position = self.position(at);
        let head = self
            .heads
            .get(self.hash(bytes))
            .copied()
            .unwrap_or(position);
        Chain {
            position,
            distance: u32::from(position.wrapping_sub(head)),
        }
    }

    /// The distance that follows in a chain.
    #[inline]
    fn next(&self, chain: Chain) -> u32 {
        let here = chain
            .position
            .wrapping_sub((chain.distance & 0xFFFF) as u16);
        let mask = self.previous.len() - 1;
        let next = self
            .previous
            .get(usize::from(here) & mask)
            .copied()
            .unwrap_or(here);
        u32::from(chain.position.wrapping_sub(next))
    }
}

/// Places with the same bytes, nearest first.
#[derive(Clone, Copy, Debug)]
struct Chain {
    /// The position from which distances count.
    position: u16,
    /// How far back the next one is.
    distance: u32,
}

impl Chain {
    /// The one of two chains that goes on farther away. What is in both of them cannot be nearer.
    #[inline]
    fn or_rarer(self, other: Self) -> Self {
        if other.distance > self.distance {
            other
        } else {
            self
        }
    }
}

/// A place that was put into its chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// What stands there.
    pub bytes: u32,
    /// How far back the place before it in its chain is.
    pub distance: u32,
}

impl Link {
    #[inline]
    pub(super) fn byte(self) -> u8 {
        (self.bytes & 0xFF) as u8
    }
}
