//! The numbers that tell a client what happened and what to do: why a session was closed, why a
//! subscription ended, why a command was refused. Nothing else names them.
//!
//! The number alone is the advice. Close codes 3000-3499 mean "come back", with a new session and
//! recovery; 3500-3999 "do not come back as you are". A subscription that ended with 2500-2999 may
//! be asked for again at once, one with 2000-2499 not unless somebody wants it. Where Centrifugo
//! has a number for the same, ours is the same.

use std::fmt;

/// Why the hub ends a session: the code and reason of its Close frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Close {
    /// The server stops.
    Shutdown,
    /// Something in the server failed that should not.
    ServerError,
    /// The credentials ran out. With new ones the client may come back.
    Expired,
    /// It read slower than what it subscribed to was published.
    Slow,
    /// Somebody on the server's side wants it to connect again.
    Reconnect,
    /// It sent commands faster than it may, and did not heed the refusals.
    TooManyRequests,
    /// Its credentials are not valid.
    BadToken,
    /// What it sent is no command.
    BadRequest,
    /// Somebody on the server's side wants it gone.
    Disconnected,
    /// There are as many sessions as there may be.
    SessionLimit,
    /// It cannot have what it wants, as a bound is reached that time does not lift. Centrifugo has
    /// the number for the bound on a session's channels.
    Limit,
}

impl Close {
    /// All of them, for tables.
    pub const ALL: [Self; 11] = [
        Self::Shutdown,
        Self::ServerError,
        Self::Expired,
        Self::Slow,
        Self::Reconnect,
        Self::TooManyRequests,
        Self::BadToken,
        Self::BadRequest,
        Self::Disconnected,
        Self::SessionLimit,
        Self::Limit,
    ];

    /// The close code, 3000-3999.
    pub fn code(self) -> u16 {
        match self {
            Self::Shutdown => 3001,
            Self::ServerError => 3004,
            Self::Expired => 3005,
            Self::Slow => 3008,
            Self::Reconnect => 3011,
            Self::TooManyRequests => 3013,
            Self::BadToken => 3500,
            Self::BadRequest => 3501,
            Self::Disconnected => 3503,
            Self::SessionLimit => 3504,
            Self::Limit => 3505,
        }
    }

    /// The reason, in the words of the Close frame.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Shutdown => "shutdown",
            Self::ServerError => "server error",
            Self::Expired => "credentials expired",
            Self::Slow => "slow",
            Self::Reconnect => "reconnect",
            Self::TooManyRequests => "too many requests",
            Self::BadToken => "invalid token",
            Self::BadRequest => "bad request",
            Self::Disconnected => "disconnected by the server",
            Self::SessionLimit => "too many sessions",
            Self::Limit => "limit exceeded",
        }
    }

    /// Whether the client should come back.
    pub fn is_reconnect(self) -> bool {
        self.code() < 3500
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.reason())
    }
}

/// Why a subscription ended that its session did not end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum End {
    /// Somebody on the server's side ended it.
    Server,
    /// Something was missed between the server's parts, and nothing after the gap was delivered:
    /// recovery tells what it was.
    Gap,
    /// The stream began anew. What was missed cannot be recovered.
    Restarted,
}

impl End {
    /// All of them, for tables.
    pub const ALL: [Self; 3] = [Self::Server, Self::Gap, Self::Restarted];

    /// The code, 2000-2999.
    pub fn code(self) -> u16 {
        match self {
            Self::Server => 2000,
            Self::Gap => 2500,
            Self::Restarted => 2502,
        }
    }

    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Server => "ended by the server",
            Self::Gap => "gap in the stream",
            Self::Restarted => "the stream began anew",
        }
    }

    /// Whether the client should subscribe again.
    pub fn is_resubscribe(self) -> bool {
        self.code() >= 2500
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.reason())
    }
}

/// Why a command was not carried out. Nothing of it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// What keeps the channels failed, or is too busy.
    Unavailable,
    /// The session may not do that.
    Denied,
    /// It is subscribed already.
    Subscribed,
    /// A bound is reached: subscriptions of the session, members, sizes. Which one, and its number,
    /// [`Refused`](crate::Refused) says.
    Limit,
    /// The command makes no sense for this channel or as it stands.
    BadRequest,
    /// More commands than the session or the channel may have. Later they are taken.
    TooManyRequests,
    /// It is not subscribed.
    NotSubscribed,
    /// More is under way for the session than it may be owed at once.
    TooMuch,
    /// Somebody else has the name.
    Taken,
}

impl Refusal {
    /// All of them, for tables.
    pub const ALL: [Self; 9] = [
        Self::Unavailable,
        Self::Denied,
        Self::Subscribed,
        Self::Limit,
        Self::BadRequest,
        Self::TooManyRequests,
        Self::NotSubscribed,
        Self::TooMuch,
        Self::Taken,
    ];

    /// The code, from 100 on.
    pub fn code(self) -> u16 {
        match self {
            Self::Unavailable => 100,
            Self::Denied => 103,
            Self::Subscribed => 105,
            Self::Limit => 106,
            Self::BadRequest => 107,
            Self::TooManyRequests => 111,
            Self::NotSubscribed => 120,
            Self::TooMuch => 121,
            Self::Taken => 122,
        }
    }

    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unavailable => "not available now",
            Self::Denied => "permission denied",
            Self::Subscribed => "already subscribed",
            Self::Limit => "limit exceeded",
            Self::BadRequest => "bad request",
            Self::TooManyRequests => "too many requests",
            Self::NotSubscribed => "not subscribed",
            Self::TooMuch => "too much under way",
            Self::Taken => "name taken",
        }
    }

    /// Whether the same command may succeed later.
    pub fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::Unavailable | Self::TooManyRequests | Self::TooMuch
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.reason())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// If this fails, a client cannot tell from the number what to do.
    #[test]
    fn numbers_are_unique_and_in_their_ranges() {
        let closes: BTreeSet<u16> = Close::ALL.iter().map(|close| close.code()).collect();
        assert_eq!(closes.len(), Close::ALL.len());
        assert!(closes.iter().all(|code| (3000..4000).contains(code)));
        let ends: BTreeSet<u16> = End::ALL.iter().map(|end| end.code()).collect();
        assert_eq!(ends.len(), End::ALL.len());
        assert!(ends.iter().all(|code| (2000..3000).contains(code)));
        let refusals: BTreeSet<u16> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(refusals.len(), Refusal::ALL.len());
    }

    /// If this fails, clients of a slow or stopping server stay away, or barred ones come back.
    #[test]
    fn advice_follows_the_number() {
        assert!(Close::Slow.is_reconnect() && Close::Shutdown.is_reconnect());
        assert!(!Close::Disconnected.is_reconnect() && !Close::BadToken.is_reconnect());
        assert!(End::Gap.is_resubscribe() && !End::Server.is_resubscribe());
        assert!(Refusal::TooMuch.is_temporary() && !Refusal::Denied.is_temporary());
        assert_eq!(Close::Slow.to_string(), "3008 slow");
        assert_eq!(End::Gap.to_string(), "2500 gap in the stream");
        assert_eq!(Refusal::Denied.to_string(), "103 permission denied");
        // A Close frame's reason has room for 123 bytes.
        assert!(Close::ALL.iter().all(|close| close.reason().len() <= 123));
    }
}
