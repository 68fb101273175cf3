//! Why a server refuses an upgrade, and the response that says so.

use core::error::Error;
use core::fmt;

use crate::handshake::extension::ExtensionFault;
use crate::handshake::fault::{FieldFault, excerpt};
use crate::handshake::http1::{HeadFault, HttpVersion, write_response};

/// The rule of the opening handshake that a request breaks, in the order of the checks.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The head is not HTTP as we accept it.
    Head(HeadFault),
    /// The method is not GET.
    Method {
        /// The method, escaped and cut.
        method: String,
    },
    /// The version of HTTP is below 1.1.
    HttpVersion {
        /// The version.
        version: HttpVersion,
    },
    /// The request target is neither a path nor an absolute URL.
    Target {
        /// The target, escaped and cut.
        target: String,
    },
    /// `Host` is missing, repeated or no host.
    Host(FieldFault),
    /// The request announces a body, whose bytes would be taken for frames.
    Body {
        /// `Content-Length` or `Transfer-Encoding`.
        header: &'static str,
        /// Its value, escaped and cut.
        value: String,
    },
    /// `Upgrade` does not list `websocket`, though the request is a WebSocket handshake otherwise:
    /// most often an intermediary that does not pass the header on.
    Upgrade(FieldFault),
    /// `Connection` does not list `Upgrade`.
    Connection(FieldFault),
    /// `Sec-WebSocket-Version` is not exactly one `13`.
    Version(FieldFault),
    /// `Sec-WebSocket-Key` is not exactly one value of 16 bytes in base64.
    Key(FieldFault),
    /// `Origin` is repeated.
    Origin(FieldFault),
    /// Pages of this `Origin` may not open a WebSocket here.
    ForeignOrigin {
        /// The origin, escaped and cut.
        origin: String,
    },
    /// `Sec-WebSocket-Protocol` is not a list of distinct tokens.
    Protocol(FieldFault),
    /// `Sec-WebSocket-Extensions` does not follow its grammar.
    Extension(ExtensionFault),
}

impl Refusal {
    /// The refusal of an ordinary request where only WebSockets are served.
    pub fn not_an_upgrade() -> Self {
        Self::Upgrade(FieldFault::Missing)
    }

    /// The refusal of pages of this origin, which breaks no rule but those of the application.
    pub fn foreign_origin(origin: &str) -> Self {
        let origin = excerpt(origin.as_bytes());
        Self::ForeignOrigin { origin }
    }

    /// The status code of the response.
    pub fn status(&self) -> u16 {
        match self {
            Self::Head(fault) => fault.status(),
            Self::ForeignOrigin { .. } => 403,
            Self::Method { .. } => 405,
            Self::HttpVersion { .. } => 505,
            Self::Upgrade(_) | Self::Version(_) => 426,
            Self::Target { .. }
            | Self::Host(_)
            | Self::Body { .. }
            | Self::Connection(_)
            | Self::Key(_)
            | Self::Origin(_)
            | Self::Protocol(_)
            | Self::Extension(_) => 400,
        }
    }

    /// The reason phrase that belongs to the status.
    pub fn reason(&self) -> &'static str {
        match self.status() {
            403 => "Forbidden",
            405 => "Method Not Allowed",
            426 => "Upgrade Required",
            431 => "Request Header Fields Too Large",
            505 => "HTTP Version Not Supported",
            _ => "Bad Request",
        }
    }

    /// The headers that the status demands, apart from those about the body. Where `Upgrade` is one
    /// of them, `Connection` has to name it.
    pub fn headers(&self) -> &'static [(&'static str, &'static str)] {
        match self.status() {
            405 => &[("Allow", "GET")],
            // RFC 6455 §4.2.2-4 §4.4-1 MUST: names the one version that we speak.
            426 => &[("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")],
            _ => &[],
        }
    }

    /// The whole response, which also says that the connection ends; its body is this refusal's
    /// message as plain text.
    pub fn encode(&self) -> Vec<u8> {
        let connection = if self.status() == 426 {
            "Upgrade, close"
        } else {
            "close"
        };
        let own = [
            ("Connection", connection),
            ("Content-Type", "text/plain; charset=utf-8"),
        ];
        let headers = self.headers().iter().copied().chain(own);
        let body = format!("{self}\n");
        write_response(self.status(), self.reason(), headers, body.as_bytes())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(fault) => fault.fmt(f),
            Self::Method { method } => write!(f, "method is \"{method}\", it must be GET"),
            Self::HttpVersion { version } => {
                write!(f, "version is {version}, it must be HTTP/1.1 or later")
            }
            Self::Target { target } => {
                write!(
                    f,
                    "request target \"{target}\" must be a path or an absolute URL"
                )
            }
            Self::Host(fault) => write!(f, "header Host {fault}"),
            Self::Body { header, value } => {
                write!(
                    f,
                    "header {header} is \"{value}\", an upgrade must not have a body"
                )
            }
            Self::Upgrade(fault) => write!(f, "header Upgrade {fault}"),
            Self::Connection(fault) => write!(f, "header Connection {fault}"),
            Self::Version(fault) => write!(f, "header Sec-WebSocket-Version {fault}"),
            Self::Key(fault) => write!(f, "header Sec-WebSocket-Key {fault}"),
            Self::Origin(fault) => write!(f, "header Origin {fault}"),
            Self::ForeignOrigin { origin } => {
                write!(f, "pages of the origin \"{origin}\" may not connect")
            }
            Self::Protocol(fault) => write!(f, "header Sec-WebSocket-Protocol {fault}"),
            Self::Extension(fault) => write!(f, "header Sec-WebSocket-Extensions: {fault}"),
        }
    }
}

impl Error for Refusal {}

impl From<HeadFault> for Refusal {
    fn from(fault: HeadFault) -> Self {
        Self::Head(fault)
    }
}
