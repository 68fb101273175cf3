//! Counters, gauges and histograms, for whichever recorder `metrics` has. Owns their names and
//! labels. No label has more values than fit on a page, whatever peers do.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use sockeye_proto::Role;
use sockeye_proto::close::{CloseCode, CloseEvent};
use sockeye_proto::connection::Received;
use sockeye_proto::message::MessageKind;

use super::whose;
use crate::error::Error;

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Client => "client",
        Role::Server => "server",
    }
}

pub(super) fn opened(role: Role) {
    counter!("sockeye_connections_total", "role" => role_word(role)).increment(1);
    gauge!("sockeye_connections", "role" => role_word(role)).increment(1);
}

pub(super) fn closed(role: Role, event: Option<&CloseEvent>) {
    gauge!("sockeye_connections", "role" => role_word(role)).decrement(1);
    let code = event.map_or(CloseCode::ABNORMAL, |event| event.code);
    let clean = event.is_some_and(|event| event.was_clean).to_string();
    let labels = [
        ("role", role_word(role).to_owned()),
        ("code", code_word(code)),
        ("clean", clean),
    ];
    counter!("sockeye_closes_total", &labels).increment(1);
}

/// A code of the RFC by itself, the others by their thousand: peers choose among 2,000 of those.
fn code_word(code: CloseCode) -> String {
    match code.number() {
        number @ 1000..=1015 => number.to_string(),
        number => format!("{}xxx", number / 1000),
    }
}

pub(super) fn failed(error: &Error) {
    counter!("sockeye_faults_total", "whose" => whose(error)).increment(1);
}

pub(super) fn refused(role: Role, status: u16) {
    let status = match role {
        Role::Client => format!("{}xx", status / 100),
        Role::Server => status.to_string(),
    };
    let labels = [("role", role_word(role).to_owned()), ("status", status)];
    counter!("sockeye_refusals_total", &labels).increment(1);
}

/// Counts a message. With labels that are literals no message costs an allocation.
macro_rules! count_message {
    ($direction:literal, $kind:literal, $len:expr) => {{
        counter!("sockeye_messages_total", "direction" => $direction, "kind" => $kind)
            .increment(1);
        counter!("sockeye_message_bytes_total", "direction" => $direction, "kind" => $kind)
            .increment($len as u64);
    }};
}

pub(super) fn received(message: &Received) {
    let (kind, len) = match message {
        Received::InPlace { kind, range } => (*kind, range.len()),
        Received::Owned { kind, bytes } => (*kind, bytes.len()),
    };
    received_len(kind, len);
}

pub(super) fn received_len(kind: MessageKind, len: usize) {
    match kind {
        MessageKind::Text => count_message!("received", "text", len),
        MessageKind::Binary => count_message!("received", "binary", len),
    }
}

pub(super) fn sent(kind: MessageKind, len: usize) {
    match kind {
        MessageKind::Text => count_message!("sent", "text", len),
        MessageKind::Binary => count_message!("sent", "binary", len),
    }
}

pub(super) fn read(len: usize) {
    counter!("sockeye_wire_bytes_total", "direction" => "received").increment(len as u64);
}

pub(super) fn written(len: usize, left: usize) {
    if len > 0 {
        counter!("sockeye_wire_bytes_total", "direction" => "sent").increment(len as u64);
    }
    if left > 0 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a queue has less than 2^53 bytes"
        )]
        histogram!("sockeye_queue_bytes").record(left as f64);
    }
}

pub(super) fn measured(round_trip: Duration) {
    histogram!("sockeye_round_trip_seconds").record(round_trip.as_secs_f64());
}
