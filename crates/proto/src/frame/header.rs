//! The frame header (RFC 6455 §5.2): bytes to fields and back. Owns what is true of a header by
//! itself (minimal length, known opcode); what depends on role or state is the connection's. Never
//! touches payload.

use std::fmt;

use crate::fault::PeerFault;
use crate::frame::Opcode;
use crate::limits::HEADER_LEN_MAX;

const FIN: u8 = 0x80;
const RSV: u8 = 0x70;
const OPCODE: u8 = 0x0F;
const MASK: u8 = 0x80;
const LEN: u8 = 0x7F;
/// The 7-bit length that announces a 16-bit one.
const LEN_16: u8 = 126;
/// The 7-bit length that announces a 64-bit one.
const LEN_64: u8 = 127;

/// The three reserved bits, as they stand in the header's first byte (`0x40`, `0x20`, `0x10`).
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Rsv(u8);

impl Rsv {
    /// None set.
    pub const NONE: Self = Self(0);
    /// RSV1: "compressed" with permessage-deflate (RFC 7692 §6).
    pub const RSV1: Self = Self(0x40);

    /// Whether no bit is set.
    #[inline]
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether RSV1 is set and the others are not.
    #[inline]
    #[must_use]
    pub fn is_rsv1_only(self) -> bool {
        self == Self::RSV1
    }
}

impl fmt::Debug for Rsv {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "rsv {:03b}", self.0 >> 4)
    }
}

/// A frame header. Its `Display` is one short line for logs and failed tests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameHeader {
    /// Last fragment of the message.
    pub fin: bool,
    /// The reserved bits.
    pub rsv: Rsv,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The masking key, if the frame is masked.
    pub masking_key: Option<[u8; 4]>,
    /// Bytes of payload after the header. Invariant: below 2^63.
    pub payload_len: u64,
}

impl FrameHeader {
    /// Reads a header from the start of `bytes`: the header and its length in bytes (2-14), or
    /// `None` if more bytes are needed.
    ///
    /// Two bytes or more show a fault at once: what follows need not have arrived.
    ///
    /// # Errors
    /// [`PeerFault`] for a reserved opcode, a control frame that is fragmented or too long, a
    /// length that is not minimal, or one with its top bit set.
    #[inline]
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, PeerFault> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        let FirstByte { fin, rsv, opcode } = FirstByte::decode(first)?;
        check_control_len(opcode, second)?;
        let Some((payload_len, rest)) = decode_len(second, rest)? else {
            return Ok(None);
        };
        let (masking_key, rest) = if is_masked(second) {
            let Some((key, rest)) = rest.split_first_chunk::<4>() else {
                return Ok(None);
            };
            (Some(*key), rest)
        } else {
            (None, rest)
        };
        let header = Self {
            fin,
            rsv,
            opcode,
            masking_key,
            payload_len,
        };
        Ok(Some((header, bytes.len() - rest.len())))
    }

    /// The header's bytes, with the shortest length that holds (RFC 6455 §5.2).
    #[inline]
    #[must_use]
    pub fn encode(&self) -> EncodedHeader {
        let first = u8::from(self.fin) << 7 | self.rsv.0 | self.opcode.number();
        let mask = if self.masking_key.is_some() { MASK } else { 0 };
        let [b7, b6, b5, b4, b3, b2, b1, b0] = self.payload_len.to_be_bytes();
        // RFC 6455 §5.2-5 MUST: the fewest bytes that hold the length.
        let (bytes, len) = if self.payload_len < u64::from(LEN_16) {
            ([first, mask | b0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 2)
        } else if u16::try_from(self.payload_len).is_ok() {
            (
                [first, mask | LEN_16, b1, b0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                4,
            )
        } else {
            (
                [
                    first,
                    mask | LEN_64,
                    b7,
                    b6,
                    b5,
                    b4,
                    b3,
                    b2,
                    b1,
                    b0,
                    0,
                    0,
                    0,
                    0,
                ],
                10,
            )
        };
        let mut encoded = EncodedHeader { bytes, len };
        if let Some(key) = self.masking_key {
            encoded.push_key(key);
        }
        encoded
    }
}

impl FrameHeader {
    /// Appends what [`encode`](Self::encode) gives to `out`, faster.
    #[inline]
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let first = u8::from(self.fin) << 7 | self.rsv.0 | self.opcode.number();
        let mask = if self.masking_key.is_some() { MASK } else { 0 };
        let [b7, b6, b5, b4, b3, b2, b1, b0] = self.payload_len.to_be_bytes();
        if self.payload_len < u64::from(LEN_16) {
            out.extend_from_slice(&[first, mask | b0]);
        } else if u16::try_from(self.payload_len).is_ok() {
            out.extend_from_slice(&[first, mask | LEN_16, b1, b0]);
        } else {
            out.extend_from_slice(&[first, mask | LEN_64, b7, b6, b5, b4, b3, b2, b1, b0]);
        }
        if let Some(key) = self.masking_key {
            out.extend_from_slice(&key);
        }
    }
}

