//! The bytes of a message, owned and shared: a part of a block that several messages share, or a
//! buffer of its own. Never copies on clone; a held payload keeps its whole block alive.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes that are cheap to clone and to hold.
///
/// Small messages of one read share one block of at most 16 KiB, so a payload that is kept keeps up
/// to 16 KiB; [`Payload::detach`] gives it a buffer of its own. A larger message has a block of its
/// own, which is at most twice as long as it is.
#[derive(Clone)]
pub struct Payload {
    block: Block,
    part: Part,
}

#[derive(Clone)]
enum Block {
    /// One allocation, count and bytes together.
    Shared(Arc<[u8]>),
    /// A vector taken over without copying.
    Whole(Arc<Vec<u8>>),
}

/// Which bytes of the block: all of them, or a range. One word, because a message is moved several
/// times on its way, and what was written in pieces is slow to read in one.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Part(u64);

impl Part {
    const ALL: Self = Self(u64::MAX);

    /// Invariant: within the block, of which there are less than `u32::MAX` bytes.
    #[inline]
    fn range(start: u32, len: u32) -> Self {
        Self(u64::from(start) << 32 | u64::from(len))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is cut to 32 bits, and a `usize` has as many"
    )]
    #[inline]
    fn len(self, block: &[u8]) -> usize {
        if self == Self::ALL {
            return block.len();
        }
        (self.0 & u64::from(u32::MAX)) as usize
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "where it is a range, both of its ends are within the block"
    )]
    #[inline]
    fn of(self, block: &[u8]) -> Range<usize> {
        if self == Self::ALL {
            return 0..block.len();
        }
        let (start, len) = (self.0 >> 32, self.0 & u64::from(u32::MAX));
        start as usize..(start + len) as usize
    }
}

impl Payload {
    /// The part `range` of `block`, which stays alive as long as the payload; of a block of 4 GiB
    /// and more, a copy of the part.
    ///
    /// # Panics
    /// If `range` is not within `block`: it comes from the code that made the block.
    #[must_use]
    #[inline]
    pub fn from_block(block: Arc<[u8]>, range: Range<usize>) -> Self {
        let Range { start, end } = range;
        assert!(
            start <= end && end <= block.len(),
            "a payload is within its block"
        );
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) if end < u32::MAX => Self {
                block: Block::Shared(block),
                part: Part::range(start, end - start),
            },
            _ => Self::from(block.get(start..end).unwrap_or_default()),
        }
    }

    /// The first `len` bytes of `block`. Nothing to decide, so that it is made in registers.
    #[inline]
    pub(crate) fn from_start(block: Arc<[u8]>, len: u16) -> Self {
        debug_assert!(
            usize::from(len) <= block.len(),
            "a payload is within its block"
        );
        Self {
            block: Block::Shared(block),
            part: Part::range(0, len.into()),
        }
    }

    /// Its block, given away, if it may be one that several messages share.
    #[inline]
    pub(crate) fn into_block(self) -> Option<Arc<[u8]>> {
        match self.block {
            Block::Shared(block) => Some(block),
            Block::Whole(_) => None,
        }
    }

    /// The same bytes in a buffer of their own, so that nothing else is kept alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self::from(self.as_ref())
    }

    /// How many bytes this payload keeps alive, in bytes: its block, of which it may be a small
    /// part.
    #[must_use]
    pub fn pinned_len(&self) -> usize {
        match &self.block {
            Block::Shared(block) => block.len(),
            Block::Whole(vec) => vec.capacity(),
        }
    }

    /// The bytes with `head` before them, if that is what lies there in the block: a large message
    /// that was received has its unmasked frame header in front of it.
    #[must_use]
    pub fn behind(&self, head: &[u8]) -> Option<&[u8]> {
        let block = self.block();
        let Range { start, end } = self.part.of(block);
        let whole = block.get(start.checked_sub(head.len())?..end)?;
        whole.starts_with(head).then_some(whole)
    }

    /// The bytes as a vector; without copying where this is the only owner of a whole one.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        match self.block {
            Block::Whole(vec) => Arc::unwrap_or_clone(vec),
            Block::Shared(_) => self.to_vec(),
        }
    }

    /// How many bytes there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.part.len(self.block())
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn block(&self) -> &[u8] {
        match &self.block {
            Block::Shared(block) => block,
            Block::Whole(vec) => vec,
        }
    }
}

