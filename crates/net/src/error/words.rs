//! What an error says of itself. Owns the words of each kind, and that a source is said once.

use std::error::Error as StdError;
use std::fmt;

use sockeye_proto::close::CloseFrame;

use super::{Error, Kind};
use crate::limits::{HELD_LEN_MAX, QUEUE_LEN_MAX};

/// `{}` is what failed, `{:#}` that and its sources in one line.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_own(formatter)?;
        fmt_sources(self.source(), formatter)
    }
}

/// Where `{:#}` is asked for, `source` and those behind it.
pub(crate) fn fmt_sources(
    source: Option<&dyn StdError>,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut next = source.filter(|_| formatter.alternate());
    while let Some(source) = next {
        write!(formatter, ": {source}")?;
        next = source.source();
    }
    Ok(())
}

impl Kind {
    /// What failed, without its source.
    fn fmt_own(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => formatter.write_str("the URL cannot be connected to"),
            #[cfg(not(feature = "tls"))]
            Self::TlsMissing => {
                formatter.write_str("wss URLs need TLS, which this build does not have")
            }
            #[cfg(feature = "tls")]
            Self::TlsSetup { what, .. } => formatter.write_str(what),
            #[cfg(feature = "tls")]
            Self::Tls(error) => write!(formatter, "TLS failed: {}", super::tls::reason(error)),
            Self::Connect { address, .. } => write!(formatter, "cannot connect to {address}"),
            Self::Refused { response } => {
                write!(
                    formatter,
                    "the server answered {}, not 101",
                    response.head.status()
                )
            }
            Self::ServerHandshake(_) => formatter.write_str("the server's handshake is invalid"),
            Self::ClientHandshake(_) => formatter.write_str("the client's handshake is invalid"),
            Self::Head(_) => formatter.write_str("the peer does not speak HTTP/1.1"),
            Self::HandshakeMisuse(_) => formatter.write_str("the opening handshake cannot be made"),
            Self::OpenTimeout(phase) => write!(formatter, "{phase} took too long"),
            Self::Fault(_) => formatter.write_str("the connection failed"),
            Self::Lost(_) => formatter.write_str("the connection was lost without a close"),
            Self::Misuse(misuse) => write!(formatter, "{misuse}"),
            Self::Closed(frame) => fmt_closed(frame, formatter),
            Self::Held { len } => write!(
                formatter,
                "{len} bytes of messages came before the pong, at most {HELD_LEN_MAX} are kept"
            ),
            Self::CutOff => formatter.write_str("the connection closed before the message ended"),
            Self::QueueMarks { low, high } => write!(
                formatter,
                "queue marks of {low} and {high} bytes, not rising or over {QUEUE_LEN_MAX}"
            ),
        }
    }
}

/// What the peer's Close says; its reason quoted, as the peer chose the characters.
fn fmt_closed(frame: &CloseFrame, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("the peer closed the connection ")?;
    match frame.code() {
        None => formatter.write_str("without a code"),
        Some(code) if frame.reason().is_empty() => write!(formatter, "with {code}"),
        Some(code) => write!(formatter, "with {code} {:?}", frame.reason()),
    }
}
