//! Masking keys and nonces (RFC 6455 §10.3). Owns the pool of randomness of a thread. Never derives
//! one key from another.

use sockeye_proto::connection::MaskingKeys;

use crate::limits::KEY_POOL_LEN;

/// Randomness from the system, fetched in blocks so that a frame costs no system call.
#[derive(Default)]
pub(crate) struct KeyPool {
    /// Filled with the first key: a server needs none but for the Pings that it measures.
    pool: Vec<u8>,
    at: usize,
}

impl std::fmt::Debug for KeyPool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The keys to come are secret until they are used.
        formatter.debug_struct("KeyPool").finish_non_exhaustive()
    }
}

impl KeyPool {
    /// `N` random bytes that were given to nobody before.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        if let Some(bytes) = self.pool.get(self.at..).and_then(<[u8]>::first_chunk::<N>) {
            self.at += N;
            return *bytes;
        }
        self.pool.resize(KEY_POOL_LEN, 0);
        // RFC 6455 §5.3-3 §10.3-1 MUST: keys come from the system's generator.
        // RFC 6455 §5.3-4 MUST NOT: no key is made from another.
        getrandom::fill(&mut self.pool).expect("without randomness no frame may be sent");
        self.at = N;
        self.pool.first_chunk::<N>().copied().unwrap_or([0; N])
    }
}

impl MaskingKeys for KeyPool {
    fn next_key(&mut self) -> [u8; 4] {
        self.random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_ten_thousand_frames_are_distinct_but_for_chance() {
        // RFC 6455 §5.3-3 §5.3-4 TEST: CVE-2025-10148 was one key for all frames.
        let mut pool = KeyPool::default();
        let keys: std::collections::HashSet<[u8; 4]> =
            (0..10_000).map(|_| pool.next_key()).collect();
        // Two of 10,000 random 32-bit keys are equal about once in 86 runs; five pairs never are.
        assert!(keys.len() > 9_995, "{}", keys.len());
    }

    #[test]
    fn keys_are_not_shown() {
        let mut pool = KeyPool::default();
        pool.next_key();
        assert_eq!(format!("{pool:?}"), "KeyPool { .. }");
    }
}
