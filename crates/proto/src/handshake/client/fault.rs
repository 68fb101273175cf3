//! Why a client does not open the connection.

use core::error::Error;
use core::fmt;

use crate::handshake::deflate_params::DeflateFault;
use crate::handshake::extension::ExtensionFault;
use crate::handshake::fault::FieldFault;
use crate::handshake::http1::{HeadFault, HttpVersion};

/// The rule of the opening handshake that a response breaks, in the order of the checks.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClientFault {
    /// The head is not HTTP as we accept it.
    Head(HeadFault),
    /// The server answered, but not with 101; its response is the caller's to look at.
    Refused {
        /// The status code.
        status: u16,
    },
    /// The version of HTTP is below 1.1, where 101 means nothing.
    HttpVersion {
        /// The version.
        version: HttpVersion,
    },
    /// `Upgrade` is not exactly one `websocket`.
    Upgrade(FieldFault),
    /// `Connection` does not list `Upgrade`.
    Connection(FieldFault),
    /// `Sec-WebSocket-Accept` is not exactly one answer to our key: whoever answered may not be a
    /// WebSocket server at all.
    Accept(FieldFault),
    /// `Sec-WebSocket-Protocol` is not exactly one of the subprotocols offered.
    Protocol(FieldFault),
    /// `Sec-WebSocket-Extensions` does not follow its grammar.
    Extension(ExtensionFault),
    /// The server uses an extension that was not offered.
    UnofferedExtension {
        /// The extension's name, escaped and cut.
        name: String,
    },
    /// The server answers the offer of permessage-deflate with something that is no answer to it.
    Deflate(DeflateFault),
}

impl fmt::Display for ClientFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(fault) => fault.fmt(f),
            Self::Refused { status } => write!(f, "server answered with status {status}, not 101"),
            Self::HttpVersion { version } => {
                write!(f, "version is {version}, it must be HTTP/1.1 or later")
            }
            Self::Upgrade(fault) => write!(f, "header Upgrade {fault}"),
            Self::Connection(fault) => write!(f, "header Connection {fault}"),
            Self::Accept(fault) => write!(f, "header Sec-WebSocket-Accept {fault}"),
            Self::Protocol(fault) => write!(f, "header Sec-WebSocket-Protocol {fault}"),
            Self::Extension(fault) => write!(f, "header Sec-WebSocket-Extensions: {fault}"),
            Self::UnofferedExtension { name } => write!(f, "extension \"{name}\" was not offered"),
            Self::Deflate(fault) => fault.fmt(f),
        }
    }
}

impl Error for ClientFault {}

impl From<HeadFault> for ClientFault {
    fn from(fault: HeadFault) -> Self {
        Self::Head(fault)
    }
}
