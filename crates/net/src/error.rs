//! The one error of the library: opaque, one word wide, sorted by predicates. A normal close is not
//! an error and never comes here. Keeps rules of RFC 6455 §4.2.1.

#[cfg(feature = "tls")]
mod tls;
mod words;

pub(crate) use words::fmt_sources;

use std::error::Error as StdError;
use std::{fmt, io};

use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::fault::{Fault, Misuse};
use sockeye_proto::handshake::UrlFault;
use sockeye_proto::handshake::client::ClientFault;
use sockeye_proto::handshake::http1::{HeadFault, ResponseHead};
use sockeye_proto::handshake::server::Refusal;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. Ask the predicates; `source()` has the rest of the chain.
///
/// # In a log
/// `{error}` says what failed, and leaves why to `source()`: whoever prints a chain, as `anyhow`
/// and `eyre` do, would else print every reason twice (the rule is that of [`std::error::Error`]).
/// For one line of a log, `{error:#}` is the whole chain:
///
/// ```
/// let error = sockeye::Client::new("ws://a/#b").unwrap_err();
/// assert_eq!(format!("{error}"), "the URL cannot be connected to");
/// let why = std::error::Error::source(&error).unwrap();
/// assert_eq!(format!("{error:#}"), format!("the URL cannot be connected to: {why}"));
/// ```
///
/// For a chain that begins with another type:
///
/// ```
/// use std::error::Error;
///
/// fn chain(error: &dyn Error) -> String {
///     let all = std::iter::successors(Some(error), |&error| error.source());
///     all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
/// }
/// # let error = sockeye::Client::new("ws://a b/").unwrap_err();
/// # assert_eq!(chain(&error), format!("{error:#}"));
/// ```
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
        is_key: bool,
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
    /// Something was to be sent after the peer's Close.
    Closed(CloseFrame),
    /// The connection was closed inside a message.
    CutOff,
    /// More messages came before a Pong than are kept.
    Held { len: usize },
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
        Self::tls_setup_of(what, source.into(), false)
    }

    /// The same, where the private key is what cannot be used.
    #[cfg(feature = "tls")]
    pub(crate) fn tls_key_setup(
        what: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::tls_setup_of(what, source.into(), true)
    }

    #[cfg(feature = "tls")]
    fn tls_setup_of(
        what: &'static str,
        source: Box<dyn StdError + Send + Sync>,
        is_key: bool,
    ) -> Self {
        Self::new(Kind::TlsSetup {
            what,
            source,
            is_key,
        })
    }

    pub(crate) fn open_timeout(phase: Phase) -> Self {
        Self::new(Kind::OpenTimeout(phase))
    }

    /// Nothing can be sent any more, as the peer said so in `frame`.
    pub(crate) fn closed(frame: CloseFrame) -> Self {
        Self::new(Kind::Closed(frame))
    }

    /// There are `len` bytes of messages to be received first.
    pub(crate) fn held(len: usize) -> Self {
        Self::new(Kind::Held { len })
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
        matches!(*self.0, Kind::Fault(Fault::Limit(_)) | Kind::Held { .. })
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

    /// TLS was given a private key that cannot be used, whatever its certificates are: it is
    /// missing in its PEM, damaged, encrypted, or of a kind that is not known. One that is not that
    /// of the certificate can be the fault of either.
    pub fn is_private_key(&self) -> bool {
        #[cfg(feature = "tls")]
        let is_key = matches!(*self.0, Kind::TlsSetup { is_key: true, .. });
        #[cfg(not(feature = "tls"))]
        let is_key = false;
        is_key
    }

    /// The caller asked for what is not allowed; nothing was sent.
    pub fn is_misuse(&self) -> bool {
        match *self.0 {
            Kind::Misuse(misuse) => misuse != Misuse::NotOpen,
            Kind::HandshakeMisuse(_) | Kind::Url(_) | Kind::QueueMarks { .. } => true,
            #[cfg(feature = "tls")]
            Kind::TlsSetup { .. } => true,
            #[cfg(not(feature = "tls"))]
            Kind::TlsMissing => true,
            _ => false,
        }
    }

    /// Sending after the connection closed, or the rest of a message that it closed in the middle
    /// of: not a fault of anybody. [`close_code`](Self::close_code) has what the peer's Close said.
    pub fn is_closed(&self) -> bool {
        matches!(
            *self.0,
            Kind::Misuse(Misuse::NotOpen) | Kind::Closed(_) | Kind::CutOff
        )
    }

    /// The code of the peer's Close, if nothing can be sent because of that: 1009, for one, from a
    /// peer for which a message was too big. [`CloseCode::NO_STATUS`] for one without a code.
    pub fn close_code(&self) -> Option<CloseCode> {
        match &*self.0 {
            Kind::Closed(frame) => Some(frame.code().unwrap_or(CloseCode::NO_STATUS)),
            _ => None,
        }
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
            | Kind::Closed(_)
            | Kind::CutOff
            | Kind::Held { .. }
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
        assert!(closed.is_closed() && !closed.is_misuse() && closed.close_code().is_none());
        let timeout = Error::open_timeout(Phase::Handshake);
        assert_eq!(timeout.timeout_phase(), Some(Phase::Handshake));
        assert_eq!(timeout.to_string(), "the opening handshake took too long");
    }

    #[test]
    fn error_of_a_closed_connection_has_the_peers_code_and_quotes_its_reason() {
        let frame = |code: Option<u16>, reason| {
            let frame = CloseFrame::new(code.map(CloseCode::new), reason).unwrap();
            Error::closed(frame)
        };
        let big = frame(Some(1009), "too\nbig");
        assert!(big.is_closed() && !big.is_lost() && !big.is_misuse());
        assert_eq!(big.close_code(), Some(CloseCode::MESSAGE_TOO_BIG));
        let text = "the peer closed the connection with 1009 \"too\\nbig\"";
        assert_eq!(big.to_string(), text);
        let silent = frame(None, "");
        assert_eq!(silent.close_code(), Some(CloseCode::NO_STATUS));
        assert!(silent.to_string().ends_with("without a code"));
    }

    #[test]
    fn error_text_does_not_repeat_its_source() {
        let error = Error::from(Fault::Peer(sockeye_proto::fault::PeerFault::NotMasked));
        let source = error.source().unwrap().to_string();
        assert!(!error.to_string().contains(&source));
        assert_eq!(format!("{error:#}"), format!("{error}: {source}"));
    }
}
