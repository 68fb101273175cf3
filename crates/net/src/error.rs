//! The one error of the library: opaque, one word wide, sorted by predicates. A normal close is not
//! an error and never comes here.

#[cfg(feature = "tls")]
mod tls;

use std::error::Error as StdError;
use std::{fmt, io};

use sockeye_proto::fault::{Fault, Misuse};
use sockeye_proto::handshake::UrlFault;
use sockeye_proto::handshake::client::ClientFault;
use sockeye_proto::handshake::http1::{HeadFault, ResponseHead};
use sockeye_proto::handshake::server::Refusal;

use crate::limits::QUEUE_LEN_MAX;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. Ask the predicates; `source()` has the rest of the chain.
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// The URL cannot be connected to.
    Url(UrlFault),
    /// The URL asks for TLS, which this build does not have.
    #[cfg(not(feature = "tls"))]
    TlsMissing,
    /// What TLS was given by the caller or the system cannot be used.
    #[cfg(feature = "tls")]
    TlsSetup {
        what: &'static str,
        source: Box<dyn StdError + Send + Sync>,
    },
    /// TLS failed, in its handshake or after.
    #[cfg(feature = "tls")]
    Tls(io::Error),
    /// TCP could not be opened.
    Connect { address: String, source: io::Error },
    /// The server answered the opening handshake with another status.
    Refused { response: Box<Response> },
    /// The server's side of the opening handshake breaks the rules.
    ServerHandshake(ClientFault),
    /// The client's side of the opening handshake breaks the rules; it was told so.
    ClientHandshake(Refusal),
    /// What the client sent is not even HTTP.
    Head(HeadFault),
    /// A caller-supplied part of the opening handshake breaks the rules; nothing was sent.
    HandshakeMisuse(sockeye_proto::handshake::Misuse),
    /// The opening did not end in time.
    OpenTimeout(Phase),
    /// The open connection failed.
    Fault(Fault),
    /// TCP ended without the closing handshake.
    Lost(Option<io::Error>),
    /// The caller asked for what is not allowed.
    Misuse(Misuse),
    /// The connection was closed inside a message.
    CutOff,
    /// Marks of a write queue that contradict each other or exceed the bound.
    QueueMarks { low: usize, high: usize },
}

/// The part of opening a connection that took too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Phase {
    /// Resolving the name and opening TCP.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The opening handshake.
    Handshake,
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "opening the TCP connection",
            Self::Tls => "the TLS handshake",
            Self::Handshake => "the opening handshake",
        })
    }
}

