//! permessage-deflate as the generator needs it (RFC 7692 §7.2): messages compressed before the run
//! starts, and replies inflated to be compared.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

/// What ends a flushed block and is not sent.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

const WINDOW_BITS: u8 = 15;

/// zlib's default, as the servers are told to use.
const LEVEL: u32 = 6;

/// Whether a message may refer to the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takeover {
    /// Every message starts with an empty window.
    Forbidden,
    /// The window goes on.
    Used,
}

/// One direction's compressor.
#[derive(Debug)]
pub(crate) struct Deflater {
    inner: Compress,
    takeover: Takeover,
}

impl Deflater {
    pub(crate) fn new(takeover: Takeover) -> Self {
        let level = Compression::new(LEVEL);
        Self {
            inner: Compress::new_with_window_bits(level, false, WINDOW_BITS),
            takeover,
        }
    }

    /// One message's payload as it goes over the wire.
    pub(crate) fn deflate(&mut self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if self.takeover == Takeover::Forbidden {
            self.inner.reset();
        }
        // Stored blocks, the worst case, add five bytes per 16 KiB.
        let mut out = Vec::with_capacity(payload.len() + payload.len() / 1024 + 64);
        self.inner
            .compress_vec(payload, &mut out, FlushCompress::Sync)
            .map_err(|error| error.to_string())?;
        if !out.ends_with(&TAIL) {
            return Err("the compressor left a message unfinished".to_owned());
        }
        out.truncate(out.len() - TAIL.len());
        Ok(out)
    }
}

/// One connection's decompressor.
#[derive(Debug)]
pub(crate) struct Inflater {
    inner: Decompress,
    takeover: Takeover,
}

impl Inflater {
    pub(crate) fn new(takeover: Takeover) -> Self {
        Self {
            inner: Decompress::new_with_window_bits(false, WINDOW_BITS),
            takeover,
        }
    }

    /// One message's payload, expected to be `expected_len` long.
    ///
    /// # Errors
    ///
    /// What is wrong with the stream.
    pub(crate) fn inflate(
        &mut self,
        compressed: &mut Vec<u8>,
        expected_len: usize,
    ) -> Result<Vec<u8>, String> {
        if self.takeover == Takeover::Forbidden {
            self.inner.reset(false);
        }
        compressed.extend_from_slice(&TAIL);
        // One byte more than expected shows a reply that is too long, without inflating all of it.
        let mut out = Vec::with_capacity(expected_len + 1);
        self.inner
            .decompress_vec(compressed, &mut out, FlushDecompress::Sync)
            .map_err(|error| format!("a reply does not inflate: {error}"))?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(takeover: Takeover, passes: usize) -> Vec<usize> {
        let mut inflater = Inflater::new(takeover);
        let mut lens = Vec::new();
        let payloads: Vec<Vec<u8>> = (0..8)
            .map(|index| bench_wire::payload::Content::Json.generate(index, 1024))
            .collect();
        let mut deflater = Deflater::new(takeover);
        let wire: Vec<Vec<u8>> = payloads
            .iter()
            .map(|payload| deflater.deflate(payload).unwrap())
            .collect();
        for _ in 0..passes {
            for (payload, compressed) in payloads.iter().zip(&wire) {
                let mut compressed = compressed.clone();
                lens.push(compressed.len());
                assert_eq!(&inflater.inflate(&mut compressed, 1024).unwrap(), payload);
            }
        }
        lens
    }

    #[test]
    fn messages_come_back_with_and_without_takeover() {
        let without = round_trip(Takeover::Forbidden, 1);
        let with = round_trip(Takeover::Used, 1);
        assert!(with.iter().sum::<usize>() < without.iter().sum::<usize>());
    }

    /// What the generator relies on when it sends its prepared messages over and over.
    #[test]
    fn a_compressed_sequence_may_be_repeated_in_one_context() {
        round_trip(Takeover::Used, 6);
    }
}
