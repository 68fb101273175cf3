//! Goodbyes: with what a WebSocket is closed that its client could have kept. Owns that what came
//! from a client before counts, that the Close says why, and what the end is then. When it is time
//! for one is not decided here.

use std::borrow::Cow;
use std::pin::Pin;

use sockeye::{CloseCode, WebSocket};
use sockeye_hub::{Cause, Close};
use tokio::select;

use crate::ending::{Ending, Why};

/// What a WebSocket is closed with, and whose doing that is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Goodbye {
    code: CloseCode,
    reason: Cow<'static, str>,
    pub(crate) why: Why,
}

impl Goodbye {
    /// To everybody, with the code that the configuration has for it.
    pub(crate) fn to_all(farewell: CloseCode) -> Self {
        Self {
            code: farewell,
            reason: Cow::Borrowed("the server is going down"),
            why: Why::Drain,
        }
    }

    /// To one client alone, for what it did.
    pub(crate) fn to_one(code: CloseCode, reason: impl Into<Cow<'static, str>>, why: Why) -> Self {
        let reason = reason.into();
        Self { code, reason, why }
    }

    /// Says it. A client that does not answer shows in the end.
    ///
    /// # Cancel safety
    /// That of the library's `close`.
    pub(crate) async fn say(self, ws: &mut WebSocket) -> Ending {
        let _ = ws.close(self.code, &self.reason).await;
        Ending::said(ws, self.why, self.code)
    }
}

/// What the hub ends a session with.
impl From<Close> for Goodbye {
    fn from(close: Close) -> Self {
        Self::from(Cause::from(close))
    }
}

/// The same, or what it does not begin one for, with the bound that was met.
impl From<Cause> for Goodbye {
    fn from(cause: Cause) -> Self {
        let close = sockeye_dialect::Close::from(cause);
        let reason = close.reason().into_owned();
        Self::to_one(close.code().into(), reason, cause.close.into())
    }
}

/// What `work` comes to, or what `over` does if that is ready first. Work goes first: what a client
/// sent is answered also where the server is about to leave, and `over` is only looked at when
/// there is nothing to do.
///
/// # Cancel safety
/// `over` can be waited for again; `work` is as safe as it is.
pub(crate) async fn unless<W, O>(
    over: Pin<&mut impl Future<Output = O>>,
    work: impl Future<Output = W>,
) -> Result<W, O> {
    select! {
        biased;
        outcome = work => Ok(outcome),
        goodbye = over => Err(goodbye),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;

    use super::*;

    /// If this fails, a message that was there before the end is lost, or nobody is ever told of
    /// the end.
    #[tokio::test]
    async fn work_that_is_ready_goes_before_the_end() {
        let mut over = pin!(ready(()));
        assert_eq!(unless(over.as_mut(), ready(1)).await, Ok(1));
        assert_eq!(unless(over, pending::<u8>()).await, Err(()));
    }
}