/// A server's answer that refuses the upgrade, for the caller to look at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response {
    /// Status line and headers.
    pub head: ResponseHead,
    /// What had arrived of the body, at most
    /// [`REFUSAL_BODY_LEN_MAX`](crate::limits::REFUSAL_BODY_LEN_MAX) bytes.
    pub body_start: Vec<u8>,
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    pub(crate) fn connect(address: String, source: io::Error) -> Self {
        Self::new(Kind::Connect { address, source })
    }

    pub(crate) fn refused(head: ResponseHead, body_start: Vec<u8>) -> Self {
        Self::new(Kind::Refused {
            response: Box::new(Response { head, body_start }),
        })
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn tls_missing() -> Self {
        Self::new(Kind::TlsMissing)
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls_setup(
        what: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        Self::new(Kind::TlsSetup { what, source })
    }

    pub(crate) fn open_timeout(phase: Phase) -> Self {
        Self::new(Kind::OpenTimeout(phase))
    }

    pub(crate) fn cut_off() -> Self {
        Self::new(Kind::CutOff)
    }

    pub(crate) fn queue_marks(low: usize, high: usize) -> Self {
        Self::new(Kind::QueueMarks { low, high })
    }

    /// A transport that failed, or ended; where TLS is what failed, that is the error.
    pub(crate) fn lost(source: Option<io::Error>) -> Self {
        match source {
            #[cfg(feature = "tls")]
            Some(error) if tls::is_tls(&error) => Self::new(Kind::Tls(error)),
            source => Self::new(Kind::Lost(source)),
        }
    }

    /// What to answer a client whose request this error is about.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match &*self.0 {
            // RFC 6455 §4.2.1-1 MUST: a request that breaks the form gets an HTTP error.
            Kind::Head(fault) => Some(Refusal::Head(fault.clone())),
            Kind::ClientHandshake(refusal) => Some(refusal.clone()),
            _ => None,
        }
    }

    /// The server answered the upgrade with another status: [`response`](Self::response) has it.
    pub fn is_refused(&self) -> bool {
        matches!(*self.0, Kind::Refused { .. })
    }

    /// The server's answer that refused the upgrade.
    pub fn response(&self) -> Option<&Response> {
        match &*self.0 {
            Kind::Refused { response } => Some(response),
            _ => None,
        }
    }

    /// The peer broke the protocol, in the opening handshake or after.
    pub fn is_peer_fault(&self) -> bool {
        matches!(
            *self.0,
            Kind::ServerHandshake(_)
                | Kind::ClientHandshake(_)
                | Kind::Head(_)
                | Kind::Fault(Fault::Peer(_))
        )
    }

    /// The peer asked for more than a limit of ours grants.
    pub fn is_limit(&self) -> bool {
        matches!(*self.0, Kind::Fault(Fault::Limit(_)))
    }

    /// A deadline passed.
    pub fn is_timeout(&self) -> bool {
        matches!(
            *self.0,
            Kind::Fault(Fault::Timeout(_)) | Kind::OpenTimeout(_)
        )
    }

    /// The phase of opening that took too long, if that is what happened.
    pub fn timeout_phase(&self) -> Option<Phase> {
        match *self.0 {
            Kind::OpenTimeout(phase) => Some(phase),
            _ => None,
        }
    }

    /// The network failed: TCP could not be opened, or ended without the closing handshake.
    pub fn is_lost(&self) -> bool {
        matches!(*self.0, Kind::Lost(_) | Kind::Connect { .. })
    }

    /// TLS failed, or could not be set up: the text says why, such as a certificate that expired,
    /// is for another name, or is missing.
    pub fn is_tls(&self) -> bool {
        #[cfg(feature = "tls")]
        let is_tls = matches!(*self.0, Kind::Tls(_) | Kind::TlsSetup { .. });
        #[cfg(not(feature = "tls"))]
        let is_tls = matches!(*self.0, Kind::TlsMissing);
        is_tls
    }

    /// The caller asked for what is not allowed; nothing was sent.
    pub fn is_misuse(&self) -> bool {
        match *self.0 {
            Kind::Misuse(_) | Kind::HandshakeMisuse(_) | Kind::Url(_) | Kind::QueueMarks { .. } => {
                true
            }
            #[cfg(feature = "tls")]
            Kind::TlsSetup { .. } => true,
            #[cfg(not(feature = "tls"))]
            Kind::TlsMissing => true,
            _ => false,
        }
    }

    /// Sending after the connection closed, or the rest of a message that it closed in the middle
    /// of: not a fault of anybody.
    pub fn is_closed(&self) -> bool {
        matches!(*self.0, Kind::Misuse(Misuse::NotOpen) | Kind::CutOff)
    }

    /// The protocol fault, if one failed the open connection.
    pub fn fault(&self) -> Option<Fault> {
        match *self.0 {
            Kind::Fault(fault) => Some(fault),
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Url(_) => formatter.write_str("the URL cannot be connected to"),
            #[cfg(not(feature = "tls"))]
            Kind::TlsMissing => {
                formatter.write_str("wss URLs need TLS, which this build does not have")
            }
            #[cfg(feature = "tls")]
            Kind::TlsSetup { what, .. } => formatter.write_str(what),
            #[cfg(feature = "tls")]
            Kind::Tls(error) => write!(formatter, "TLS failed: {}", tls::reason(error)),
            Kind::Connect { address, .. } => write!(formatter, "cannot connect to {address}"),
            Kind::Refused { response } => {
                write!(
                    formatter,
                    "the server answered {}, not 101",
                    response.head.status()
                )
            }
            Kind::ServerHandshake(_) => formatter.write_str("the server's handshake is invalid"),
            Kind::ClientHandshake(_) => formatter.write_str("the client's handshake is invalid"),
            Kind::Head(_) => formatter.write_str("the peer does not speak HTTP/1.1"),
            Kind::HandshakeMisuse(_) => formatter.write_str("the opening handshake cannot be made"),
            Kind::OpenTimeout(phase) => write!(formatter, "{phase} took too long"),
            Kind::Fault(_) => formatter.write_str("the connection failed"),
            Kind::Lost(_) => formatter.write_str("the connection was lost without a close"),
            Kind::Misuse(misuse) => misuse.fmt(formatter),
            Kind::CutOff => formatter.write_str("the connection closed before the message ended"),
            Kind::QueueMarks { low, high } => write!(
                formatter,
                "queue marks of {low} and {high} bytes, not rising or over {QUEUE_LEN_MAX}"
            ),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Kind::Url(fault) => Some(fault),
            Kind::Connect { source, .. } => Some(source),
            Kind::ServerHandshake(fault) => Some(fault),
            Kind::ClientHandshake(refusal) => Some(refusal),
            Kind::Head(fault) => Some(fault),
            Kind::HandshakeMisuse(misuse) => Some(misuse),
            Kind::Fault(fault) => Some(fault),
            Kind::Lost(source) => source.as_ref().map(|source| source as _),
            #[cfg(feature = "tls")]
            Kind::TlsSetup { source, .. } => Some(&**source),
            #[cfg(feature = "tls")]
            Kind::Tls(source) => Some(source),
            #[cfg(not(feature = "tls"))]
            Kind::TlsMissing => None,
            Kind::Refused { .. }
            | Kind::OpenTimeout(_)
            | Kind::Misuse(_)
            | Kind::CutOff
            | Kind::QueueMarks { .. } => None,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::new(Kind::Fault(fault))
    }
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::new(Kind::Misuse(misuse))
    }
}

