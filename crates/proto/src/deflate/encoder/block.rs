//! One block on the wire (RFC 1951 §3.2.3): stored, with the fixed codes or with its own, whichever
//! takes the fewest bits. Never marks a block final, and never chooses tokens.

use super::bits::{BitWriter, Bits};
use super::header::Header;
use super::huffman::Codes;
use super::symbols::{
    DISTANCE_EXTRA, DISTANCES, END_OF_BLOCK, FIRST_LENGTH, LENGTH_EXTRA, LITERALS_AND_LENGTHS,
    MATCH_LEN_MIN, split_distance, split_length,
};
use super::tokens::{Counts, Tokens};
use super::window::low_half;

/// The first three bits of a block, lowest first: not final, then its type.
const STORED: u64 = 0b00 << 1;
const FIXED: u64 = 0b01 << 1;
const OWN: u64 = 0b10 << 1;

/// Longest code of a literal, length or distance.
const CODE_LEN_MAX: u8 = 15;

/// Longest stored block, in bytes.
const STORED_LEN_MAX: usize = 0xFFFF;

/// The lengths of the fixed codes (RFC 1951 §3.2.6).
const FIXED_LENS: [u8; LITERALS_AND_LENGTHS] = fixed_lens();
const FIXED_DISTANCE_LENS: [u8; DISTANCES] = [5; DISTANCES];

static FIXED_CODES: CodePair = CodePair {
    literals_and_lengths: Codes::new(&FIXED_LENS),
    distances: Codes::new(&FIXED_DISTANCE_LENS),
};

const fn fixed_lens() -> [u8; LITERALS_AND_LENGTHS] {
    let mut lens = [8; LITERALS_AND_LENGTHS];
    let mut symbol = 144;
    while symbol < 280 {
        lens[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lens
}

/// The two codes of a block.
#[derive(Debug)]
struct CodePair {
    literals_and_lengths: Codes<LITERALS_AND_LENGTHS>,
    distances: Codes<DISTANCES>,
}

/// Writes `tokens`, which stand for the bytes `raw`, as one block, or as stored ones.
pub(super) fn write(tokens: &mut Tokens, raw: &[u8], writer: &mut BitWriter<'_>) {
    let occurring = tokens.len();
    let counts = tokens.counts();
    let extra = 3 + extra_bits(counts);
    let fixed = extra + code_bits(counts, &FIXED_LENS, &FIXED_DISTANCE_LENS);
    let stored = stored_bits(raw.len(), writer);
    // No code is shorter than one bit: where that could not save a header either, none is made.
    let own = (fixed > extra + Header::BITS_MIN + occurring).then(|| OwnCodes::new(counts));
    let own_bits = own.as_ref().map_or(fixed, |own| extra + own.bits(counts));
    if stored < own_bits.min(fixed) {
        return write_stored(raw, writer);
    }
    match own {
        Some(own) if own_bits < fixed => writer.append(own_bits, |bits| {
            bits.put(OWN, 3);
            own.header.write(bits);
            write_tokens(tokens, raw, &own.codes, bits);
        }),
        _ => writer.append(fixed, |bits| {
            bits.put(FIXED, 3);
            write_tokens(tokens, raw, &FIXED_CODES, bits);
        }),
    }
}

/// The codes that suit a block best, and what they cost to tell.
struct OwnCodes {
    codes: CodePair,
    header: Header,
}

impl OwnCodes {
    fn new(counts: &Counts) -> Self {
        let codes = CodePair {
            literals_and_lengths: Codes::optimal(&counts.literals_and_lengths, CODE_LEN_MAX),
            distances: Codes::optimal(&counts.distances, CODE_LEN_MAX),
        };
        let header = Header::new(codes.literals_and_lengths.lens(), codes.distances.lens());
        Self { codes, header }
    }

    /// Bits of the header and of all codes.
    fn bits(&self, counts: &Counts) -> usize {
        let lens = self.codes.literals_and_lengths.lens();
        self.header.bits() + code_bits(counts, lens, self.codes.distances.lens())
    }
}

/// Writes `raw` as stored blocks.
pub(super) fn write_stored(raw: &[u8], writer: &mut BitWriter<'_>) {
    for raw in raw.chunks(STORED_LEN_MAX) {
        write_stored_header(writer);
        let [a, b] = low_half(raw.len()).to_le_bytes();
        writer.bytes(&[a, b, !a, !b]);
        writer.bytes(raw);
    }
}

/// Begins a stored block: all that is not in whole bytes.
pub(super) fn write_stored_header(writer: &mut BitWriter<'_>) {
    writer.append(3, |bits| bits.put(STORED, 3));
    writer.align();
}

fn write_tokens(tokens: &Tokens, mut raw: &[u8], codes: &CodePair, bits: &mut Bits<'_>) {
    for sequence in tokens.sequences() {
        let (literals, rest) = raw.split_at(usize::from(sequence.literals).min(raw.len()));
        write_literals(literals, codes, bits);
        let length = split_length(sequence.length);
        let code = codes.literals_and_lengths.of(length.symbol);
        let mut value = u64::from(code.bits);
        let mut len = u32::from(code.len);
        value |= length.extra << len;
        len += length.extra_len;
        let distance = split_distance(sequence.distance);
        let code = codes.distances.of(distance.symbol);
        value |= u64::from(code.bits) << len;
        len += u32::from(code.len);
        value |= distance.extra << len;
        // At most 15 + 5 + 15 + 13.
        bits.put(value, len + distance.extra_len);
        raw = rest
            .get(usize::from(sequence.length) + MATCH_LEN_MIN as usize..)
            .unwrap_or_default();
    }
    write_literals(raw, codes, bits);
    let code = codes.literals_and_lengths.of(END_OF_BLOCK);
    bits.put(u64::from(code.bits), u32::from(code.len));
}

#[inline]
fn write_literals(literals: &[u8], codes: &CodePair, bits: &mut Bits<'_>) {
    for byte in literals {
        let code = codes.literals_and_lengths.of(usize::from(*byte));
        bits.put(u64::from(code.bits), u32::from(code.len));
    }
}

/// Bits that stored blocks of `len` bytes take from here on.
fn stored_bits(len: usize, writer: &BitWriter<'_>) -> usize {
    let blocks = len.div_ceil(STORED_LEN_MAX);
    // The first one pads what was written before it; the others begin where a byte begins.
    let first = 3 + (writer.padding() + 5) as usize % 8;
    (first + blocks.saturating_sub(1) * 8) + blocks * 32 + len * 8
}

/// Bits that the codes of all tokens take.
fn code_bits(
    counts: &Counts,
    lens: &[u8; LITERALS_AND_LENGTHS],
    distance_lens: &[u8; DISTANCES],
) -> usize {
    weigh(&counts.literals_and_lengths, lens) + weigh(&counts.distances, distance_lens)
}

/// Bits that follow the codes, whatever these are.
fn extra_bits(counts: &Counts) -> usize {
    weigh(&counts.literals_and_lengths[FIRST_LENGTH..], &LENGTH_EXTRA)
        + weigh(&counts.distances, &DISTANCE_EXTRA)
}

fn weigh(counts: &[u16], bits: &[u8]) -> usize {
    let pairs = counts.iter().zip(bits);
    let sum: u32 = pairs
        .map(|(count, bits)| u32::from(*count) * u32::from(*bits))
        .sum();
    sum as usize
}
