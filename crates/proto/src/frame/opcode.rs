//! Opcodes (RFC 6455 §5.2, §11.8). Owns their numbers and the split into data and control.

use std::fmt;

/// What a frame carries.
///
/// Complete: these six are all that RFC 6455 §11.8 registers; others are reserved and refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Opcode {
    /// The next fragment of the message begun before (`0x0`).
    Continuation = 0x0,
    /// The first frame of a text message (`0x1`).
    Text = 0x1,
    /// The first frame of a binary message (`0x2`).
    Binary = 0x2,
    /// The closing handshake (`0x8`).
    Close = 0x8,
    /// "Are you there?" (`0x9`).
    Ping = 0x9,
    /// The answer to a Ping, or an unasked sign of life (`0xA`).
    Pong = 0xA,
}

impl Opcode {
    /// The opcode with this number, or `None` for the reserved ones (`0x3`-`0x7`, `0xB`-`0xF`).
    #[inline]
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    /// Its number on the wire, `0x0`-`0xA`.
    #[inline]
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether it is Close, Ping or Pong (RFC 6455 §5.5: the most significant bit is set).
    #[inline]
    #[must_use]
    pub fn is_control(self) -> bool {
        self.number() & 0x8 != 0
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Continuation => "continuation",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opcode_number_round_trips_and_reserved_numbers_have_none() {
        let known: Vec<u8> = (0..=15)
            .filter_map(Opcode::from_number)
            .inspect(|opcode| assert_eq!(Opcode::from_number(opcode.number()), Some(*opcode)))
            .map(Opcode::number)
            .collect();
        assert_eq!(known, [0, 1, 2, 8, 9, 10]);
    }

    #[test]
    fn opcode_control_is_the_top_bit() {
        assert!(
            [Opcode::Close, Opcode::Ping, Opcode::Pong]
                .iter()
                .all(|o| o.is_control())
        );
        assert!(
            ![Opcode::Continuation, Opcode::Text, Opcode::Binary]
                .iter()
                .any(|o| o.is_control())
        );
    }
}
