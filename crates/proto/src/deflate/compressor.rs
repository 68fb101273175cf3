//! From payload to compressed payload (RFC 7692 §7.2.1). Owns the form of a compressed message: its
//! tail is cut, an empty one is a single byte. Never decides whether a message is worth compressing
//! before it was tried.

use std::fmt;

use zlib_rs::{Deflate, DeflateFlush};

use super::{CompressorConfig, ContextTakeover, TAIL};
use crate::limits::DEFLATE_STEP;

/// An empty message, and an empty last fragment: the header of an empty stored block (RFC 7692
/// §7.2.3.6).
const EMPTY: u8 = 0x00;

/// How a message is to be sent.
///
/// Complete: RSV1 is one bit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Encoding {
    /// As it was appended to the output, with RSV1 set on its first frame.
    Compressed,
    /// As it is, with RSV1 clear: compressed it would not be shorter. Nothing was appended.
    Plain,
}

/// Compresses messages, one after another.
///
/// With [`ContextTakeover::Yes`] it belongs to one connection, and every message it is given must
/// be sent as it comes out, in order. With [`ContextTakeover::No`] it may serve many, message by
/// message and fragment by fragment: each starts from an empty window.
pub struct Compressor {
    deflate: Deflate,
    config: CompressorConfig,
    takeover: ContextTakeover,
    /// Whether the window is empty.
    fresh: bool,
}

impl Compressor {
    /// Takes [`CompressorConfig::heap_bytes`] from the heap.
    #[must_use]
    pub fn new(config: CompressorConfig, takeover: ContextTakeover) -> Self {
        Self {
            deflate: Deflate::new_with_config(config.to_zlib()),
            config,
            takeover,
            fresh: true,
        }
    }

    /// What it was made for.
    #[must_use]
    pub fn config(&self) -> CompressorConfig {
        self.config
    }

    /// Compresses a whole message and appends it to `out`, unless it would not get shorter.
    ///
    /// With context takeover the answer is always [`Encoding::Compressed`], longer or not: a
    /// message that went into the window must also reach the peer's, or every later one is
    /// corrupted.
    pub fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Encoding {
        let start = out.len();
        self.compress_part(payload, true, out);
        let shorter = out.len() - start < payload.len();
        if shorter || self.takeover == ContextTakeover::Yes {
            return Encoding::Compressed;
        }
        out.truncate(start);
        Encoding::Plain
    }

    /// Compresses the next fragment of a message and appends it to `out`; `last` ends the message.
    ///
    /// What is appended can be inflated as soon as it arrives. An empty fragment that is not the
    /// last appends nothing.
    pub fn compress_part(&mut self, part: &[u8], last: bool, out: &mut Vec<u8>) {
        if part.is_empty() {
            if last {
                out.push(EMPTY);
            }
            return;
        }
        // RFC 7692 §7.2.1-4 §7.2.1-5 MUST: without takeover each message starts from an empty
        // window. Each fragment does, so that nothing has to be kept between two of them.
        if self.takeover == ContextTakeover::No {
            self.reset();
        }
        self.fresh = false;
        self.deflate_all(part, out);
        // RFC 7692 §7.2.1-2 MUST NOT: only the last fragment loses its tail.
        if last {
            debug_assert!(
                out.ends_with(&TAIL),
                "a sync flush ends with an empty stored block"
            );
            out.truncate(out.len() - TAIL.len());
        }
    }

    /// Empties the window, so that the next message refers to none before it.
    pub fn reset(&mut self) {
        if !self.fresh {
            self.deflate.reset();
            self.fresh = true;
        }
    }

    /// Appends all of `input`, compressed and flushed to a byte boundary.
    fn deflate_all(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        loop {
            let (room, len) = (step_len(rest.len()), out.len());
            out.resize(len + room, 0);
            let (in_before, out_before) = (self.deflate.total_in(), self.deflate.total_out());
            let result = self.deflate.compress(
                rest,
                out.get_mut(len..).unwrap_or_default(),
                // RFC 7692 §7.2.1-1 MUST: a flush pads to the byte; no block is ever marked final.
                DeflateFlush::SyncFlush,
            );
            result.expect("zlib-rs fails only for a state that was not initialised");
            let taken = as_len(self.deflate.total_in() - in_before);
            let produced = as_len(self.deflate.total_out() - out_before);
            out.truncate(len + produced);
            rest = rest.get(taken..).unwrap_or_default();
            // A full buffer may hide more output; anything less means the flush is complete.
            if produced < room {
                return;
            }
        }
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Compressor")
            .field("config", &self.config)
            .field("takeover", &self.takeover)
            .finish_non_exhaustive()
    }
}

/// Room for the output of `input_len` bytes, so that short messages need one call: incompressible
/// ones grow by an eighth at level 1, and each flush adds a few bytes.
fn step_len(input_len: usize) -> usize {
    (input_len + input_len / 8 + 64).min(DEFLATE_STEP)
}

/// What one call took or produced, which is the length of a slice.
fn as_len(count: u64) -> usize {
    usize::try_from(count).expect("a count within a slice fits usize")
}
