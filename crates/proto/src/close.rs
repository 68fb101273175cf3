//! Close codes and Close frames (RFC 6455 §5.5.1, §7.4): what may be on the wire and in which
//! direction. Owns no connection state.

use std::fmt;

use crate::fault::{Misuse, PeerFault};
use crate::limits::CLOSE_REASON_LEN_MAX;

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
        // RFC 6455 §7.4.1 MUST NOT: 1005, 1006 and 1015 are set in a Close frame.
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

/// What a Close frame says: a code with a reason, or nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CloseFrame {
    /// The code, unless the frame was empty.
    code: Option<CloseCode>,
    /// Invariant: empty without a code; at most 123 bytes.
    reason: Box<str>,
}

impl CloseFrame {
    /// A frame to send: `reason` is at most 123 bytes of UTF-8.
    ///
    /// # Errors
    /// [`Misuse::CloseCode`] for a code that never stands on the wire,
    /// [`Misuse::CloseReasonTooLong`], [`Misuse::CloseReasonWithoutCode`].
    pub fn new(code: Option<CloseCode>, reason: &str) -> Result<Self, Misuse> {
        match code {
            Some(code) if !code.is_sendable() => return Err(Misuse::CloseCode(code.number())),
            None if !reason.is_empty() => return Err(Misuse::CloseReasonWithoutCode),
            _ => {}
        }
        // RFC 6455 §5.5 MUST: a control frame's payload is 125 bytes or less.
        if reason.len() > CLOSE_REASON_LEN_MAX {
            return Err(Misuse::CloseReasonTooLong { len: reason.len() });
        }
        Ok(Self {
            code,
            reason: reason.into(),
        })
    }

    /// A frame with `code` alone. The caller passes a code that [`CloseCode::is_sendable`].
    pub(crate) fn with_code(code: CloseCode) -> Self {
        Self {
            code: Some(code),
            reason: Box::default(),
        }
    }

    /// Reads the payload of a peer's Close frame (RFC 6455 §5.5.1).
    ///
    /// # Errors
    /// [`PeerFault`] for one byte, a code that may not be sent, or a reason that is not UTF-8.
    pub fn decode(payload: &[u8]) -> Result<Self, PeerFault> {
        let Some((code, reason)) = payload.split_first_chunk::<2>() else {
            return if payload.is_empty() {
                Ok(Self::default())
            } else {
                Err(PeerFault::CloseLenOne)
            };
        };
        let code = CloseCode::new(u16::from_be_bytes(*code));
        if !code.is_sendable() {
            return Err(PeerFault::CloseCode(code.number()));
        }
        // RFC 6455 §8.1 MUST: bytes that are to be UTF-8 and are not fail the connection.
        let reason = sockeye_simd::to_str(reason).ok_or(PeerFault::CloseReasonUtf8)?;
        Ok(Self {
            code: Some(code),
            reason: reason.into(),
        })
    }

    /// Appends the payload: nothing, or the code in network order and the reason.
    pub fn encode(&self, out: &mut Vec<u8>) {
        if let Some(code) = self.code {
            out.extend_from_slice(&code.number().to_be_bytes());
            out.extend_from_slice(self.reason.as_bytes());
        }
    }

    /// The code, or `None` if the frame had none.
    pub fn code(&self) -> Option<CloseCode> {
        self.code
    }

    /// The reason; empty if none was given.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// How a connection ended, as RFC 6455 §7.1.5 and §7.1.6 and the browser's `CloseEvent` have it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CloseEvent {
    /// The peer's code; 1005 if its Close had none, 1006 if no Close came.
    pub code: CloseCode,
    /// The peer's reason.
    pub reason: Box<str>,
    /// Whether the closing handshake completed: both Close frames crossed.
    pub was_clean: bool,
}

impl fmt::Display for CloseEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clean = if self.was_clean { "clean" } else { "not clean" };
        write!(formatter, "{} ({clean})", self.code)?;
        if self.reason.is_empty() {
            Ok(())
        } else {
            write!(formatter, " {:?}", self.reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_codes_that_may_be_sent_are_exactly_the_rfcs_and_registrys() {
        for number in 0..=u16::MAX {
            let expected = (1000..=1003).contains(&number)
                || (1007..=1014).contains(&number)
                || (3000..=4999).contains(&number);
            assert_eq!(CloseCode::new(number).is_sendable(), expected, "{number}");
            assert_eq!(
                CloseFrame::new(Some(number.into()), "").is_ok(),
                expected,
                "{number}"
            );
            assert_eq!(
                CloseFrame::decode(&number.to_be_bytes()).is_ok(),
                expected,
                "{number}"
            );
        }
    }

    #[test]
    fn close_frame_round_trips() {
        for (code, reason) in [(None, ""), (Some(1000), ""), (Some(4999), "пока")] {
            let frame = CloseFrame::new(code.map(CloseCode::new), reason).unwrap();
            let mut payload = Vec::new();
            frame.encode(&mut payload);
            assert_eq!(CloseFrame::decode(&payload), Ok(frame));
        }
    }

    #[test]
    fn close_frame_refuses_what_the_wire_has_no_form_for() {
        assert_eq!(
            CloseFrame::new(None, "why"),
            Err(Misuse::CloseReasonWithoutCode)
        );
        let long = "a".repeat(124);
        let refused = CloseFrame::new(Some(CloseCode::NORMAL), &long);
        assert_eq!(refused, Err(Misuse::CloseReasonTooLong { len: 124 }));
        assert!(CloseFrame::new(Some(CloseCode::NORMAL), &long[..123]).is_ok());
    }

    #[test]
    fn close_payload_that_is_malformed_names_its_fault() {
        assert_eq!(CloseFrame::decode(&[3]), Err(PeerFault::CloseLenOne));
        assert_eq!(
            CloseFrame::decode(&[3, 0xED]),
            Err(PeerFault::CloseCode(1005))
        );
        assert_eq!(
            CloseFrame::decode(&[3, 0xE8, 0xFF]),
            Err(PeerFault::CloseReasonUtf8)
        );
    }
}
