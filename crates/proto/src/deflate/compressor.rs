//! From payload to compressed payload (RFC 7692 §7.2.1). Owns the form of a compressed message: its
//! tail is cut, an empty one is a single byte. Never decides whether a message is worth compressing
//! before it was tried.

use std::fmt;

use super::encoder::Encoder;
use super::{CompressorConfig, ContextTakeover, TAIL};

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
    encoder: Encoder,
    config: CompressorConfig,
    takeover: ContextTakeover,
}

impl Compressor {
    /// Takes [`CompressorConfig::heap_bytes`] from the heap.
    #[must_use]
    pub fn new(config: CompressorConfig, takeover: ContextTakeover) -> Self {
        Self {
            encoder: config.to_encoder(),
            config,
            takeover,
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
            self.encoder.restart(part.len());
        }
        // RFC 7692 §7.2.1-1 MUST: a flush pads to the byte; no block is ever marked final.
        self.encoder.encode(part, out);
        // RFC 7692 §7.2.1-2 MUST NOT: only the last fragment lacks its tail.
        if !last {
            out.extend_from_slice(&TAIL);
        }
    }

    /// Empties the window, so that the next message refers to none before it.
    pub fn reset(&mut self) {
        // How much will follow is not known.
        self.encoder.restart(usize::MAX);
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
