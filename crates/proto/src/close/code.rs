//! Close codes (RFC 6455 §7.4 and the IANA registry): which may be on the wire.

use std::fmt;

/// A close code, `0`-`65535`; whether it may be sent is a question to it, not an invariant.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose was fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: a server going down, a page navigated away from.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: a protocol error.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a type of data that the receiver cannot accept.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1005: a Close without a code. Never on the wire.
    pub const NO_STATUS: Self = Self(1005);
    /// 1006: no Close at all. Never on the wire.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: data that does not fit the message's type, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// 1008: a policy was violated.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message too big to process.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client expected an extension that the server did not negotiate.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: an unexpected condition.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the service restarts (IANA registry).
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: try again later (IANA registry).
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got an invalid response (IANA registry).
    pub const BAD_GATEWAY: Self = Self(1014);
    /// 1015: the TLS handshake failed. Never on the wire.
    pub const TLS_HANDSHAKE: Self = Self(1015);

    /// The code with this number; any number has one.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether it may stand in a Close frame: 1000-1003, 1007-1014, 3000-4999.
    #[must_use]
    pub fn is_sendable(self) -> bool {
        // RFC 6455 §7.4.1-1 §7.4.1-2 §7.4.1-3 MUST NOT: 1005, 1006, 1015 are in no Close frame.
        // RFC 6455 §7.4.2: 0-999 are not used, 1004 and 1016-2999 are reserved.
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl From<u16> for CloseCode {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_shows_its_number() {
        assert_eq!(CloseCode::from(1000), CloseCode::NORMAL);
        assert_eq!(CloseCode::NORMAL.to_string(), "1000");
        assert_eq!(format!("{:?}", CloseCode::ABNORMAL), "1006");
    }
}
