//! What a compressor is made for: its level, window and memory. Owns which values exist; never
//! which of them a peer agreed to.

use std::fmt;

use super::encoder::{Encoder, Sizes};

/// Whether a codec keeps its window from one message to the next (RFC 7692 §7.1.1).
///
/// Complete: RFC 7692 knows these two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContextTakeover {
    /// Each message starts from an empty window: `no_context_takeover` was agreed.
    No,
    /// Messages refer to the ones before them.
    Yes,
}

/// The checked parameters of a [`Compressor`](super::Compressor).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CompressorConfig {
    /// Invariant: 0 to 9.
    level: u8,
    /// Invariant: 9 to 15.
    window_bits: u8,
    /// Invariant: 1 to 9.
    mem_level: u8,
}

impl CompressorConfig {
    /// The memory level of zlib's own default, up to which more memory buys speed and size.
    const MEM_LEVEL_DEFAULT: u8 = 8;

    /// A compressor of `level` 0 (none) to 9 (smallest), 6 being the usual compromise, that refers
    /// back at most 2^`window_bits` bytes, 9 to 15. Its memory level is 8.
    ///
    /// # Errors
    ///
    /// [`ConfigFault`] if a value is out of its range. A window of 8 bits is: zlib and its
    /// relatives silently use 9 instead, which a peer that agreed to 8 cannot inflate.
    pub fn new(level: u8, window_bits: u8) -> Result<Self, ConfigFault> {
        if level > 9 {
            return Err(ConfigFault::Level(level));
        }
        // RFC 7692 §7.2.1-3 MUST NOT: 15 bits, 32,768 bytes, is the largest window there is.
        if !(9..=15).contains(&window_bits) {
            return Err(ConfigFault::WindowBits(window_bits));
        }
        Ok(Self {
            level,
            window_bits,
            mem_level: Self::MEM_LEVEL_DEFAULT,
        })
    }

    /// The same with another memory level, 1 (least) to 9. It has tables of 2^(`mem_level` + 5)
    /// entries, and ends a DEFLATE block after 2^(`mem_level` + 3) matches, unless a small window
    /// makes do with less.
    ///
    /// # Errors
    ///
    /// [`ConfigFault::MemLevel`] if it is out of that range.
    pub fn with_mem_level(self, mem_level: u8) -> Result<Self, ConfigFault> {
        if !(1..=9).contains(&mem_level) {
            return Err(ConfigFault::MemLevel(mem_level));
        }
        Ok(Self { mem_level, ..self })
    }

    /// Its level, 0 to 9.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Its window, as a power of two, 9 to 15.
    #[must_use]
    pub const fn window_bits(self) -> u8 {
        self.window_bits
    }

    /// What such a compressor takes from the heap, in bytes, to within 1 %.
    #[must_use]
    pub const fn heap_bytes(self) -> usize {
        self.sizes().heap_bytes()
    }

    pub(super) fn to_encoder(self) -> Encoder {
        Encoder::new(self.level, self.sizes())
    }

    const fn sizes(self) -> Sizes {
        // Fewer heads of chains than bytes of the window: they are what a message touches all of.
        let head_bits = match self.mem_level + 5 {
            bits if bits > self.window_bits => self.window_bits,
            bits if bits < 9 => 9,
            bits => bits,
        };
        let match_bits = match self.mem_level + 3 {
            bits if bits > 10 && self.window_bits <= 12 => 10,
            bits if bits < 8 => 8,
            bits => bits,
        };
        Sizes {
            window_bits: self.window_bits,
            head_bits,
            matches_max: 1 << match_bits,
        }
    }
}

/// A parameter that no compressor can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigFault {
    /// The level is not 0 to 9.
    Level(u8),
    /// The window is not 9 to 15 bits.
    WindowBits(u8),
    /// The memory level is not 1 to 9.
    MemLevel(u8),
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => write!(formatter, "compression level {level} is not 0 to 9"),
            Self::WindowBits(bits) => {
                write!(
                    formatter,
                    "a compressor's window of {bits} bits is not 9 to 15"
                )
            }
            Self::MemLevel(level) => write!(formatter, "memory level {level} is not 1 to 9"),
        }
    }
}

impl std::error::Error for ConfigFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn config_refuses_each_value_out_of_range_by_name() {
        let fault = CompressorConfig::new(10, 15).unwrap_err();
        assert_eq!(fault, ConfigFault::Level(10));
        assert_eq!(fault.to_string(), "compression level 10 is not 0 to 9");
        for bits in [0, 8, 16, 255] {
            // RFC 7692 §7.2.1-3 TEST
            let fault = CompressorConfig::new(6, bits).unwrap_err();
            assert_eq!(fault, ConfigFault::WindowBits(bits));
        }
        let fault = CompressorConfig::new(6, 8).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "a compressor's window of 8 bits is not 9 to 15"
        );
        for level in [0, 10] {
            let config = CompressorConfig::new(6, 15).unwrap();
            let fault = config.with_mem_level(level).unwrap_err();
            assert_eq!(fault, ConfigFault::MemLevel(level));
        }
        assert_eq!(
            ConfigFault::MemLevel(0).to_string(),
            "memory level 0 is not 1 to 9"
        );
    }
}
