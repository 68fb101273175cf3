//! The parameters of permessage-deflate: grammar and negotiation (RFC 7692 sections 5 and 7.1).
//!
//! Knows nothing of DEFLATE itself. What is agreed here can always be honoured by both codecs:
//! a window of 8 bits is never agreed for our own compressor, since zlib's family of libraries
//! silently uses 9 bits for it and the peer then fails ("invalid distance").

use core::error::Error;
use core::fmt;

use super::extension::{Extension, Param};
use super::fault::{Field, Misuse, excerpt};

/// The extension's registered name.
pub const NAME: &str = "permessage-deflate";

const SERVER_NO_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_WINDOW: &str = "server_max_window_bits";
const CLIENT_WINDOW: &str = "client_max_window_bits";

/// The largest window of DEFLATE, and the one meant where no parameter says otherwise.
const WINDOW_BITS_MAX: u8 = 15;
/// The smallest window that a compressor of ours can keep to.
const OWN_WINDOW_BITS_MIN: u8 = 9;

/// What both sides have agreed on for one connection.
///
/// Complete: RFC 7692 defines these four. Window sizes are in bits. Our own compressor's is 9 to 15; the peer's may be 8, and a
/// decompressor with any larger window reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeflateAgreed {
    /// The server compresses each message from an empty window.
    pub server_no_context_takeover: bool,
    /// The client compresses each message from an empty window.
    pub client_no_context_takeover: bool,
    /// The largest window of the server's compressor, 8 to 15.
    pub server_max_window_bits: u8,
    /// The largest window of the client's compressor, 8 to 15.
    pub client_max_window_bits: u8,
}

/// One offer of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeflateOffer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: ClientWindow,
}

/// What an offer says of the client's own window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ClientWindow {
    /// Nothing: the client cannot be limited.
    Unlimitable,
    /// The parameter without a value: the server may choose.
    Any,
    /// The client uses at most this many bits, whatever the server says.
    AtMost(u8),
}

impl ClientWindow {
    fn bits(self) -> u8 {
        match self {
            Self::Unlimitable | Self::Any => WINDOW_BITS_MAX,
            Self::AtMost(bits) => bits,
        }
    }
}

impl DeflateOffer {
    /// Asks for no context takeover in both directions, and lets the server limit our window: one
    /// compressor and one decompressor per thread then serve all connections. The default.
    pub fn no_takeover() -> Self {
        Self {
            server_no_context_takeover: true,
            client_no_context_takeover: true,
            server_max_window_bits: None,
            client_max_window_bits: ClientWindow::Any,
        }
    }

