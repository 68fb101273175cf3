//! What the features `tracing` and `metrics` tell of connections: one call for each thing that
//! happens. Owns which things these are, and that without the features each call is nothing: the
//! `let _` in them says that arguments are for those. Never tells a payload, a header, a close
//! reason or an address.

#[cfg(feature = "metrics")]
mod count;
#[cfg(feature = "tracing")]
mod log;

use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::close::CloseEvent;
use sockeye_proto::connection::Received;
use sockeye_proto::handshake::server::Refusal;
use sockeye_proto::message::MessageKind;

use crate::error::Error;

/// The part of a connection that is told of. Takes no room without the features, a word with them.
#[derive(Debug)]
pub(crate) struct Telemetry {
    /// While somebody listens to it.
    #[cfg(feature = "tracing")]
    span: Option<Box<tracing::Span>>,
    /// Whose end was not told yet.
    #[cfg(feature = "metrics")]
    open: Option<Role>,
}

impl Telemetry {
    /// A connection was opened.
    pub(crate) fn open(role: Role) -> Self {
        let _ = role;
        #[cfg(feature = "metrics")]
        count::opened(role);
        Self {
            #[cfg(feature = "tracing")]
            span: log::opened(role),
            #[cfg(feature = "metrics")]
            open: Some(role),
        }
    }

    /// It failed, by whomever.
    #[inline]
    pub(crate) fn fail(&self, error: &Error) {
        let _ = (self, error);
        #[cfg(feature = "metrics")]
        count::failed(error);
        #[cfg(feature = "tracing")]
        log::failed(self.span.as_deref(), error);
    }

    /// It ended. Only the first time counts.
    #[inline]
    pub(crate) fn close(&mut self, event: impl Fn() -> Option<CloseEvent>) {
        let _ = (&mut *self, &event);
        #[cfg(feature = "metrics")]
        if let Some(role) = self.open.take() {
            count::closed(role, event().as_ref());
        }
        #[cfg(feature = "tracing")]
        if let Some(span) = self.span.take() {
            log::closed(&span, event().as_ref());
        }
    }
}

/// One that nobody ended went with its runtime.
#[cfg(any(feature = "metrics", feature = "tracing"))]
impl Drop for Telemetry {
    fn drop(&mut self) {
        self.close(|| None);
    }
}

/// Whose fault an error is, in one word.
#[cfg(any(feature = "metrics", feature = "tracing"))]
fn whose(error: &Error) -> &'static str {
    if error.is_peer_fault() {
        "peer"
    } else if error.is_limit() {
        "limit"
    } else if error.is_timeout() {
        "timeout"
    } else {
        "network"
    }
}

/// A message came.
#[inline]
pub(crate) fn received(message: &Received) {
    let _ = message;
    #[cfg(feature = "metrics")]
    count::received(message);
}

/// A message of `len` bytes that was received in chunks came to its end.
pub(crate) fn received_in_chunks(kind: MessageKind, len: usize) {
    let _ = (kind, len);
    #[cfg(feature = "metrics")]
    count::received_len(kind, len);
}

/// A message of `len` bytes was queued.
#[inline]
pub(crate) fn sent(kind: MessageKind, len: usize) {
    let _ = (kind, len);
    #[cfg(feature = "metrics")]
    count::sent(kind, len);
}

/// So many bytes came from the transport.
#[inline]
pub(crate) fn read(len: usize) {
    let _ = len;
    #[cfg(feature = "metrics")]
    count::read(len);
}

/// The transport took so many bytes, and `left` are in the queue.
#[inline]
pub(crate) fn written(len: usize, left: usize) {
    let _ = (len, left);
    #[cfg(feature = "metrics")]
    count::written(len, left);
}

/// A Ping was answered.
#[inline]
pub(crate) fn measured(round_trip: Duration) {
    let _ = round_trip;
    #[cfg(feature = "metrics")]
    count::measured(round_trip);
}

/// A server refused a request, whose rules it breaks.
pub(crate) fn refused(refusal: &Refusal) {
    refused_with(Role::Server, refusal.status(), reason(refusal));
}

/// A request was refused with this status: by a server of ours, or by somebody else's.
pub(crate) fn refused_with(role: Role, status: u16, reason: &'static str) {
    let _ = (role, status, reason);
    #[cfg(feature = "metrics")]
    count::refused(role, status);
    #[cfg(feature = "tracing")]
    log::refused(role, status, reason);
}

/// The rule that a request breaks, without what it said.
fn reason(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Head(_) => "head",
        Refusal::Method { .. } => "method",
        Refusal::HttpVersion { .. } => "version of HTTP",
        Refusal::Target { .. } => "target",
        Refusal::Host(_) => "Host",
        Refusal::Body { .. } => "body",
        Refusal::Upgrade(_) => "Upgrade",
        Refusal::Connection(_) => "Connection",
        Refusal::Version(_) => "Sec-WebSocket-Version",
        Refusal::Key(_) => "Sec-WebSocket-Key",
        Refusal::Origin(_) => "Origin",
        Refusal::ForeignOrigin { .. } => "foreign origin",
        Refusal::Protocol(_) => "Sec-WebSocket-Protocol",
        Refusal::Extension(_) => "Sec-WebSocket-Extensions",
        _ => "other",
    }
}