impl Deref for Payload {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        let block = self.block();
        block.get(self.part.of(block)).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl From<Vec<u8>> for Payload {
    fn from(vec: Vec<u8>) -> Self {
        Self {
            block: Block::Whole(Arc::new(vec)),
            part: Part::ALL,
        }
    }
}

impl From<&[u8]> for Payload {
    fn from(bytes: &[u8]) -> Self {
        Self {
            block: Block::Shared(Arc::from(bytes)),
            part: Part::ALL,
        }
    }
}

impl<const N: usize> From<&[u8; N]> for Payload {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Payload {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl Eq for Payload {}

impl fmt::Debug for Payload {
    /// The length and the first bytes: one line however long the payload is.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 32;
        let shown = self.get(..SHOWN).unwrap_or(self);
        let more = if self.len() > SHOWN { ".." } else { "" };
        write!(
            formatter,
            "{} B \"{}{more}\"",
            self.len(),
            shown.escape_ascii()
        )
    }
}

/// A payload that is UTF-8: it was checked when this was made.
#[derive(Clone, Default, Eq)]
pub struct Text(Payload);

impl Text {
    /// Takes bytes that the caller's validator accepted.
    pub(crate) fn from_checked(payload: Payload) -> Self {
        Self(payload)
    }

    /// The text.
    ///
    /// The bytes are checked again (about 20 ns per KiB of ASCII): the price of a crate without
    /// `unsafe`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        sockeye_simd::to_str(&self.0).unwrap_or_default()
    }

    /// Its bytes.
    #[must_use]
    pub fn as_payload(&self) -> &Payload {
        &self.0
    }

    /// Its bytes, given away.
    #[must_use]
    pub fn into_payload(self) -> Payload {
        self.0
    }
}

impl TryFrom<Payload> for Text {
    type Error = Payload;

    /// Gives the payload back if it is not UTF-8.
    fn try_from(payload: Payload) -> Result<Self, Payload> {
        if sockeye_simd::is_utf8(&payload) {
            Ok(Self(payload))
        } else {
            Err(payload)
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Payload::from(text.as_bytes()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Payload::from(text.into_bytes()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for Text {
    fn eq(&self, other: &T) -> bool {
        *self.0 == *other.as_ref().as_bytes()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_shares_its_block_and_detaches_from_it() {
        let block: Arc<[u8]> = Arc::from(&b"hello, world"[..]);
        let world = Payload::from_block(Arc::clone(&block), 7..12);
        assert_eq!(world, b"world");
        assert_eq!(Arc::strong_count(&block), 2);
        let own = world.detach();
        drop(world);
        assert_eq!((Arc::strong_count(&block), &*own), (1, &b"world"[..]));
    }

    #[test]
    fn payload_may_be_any_part_of_a_large_block() {
        let block: Arc<[u8]> = (0..=250).cycle().take(100_000).collect();
        for range in [0..70_000, 90_000..90_010, 0..100_000, 5..5] {
            let part = Payload::from_block(Arc::clone(&block), range.clone());
            assert_eq!((&*part, part.pinned_len()), (&block[range], 100_000));
        }
    }

    #[test]
    fn payload_from_a_vector_comes_back_as_the_same_vector() {
        let vec = vec![7; 100];
        let address = vec.as_ptr();
        let back = Payload::from(vec).into_vec();
        assert_eq!((back.as_ptr(), back.len()), (address, 100));
        let payload = Payload::from(vec![1, 2]);
        let copy = payload.clone();
        assert_eq!(payload.into_vec(), *copy, "a shared vector is copied");
    }

    #[test]
    fn payload_debug_stays_one_short_line() {
        assert_eq!(format!("{:?}", Payload::from(b"hi\n")), r#"3 B "hi\n""#);
        assert!(format!("{:?}", Payload::from(vec![b'a'; 1000])).len() < 50);
    }

    #[test]
    fn text_refuses_what_is_not_utf8_and_gives_it_back() {
        assert_eq!(Text::try_from(Payload::from(b"\xFF")).unwrap_err(), b"\xFF");
        assert_eq!(
            Text::try_from(Payload::from("й".as_bytes()))
                .unwrap()
                .as_str(),
            "й"
        );
    }

    #[test]
    fn payloads_are_three_words_and_messages_four() {
        assert_eq!(size_of::<Text>(), 3 * size_of::<usize>());
        assert_eq!(size_of::<crate::message::Message>(), 4 * size_of::<usize>());
    }
}
