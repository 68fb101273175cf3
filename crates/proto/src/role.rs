//! Which end of the connection we are (RFC 6455 §1.2). Owns nothing else: no rule lives here.

/// The end of the connection that this side is.
///
/// Complete: RFC 6455 knows two ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// Opened the connection; masks every frame it sends (RFC 6455 §5.1).
    Client,
    /// Accepted the connection; masks none.
    Server,
}

impl Role {
    /// The other end.
    #[must_use]
    pub fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peer_of_the_peer_is_oneself() {
        for role in [Role::Client, Role::Server] {
            assert_ne!(role.peer(), role);
            assert_eq!(role.peer().peer(), role);
        }
    }
}