impl From<sockeye_proto::handshake::Misuse> for Error {
    fn from(misuse: sockeye_proto::handshake::Misuse) -> Self {
        Self::new(Kind::HandshakeMisuse(misuse))
    }
}

impl From<UrlFault> for Error {
    fn from(fault: UrlFault) -> Self {
        Self::new(Kind::Url(fault))
    }
}

impl From<ClientFault> for Error {
    fn from(fault: ClientFault) -> Self {
        Self::new(Kind::ServerHandshake(fault))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(Kind::ClientHandshake(refusal))
    }
}

impl From<HeadFault> for Error {
    fn from(fault: HeadFault) -> Self {
        Self::new(Kind::Head(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_one_word_and_its_kinds_can_be_told_apart() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let lost = Error::lost(Some(io::ErrorKind::ConnectionReset.into()));
        assert!(lost.is_lost() && !lost.is_peer_fault() && !lost.is_timeout());
        assert!(lost.source().is_some());
        let closed = Error::from(Misuse::NotOpen);
        assert!(closed.is_closed() && closed.is_misuse());
        let timeout = Error::open_timeout(Phase::Handshake);
        assert_eq!(timeout.timeout_phase(), Some(Phase::Handshake));
        assert_eq!(timeout.to_string(), "the opening handshake took too long");
    }

    #[test]
    fn error_text_does_not_repeat_its_source() {
        let error = Error::from(Fault::Peer(sockeye_proto::fault::PeerFault::NotMasked));
        let source = error.source().unwrap().to_string();
        assert!(!error.to_string().contains(&source));
    }
}
