//! The error of sending without waiting. Owns the message that was not sent, so that nobody has to
//! clone one in case it is refused.

use std::error::Error as StdError;
use std::fmt;

use sockeye_proto::message::Message;

use crate::driver::Refused;
use crate::error::{Error, fmt_sources};

/// Why [`try_send`](crate::Sender::try_send) did not send, with what it was given.
///
/// Complete: there is no room for now, or there will be none.
pub enum TrySendError<M = Message> {
    /// The queue is at its high mark or above, and the kernel takes nothing for now; or another
    /// message is on its way in pieces.
    Full(M),
    /// Nothing is sent any more; [`Error::is_closed`] and [`Error::is_lost`] tell why.
    Closed(M, Error),
}

impl<M> TrySendError<M> {
    pub(crate) fn new(message: M, refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full(message),
            Refused::Closed(error) => Self::Closed(message, error),
        }
    }

    /// Whether there may be room again.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// What was not sent.
    pub fn into_message(self) -> M {
        match self {
            Self::Full(message) | Self::Closed(message, _) => message,
        }
    }
}

impl<M> fmt::Debug for TrySendError<M> {
    /// Without the message, which may be long and need not be `Debug`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => formatter.write_str("Full(..)"),
            Self::Closed(_, error) => write!(formatter, "Closed(.., {error:?})"),
        }
    }
}

/// `{:#}` adds the sources, as for [`Error`].
impl<M> fmt::Display for TrySendError<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Full(_) => "there is no room in the queue for now",
            Self::Closed(..) => "the connection sends nothing any more",
        })?;
        fmt_sources(self.source(), formatter)
    }
}

impl<M> StdError for TrySendError<M> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Full(_) => None,
            Self::Closed(_, error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use sockeye_proto::fault::Misuse;

    use super::*;

    #[test]
    fn try_send_error_keeps_the_message_and_tells_full_from_closed() {
        let full = TrySendError::new("kept", Refused::Full);
        assert!(full.is_full() && full.source().is_none());
        assert_eq!(full.into_message(), "kept");
        let closed = TrySendError::new("kept", Refused::Closed(Misuse::NotOpen.into()));
        assert!(!closed.is_full() && closed.source().is_some());
        let chain = format!("{closed}: {}", closed.source().unwrap());
        assert_eq!(format!("{closed:#}"), chain);
        assert!(
            !closed
                .to_string()
                .contains(&closed.source().unwrap().to_string())
        );
        assert_eq!(closed.into_message(), "kept");
    }
}
