//! A WebSocket and who serves it. Owns what an application is given, and how the end of a
//! connection is told: in words of ours, never in the peer's.

use std::net::IpAddr;
use std::pin::Pin;

use sockeye::{CloseCode, WebSocket};
use tokio::time::Instant;

use crate::life::Life;

/// What serves the WebSockets of an address: to their end, which is what it comes to.
pub(crate) type Application = fn(WebSocket, Life) -> Pin<Box<dyn Future<Output = Ending> + Send>>;

/// A WebSocket that was just opened.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) ws: WebSocket,
    pub(crate) application: Application,
    /// Which of our addresses it asked for.
    pub(crate) path: &'static str,
    /// Where its client is.
    pub(crate) address: Option<IpAddr>,
    /// When it was opened.
    pub(crate) since: Instant,
}

/// How a WebSocket ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ending {
    /// The code, 1006 where there was no Close.
    pub(crate) code: u16,
    pub(crate) is_clean: bool,
    pub(crate) why: Why,
}

/// Whose doing the end was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// The client said goodbye.
    Client,
    /// The server drains.
    Drain,
    /// The client broke a rule of the protocol.
    Fault,
    /// It wanted more than a limit grants.
    Limit,
    /// The connection broke.
    Lost,
    /// It was silent for too long.
    Timeout,
}

impl Why {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Drain => "drain",
            Self::Fault => "fault",
            Self::Limit => "limit",
            Self::Lost => "lost",
            Self::Timeout => "timeout",
        }
    }
}

impl Ending {
    /// The end of `ws`, which came to `outcome` by itself.
    pub(crate) fn of(ws: &WebSocket, outcome: &sockeye::Result<()>) -> Self {
        let why = match outcome {
            Ok(()) => Why::Client,
            Err(error) if error.is_peer_fault() => Why::Fault,
            Err(error) if error.is_limit() => Why::Limit,
            Err(error) if error.is_timeout() => Why::Timeout,
            Err(_) => Why::Lost,
        };
        Self::new(ws, why)
    }

    /// The end of `ws`, that we closed or lost.
    pub(crate) fn new(ws: &WebSocket, why: Why) -> Self {
        let event = ws.close_event();
        Self {
            code: event
                .as_ref()
                .map_or(CloseCode::ABNORMAL, |event| event.code)
                .number(),
            is_clean: event.is_some_and(|event| event.was_clean),
            why,
        }
    }
}
