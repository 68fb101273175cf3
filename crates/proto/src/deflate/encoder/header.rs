//! What a block with its own codes begins with: the lengths of its codes, packed (RFC 1951 §3.2.7).
//! Owns how they are packed; never chooses them.

use super::bits::Bits;
use super::huffman::Codes;
use super::symbols::{DISTANCES, LITERALS_AND_LENGTHS};
use super::window::low_half;

/// Symbols of the code that packs the lengths of the others.
const PACKING_SYMBOLS: usize = 19;

/// The order in which the lengths of that code are written: those that often do not occur, last.
const ORDER: [usize; PACKING_SYMBOLS] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The longest code of that code.
const PACKING_LEN_MAX: u8 = 7;

/// Repeats the length before, 3 to 6 times.
const REPEAT: u8 = 16;
/// Zeros, 3 to 10.
const ZEROS: u8 = 17;
/// Zeros, 11 to 138.
const MANY_ZEROS: u8 = 18;

/// Extra bits of a packing symbol.
const fn extra_len(symbol: u8) -> u32 {
    match symbol {
        REPEAT => 2,
        ZEROS => 3,
        MANY_ZEROS => 7,
        _ => 0,
    }
}

/// A packing symbol and its extra bits.
#[derive(Clone, Copy, Debug, Default)]
struct Packed {
    symbol: u8,
    extra: u8,
}

/// The lengths of a block's codes, packed.
#[derive(Debug)]
pub(super) struct Header {
    literals_and_lengths: usize,
    distances: usize,
    packed: [Packed; LITERALS_AND_LENGTHS + DISTANCES],
    packed_len: usize,
    counts: [u16; PACKING_SYMBOLS],
    codes: Codes<PACKING_SYMBOLS>,
    /// How many of them are written, in [`ORDER`].
    packing_written: usize,
}

impl Header {
    /// The least that it takes: three numbers, and four lengths of the code that packs the others.
    pub(super) const BITS_MIN: usize = 5 + 5 + 4 + 4 * 3;

    pub(super) fn new(
        literals_and_lengths: &[u8; LITERALS_AND_LENGTHS],
        distances: &[u8; DISTANCES],
    ) -> Self {
        let mut header = Self {
            literals_and_lengths: without_zeros(literals_and_lengths).max(257),
            distances: without_zeros(distances).max(1),
            packed: [Packed::default(); LITERALS_AND_LENGTHS + DISTANCES],
            packed_len: 0,
            counts: [0; PACKING_SYMBOLS],
            codes: Codes::new(&[0; PACKING_SYMBOLS]),
            packing_written: 4,
        };
        // Both are packed as one list: a run may reach from one into the other.
        let mut lens = [0; LITERALS_AND_LENGTHS + DISTANCES];
        let (front, back) = lens.split_at_mut(header.literals_and_lengths);
        front.copy_from_slice(&literals_and_lengths[..front.len()]);
        back[..header.distances].copy_from_slice(&distances[..header.distances]);
        header.pack(&lens[..header.literals_and_lengths + header.distances]);
        header.codes = Codes::optimal(&header.counts, PACKING_LEN_MAX);
        let last = ORDER
            .iter()
            .rposition(|symbol| header.codes.of(*symbol).len > 0);
        header.packing_written = last.map_or(4, |last| (last + 1).max(4));
        header
    }

    /// Packs `lens`, run by run.
    fn pack(&mut self, lens: &[u8]) {
        let mut rest = lens;
        while let [len, ..] = rest {
            let run = rest.iter().take_while(|other| *other == len).count();
            if *len == 0 {
                self.pack_zeros(run);
            } else {
                self.push(*len, 0);
                self.pack_repeats(*len, run - 1);
            }
            rest = &rest[run..];
        }
    }

    fn pack_zeros(&mut self, mut run: usize) {
        while run >= 11 {
            let part = run.min(138);
            self.push(MANY_ZEROS, part - 11);
            run -= part;
        }
        if run >= 3 {
            self.push(ZEROS, run - 3);
            run = 0;
        }
        for _ in 0..run {
            self.push(0, 0);
        }
    }

    fn pack_repeats(&mut self, len: u8, mut run: usize) {
        while run >= 3 {
            let part = run.min(6);
            self.push(REPEAT, part - 3);
            run -= part;
        }
        for _ in 0..run {
            self.push(len, 0);
        }
    }

    fn push(&mut self, symbol: u8, extra: usize) {
        let [extra, _] = low_half(extra).to_le_bytes();
        self.packed[self.packed_len] = Packed { symbol, extra };
        self.packed_len += 1;
        self.counts[usize::from(symbol)] += 1;
    }

    /// How many bits it takes.
    pub(super) fn bits(&self) -> usize {
        let symbols = (0..).zip(self.counts.iter().zip(self.codes.lens()));
        let packed = symbols.map(|(symbol, (count, len))| {
            usize::from(*count) * (usize::from(*len) + extra_len(symbol) as usize)
        });
        5 + 5 + 4 + 3 * self.packing_written + packed.sum::<usize>()
    }

    pub(super) fn write(&self, bits: &mut Bits<'_>) {
        bits.put(self.literals_and_lengths as u64 - 257, 5);
        bits.put(self.distances as u64 - 1, 5);
        bits.put(self.packing_written as u64 - 4, 4);
        for symbol in &ORDER[..self.packing_written] {
            bits.put(u64::from(self.codes.of(*symbol).len), 3);
        }
        for Packed { symbol, extra } in &self.packed[..self.packed_len] {
            let code = self.codes.of(usize::from(*symbol));
            let len = u32::from(code.len);
            let value = u64::from(code.bits) | u64::from(*extra) << len;
            bits.put(value, len + extra_len(*symbol));
        }
    }
}

/// The length of `lens` without the zeros at its end.
fn without_zeros(lens: &[u8]) -> usize {
    lens.iter()
        .rposition(|len| *len > 0)
        .map_or(0, |last| last + 1)
}
