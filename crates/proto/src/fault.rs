//! What can go wrong, sorted by whose fault it is: the peer's, a limit's, the caller's. Owns the
//! map from a fault to the close code that tells the peer. Never holds an I/O error.

use std::fmt;

use crate::close::CloseCode;
use crate::deflate::InflateFault;
use crate::frame::Opcode;

/// Why the connection failed (RFC 6455 §7.1.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The peer broke the protocol.
    Peer(PeerFault),
    /// The peer asked for more than a limit of ours grants.
    Limit(Limit),
    /// A deadline passed.
    Timeout(Timeout),
}

impl Fault {
    /// The code that our Close frame gives the peer.
    #[must_use]
    pub fn close_code(self) -> CloseCode {
        match self {
            Self::Peer(fault) => fault.close_code(),
            Self::Limit(limit) => limit.close_code(),
            // RFC 6455 has no code for silence; 1011 is what peers show as "keepalive timeout".
            Self::Timeout(_) => CloseCode::INTERNAL_ERROR,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(fault) => fault.fmt(formatter),
            Self::Limit(limit) => limit.fmt(formatter),
            Self::Timeout(timeout) => timeout.fmt(formatter),
        }
    }
}

impl std::error::Error for Fault {}

/// How the peer broke the protocol, in the order of RFC 6455's sections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PeerFault {
    /// A client's frame without a mask (RFC 6455 §5.1).
    NotMasked,
    /// A server's frame with a mask (RFC 6455 §5.1).
    Masked,
    /// A reserved bit that no extension gave a meaning, or not on this frame (RFC 6455 §5.2).
    ReservedBits(Opcode),
    /// An opcode that means nothing (RFC 6455 §5.2); its number.
    ReservedOpcode(u8),
    /// A length in more bytes than it needs (RFC 6455 §5.2).
    LengthNotMinimal {
        /// The length.
        len: u64,
        /// The bytes it was written in: 2 or 8.
        bytes: u8,
    },
    /// A 64-bit length with its top bit set (RFC 6455 §5.2).
    LengthTopBit(u64),
    /// A continuation of nothing (RFC 6455 §5.4).
    ContinuationWithoutStart,
    /// A new message before the last one ended (RFC 6455 §5.4).
    MessageInsideMessage(Opcode),
    /// A control frame without FIN (RFC 6455 §5.5).
    ControlFragmented(Opcode),
    /// A control frame of more than 125 bytes (RFC 6455 §5.5).
    ControlTooLong(Opcode),
    /// A Close frame with one byte of payload (RFC 6455 §5.5.1).
    CloseLenOne,
    /// A close code that must not be on the wire (RFC 6455 §7.4).
    CloseCode(u16),
    /// A close reason that is not UTF-8 (RFC 6455 §5.5.1).
    CloseReasonUtf8,
    /// A text message that is not UTF-8 (RFC 6455 §8.1); the offset of the first bad byte in the
    /// message.
    Utf8 {
        /// Bytes of the message before the first bad one.
        valid_up_to: u64,
    },
    /// A compressed message that does not inflate (RFC 7692 §7.2.2).
    Deflate(InflateFault),
}

impl PeerFault {
    fn close_code(self) -> CloseCode {
        match self {
            // RFC 6455 §7.4.1: "not consistent with the type of the message".
            Self::Utf8 { .. } | Self::CloseReasonUtf8 | Self::Deflate(_) => {
                CloseCode::INVALID_PAYLOAD
            }
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }
}

impl fmt::Display for PeerFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMasked => formatter.write_str("a client's frame is not masked"),
            Self::Masked => formatter.write_str("a server's frame is masked"),
            Self::ReservedBits(opcode) => {
                write!(
                    formatter,
                    "a {opcode} frame sets a reserved bit that no extension defines"
                )
            }
            Self::ReservedOpcode(number) => write!(formatter, "opcode {number:#x} is reserved"),
            Self::LengthNotMinimal { len, bytes } => {
                write!(
                    formatter,
                    "the length {len} is written in {bytes} bytes, not the fewest"
                )
            }
            Self::LengthTopBit(len) => {
                write!(formatter, "the 64-bit length {len:#x} has its top bit set")
            }
            Self::ContinuationWithoutStart => {
                formatter.write_str("a continuation frame continues no message")
            }
            Self::MessageInsideMessage(opcode) => {
                write!(
                    formatter,
                    "a {opcode} frame begins before the last message ended"
                )
            }
            Self::ControlFragmented(opcode) => write!(formatter, "a {opcode} frame is fragmented"),
            Self::ControlTooLong(opcode) => {
                write!(formatter, "a {opcode} frame is longer than 125 bytes")
            }
            Self::CloseLenOne => formatter.write_str("a close frame has one byte of payload"),
            Self::CloseCode(code) => write!(formatter, "close code {code} may not be sent"),
            Self::CloseReasonUtf8 => formatter.write_str("a close reason is not UTF-8"),
            Self::Utf8 { valid_up_to } => {
                write!(
                    formatter,
                    "a text message is not UTF-8 at byte {valid_up_to}"
                )
            }
            Self::Deflate(fault) => {
                write!(formatter, "a compressed message does not inflate: {fault}")
            }
        }
    }
}

impl std::error::Error for PeerFault {}

