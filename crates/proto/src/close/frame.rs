//! The payload of Close frames, and how a connection ended (RFC 6455 §5.5.1, §7.1.5, §7.1.6). Keeps
//! rules of RFC 6455 §5.5 §8.1.

use std::fmt;

use super::code::CloseCode;
use crate::fault::{Misuse, PeerFault};
use crate::limits::CLOSE_REASON_LEN_MAX;

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
        // RFC 6455 §5.5-1 MUST: a control frame's payload is 125 bytes or less.
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
        // RFC 6455 §8.1-1 MUST: bytes that are to be UTF-8 and are not fail the connection.
        let reason = sockeye_simd::to_str(reason).ok_or(PeerFault::CloseReasonUtf8)?;
        Ok(Self {
            code: Some(code),
            reason: reason.into(),
        })
    }

    /// Appends the payload: nothing, or the code in network order and the reason.
    pub fn encode(&self, out: &mut Vec<u8>) {
        // RFC 6455 §5.5.1-1 MUST: two bytes of code in network order, then the reason.
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
