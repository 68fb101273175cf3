//! Spans and events, for who listens through `tracing`. Owns their names, levels and fields.

use std::error::Error as _;
use std::io;

use sockeye_proto::Role;
use sockeye_proto::close::CloseEvent;
use tracing::{Span, debug, info, info_span};

use super::whose;
use crate::error::Error;

fn word(role: Role) -> &'static str {
    match role {
        Role::Client => "client",
        Role::Server => "server",
    }
}

/// The span of a connection, inside the one that opened it; none if nobody listens.
pub(super) fn opened(role: Role) -> Option<Box<Span>> {
    let span = info_span!(target: "sockeye", "websocket", role = word(role));
    debug!(target: "sockeye", parent: &span, "opened");
    (!span.is_disabled()).then(|| Box::new(span))
}

pub(super) fn failed(span: Option<&Span>, error: &Error) {
    let parent = span.and_then(Span::id);
    let kind = error.source().and_then(|source| source.downcast_ref());
    let kind = kind.map(|error: &io::Error| tracing::field::debug(error.kind()));
    let fault = error.fault().map(tracing::field::display);
    let whose = whose(error);
    info!(target: "sockeye", parent: parent, whose, fault, kind, "failed");
}

pub(super) fn closed(span: &Span, event: Option<&CloseEvent>) {
    let code = event.map(|event| event.code.number());
    let was_clean = event.is_some_and(|event| event.was_clean);
    debug!(target: "sockeye", parent: span, code, was_clean, "closed");
}

pub(super) fn refused(role: Role, status: u16, reason: &'static str) {
    info!(target: "sockeye", role = word(role), status, reason, "refused");
}
