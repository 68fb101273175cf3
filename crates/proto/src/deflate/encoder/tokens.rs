//! What a block consists of before it has a code: runs of literals with a match behind each, and
//! how often each symbol occurs among them. Owns their order; never chooses them, and never holds
//! the literals, which whoever writes the block has.

use super::matcher::Match;
use super::symbols::{
    DISTANCES, END_OF_BLOCK, LITERALS_AND_LENGTHS, MATCH_LEN_MAX, MATCH_LEN_MIN, split_distance,
    split_length,
};

/// Literals from which on a block ends: with those that one run of tokens adds, their counts must
/// fit 16 bits.
const LITERALS_MAX: u32 = 1 << 15;

/// How often each symbol occurs.
#[derive(Debug)]
pub(super) struct Counts {
    pub literals_and_lengths: [u16; LITERALS_AND_LENGTHS],
    pub distances: [u16; DISTANCES],
}

/// Literals, then a match.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sequence {
    /// How many literals.
    pub literals: u16,
    /// The distance less one.
    pub distance: u16,
    /// The length less three.
    pub length: u8,
}

/// The tokens of one block.
#[derive(Debug)]
pub(super) struct Tokens {
    sequences: Box<[Sequence]>,
    len: usize,
    /// Literals behind the last match.
    rest: u32,
    /// All literals.
    literals: u32,
    counts: Box<Counts>,
}

impl Tokens {
    pub(super) const fn heap_bytes(matches_max: usize) -> usize {
        matches_max * size_of::<Sequence>() + size_of::<Counts>()
    }

    /// Room for `matches_max` matches.
    pub(super) fn new(matches_max: usize) -> Self {
        Self {
            sequences: vec![Sequence::default(); matches_max].into_boxed_slice(),
            len: 0,
            rest: 0,
            literals: 0,
            counts: Box::new(Counts {
                literals_and_lengths: [0; LITERALS_AND_LENGTHS],
                distances: [0; DISTANCES],
            }),
        }
    }

    /// Counts a literal, which a run of literals or of them and a match will include.
    #[inline]
    pub(super) fn count(&mut self, byte: u8) {
        self.counts.literals_and_lengths[usize::from(byte)] += 1;
    }

    /// Appends literals, which have been counted.
    pub(super) fn literals(&mut self, literals: u32) {
        self.rest += literals;
        self.literals += literals;
    }

    /// Appends literals, which have been counted, and a match.
    #[inline]
    pub(super) fn matched(&mut self, literals: u32, found: Match) {
        debug_assert!((MATCH_LEN_MIN..=MATCH_LEN_MAX).contains(&found.len));
        debug_assert!((1..=0x8000).contains(&found.distance));
        let literals = std::mem::take(&mut self.rest) + literals;
        self.literals += literals;
        let sequence = Sequence {
            literals: (literals & 0xFFFF) as u16,
            distance: (found.distance.wrapping_sub(1) & 0x7FFF) as u16,
            length: (found.len.wrapping_sub(MATCH_LEN_MIN) & 0xFF) as u8,
        };
        if let Some(place) = self.sequences.get_mut(self.len) {
            *place = sequence;
            self.len += 1;
        }
        self.counts.literals_and_lengths[split_length(sequence.length).symbol] += 1;
        self.counts.distances[split_distance(sequence.distance).symbol] += 1;
    }

    /// Whether the block must end here.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.len == self.sequences.len() || self.literals >= LITERALS_MAX
    }

    /// How many symbols they are, the end of the block included.
    pub(super) fn len(&self) -> usize {
        2 * self.len + self.literals as usize + 1
    }

    /// How often each symbol occurs, the end of the block included.
    pub(super) fn counts(&mut self) -> &Counts {
        self.counts.literals_and_lengths[END_OF_BLOCK] = 1;
        &self.counts
    }

    /// All matches, with the number of literals before each. What is left after the last is
    /// literals.
    pub(super) fn sequences(&self) -> &[Sequence] {
        &self.sequences[..self.len]
    }

    /// Forgets them: the next token begins another block.
    pub(super) fn clear(&mut self) {
        (self.len, self.rest, self.literals) = (0, 0, 0);
        self.counts.literals_and_lengths.fill(0);
        self.counts.distances.fill(0);
    }
}
