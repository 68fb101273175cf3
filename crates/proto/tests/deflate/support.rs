//! Payloads and short forms that several files use.

use std::fmt::Write as _;

use sockeye_proto::deflate::{Compressor, CompressorConfig, ContextTakeover};
use sockeye_proto::deflate::{Decompressor, Encoding, InflateFault};

/// More than any payload here.
pub(crate) const PLENTY: usize = 1 << 24;

pub(crate) fn config(level: u8, window_bits: u8) -> CompressorConfig {
    CompressorConfig::new(level, window_bits).unwrap()
}

pub(crate) fn compressor(takeover: ContextTakeover) -> Compressor {
    Compressor::new(config(6, 15), takeover)
}

/// The message that `payload` becomes, compressed whatever its length.
pub(crate) fn compressed(compressor: &mut Compressor, payload: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    compressor.compress_part(payload, true, &mut message);
    message
}

/// One whole message, inflated.
pub(crate) fn inflated(
    decompressor: &mut Decompressor,
    message: &[u8],
) -> Result<Vec<u8>, InflateFault> {
    let mut payload = Vec::new();
    decompressor.inflate(message, true, &mut payload, PLENTY)?;
    Ok(payload)
}

/// The same with the message in pieces of `piece_len` bytes.
pub(crate) fn inflated_by_pieces(
    decompressor: &mut Decompressor,
    message: &[u8],
    piece_len: usize,
) -> Result<Vec<u8>, InflateFault> {
    let mut payload = Vec::new();
    for piece in message.chunks(piece_len) {
        decompressor.inflate(piece, false, &mut payload, PLENTY)?;
    }
    decompressor.inflate(&[], true, &mut payload, PLENTY)?;
    Ok(payload)
}

/// Compresses with [`Compressor::compress`] and expects the answer.
pub(crate) fn compress_as(
    compressor: &mut Compressor,
    payload: &[u8],
    expected: Encoding,
) -> Vec<u8> {
    let mut out = b"before".to_vec();
    assert_eq!(compressor.compress(payload, &mut out), expected);
    out.strip_prefix(b"before").unwrap().to_vec()
}

/// Something like a chat server's JSON, `len` bytes long, different for each `seed`.
pub(crate) fn json(len: usize, seed: u64) -> Vec<u8> {
    let mut noise = Noise(seed);
    let mut text = String::from(r#"{"type":"update","items":["#);
    while text.len() < len {
        let (id, x, user) = (noise.below(100_000), noise.below(1000), noise.below(6));
        let user = ["alice", "bob", "carol", "dave", "erin", "frank"][user];
        write!(
            text,
            r#"{{"id":{id},"user":"{user}","x":{x}.5,"active":true}},"#
        )
        .unwrap();
    }
    text.truncate(len);
    text.into_bytes()
}

/// `len` bytes that no compressor makes shorter.
pub(crate) fn incompressible(len: usize) -> Vec<u8> {
    let mut noise = Noise(len as u64);
    (0..len).map(|_| noise.next().to_be_bytes()[0]).collect()
}

/// A small generator of numbers that look random: the same ones in each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end
    }
}