    /// Allows context takeover in both directions, and lets the server limit our window.
    pub fn takeover() -> Self {
        let no_takeover = Self::no_takeover();
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            ..no_takeover
        }
    }

    /// Asks the server to keep its window to `bits`; servers that cannot decline the offer.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn server_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        self.server_max_window_bits = Some(check_window(bits)?);
        Ok(self)
    }

    /// Keeps our own window to `bits`, whatever the server asks for.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless `bits` is 9 to 15.
    pub fn client_max_window_bits(mut self, bits: u8) -> Result<Self, Misuse> {
        self.client_max_window_bits = ClientWindow::AtMost(check_window(bits)?);
        Ok(self)
    }

    /// Reads a received offer.
    ///
    /// # Errors
    ///
    /// [`DeflateFault`] for an unknown or repeated parameter, or a value that is not allowed; a
    /// server declines such an offer and looks at the next.
    pub fn parse(extension: &Extension<'_>) -> Result<Self, DeflateFault> {
        let params = Params::parse(extension)?;
        Ok(Self {
            server_no_context_takeover: params.server_no_context_takeover,
            client_no_context_takeover: params.client_no_context_takeover,
            server_max_window_bits: params.server_max_window_bits,
            client_max_window_bits: params.client_max_window_bits,
        })
    }

    /// What a response agrees on, if it answers this offer.
    fn verify(self, response: Params) -> Result<DeflateAgreed, DeflateFault> {
        if self.server_no_context_takeover && !response.server_no_context_takeover {
            return Err(DeflateFault::NotHonoured {
                name: SERVER_NO_TAKEOVER,
            });
        }
        let server_bits = response.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
        if self
            .server_max_window_bits
            .is_some_and(|asked| server_bits > asked)
        {
            return Err(DeflateFault::NotHonoured {
                name: SERVER_WINDOW,
            });
        }
        let client_bits = match (response.client_max_window_bits, self.client_max_window_bits) {
            (ClientWindow::Unlimitable, own) => own.bits(),
            (_, ClientWindow::Unlimitable) => {
                return Err(DeflateFault::NotOffered {
                    name: CLIENT_WINDOW,
                });
            }
            (ClientWindow::Any, _) => return Err(DeflateFault::missing_value(CLIENT_WINDOW)),
            (ClientWindow::AtMost(bits), own) => bits.min(own.bits()),
        };
        if client_bits < OWN_WINDOW_BITS_MIN {
            return Err(DeflateFault::WindowTooSmall {
                name: CLIENT_WINDOW,
            });
        }
        Ok(DeflateAgreed {
            server_no_context_takeover: response.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover
                || response.client_no_context_takeover,
            server_max_window_bits: server_bits,
            client_max_window_bits: client_bits,
        })
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
        Params::from(*self).fmt(f)
    }
}

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
        let server_bits = offer.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
        if server_bits < OWN_WINDOW_BITS_MIN {
            return None;
        }
        let unlimitable = offer.client_max_window_bits == ClientWindow::Unlimitable;
        if unlimitable && self.client_max_window_bits < WINDOW_BITS_MAX {
            return None;
        }
        Some(DeflateAgreed {
            server_no_context_takeover: offer.server_no_context_takeover
                || self.server_no_context_takeover,
            client_no_context_takeover: offer.client_no_context_takeover
                || self.client_no_context_takeover,
            server_max_window_bits: server_bits.min(self.server_max_window_bits),
            client_max_window_bits: offer
                .client_max_window_bits
                .bits()
                .min(self.client_max_window_bits),
        })
    }

    /// Agrees to the first acceptable offer; also the element of `Sec-WebSocket-Extensions` that
    /// answers it.
    pub fn agree_first(&self, offers: &[DeflateOffer]) -> Option<(DeflateAgreed, String)> {
        let (offer, agreed) = offers
            .iter()
            .find_map(|offer| Some((offer, self.agree(offer)?)))?;
        let params = Params {
            server_no_context_takeover: agreed.server_no_context_takeover,
            client_no_context_takeover: agreed.client_no_context_takeover,
            server_max_window_bits: (offer.server_max_window_bits.is_some()
                || agreed.server_max_window_bits < WINDOW_BITS_MAX)
                .then_some(agreed.server_max_window_bits),
            client_max_window_bits: match offer.client_max_window_bits {
                ClientWindow::Unlimitable => ClientWindow::Unlimitable,
                _ if agreed.client_max_window_bits == WINDOW_BITS_MAX => ClientWindow::Unlimitable,
                _ => ClientWindow::AtMost(agreed.client_max_window_bits),
            },
        };
        Some((agreed, params.to_string()))
    }
}

impl Default for DeflatePolicy {
    fn default() -> Self {
        Self::no_takeover()
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
    Err(first_fault.unwrap_or(DeflateFault::NotOffered { name: NAME }))
}

/// Why the parameters of permessage-deflate were refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeflateFault {
    /// A parameter that RFC 7692 does not define.
    UnknownParam {
        /// Its name, escaped and cut.
        name: String,
    },
    /// A parameter is there twice.
    RepeatedParam {
        /// Its name.
        name: &'static str,
    },
    /// A parameter has a value that it may not have, or lacks one.
    Value {
        /// The parameter's name.
        name: &'static str,
        /// Its value, escaped and cut.
        value: Option<String>,
        /// What the value has to be.
        rule: &'static str,
    },
    /// The response has something that no offer allows.
    NotOffered {
        /// The parameter's name.
        name: &'static str,
    },
    /// The response lacks what the offer demands, or exceeds it.
    NotHonoured {
        /// The parameter's name.
        name: &'static str,
    },
    /// The server demands an 8-bit window of us, which no compressor of ours can keep to.
    WindowTooSmall {
        /// The parameter's name.
        name: &'static str,
    },
    /// The response has the extension more than once.
    RepeatedExtension,
}

impl DeflateFault {
    fn missing_value(name: &'static str) -> Self {
        Self::Value {
            name,
            value: None,
            rule: "have a value from 8 to 15",
        }
    }
}

impl fmt::Display for DeflateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}: ")?;
        match self {
            Self::UnknownParam { name } => write!(f, "unknown parameter \"{name}\""),
            Self::RepeatedParam { name } => write!(f, "{name} is there twice"),
            Self::Value {
                name,
                value: Some(value),
                rule,
            } => {
                write!(f, "{name} is \"{value}\", it must {rule}")
            }
            Self::Value {
                name,
                value: None,
                rule,
            } => write!(f, "{name} must {rule}"),
            Self::NotOffered { name } => write!(f, "{name} was not offered"),
            Self::NotHonoured { name } => write!(f, "the demanded {name} was not granted"),
            Self::WindowTooSmall { name } => {
                write!(
                    f,
                    "{name} is 8, our compressor needs at least {OWN_WINDOW_BITS_MIN}"
                )
            }
            Self::RepeatedExtension => f.write_str("agreed more than once"),
        }
    }
}

