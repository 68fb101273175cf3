//! The four parameters as text: one grammar for offers and responses. Keeps rules of RFC 6455 §9
//! and RFC 7692 §7.

use core::fmt;
use core::mem;

use super::fault::DeflateFault;
use super::window::ClientWindow;
use crate::handshake::extension::{Extension, Param};
use crate::handshake::fault::excerpt;

/// The extension's registered name.
pub const NAME: &str = "permessage-deflate";

pub(super) const SERVER_NO_TAKEOVER: &str = "server_no_context_takeover";
pub(super) const CLIENT_NO_TAKEOVER: &str = "client_no_context_takeover";
pub(super) const SERVER_WINDOW: &str = "server_max_window_bits";
pub(super) const CLIENT_WINDOW: &str = "client_max_window_bits";

/// The four parameters as they stand in one element of the list, in offer or response.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Params {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<u8>,
    pub(super) client_max_window_bits: ClientWindow,
}

impl Params {
    /// Reads one element of the list.
    pub(super) fn parse(extension: &Extension<'_>) -> Result<Self, DeflateFault> {
        let mut params = Self::default();
        for param in &extension.params {
            params.set(param)?;
        }
        Ok(params)
    }

    /// Takes one parameter; each may come once.
    fn set(&mut self, param: &Param<'_>) -> Result<(), DeflateFault> {
        let (name, repeated) = match param.name {
            SERVER_NO_TAKEOVER => {
                check_no_value(SERVER_NO_TAKEOVER, param)?;
                let before = mem::replace(&mut self.server_no_context_takeover, true);
                (SERVER_NO_TAKEOVER, before)
            }
            CLIENT_NO_TAKEOVER => {
                check_no_value(CLIENT_NO_TAKEOVER, param)?;
                let before = mem::replace(&mut self.client_no_context_takeover, true);
                (CLIENT_NO_TAKEOVER, before)
            }
            SERVER_WINDOW => {
                let bits = parse_window(SERVER_WINDOW, param)?
                    .ok_or_else(|| DeflateFault::missing_value(SERVER_WINDOW))?;
                let before = self.server_max_window_bits.replace(bits);
                (SERVER_WINDOW, before.is_some())
            }
            CLIENT_WINDOW => {
                let window = parse_window(CLIENT_WINDOW, param)?
                    .map_or(ClientWindow::Any, ClientWindow::AtMost);
                let before = mem::replace(&mut self.client_max_window_bits, window);
                (CLIENT_WINDOW, before != ClientWindow::Unlimitable)
            }
            unknown => {
                // RFC 7692 §7-1 §7-5 MUST: only these four are defined.
                // RFC 6455 §9-2 §9.1-4 MUST: parameters are those of the extension's specification.
                return Err(DeflateFault::UnknownParam {
                    name: excerpt(unknown.as_bytes()),
                });
            }
        };
        if repeated {
            // RFC 7692 §7-3 §7-7 MUST: a repeated parameter makes the element invalid.
            return Err(DeflateFault::RepeatedParam { name });
        }
        Ok(())
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
        // RFC 7692 §7.1.2.1-1 §7.1.2.1-2 §7.1.2.2-1 §7.1.2.2-2 MUST: windows are decimal numbers.
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
        // RFC 7692 §7-2 §7-6 MUST: any other value makes the element invalid.
        _ => Err(DeflateFault::Value {
            name,
            value: Some(excerpt(value.as_bytes())),
            rule: "be a number from 8 to 15 without leading zeros",
        }),
    }
}
