//! How a WebSocket ended, and whose doing it was: in words of ours, never in the peer's. Owns the
//! list of these words, which logs and metrics have.

use sockeye::fault::Fault;
use sockeye::{CloseCode, WebSocket};
use sockeye_hub::Close;

/// How a WebSocket ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ending {
    /// The code: of the Close that a fault was answered with, or else of the one that both sides
    /// know; where the client did not answer, that of ours; 1006 where there was none.
    pub(crate) code: u16,
    pub(crate) is_clean: bool,
    pub(crate) why: Why,
    /// What the connection failed with: a rule or a bound, with its numbers. Such a Close has no
    /// reason, so nobody else says it.
    pub(crate) fault: Option<Fault>,
}

/// Whose doing the end was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// The client said goodbye.
    Client,
    /// The application was done with it.
    Done,
    /// The server drains.
    Drain,
    /// Its credentials ran out.
    Expired,
    /// The client broke a rule of the protocol.
    Fault,
    /// It wanted more than a limit grants.
    Limit,
    /// The connection broke.
    Lost,
    /// A defect of ours.
    Panic,
    /// It read slower than its channels talked.
    Slow,
    /// It was silent for too long.
    Timeout,
}

/// Of what the hub ends a session with.
impl From<Close> for Why {
    fn from(close: Close) -> Self {
        match close {
            Close::Slow => Self::Slow,
            Close::Expired => Self::Expired,
            Close::TooManyRequests | Close::BadRequest | Close::SessionLimit | Close::Limit => {
                Self::Limit
            }
            _ => Self::Done,
        }
    }
}

impl Why {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Done => "done",
            Self::Drain => "drain",
            Self::Expired => "expired",
            Self::Fault => "fault",
            Self::Limit => "limit",
            Self::Lost => "lost",
            Self::Panic => "panic",
            Self::Slow => "slow",
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
        let ending = Self::new(ws, why);
        match outcome.as_ref().err().and_then(sockeye::Error::fault) {
            // The library failed the connection, with this code.
            Some(fault) => Self {
                code: fault.close_code().number(),
                fault: Some(fault),
                ..ending
            },
            None => ending,
        }
    }

    /// The end of `ws`, that we closed with `sent`. It says why also where no answer came.
    pub(crate) fn said(ws: &WebSocket, why: Why, sent: CloseCode) -> Self {
        let ending = Self::new(ws, why);
        let is_unanswered = ending.code == CloseCode::ABNORMAL.number();
        let code = if is_unanswered {
            sent.number()
        } else {
            ending.code
        };
        Self { code, ..ending }
    }

    /// The end of `ws`, that its client closed or the network.
    pub(crate) fn new(ws: &WebSocket, why: Why) -> Self {
        let event = ws.close_event();
        let code = event
            .as_ref()
            .map_or(CloseCode::ABNORMAL, |event| event.code);
        Self {
            code: code.number(),
            is_clean: event.is_some_and(|event| event.was_clean),
            why,
            fault: None,
        }
    }

    /// The end of one whose handler panicked, which the library closes with 1011.
    pub(crate) fn panicked() -> Self {
        Self {
            code: CloseCode::INTERNAL_ERROR.number(),
            is_clean: false,
            why: Why::Panic,
            fault: None,
        }
    }
}
