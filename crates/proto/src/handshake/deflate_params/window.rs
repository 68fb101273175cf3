//! Window sizes, in bits: 8 to 15 in DEFLATE, 9 to 15 for our own compressor.

use crate::handshake::fault::{Field, Misuse};

/// The largest window of DEFLATE, and the one meant where no parameter says otherwise.
pub(super) const WINDOW_BITS_MAX: u8 = 15;
/// The smallest window that a compressor of ours can keep to.
pub(super) const OWN_WINDOW_BITS_MIN: u8 = 9;

/// What `client_max_window_bits` says, in an offer or in a response.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum ClientWindow {
    /// Nothing: the parameter is not there. A client that offers so cannot be limited.
    #[default]
    Unlimitable,
    /// The parameter without a value, for offers only: the server may choose.
    Any,
    /// The client uses at most this many bits.
    AtMost(u8),
}

impl ClientWindow {
    /// The largest window that the client may use as far as it itself says.
    pub(super) fn bits(self) -> u8 {
        match self {
            Self::Unlimitable | Self::Any => WINDOW_BITS_MAX,
            Self::AtMost(bits) => bits,
        }
    }
}

/// A window for a compressor, from a caller.
pub(super) fn check_window(bits: u8) -> Result<u8, Misuse> {
    if (OWN_WINDOW_BITS_MIN..=WINDOW_BITS_MAX).contains(&bits) {
        Ok(bits)
    } else {
        Err(Misuse::new(
            Field::WindowBits,
            bits.to_string(),
            "be within 9 to 15",
        ))
    }
}
