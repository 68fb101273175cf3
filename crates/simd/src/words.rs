//! Slices as 64-bit words, each an array of 8 bytes: what `as_chunks` gives where the standard
//! library has it (from 1.88 on, later than the oldest compiler that we promise). Owns only that;
//! it never says what a word means.
//!
//! The length of a chunk is a constant, so that asking for it costs nothing: the loops become the
//! same vectors (`cargo run --release -p sockeye-simd --example throughput`).

/// The whole words of `bytes`, without what is after the last one.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it gets the vectors of its caller")]
pub(crate) fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8; 8]> {
    bytes.chunks_exact(8).filter_map(|word| word.first_chunk())
}

/// The same, to be written.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it gets the vectors of its caller")]
pub(crate) fn words_mut(bytes: &mut [u8]) -> impl Iterator<Item = &mut [u8; 8]> {
    let words = bytes.chunks_exact_mut(8);
    words.filter_map(|word| word.first_chunk_mut())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_all_whole_ones_in_order_and_nothing_else() {
        let mut bytes: Vec<u8> = (0..40).collect();
        for len in 0..40 {
            let whole: Vec<u8> = words(&bytes[..len]).flatten().copied().collect();
            assert_eq!(whole, bytes[..len - len % 8], "{len}");
            words_mut(&mut bytes[..len]).for_each(|word| word.reverse());
            let back: Vec<u8> = whole
                .chunks(8)
                .flat_map(|word| word.iter().rev().copied())
                .collect();
            assert_eq!(bytes[..back.len()], back, "{len}");
            bytes = (0..40).collect();
        }
    }
}
