//! 32- and 64-byte vectors on x86-64, where builds for every processor may use 16. Owns the proof
//! that the processor has them, and the only loops that need it. It never decides when they pay.
//! A compiler before Rust 1.89 knows no AVX-512: built with one, AVX2 is the widest (`build.rs`).
//!
//! Built for `x86-64-v2`, 1 KiB: masking in place 68 GB/s with AVX2 beside 49 with 16 bytes, on an
//! older EPYC; 130 with AVX-512 beside 98 with AVX2, and looking for ASCII 170 beside 110 by
//! `simdutf8`, on a newer one (November 2026; `cargo xtask bench memory-bound`).
//!
//! The lines are aligned, and typed so: for an unaligned one the compiler, which tunes a build for
//! every processor with old ones in mind, splits each access in two and ends at 17 GB/s.

use std::arch::x86_64::{__m256i, _mm256_set1_epi64x, _mm256_xor_si256};
#[cfg(sockeye_avx512)]
use std::arch::x86_64::{__m512i, _mm512_set1_epi64, _mm512_xor_si512};

use crate::ascii::{NON_ASCII, union_of_words};
use crate::words::words_mut;

/// The proof that this processor has wide vectors.
#[derive(Clone, Copy)]
pub(crate) enum Wide {
    Avx2(Avx2),
    #[cfg(sockeye_avx512)]
    Avx512(Avx512),
}

/// Only [`Wide::detect`] makes one, and only where the processor has AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

/// The same for AVX-512F.
#[cfg(sockeye_avx512)]
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Wide {
    /// Asks the processor, once per process: after that it is the load of a flag.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        #[cfg(sockeye_avx512)]
        if std::arch::is_x86_feature_detected!("avx512f") {
            return Some(Self::Avx512(Avx512(())));
        }
        std::arch::is_x86_feature_detected!("avx2").then_some(Self::Avx2(Avx2(())))
    }

    /// XORs all of `payload`. `key_at` answers the key, twice, as it applies from a distance on.
    /// `None`, and nothing done, for fewer than 64 bytes.
    #[inline]
    #[expect(unsafe_code, reason = "needs what `self` proves")]
    pub(crate) fn xor(self, payload: &mut [u8], key_at: impl Fn(usize) -> u64) -> Option<()> {
        match self {
            // SAFETY: `detect` found AVX2.
            Self::Avx2(Avx2(())) => unsafe { xor_avx2(payload, key_at) },
            #[cfg(sockeye_avx512)]
            // SAFETY: `detect` found AVX-512F.
            Self::Avx512(Avx512(())) => unsafe { xor_avx512(payload, key_at) },
        }
    }

    /// A length up to which all of `bytes` is ASCII, in whole blocks of [`BLOCK_LEN`].
    #[inline]
    #[expect(unsafe_code, reason = "needs what `self` proves")]
    pub(crate) fn ascii_prefix_len(self, bytes: &[u8]) -> usize {
        match self {
            // SAFETY: `detect` found AVX2.
            Self::Avx2(Avx2(())) => unsafe { ascii_prefix_len_avx2(bytes) },
            #[cfg(sockeye_avx512)]
            // SAFETY: `detect` found AVX-512F.
            Self::Avx512(Avx512(())) => unsafe { ascii_prefix_len_avx512(bytes) },
        }
    }
}

// Vectors by name: from words the compiler makes gathers and scatters, a tenth of the speed.
#[target_feature(enable = "avx2")]
#[expect(
    unsafe_code,
    reason = "an aligned vector takes one access, another one two"
)]
unsafe fn xor_avx2(payload: &mut [u8], key_at: impl Fn(usize) -> u64) -> Option<()> {
    let (front, back) = take_ends(payload, &key_at)?;
    // SAFETY: any 32 bytes are a vector, and the caller has found AVX2.
    unsafe {
        let (head, lines, _) = payload.align_to_mut::<__m256i>();
        let key = _mm256_set1_epi64x(signed(key_at(head.len())));
        for line in lines {
            *line = _mm256_xor_si256(*line, key);
        }
    }
    *payload.first_chunk_mut()? = front;
    *payload.last_chunk_mut()? = back;
    Some(())
}

