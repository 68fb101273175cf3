//! The client's side: what it offers, and whether a response answers that. Keeps rules of RFC 7692
//! §7.

use core::fmt;

use super::agreed::DeflateAgreed;
use super::fault::DeflateFault;
use super::grammar::{CLIENT_WINDOW, NAME, Params, SERVER_NO_TAKEOVER, SERVER_WINDOW};
use super::window::{ClientWindow, OWN_WINDOW_BITS_MIN, WINDOW_BITS_MAX, check_window};
use crate::handshake::extension::Extension;
use crate::handshake::fault::Misuse;

/// One offer of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeflateOffer {
    pub(super) params: Params,
}

impl DeflateOffer {
    /// Asks for no context takeover in both directions, and lets the server limit our window: one
    /// compressor and one decompressor per thread then serve all connections. The default.
    pub fn no_takeover() -> Self {
        Self::takeover().without_takeover()
    }

    /// Allows context takeover in both directions, and lets the server limit our window.
    pub fn takeover() -> Self {
        let params = Params {
            client_max_window_bits: ClientWindow::Any,
            ..Params::default()
        };
        Self { params }
    }

    /// Asks the server to keep its window to `bits`; servers that cannot, decline the offer.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn server_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        // RFC 7692 §5-2 MUST: a decompressor limited to a window says so in the offer.
        self.params.server_max_window_bits = Some(check_window(bits)?);
        Ok(self)
    }

    /// Keeps our own window to `bits`, whatever the server asks for.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn client_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        self.params.client_max_window_bits = ClientWindow::AtMost(check_window(bits)?);
        Ok(self)
    }

    /// The same without context takeover, for who has no memory for it: windows stay as they are.
    #[must_use]
    pub fn without_takeover(mut self) -> Self {
        self.params.server_no_context_takeover = true;
        self.params.client_no_context_takeover = true;
        self
    }

    /// Of all that a server may agree to (RFC 7692 §7.1), what takes most memory.
    #[must_use]
    pub fn largest(self) -> DeflateAgreed {
        let Params {
            server_no_context_takeover,
            client_no_context_takeover,
            server_max_window_bits,
            client_max_window_bits,
        } = self.params;
        DeflateAgreed {
            server_no_context_takeover,
            client_no_context_takeover,
            server_max_window_bits: server_max_window_bits.unwrap_or(WINDOW_BITS_MAX),
            client_max_window_bits: client_max_window_bits.bits(),
        }
    }

    /// Reads a received offer.
    ///
    /// # Errors
    ///
    /// [`DeflateFault`] for an unknown or repeated parameter, or a value that is not allowed; a
    /// server declines such an offer and looks at the next.
    pub fn parse(extension: &Extension<'_>) -> Result<Self, DeflateFault> {
        Ok(Self {
            params: Params::parse(extension)?,
        })
    }

    /// What `response` agrees on, if it answers this offer.
    fn verify(self, response: Params) -> Result<DeflateAgreed, DeflateFault> {
        let offer = self.params;
        if offer.server_no_context_takeover && !response.server_no_context_takeover {
            return Err(DeflateFault::NotHonoured {
                name: SERVER_NO_TAKEOVER,
            });
        }
        let server_bits = response.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
        if offer
            .server_max_window_bits
            .is_some_and(|asked| server_bits > asked)
        {
            return Err(DeflateFault::NotHonoured {
                name: SERVER_WINDOW,
            });
        }
        Ok(DeflateAgreed {
            server_no_context_takeover: response.server_no_context_takeover,
            // RFC 7692 §7.1.1.2-1 MUST: the server's wish counts, whether it was offered or not.
            client_no_context_takeover: offer.client_no_context_takeover
                || response.client_no_context_takeover,
            server_max_window_bits: server_bits,
            client_max_window_bits: self.verify_own_window(response.client_max_window_bits)?,
        })
    }

    /// The window that `response` leaves our compressor.
    fn verify_own_window(self, response: ClientWindow) -> Result<u8, DeflateFault> {
        let bits = match (response, self.params.client_max_window_bits) {
            (ClientWindow::Unlimitable, own) => own.bits(),
            // RFC 7692 §7-5 MUST: the parameter is defined for answers to offers that have it.
            (_, ClientWindow::Unlimitable) => {
                return Err(DeflateFault::NotOffered {
                    name: CLIENT_WINDOW,
                });
            }
            (ClientWindow::Any, _) => return Err(DeflateFault::missing_value(CLIENT_WINDOW)),
            (ClientWindow::AtMost(bits), own) => bits.min(own.bits()),
        };
        if bits < OWN_WINDOW_BITS_MIN {
            // RFC 7692 §7-8 MUST: a window that our compressor cannot keep to is not agreed.
            return Err(DeflateFault::WindowTooSmall {
                name: CLIENT_WINDOW,
            });
        }
        Ok(bits)
    }
}

impl Default for DeflateOffer {
    fn default() -> Self {
        Self::no_takeover()
    }
}

/// The offer as an element of `Sec-WebSocket-Extensions`.
impl fmt::Display for DeflateOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.params.fmt(f)
    }
}

/// What a response to `offers` agrees on: it must answer at least one of them.
///
/// # Errors
///
/// The [`DeflateFault`] of the response in itself, or else the reason why it does not answer the
/// first offer. The client has to fail the handshake.
pub fn verify_response(
    extension: &Extension<'_>,
    offers: &[DeflateOffer],
) -> Result<DeflateAgreed, DeflateFault> {
    let response = Params::parse(extension)?;
    let mut first_fault = None;
    for offer in offers {
        match offer.verify(response) {
            Ok(agreed) => return Ok(agreed),
            Err(fault) => _ = first_fault.get_or_insert(fault),
        }
    }
    // RFC 7692 §5-11 MUST: a response that answers no offer fails the connection.
    Err(first_fault.unwrap_or(DeflateFault::NotOffered { name: NAME }))
}
