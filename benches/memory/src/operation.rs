//! What is measured, each on buffers that lie as a server's do.

use std::hint::black_box;

/// A small masked frame's payload begins so far into the read buffer: alignment is not to be had.
const PAYLOAD_OFFSET: usize = 6;

/// What memcpy gets instead, a cache line: on some processors its way of copying is twenty times
/// slower for buffers that are not aligned, and being faster than that would mean nothing.
const LINE: usize = 64;

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
    to: Vec<u8>,
    size: usize,
    ascii: Vec<u8>,
    mixed: Vec<u8>,
}

impl Buffers {
    /// Buffers for payloads of `size` bytes.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            from: vec![0x5a; LINE + size],
            to: vec![0; LINE + size],
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
        match self {
            Self::Mask => {
                let payload = &mut buffers.to[PAYLOAD_OFFSET..][..buffers.size];
                let payload = black_box(payload);
                sockeye_simd::apply_mask(payload, KEY, 0);
            }
            Self::Memcpy => {
                let from = &buffers.from[buffers.from.as_ptr().align_offset(LINE)..];
                let start = buffers.to.as_ptr().align_offset(LINE);
                let to = black_box(&mut buffers.to[start..][..buffers.size]);
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
        Operation::Mask.run(&mut buffers);
        let masked = &buffers.to[PAYLOAD_OFFSET..][..buffers.size];
        assert!(masked.iter().all(|&byte| byte != 0), "{masked:?}");
        Operation::Mask.run(&mut buffers);
        assert_eq!(buffers.to, before);
    }

    #[test]
    fn copies_are_whole() {
        let mut buffers = Buffers::new(100);
        Operation::Memcpy.run(&mut buffers);
        let start = buffers.to.as_ptr().align_offset(LINE);
        assert_eq!(buffers.to[start..][..100], [0x5a; 100]);
        assert_eq!(
            buffers.to[start + 100..].iter().max().copied().unwrap_or(0),
            0
        );
    }
}
