//! The last 32,768 bytes that came out of a decompressor. Owns nothing but them.
//!
//! zlib keeps the same bytes, but gives them up when a DEFLATE stream ends with a final block,
//! after which a peer may go on and still refer to them (RFC 7692 §7.2.3.4). The copy costs 15 ns
//! per KiB, where inflating takes 3,000.

use crate::limits::DEFLATE_WINDOW_LEN;

/// A ring of bytes that grows up to [`DEFLATE_WINDOW_LEN`].
#[derive(Debug, Default)]
pub(super) struct History {
    ring: Vec<u8>,
    /// Where the oldest byte is. Invariant: 0 until the ring is full, and less than its length.
    oldest: usize,
}

impl History {
    /// Remembers `bytes`, which come after all others.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(DEFLATE_WINDOW_LEN);
        let (_, mut rest) = bytes.split_at(bytes.len() - kept);
        let free = DEFLATE_WINDOW_LEN - self.ring.len();
        if free > 0 {
            let (front, back) = rest.split_at(rest.len().min(free));
            self.ring.extend_from_slice(front);
            rest = back;
        }
        while !rest.is_empty() {
            let (_, newest) = self.ring.split_at_mut(self.oldest);
            let (front, back) = rest.split_at(rest.len().min(newest.len()));
            newest.split_at_mut(front.len()).0.copy_from_slice(front);
            self.oldest = (self.oldest + front.len()) % DEFLATE_WINDOW_LEN;
            rest = back;
        }
    }

    /// All of it, oldest byte first.
    pub(super) fn as_slice(&mut self) -> &[u8] {
        self.ring.rotate_left(self.oldest);
        self.oldest = 0;
        &self.ring
    }

    /// Forgets all of it, but keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ring.clear();
        self.oldest = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_holds_the_last_window_of_what_was_pushed() {
        let bytes: Vec<u8> = (0..=250)
            .cycle()
            .take(3 * DEFLATE_WINDOW_LEN + 77)
            .collect();
        for piece_len in [1, 1000, 16_384, 32_767, 32_768, 32_769, 70_000] {
            let mut history = History::default();
            let mut pushed = 0;
            for piece in bytes.chunks(piece_len) {
                history.push(piece);
                pushed += piece.len();
                if piece_len > 1 || pushed % 9973 == 0 {
                    let start = pushed.saturating_sub(DEFLATE_WINDOW_LEN);
                    assert_eq!(history.as_slice(), &bytes[start..pushed], "by {piece_len}");
                }
            }
            assert!(history.ring.capacity() <= 2 * DEFLATE_WINDOW_LEN);
            history.clear();
            assert_eq!(history.as_slice(), b"");
        }
    }
}
