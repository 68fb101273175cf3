//! What is measured, each on buffers that lie as a server's do.

use std::hint::black_box;

/// A small masked frame's payload begins so far into the read buffer: alignment is not to be had.
const PAYLOAD_OFFSET: usize = 6;

/// What memcpy gets instead, a cache line: on some processors its way of copying is twenty times
/// slower for buffers that are not aligned, and being faster than that would mean nothing.
const LINE: usize = 64;

/// Short payloads take turns over this many bytes: a server touches a payload once, and not while
/// the stores of the time before are still on their way to the cache.
const TURNS_LEN: usize = 16 * 1024;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The operations. The first is what the others are related to.
pub(crate) const OPERATIONS: [Operation; 4] = [
    Operation::Memcpy,
    Operation::Mask,
    Operation::ValidateAscii,
    Operation::ValidateMixed,
];

/// Something that touches every byte of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Masks in place.
    Mask,
    /// Copies to another buffer.
    Memcpy,
    /// Validates text of one byte per character.
    ValidateAscii,
    /// Validates text of one to four bytes per character.
    ValidateMixed,
}

/// What the operations work on.
#[derive(Debug)]
pub(crate) struct Buffers {
    from: Vec<u8>,
    /// A payload for each turn.
    to: Vec<Vec<u8>>,
    /// Whose turn it is.
    turn: usize,
    size: usize,
    ascii: Vec<u8>,
    mixed: Vec<u8>,
}

impl Buffers {
    /// Buffers for payloads of `size` bytes.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            from: vec![0x5a; LINE + size],
            to: vec![vec![0; LINE + size]; (TURNS_LEN / size).max(1)],
            turn: 0,
            size,
            ascii: text("plain words, and more of them. ", size),
            mixed: text("words, слова, λέξεις, 言葉 and 😀. ", size),
        }
    }
}

/// `sample` over and over, then dots, so that it ends with a whole character.
fn text(sample: &str, size: usize) -> Vec<u8> {
    let mut bytes = sample.repeat(size / sample.len()).into_bytes();
    bytes.resize(size, b'.');
    let mut text = vec![0; PAYLOAD_OFFSET];
    text.extend(bytes);
    text
}

impl Operation {
    /// The name in the figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mask => "mask",
            Self::Memcpy => "memcpy",
            Self::ValidateAscii => "validate-ascii",
            Self::ValidateMixed => "validate-mixed",
        }
    }

    /// Does it once. The compiler may not see through it.
    pub(crate) fn run(self, buffers: &mut Buffers) {
        buffers.turn = (buffers.turn + 1) % buffers.to.len();
        let to = &mut buffers.to[buffers.turn];
        match self {
            Self::Mask => {
                let payload = black_box(&mut to[PAYLOAD_OFFSET..][..buffers.size]);
                sockeye_simd::apply_mask(payload, KEY, 0);
            }
            Self::Memcpy => {
                let from = &buffers.from[buffers.from.as_ptr().align_offset(LINE)..];
                let start = to.as_ptr().align_offset(LINE);
                let to = black_box(&mut to[start..][..buffers.size]);
                to.copy_from_slice(black_box(&from[..buffers.size]));
            }
            Self::ValidateAscii => {
                black_box(sockeye_simd::is_utf8(black_box(
                    &buffers.ascii[PAYLOAD_OFFSET..],
                )));
            }
            Self::ValidateMixed => {
                black_box(sockeye_simd::is_utf8(black_box(
                    &buffers.mixed[PAYLOAD_OFFSET..],
                )));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_valid_and_of_the_kind_they_are_called() {
        let buffers = Buffers::new(1000);
        let ascii = std::str::from_utf8(&buffers.ascii[PAYLOAD_OFFSET..]).unwrap();
        let mixed = std::str::from_utf8(&buffers.mixed[PAYLOAD_OFFSET..]).unwrap();
        assert!(ascii.is_ascii() && ascii.len() == 1000);
        assert!(!mixed.is_ascii() && mixed.len() == 1000);
    }

    #[test]
    fn masking_twice_restores_the_payload() {
        let mut buffers = Buffers::new(100);
        let before = buffers.to.clone();
        for _ in 0..before.len() {
            Operation::Mask.run(&mut buffers);
        }
        for buffer in &buffers.to {
            let masked = &buffer[PAYLOAD_OFFSET..][..buffers.size];
            assert!(masked.iter().all(|&byte| byte != 0), "{masked:?}");
        }
        for _ in 0..before.len() {
            Operation::Mask.run(&mut buffers);
        }
        assert_eq!(buffers.to, before);
    }

    #[test]
    fn copies_are_whole() {
        let mut buffers = Buffers::new(100);
        Operation::Memcpy.run(&mut buffers);
        let to = &buffers.to[buffers.turn];
        let start = to.as_ptr().align_offset(LINE);
        assert_eq!(to[start..][..100], [0x5a; 100]);
        assert!(to[start + 100..].iter().all(|&byte| byte == 0));
    }
}
