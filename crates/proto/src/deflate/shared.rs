//! The codecs that one thread lends to all its connections. Owns them between two uses; never any
//! connection's state.

use super::{Compressor, CompressorConfig, ContextTakeover, Decompressor};

/// What a thread lends to all connections without context takeover.
///
/// Codecs are made when first asked for. There is at most one compressor per configuration: with
/// one level, seven, of which a server whose clients all agree to 15 bits uses one.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SharedCodecs {
    compressors: Vec<Compressor>,
    decompressor: Option<Box<Decompressor>>,
}

impl SharedCodecs {
    /// A compressor for one message, or one fragment.
    pub fn compressor(&mut self, config: CompressorConfig) -> &mut Compressor {
        let found = self
            .compressors
            .iter()
            .position(|one| one.config() == config);
        let index = found.unwrap_or_else(|| {
            self.compressors
                .push(Compressor::new(config, ContextTakeover::No));
            self.compressors.len() - 1
        });
        &mut self.compressors[index]
    }

    /// The decompressor, for one whole message: nothing of it is there at the next call. A message
    /// that arrives in several frames is therefore gathered first and inflated at its end.
    pub fn decompressor(&mut self) -> &mut Decompressor {
        let decompressor = self
            .decompressor
            .get_or_insert_with(|| Box::new(Decompressor::new(ContextTakeover::No)));
        // Whoever had it before may have stopped in the middle of a message.
        decompressor.reset();
        decompressor
    }
}
