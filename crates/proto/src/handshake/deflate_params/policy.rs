//! The server's side: which offers it agrees to, and the response that says so. Keeps rules of RFC
//! 7692 §7.

use super::agreed::DeflateAgreed;
use super::grammar::Params;
use super::offer::DeflateOffer;
use super::window::{ClientWindow, OWN_WINDOW_BITS_MIN, WINDOW_BITS_MAX, check_window};
use crate::handshake::fault::Misuse;

/// What a server agrees to.
///
/// Limits of the server's own memory: a compressor or decompressor with context takeover belongs to
/// one connection for its whole life, and a window is a buffer of two to its bits bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeflatePolicy {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: u8,
    client_max_window_bits: u8,
}

impl DeflatePolicy {
    /// No context takeover in either direction, windows of any size: idle connections own neither
    /// compressor nor decompressor. The default.
    pub fn no_takeover() -> Self {
        Self {
            server_no_context_takeover: true,
            client_no_context_takeover: true,
            server_max_window_bits: WINDOW_BITS_MAX,
            client_max_window_bits: WINDOW_BITS_MAX,
        }
    }

    /// Context takeover in both directions unless the client asks otherwise, windows of any size.
    pub fn takeover() -> Self {
        let no_takeover = Self::no_takeover();
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            ..no_takeover
        }
    }

    /// Compresses with a window of at most `bits`.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn server_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        self.server_max_window_bits = check_window(bits)?;
        Ok(self)
    }

    /// Has clients compress with a window of at most `bits`; offers of clients that cannot be
    /// limited are declined if this is less than 15.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn client_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        self.client_max_window_bits = check_window(bits)?;
        Ok(self)
    }

    /// Agrees to `offer`, or declines it.
    pub fn agree(&self, offer: &DeflateOffer) -> Option<DeflateAgreed> {
        let offer = offer.params;
        let server_bits = offer.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
        // RFC 7692 §7-4 §5-4 MUST: our compressor could not keep to such a window.
        if server_bits < OWN_WINDOW_BITS_MIN {
            return None;
        }
        let unlimitable = offer.client_max_window_bits == ClientWindow::Unlimitable;
        // RFC 7692 §7.1.2.2-3 MUST NOT: such a client cannot be told our limit, so it is declined.
        if unlimitable && self.client_max_window_bits < WINDOW_BITS_MAX {
            return None;
        }
        let client_bits = offer.client_max_window_bits.bits();
        Some(DeflateAgreed {
            // RFC 7692 §7.1.1.1-1 RECOMMENDED: dropping our context is always possible.
            server_no_context_takeover: offer.server_no_context_takeover
                || self.server_no_context_takeover,
            client_no_context_takeover: offer.client_no_context_takeover
                || self.client_no_context_takeover,
            server_max_window_bits: server_bits.min(self.server_max_window_bits),
            client_max_window_bits: client_bits.min(self.client_max_window_bits),
        })
    }

    /// Agrees to the first acceptable offer; also the element of `Sec-WebSocket-Extensions` that
    /// answers it.
    pub fn agree_first(&self, offers: &[DeflateOffer]) -> Option<(DeflateAgreed, String)> {
        let (offer, agreed) = offers
            .iter()
            .find_map(|offer| Some((offer, self.agree(offer)?)))?;
        Some((agreed, answer(*offer, agreed).to_string()))
    }
}

/// The parameters that tell the client of `offer` what was agreed.
// RFC 7692 §5-5 must: whatever differs from the extension's defaults, and each request, is named.
fn answer(offer: DeflateOffer, agreed: DeflateAgreed) -> Params {
    let server_bits = agreed.server_max_window_bits;
    let server_asked = offer.params.server_max_window_bits.is_some();
    let client_bits = agreed.client_max_window_bits;
    Params {
        server_no_context_takeover: agreed.server_no_context_takeover,
        client_no_context_takeover: agreed.client_no_context_takeover,
        server_max_window_bits: (server_asked || server_bits < WINDOW_BITS_MAX)
            .then_some(server_bits),
        // A limit below 15 is agreed only with clients that offered to be limited.
        client_max_window_bits: match client_bits {
            WINDOW_BITS_MAX => ClientWindow::Unlimitable,
            bits => ClientWindow::AtMost(bits),
        },
    }
}

impl Default for DeflatePolicy {
    fn default() -> Self {
        Self::no_takeover()
    }
}