/// The limit that the peer ran into. Every limit stands in [`crate::limits`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// A message longer than we accept.
    MessageLen {
        /// The longest accepted, in bytes after inflating.
        max: usize,
    },
    /// A message with too many empty fragments.
    EmptyFragments {
        /// The most accepted.
        max: u32,
    },
    /// A compressed message in chunks, when the memory to inflate such messages was spent.
    Contexts {
        /// What all of them may take together, in bytes.
        max: usize,
    },
}

impl Limit {
    fn close_code(self) -> CloseCode {
        match self {
            Self::MessageLen { .. } => CloseCode::MESSAGE_TOO_BIG,
            Self::EmptyFragments { .. } => CloseCode::POLICY_VIOLATION,
            // What is missing now may be there in a moment, and the message was in order.
            Self::Contexts { .. } => CloseCode::TRY_AGAIN_LATER,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MessageLen { max } => {
                write!(
                    formatter,
                    "a message is longer than the limit of {max} bytes"
                )
            }
            Self::EmptyFragments { max } => {
                write!(formatter, "a message has more than {max} empty fragments")
            }
            Self::Contexts { max } => {
                write!(
                    formatter,
                    "all {max} bytes for inflating messages in chunks are in use"
                )
            }
        }
    }
}

impl std::error::Error for Limit {}

/// The deadline that passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Timeout {
    /// The peer said nothing after our keepalive Ping.
    Pong,
    /// The closing handshake took longer than its budget.
    Close,
}

impl fmt::Display for Timeout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pong => "the peer did not answer a keepalive ping in time",
            Self::Close => "the closing handshake did not end in time",
        })
    }
}

impl std::error::Error for Timeout {}

/// What the caller asked for and may not have. Nothing was changed or sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// Sending after Close was sent, or after the connection ended (RFC 6455 §5.5.1).
    NotOpen,
    /// A Ping or Pong payload over 125 bytes.
    ControlTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A close code that this side may not send (RFC 6455 §7.4).
    CloseCode(u16),
    /// A close reason over 123 bytes of UTF-8.
    CloseReasonTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A close reason without a code: the wire has no form for it.
    CloseReasonWithoutCode,
    /// A message before the last fragment of another was sent (RFC 6455 §5.4).
    InsideMessage,
    /// A fragment of a message whose last one was sent (RFC 6455 §5.4).
    MessageEnded,
    /// Bytes of a text message that are not UTF-8 (RFC 6455 §8.1).
    Utf8 {
        /// Bytes of the message before the first bad one.
        valid_up_to: u64,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen => formatter.write_str("the connection is closing or closed"),
            Self::ControlTooLong { len } => {
                write!(
                    formatter,
                    "a control payload of {len} bytes exceeds the limit of 125"
                )
            }
            Self::CloseCode(code) => write!(
                formatter,
                "close code {code} may not be sent, only 1000-1003, 1007-1014 and 3000-4999"
            ),
            Self::CloseReasonTooLong { len } => {
                write!(
                    formatter,
                    "a close reason of {len} bytes exceeds the limit of 123"
                )
            }
            Self::CloseReasonWithoutCode => {
                formatter.write_str("a close reason needs a close code")
            }
            Self::InsideMessage => {
                formatter.write_str("another message was begun and has not got its last fragment")
            }
            Self::MessageEnded => formatter.write_str("the message has got its last fragment"),
            Self::Utf8 { valid_up_to } => {
                write!(
                    formatter,
                    "a text to be sent is not UTF-8 at byte {valid_up_to}"
                )
            }
        }
    }
}

impl std::error::Error for Misuse {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_tells_the_peer_the_right_code() {
        let code = |fault: Fault| fault.close_code().number();
        assert_eq!(code(Fault::Peer(PeerFault::NotMasked)), 1002);
        assert_eq!(code(Fault::Peer(PeerFault::Utf8 { valid_up_to: 0 })), 1007);
        assert_eq!(code(Fault::Peer(PeerFault::CloseReasonUtf8)), 1007);
        assert_eq!(
            code(Fault::Peer(PeerFault::Deflate(InflateFault::Corrupt {
                at: 0
            }))),
            1007
        );
        assert_eq!(code(Fault::Limit(Limit::MessageLen { max: 1 })), 1009);
        assert_eq!(code(Fault::Limit(Limit::EmptyFragments { max: 1 })), 1008);
        assert_eq!(code(Fault::Limit(Limit::Contexts { max: 1 })), 1013);
        assert_eq!(code(Fault::Timeout(Timeout::Pong)), 1011);
    }

    #[test]
    fn faults_are_small_enough_to_return_from_every_frame() {
        assert!(size_of::<Fault>() <= 24);
        assert!(size_of::<Misuse>() <= 16);
    }

    #[test]
    fn messages_name_the_value_and_have_no_full_stop() {
        let texts = [
            Fault::Peer(PeerFault::ReservedOpcode(0xB)).to_string(),
            Fault::Limit(Limit::MessageLen { max: 77 }).to_string(),
            Misuse::CloseCode(1005).to_string(),
            Misuse::CloseReasonTooLong { len: 124 }.to_string(),
        ];
        for (text, value) in texts.iter().zip(["0xb", "77", "1005", "124"]) {
            assert!(text.contains(value), "{text}");
            assert!(!text.ends_with('.'), "{text}");
        }
    }
}