impl Error for DeflateFault {}

/// The four parameters as they stand in one element of the list, in offer or response.
#[derive(Clone, Copy, Debug)]
struct Params {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: ClientWindow,
}

impl Params {
    fn parse(extension: &Extension<'_>) -> Result<Self, DeflateFault> {
        let mut params = Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: None,
            client_max_window_bits: ClientWindow::Unlimitable,
        };
        for param in &extension.params {
            params.set(param)?;
        }
        Ok(params)
    }

    fn set(&mut self, param: &Param<'_>) -> Result<(), DeflateFault> {
        let (name, repeated) = match param.name {
            SERVER_NO_TAKEOVER => {
                check_no_value(SERVER_NO_TAKEOVER, param)?;
                let flag = &mut self.server_no_context_takeover;
                (SERVER_NO_TAKEOVER, core::mem::replace(flag, true))
            }
            CLIENT_NO_TAKEOVER => {
                check_no_value(CLIENT_NO_TAKEOVER, param)?;
                let flag = &mut self.client_no_context_takeover;
                (CLIENT_NO_TAKEOVER, core::mem::replace(flag, true))
            }
            SERVER_WINDOW => {
                let bits = parse_window(SERVER_WINDOW, param)?
                    .ok_or_else(|| DeflateFault::missing_value(SERVER_WINDOW))?;
                (
                    SERVER_WINDOW,
                    self.server_max_window_bits.replace(bits).is_some(),
                )
            }
            CLIENT_WINDOW => {
                let window = parse_window(CLIENT_WINDOW, param)?
                    .map_or(ClientWindow::Any, ClientWindow::AtMost);
                let before = core::mem::replace(&mut self.client_max_window_bits, window);
                (CLIENT_WINDOW, before != ClientWindow::Unlimitable)
            }
            unknown => {
                return Err(DeflateFault::UnknownParam {
                    name: excerpt(unknown.as_bytes()),
                });
            }
        };
        if repeated {
            Err(DeflateFault::RepeatedParam { name })
        } else {
            Ok(())
        }
    }
}

impl From<DeflateOffer> for Params {
    fn from(offer: DeflateOffer) -> Self {
        Self {
            server_no_context_takeover: offer.server_no_context_takeover,
            client_no_context_takeover: offer.client_no_context_takeover,
            server_max_window_bits: offer.server_max_window_bits,
            client_max_window_bits: offer.client_max_window_bits,
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            write!(f, "; {SERVER_NO_TAKEOVER}")?;
        }
        if self.client_no_context_takeover {
            write!(f, "; {CLIENT_NO_TAKEOVER}")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; {SERVER_WINDOW}={bits}")?;
        }
        match self.client_max_window_bits {
            ClientWindow::Unlimitable => Ok(()),
            ClientWindow::Any => write!(f, "; {CLIENT_WINDOW}"),
            ClientWindow::AtMost(bits) => write!(f, "; {CLIENT_WINDOW}={bits}"),
        }
    }
}

/// A window for a compressor, from a caller.
fn check_window(bits: u8) -> Result<u8, Misuse> {
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

fn check_no_value(name: &'static str, param: &Param<'_>) -> Result<(), DeflateFault> {
    match &param.value {
        None => Ok(()),
        Some(value) => {
            let value = Some(excerpt(value.as_bytes()));
            Err(DeflateFault::Value {
                name,
                value,
                rule: "have no value",
            })
        }
    }
}

/// The value of a window parameter, if it has one: 8 to 15 in decimal without leading zeros.
fn parse_window(name: &'static str, param: &Param<'_>) -> Result<Option<u8>, DeflateFault> {
    let Some(value) = &param.value else {
        return Ok(None);
    };
    match value.as_bytes() {
        [digit @ (b'8' | b'9')] => Ok(Some(digit - b'0')),
        [b'1', digit @ b'0'..=b'5'] => Ok(Some(10 + digit - b'0')),
        _ => Err(DeflateFault::Value {
            name,
            value: Some(excerpt(value.as_bytes())),
            rule: "be a number from 8 to 15 without leading zeros",
        }),
    }
}
