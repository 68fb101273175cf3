//! What is counted: the metrics and their series. Owns the names, which dashboards have.

use hyper::StatusCode;

use crate::ending::Why;
use crate::excess::Excess;

/// Something that is counted: one series of a metric.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub(crate) enum Count {
    Accepted,
    TurnedAwayConnections,
    TurnedAwayHandshakes,
    TurnedAwayUsers,
    Denied,
    Informed,
    Succeeded,
    Redirected,
    Refused,
    Failed,
    Opened,
    ClosedByClient,
    ClosedByApplication,
    ClosedByDrain,
    ClosedByExpiry,
    ClosedByFault,
    ClosedByLimit,
    ClosedByLoss,
    ClosedByTimeout,
    ClosedByPanic,
    ClosedBySlowness,
    Panics,
    MessagesReceived,
    MessagesSent,
    BytesReceived,
    BytesSent,
    Sessions,
    Subscriptions,
    Channels,
    Publications,
    Deliveries,
    Slow,
    Lost,
}

/// Series that there are: the last one is [`Count::Lost`].
pub(super) const COUNTS: usize = Count::Lost as usize + 1;

/// A metric: its name, what it says, and its series with their labels.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    /// Prometheus's word for whether it only grows.
    pub(super) kind: &'static str,
    pub(super) series: &'static [(Count, &'static str)],
}

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "sockeye_server_accepted_total",
        help: "Connections accepted.",
        kind: "counter",
        series: &[(Count::Accepted, "")],
    },
    Metric {
        name: "sockeye_server_turned_away_total",
        help: "Connections and handshakes beyond what one address or one user may have.",
        kind: "counter",
        series: &[
            (Count::TurnedAwayConnections, "limit=\"connections\""),
            (Count::TurnedAwayHandshakes, "limit=\"handshakes\""),
            (Count::TurnedAwayUsers, "limit=\"user\""),
        ],
    },
    Metric {
        name: "sockeye_server_denied_total",
        help: "Requests whose token was refused, or that had none where one is required.",
        kind: "counter",
        series: &[(Count::Denied, "")],
    },
    Metric {
        name: "sockeye_server_responses_total",
        help: "Responses to requests, by the class of their status.",
        kind: "counter",
        series: &[
            (Count::Informed, "status=\"1xx\""),
            (Count::Succeeded, "status=\"2xx\""),
            (Count::Redirected, "status=\"3xx\""),
            (Count::Refused, "status=\"4xx\""),
            (Count::Failed, "status=\"5xx\""),
        ],
    },
    Metric {
        name: "sockeye_server_opened_total",
        help: "WebSockets opened.",
        kind: "counter",
        series: &[(Count::Opened, "")],
    },
    Metric {
        name: "sockeye_server_closed_total",
        help: "WebSockets that ended, by whose doing it was.",
        kind: "counter",
        series: &[
            (Count::ClosedByClient, "why=\"client\""),
            (Count::ClosedByApplication, "why=\"done\""),
            (Count::ClosedByDrain, "why=\"drain\""),
            (Count::ClosedByExpiry, "why=\"expired\""),
            (Count::ClosedByFault, "why=\"fault\""),
            (Count::ClosedByLimit, "why=\"limit\""),
            (Count::ClosedByLoss, "why=\"lost\""),
            (Count::ClosedByTimeout, "why=\"timeout\""),
            (Count::ClosedByPanic, "why=\"panic\""),
            (Count::ClosedBySlowness, "why=\"slow\""),
        ],
    },
    Metric {
        name: "sockeye_server_panics_total",
        help: "Connections that a defect of the server ended.",
        kind: "counter",
        series: &[(Count::Panics, "")],
    },
    Metric {
        name: "sockeye_server_messages_total",
        help: "Messages of WebSockets.",
        kind: "counter",
        series: &[
            (Count::MessagesReceived, "direction=\"received\""),
            (Count::MessagesSent, "direction=\"sent\""),
        ],
    },
    Metric {
        name: "sockeye_server_message_bytes_total",
        help: "Payloads of these messages in bytes, not compressed.",
        kind: "counter",
        series: &[
            (Count::BytesReceived, "direction=\"received\""),
            (Count::BytesSent, "direction=\"sent\""),
        ],
    },
    Metric {
        name: "sockeye_hub_sessions",
        help: "Sessions of the hub.",
        kind: "gauge",
        series: &[(Count::Sessions, "")],
    },
    Metric {
        name: "sockeye_hub_subscriptions",
        help: "Their subscriptions to channels.",
        kind: "gauge",
        series: &[(Count::Subscriptions, "")],
    },
    Metric {
        name: "sockeye_hub_channels",
        help: "Channels that somebody subscribes to or is present in.",
        kind: "gauge",
        series: &[(Count::Channels, "")],
    },
    Metric {
        name: "sockeye_hub_publications_total",
        help: "Publications that channels took.",
        kind: "counter",
        series: &[(Count::Publications, "")],
    },
    Metric {
        name: "sockeye_hub_deliveries_total",
        help: "Messages of the hub that clients were sent.",
        kind: "counter",
        series: &[(Count::Deliveries, "")],
    },
    Metric {
        name: "sockeye_hub_dropped_total",
        help: "What was given up: sessions that read too slowly, and channels on a thread that was \
               too far behind, whose subscribers were told to recover.",
        kind: "counter",
        series: &[
            (Count::Slow, "what=\"session\""),
            (Count::Lost, "what=\"channel\""),
        ],
    },
];

impl Count {
    /// The class of a response's status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() / 100 {
            1 => Self::Informed,
            2 => Self::Succeeded,
            3 => Self::Redirected,
            4 => Self::Refused,
            _ => Self::Failed,
        }
    }

    /// What somebody was turned away for.
    pub(crate) fn of_excess(excess: Excess) -> Self {
        match excess {
            Excess::Address(_) => Self::TurnedAwayConnections,
            Excess::Handshakes(_) => Self::TurnedAwayHandshakes,
            Excess::User(_) => Self::TurnedAwayUsers,
        }
    }

    /// Whose doing the end of a WebSocket was.
    pub(crate) fn of_end(why: Why) -> Self {
        match why {
            Why::Client => Self::ClosedByClient,
            Why::Done => Self::ClosedByApplication,
            Why::Drain => Self::ClosedByDrain,
            Why::Expired => Self::ClosedByExpiry,
            Why::Fault => Self::ClosedByFault,
            Why::Limit => Self::ClosedByLimit,
            Why::Lost => Self::ClosedByLoss,
            Why::Timeout => Self::ClosedByTimeout,
            Why::Panic => Self::ClosedByPanic,
            Why::Slow => Self::ClosedBySlowness,
        }
    }
}
