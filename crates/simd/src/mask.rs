//! Masking a payload: `payload[i] ^= key[(offset + i) % 4]` (RFC 6455 §5.3).
//!
//! Owns the one routine that every masked byte of either direction goes through. It must never read
//! the length of a frame or decide whose turn it is to mask: that is `proto`'s.
//!
//! The shape of the loops is the result of measurements, and it is easy to lose: sixteen `u32` per
//! iteration look equivalent, but at `x86-64-v4` the compiler turns them into gathers and scatters
//! that run at 2.5 GB/s, ten times slower than at `x86-64-v2`. Eight `u64` per 64-byte array become
//! plain vector XORs at each level. `cargo run --release -p sockeye-simd --example throughput`
//! shows it at once should a compiler change its mind.

#[cfg(target_arch = "x86_64")]
use crate::wide;
use crate::words::words_mut;

/// Masks or unmasks `payload` in place: byte `i` becomes its XOR with `key[(offset + i) % 4]`.
///
/// `offset` is the number of payload bytes of the same frame that came before this slice, so a
/// frame may be unmasked piece by piece as it arrives; only its value modulo 4 matters, so a caller
/// may let it wrap. Masking is its own inverse. Any length, 0 included, and any alignment are fine.
///
/// # Examples
///
/// ```
/// // RFC 6455 §5.7: a masked "Hello".
/// let mut payload = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
/// sockeye_simd::apply_mask(&mut payload, [0x37, 0xfa, 0x21, 0x3d], 0);
/// assert_eq!(&payload, b"Hello");
/// ```
#[inline]
pub fn apply_mask(payload: &mut [u8], key: [u8; 4], offset: usize) {
    // RFC 6455 §5.3-5 must: octet i is XORed with key octet i MOD 4.
    let key = turn(u32::from_le_bytes(key), offset);
    if payload.len() < LONG_MIN {
        xor(payload, key);
    } else {
        xor_long(payload, key);
    }
}

/// Payloads from this length on are worth a detection and a few byte steps to an aligned address:
/// 500 bytes take 11 ns either way.
const LONG_MIN: usize = 512;

/// The key as it stands `offset` bytes later. Its lowest byte applies first.
#[inline]
fn turn(key: u32, offset: usize) -> u32 {
    let bits = match offset % 4 {
        0 => 0,
        1 => 8,
        2 => 16,
        _ => 24,
    };
    key.rotate_right(bits)
}

/// The key twice.
#[inline]
fn widen(key: u32) -> u64 {
    u64::from(key) * 0x1_0000_0001
}

/// XORs a long payload with the widest vectors of the processor.
fn xor_long(payload: &mut [u8], key: u32) {
    #[cfg(target_arch = "x86_64")]
    if let Some(wide) = wide::Wide::detect() {
        let key_at = |distance| widen(turn(key, distance));
        if wide.xor(payload, key_at).is_some() {
            return;
        }
    }
    xor_aligned(payload, key);
}

/// XORs from a 16-byte boundary on: in place, a store that crosses a cache line costs two. 1 KiB at
/// an odd address: 43 GB/s without, 49 with; 64 KiB: 36 without, 52 with (as in `wide`).
fn xor_aligned(payload: &mut [u8], key: u32) {
    let head_len = payload.as_ptr().align_offset(16).min(payload.len());
    let (head, body) = payload.split_at_mut(head_len);
    xor_tail(head, key);
    xor(body, turn(key, head_len));
}

/// XORs all of `payload`. The lengths of all steps but the last are multiples of 4, so the key
/// needs no turning between them.
#[inline]
fn xor(payload: &mut [u8], key: u32) {
    let mut blocks = payload.chunks_exact_mut(64);
    for block in blocks.by_ref() {
        xor_words(block, key);
    }
    xor_tail(blocks.into_remainder(), key);
}

/// XORs fewer than 64 bytes by halving steps: a loop over at most seven words would get a vector
/// prologue that costs more than the work. 125 bytes: 4.9 ns so, 6.2 ns with the loop.
#[inline]
fn xor_tail(tail: &mut [u8], key: u32) {
    let tail = xor_front::<32>(tail, key);
    let tail = xor_front::<16>(tail, key);
    let tail = xor_front::<8>(tail, key);
    let tail = match tail.split_first_chunk_mut::<4>() {
        None => tail,
        Some((half, tail)) => {
            *half = (u32::from_le_bytes(*half) ^ key).to_le_bytes();
            tail
        }
    };
    for (byte, key) in tail.iter_mut().zip(key.to_le_bytes()) {
        *byte ^= key;
    }
}

/// XORs the first `N` bytes if there are that many, and answers what is left.
#[inline]
fn xor_front<const N: usize>(bytes: &mut [u8], key: u32) -> &mut [u8] {
    if bytes.len() < N {
        return bytes;
    }
    let (front, rest) = bytes.split_at_mut(N);
    xor_words(front, key);
    rest
}

/// XORs whole 64-bit words. Little-endian on both sides, so that the key means the same everywhere.
#[inline]
fn xor_words(bytes: &mut [u8], key: u32) {
    for word in words_mut(bytes) {
        *word = (u64::from_le_bytes(*word) ^ widen(key)).to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processors with AVX2 never come here otherwise.
    #[test]
    fn aligned_form_matches_the_twin() {
        let payload: Vec<u8> = (0..=255).cycle().take(1200).collect();
        for start in 0..64 {
            for len in [0, 1, 15, 16, 63, 64, 511, 600, 1100] {
                let mut fast = payload.clone();
                let mut twin = payload.clone();
                xor_aligned(&mut fast[start..start + len], turn(0x0804_0201, start));
                crate::naive::apply_mask(&mut twin[start..start + len], [1, 2, 4, 8], start);
                assert_eq!(fast, twin, "{start} {len}");
            }
        }
    }
}