impl fmt::Display for FrameHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fin = if self.fin { "" } else { " no-fin" };
        let mask = if self.masking_key.is_some() {
            " masked"
        } else {
            ""
        };
        write!(
            formatter,
            "{} {} B{fin}{mask}",
            self.opcode, self.payload_len
        )?;
        if self.rsv.is_none() {
            Ok(())
        } else {
            write!(formatter, " {:?}", self.rsv)
        }
    }
}

/// What a header's first byte says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstByte {
    pub(crate) fin: bool,
    pub(crate) rsv: Rsv,
    pub(crate) opcode: Opcode,
}

impl FirstByte {
    #[inline]
    pub(crate) fn decode(first: u8) -> Result<Self, PeerFault> {
        // RFC 6455 §5.2-3 MUST: an unknown opcode fails the connection.
        let Some(opcode) = Opcode::from_number(first & OPCODE) else {
            return Err(PeerFault::ReservedOpcode(first & OPCODE));
        };
        let fin = first & FIN != 0;
        // RFC 6455 §5.4-1 §5.5-2 MUST NOT: a control frame is not fragmented.
        if opcode.is_control() && !fin {
            return Err(PeerFault::ControlFragmented(opcode));
        }
        let rsv = Rsv(first & RSV);
        Ok(Self { fin, rsv, opcode })
    }
}

/// Checks the length in the `second` byte of a control frame's header.
#[inline]
pub(crate) fn check_control_len(opcode: Opcode, second: u8) -> Result<(), PeerFault> {
    // RFC 6455 §5.5-1 MUST: its payload is 125 bytes or less, so its length is in the second byte.
    if opcode.is_control() && second & LEN >= LEN_16 {
        return Err(PeerFault::ControlTooLong(opcode));
    }
    Ok(())
}

/// Whether the `second` byte of a header announces a masking key.
#[inline]
pub(crate) fn is_masked(second: u8) -> bool {
    second & MASK != 0
}

/// The payload length that the `second` byte of a header announces, and what follows it.
#[inline]
pub(crate) fn decode_len(second: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, PeerFault> {
    match second & LEN {
        LEN_16 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<2>() else {
                return Ok(None);
            };
            let len = u64::from(u16::from_be_bytes(*bytes));
            // RFC 6455 §5.2-5 MUST: a length in more bytes than it needs is refused.
            if len < 126 {
                return Err(PeerFault::LengthNotMinimal { len, bytes: 2 });
            }
            Ok(Some((len, rest)))
        }
        LEN_64 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<8>() else {
                return Ok(None);
            };
            let len = u64::from_be_bytes(*bytes);
            // RFC 6455 §5.2-4 MUST: the top bit of a 64-bit length is 0.
            if len >> 63 != 0 {
                return Err(PeerFault::LengthTopBit(len));
            }
            if u16::try_from(len).is_ok() {
                return Err(PeerFault::LengthNotMinimal { len, bytes: 8 });
            }
            Ok(Some((len, rest)))
        }
        len => Ok(Some((u64::from(len), rest))),
    }
}

/// A header's bytes, 2 to 14 of them, on the stack.
#[derive(Clone, Copy, Debug)]
pub struct EncodedHeader {
    bytes: [u8; HEADER_LEN_MAX],
    /// Invariant: at most `HEADER_LEN_MAX`.
    len: usize,
}

impl EncodedHeader {
    #[inline]
    fn push_key(&mut self, key: [u8; 4]) {
        if let Some(place) = self.bytes.get_mut(self.len..self.len + key.len()) {
            place.copy_from_slice(&key);
            self.len += key.len();
        }
    }

    /// The bytes to put on the wire.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
