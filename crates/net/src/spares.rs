//! Output buffers that no connection uses, for the next ones. Owns how many a thread keeps, and how
//! large. Knows no connection.

use std::mem;

use crate::limits::{SMALL_SPARE_LEN_MAX, SPARE_LEN_MAX, SPARES_MAX};

/// Those of a thread: empty, with their memory.
#[derive(Debug, Default)]
pub(crate) struct Spares {
    /// The largest. Most threads serve one connection after the other and need no other one.
    one: Vec<u8>,
    /// Small ones: a broadcast fills as many as it has receivers, and all come back together.
    more: Vec<Vec<u8>>,
}

impl Spares {
    /// A buffer, without memory if there is none left.
    #[inline]
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let one = mem::take(&mut self.one);
        if one.capacity() > 0 {
            return one;
        }
        self.more.pop().unwrap_or_default()
    }

    /// Takes a buffer back, unless there are enough.
    #[inline]
    pub(crate) fn put(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() > SPARE_LEN_MAX {
            return;
        }
        buffer.clear();
        if buffer.capacity() > self.one.capacity() {
            mem::swap(&mut buffer, &mut self.one);
        }
        if buffer.capacity() > 0 {
            self.put_small(buffer);
        }
    }

    #[inline(never)]
    fn put_small(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() <= SMALL_SPARE_LEN_MAX && self.more.len() < SPARES_MAX {
            self.more.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn len(spares: &mut Spares) -> Vec<usize> {
        let taken = std::iter::from_fn(|| Some(spares.take()).filter(|one| one.capacity() > 0));
        taken.map(|buffer| buffer.capacity()).collect()
    }

    /// If this fails, each message of a broadcast asks the allocator for memory, or a connection
    /// writes what another one queued.
    #[test]
    fn buffers_come_back_empty_and_the_largest_first() {
        let mut spares = Spares::default();
        for size in [200, 3000, 100] {
            spares.put(vec![1; size]);
        }
        let first = spares.take();
        assert_eq!((first.len(), first.capacity()), (0, 3000));
        assert_eq!(len(&mut spares), [100, 200]);
        assert_eq!(spares.take().capacity(), 0);
    }

    /// If this fails, a thread keeps what one large message or many connections once needed.
    #[test]
    fn few_are_kept_and_only_one_that_is_not_small() {
        let mut spares = Spares::default();
        spares.put(vec![0; SPARE_LEN_MAX + 1]);
        assert_eq!(spares.take().capacity(), 0);
        spares.put(vec![0; SPARE_LEN_MAX]);
        spares.put(vec![0; SMALL_SPARE_LEN_MAX + 1]);
        for _ in 0..=SPARES_MAX {
            spares.put(vec![0; SMALL_SPARE_LEN_MAX]);
        }
        let kept = len(&mut spares);
        assert_eq!((kept[0], kept.len()), (SPARE_LEN_MAX, 1 + SPARES_MAX));
    }
}