#[cfg(sockeye_avx512)]
#[clippy::msrv = "1.89"]
#[target_feature(enable = "avx512f")]
#[expect(
    unsafe_code,
    reason = "an aligned vector takes one access, another one two"
)]
unsafe fn xor_avx512(payload: &mut [u8], key_at: impl Fn(usize) -> u64) -> Option<()> {
    let (front, back) = take_ends(payload, &key_at)?;
    // SAFETY: any 64 bytes are a vector, and the caller has found AVX-512F.
    unsafe {
        let (head, lines, _) = payload.align_to_mut::<__m512i>();
        let key = _mm512_set1_epi64(signed(key_at(head.len())));
        for line in lines {
            *line = _mm512_xor_si512(*line, key);
        }
    }
    *payload.first_chunk_mut()? = front;
    *payload.last_chunk_mut()? = back;
    Some(())
}

/// The same bits.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is nothing")]
fn signed(bits: u64) -> i64 {
    i64::from_ne_bytes(bits.to_ne_bytes())
}

/// The first and last 64 bytes of a payload after their XOR: what no vector between them is sure to
/// have. What they share with one is written twice, the same both times.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it gets the vectors of its caller")]
fn take_ends(payload: &[u8], key_at: &impl Fn(usize) -> u64) -> Option<([u8; 64], [u8; 64])> {
    let mut front = *payload.first_chunk()?;
    let mut back = *payload.last_chunk()?;
    xor_words(&mut front, key_at(0));
    xor_words(&mut back, key_at(payload.len() - 64));
    Some((front, back))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it gets the vectors of its caller")]
fn xor_words(bytes: &mut [u8; 64], key: u64) {
    for word in words_mut(bytes) {
        *word = (u64::from_le_bytes(*word) ^ key).to_le_bytes();
    }
}

#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "a processor without AVX2 must not come here")]
unsafe fn ascii_prefix_len_avx2(bytes: &[u8]) -> usize {
    ascii_prefix_len(bytes)
}

#[cfg(sockeye_avx512)]
#[clippy::msrv = "1.89"]
#[target_feature(enable = "avx512f")]
#[expect(
    unsafe_code,
    reason = "a processor without AVX-512F must not come here"
)]
unsafe fn ascii_prefix_len_avx512(bytes: &[u8]) -> usize {
    ascii_prefix_len(bytes)
}

/// How much is looked at before the question is whether to go on, in bytes.
const BLOCK_LEN: usize = 256;

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it gets the vectors of the function that it is inlined into"
)]
fn ascii_prefix_len(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(BLOCK_LEN);
    let len = bytes.len() - blocks.remainder().len();
    for (i, block) in blocks.enumerate() {
        if union_of_words(block) & NON_ASCII != 0 {
            return i * BLOCK_LEN;
        }
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive;

    /// What this processor has of them, also what [`Wide::detect`] would not choose.
    fn all() -> Vec<Wide> {
        let avx2 = std::arch::is_x86_feature_detected!("avx2").then_some(Wide::Avx2(Avx2(())));
        avx2.into_iter().chain(Wide::detect()).collect()
    }

    #[test]
    fn wide_xor_of_each_length_and_alignment_matches_the_twin() {
        let payload: Vec<u8> = (0..=255).cycle().take(700).collect();
        for (wide, start) in all()
            .into_iter()
            .flat_map(|wide| (0..64).map(move |at| (wide, at)))
        {
            for len in [0, 63, 64, 65, 127, 128, 191, 192, 500, 600] {
                let (mut fast, mut twin) = (payload.clone(), payload.clone());
                let key = 0x0804_0201_0804_0201_u64;
                let at = |distance: usize| key.rotate_right([0, 8, 16, 24][distance % 4]);
                let done = wide.xor(&mut fast[start..start + len], at).is_some();
                assert_eq!(done, len >= 64);
                if done {
                    naive::apply_mask(&mut twin[start..start + len], [1, 2, 4, 8], 0);
                }
                assert_eq!(fast, twin, "{start} {len}");
            }
        }
    }

    #[test]
    fn wide_ascii_prefix_ends_before_the_first_other_byte() {
        for wide in all() {
            for len in [0, 255, 256, 257, 1000, 1024] {
                let mut bytes = vec![b'a'; len];
                assert_eq!(wide.ascii_prefix_len(&bytes), len - len % BLOCK_LEN);
                for other in (0..len).step_by(7) {
                    bytes[other] = 0xC3;
                    let expected = (other - other % BLOCK_LEN).min(len - len % BLOCK_LEN);
                    assert_eq!(wide.ascii_prefix_len(&bytes), expected, "{len} {other}");
                    bytes[other] = b'a';
                }
            }
        }
    }
}
