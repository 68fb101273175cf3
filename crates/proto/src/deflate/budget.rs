//! A cap on the memory of codecs that connections have of their own. Owns the count; the codecs
//! belong to whoever got a permit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much memory the contexts of all connections that share it may take together, be that a
/// process or a listener: whoever makes it decides.
///
/// A context that gets no permit is not made. For takeover the endpoint then negotiates
/// `no_context_takeover`, which costs nothing per connection; a message that was to come in chunks
/// fails its connection ([`Limit::Contexts`](crate::fault::Limit::Contexts)).
#[derive(Debug)]
pub struct ContextBudget {
    max_bytes: usize,
    used_bytes: AtomicUsize,
}

impl ContextBudget {
    /// A budget of `max_bytes` of heap. See [`crate::limits::DEFLATE_CONTEXTS_BYTES_MAX`].
    #[must_use]
    pub fn new(max_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            max_bytes,
            used_bytes: AtomicUsize::new(0),
        })
    }

    /// Reserves `bytes` for one context, or answers `None` if they do not fit any more. What a
    /// context takes is said by [`CompressorConfig::heap_bytes`](super::CompressorConfig) and
    /// [`Decompressor::HEAP_BYTES`](super::Decompressor).
    #[must_use]
    pub fn try_reserve(self: &Arc<Self>, bytes: usize) -> Option<ContextPermit> {
        // Relaxed: the number guards no other memory.
        let grown = |used: usize| {
            let sum = used.checked_add(bytes)?;
            (sum <= self.max_bytes).then_some(sum)
        };
        self.used_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown)
            .ok()?;
        Some(ContextPermit {
            budget: Arc::clone(self),
            bytes,
        })
    }

    /// The most that may be reserved, in bytes.
    pub fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Bytes reserved at this moment.
    pub fn used_bytes(&self) -> usize {
        self.used_bytes.load(Ordering::Relaxed)
    }
}

/// Leave to keep one context. Dropping it gives the bytes back.
#[derive(Debug)]
pub struct ContextPermit {
    budget: Arc<ContextBudget>,
    bytes: usize,
}

impl ContextPermit {
    /// Gives back what is more than `bytes`, where less turned out to be needed.
    pub fn shrink_to(&mut self, bytes: usize) {
        let spare = self.bytes.saturating_sub(bytes);
        self.bytes -= spare;
        self.budget.used_bytes.fetch_sub(spare, Ordering::Relaxed);
    }
}

impl Drop for ContextPermit {
    fn drop(&mut self) {
        self.budget
            .used_bytes
            .fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_refuses_what_does_not_fit_and_takes_back_what_is_dropped() {
        let budget = ContextBudget::new(100);
        let first = budget.try_reserve(60).unwrap();
        assert!(budget.try_reserve(41).is_none());
        let second = budget.try_reserve(40).unwrap();
        assert_eq!(budget.used_bytes(), 100);
        drop(first);
        assert_eq!(budget.used_bytes(), 40);
        let mut second = second;
        second.shrink_to(41);
        assert_eq!(budget.used_bytes(), 40, "it never grows");
        second.shrink_to(15);
        assert_eq!(budget.used_bytes(), 15);
        assert!(budget.try_reserve(usize::MAX).is_none());
        drop(second);
        assert_eq!(budget.used_bytes(), 0);
    }
}
