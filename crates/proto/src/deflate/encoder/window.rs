//! The bytes that a match may refer to, and those that are being compressed. Owns their places;
//! never looks for matches.

/// Bytes behind the last one, so that sixteen can be read wherever one may be.
const PADDING: usize = 16;

/// A stretch of bytes: history, then what is still to be compressed.
#[derive(Debug)]
pub(super) struct Window {
    bytes: Box<[u8]>,
    /// How far back a match may refer.
    len: usize,
    /// Where the history begins.
    pub start: usize,
    /// Where the next token begins.
    pub cursor: usize,
    /// Where the bytes end.
    pub end: usize,
}

impl Window {
    /// What a window of `len` bytes that takes `step` bytes at a time takes from the heap.
    pub(super) const fn heap_bytes(len: usize, step: usize) -> usize {
        len + step + PADDING
    }

    pub(super) fn new(len: usize, step: usize) -> Self {
        Self {
            bytes: vec![0; Self::heap_bytes(len, step)].into_boxed_slice(),
            len,
            start: 0,
            cursor: 0,
            end: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        (self.start, self.cursor, self.end) = (0, 0, 0);
    }

    /// All bytes, and some behind the last.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes as much of `input` as there is room for, and gives up history for it. Returns how much
    /// that was, and by how much all places have moved to the front.
    pub(super) fn fill(&mut self, input: &[u8]) -> (usize, usize) {
        let capacity = self.bytes.len() - PADDING;
        let mut moved = 0;
        if input.len() > capacity - self.end {
            moved = self.cursor.saturating_sub(self.len);
            self.bytes.copy_within(moved..self.end, 0);
            self.start = self.start.saturating_sub(moved);
            self.cursor -= moved;
            self.end -= moved;
        }
        let taken = input.len().min(capacity - self.end);
        self.bytes[self.end..self.end + taken].copy_from_slice(&input[..taken]);
        self.end += taken;
        (taken, moved)
    }
}

/// A place in a window, none of which has more than 2^16 bytes. Places are 32 bits wide where
/// matches are looked for, so that no sum of them can overflow, which would have to be checked each
/// time.
#[inline]
pub(super) fn place(at: usize) -> u32 {
    debug_assert!(at <= 1 << 16, "no window is as long as {at}");
    #[expect(clippy::cast_possible_truncation, reason = "at most 2^16")]
    let place = at as u32;
    place
}

/// The low 16 bits of what is known to have no others, or is a position, which wraps.
#[inline]
pub(super) fn low_half(value: usize) -> u16 {
    #[expect(clippy::cast_possible_truncation, reason = "as the name says")]
    let half = value as u16;
    half
}

/// The four bytes at `at`.
#[inline]
pub(super) fn four(bytes: &[u8], at: u32) -> Option<u32> {
    let at = at as usize;
    let bytes = bytes.get(at..at + 4)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// The eight bytes at `at`.
#[inline]
pub(super) fn eight(bytes: &[u8], at: u32) -> Option<u64> {
    let at = at as usize;
    let bytes = bytes.get(at..at + 8)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

/// The sixteen bytes at `at`.
#[inline]
fn sixteen(bytes: &[u8], at: u32) -> Option<u128> {
    let at = at as usize;
    let bytes = bytes.get(at..at + 16)?.first_chunk()?;
    Some(u128::from_le_bytes(*bytes))
}

/// How many bytes from `a` and from `b` on are equal, at most `max`.
#[inline]
pub(super) fn common_len(bytes: &[u8], a: u32, b: u32, max: u32) -> u32 {
    let mut len = 0;
    while len < max {
        let (Some(one), Some(other)) = (sixteen(bytes, a + len), sixteen(bytes, b + len)) else {
            break;
        };
        let different = one ^ other;
        if different != 0 {
            return (len + (different.trailing_zeros() >> 3)).min(max);
        }
        len += 16;
    }
    max
}
