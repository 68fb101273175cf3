//! Frames by hand (RFC 6455 §5.2), written without the library so that it can be judged by them.

use std::fmt;

/// FIN with the opcodes that tests name most.
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// The key of every masked frame here: four different bytes, so that an offset shows.
const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

/// A frame as the wire has it.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Frame {
    /// FIN, reserved bits and opcode.
    pub(crate) first: u8,
    /// Whether it came masked.
    pub(crate) is_masked: bool,
    /// Unmasked.
    pub(crate) payload: Vec<u8>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.payload[..self.payload.len().min(40)];
        let len = self.payload.len();
        write!(
            formatter,
            "{:#x} {len} B \"{}\"",
            self.first,
            shown.escape_ascii()
        )
    }
}

impl Frame {
    /// The code of a Close frame; `None` if it has none.
    pub(crate) fn close_code(&self) -> Option<u16> {
        assert_eq!(self.first, CLOSE, "{self:?}");
        self.payload
            .first_chunk()
            .map(|code| u16::from_be_bytes(*code))
    }
}

/// A frame as a client sends it.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, 0x80, payload.len());
    frame.extend_from_slice(&KEY);
    frame.extend(payload.iter().zip(KEY.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}

/// A frame as a server sends it.
pub(crate) fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, 0, payload.len());
    frame.extend_from_slice(payload);
    frame
}

/// A client's Close.
pub(crate) fn masked_close(code: u16) -> Vec<u8> {
    masked(CLOSE, &code.to_be_bytes())
}

/// Only the header of a client's frame that declares `len` bytes, in eight bytes of length.
pub(crate) fn masked_header64(first: u8, len: u64) -> Vec<u8> {
    let mut frame = vec![first, 0xFF];
    frame.extend_from_slice(&len.to_be_bytes());
    frame.extend_from_slice(&KEY);
    frame
}

fn header(first: u8, mask_bit: u8, len: usize) -> Vec<u8> {
    let len = u64::try_from(len).unwrap();
    match len {
        0..=125 => vec![first, mask_bit | u8::try_from(len).unwrap()],
        126..=0xFFFF => {
            let [a, b] = u16::try_from(len).unwrap().to_be_bytes();
            vec![first, mask_bit | 0x7E, a, b]
        }
        _ => [&[first, mask_bit | 0x7F], len.to_be_bytes().as_slice()].concat(),
    }
}

/// Takes the first frame from `bytes`, if all of it is there.
pub(crate) fn take_frame(bytes: &mut Vec<u8>) -> Option<Frame> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (len, at) = match second & 0x7F {
        126 => (u64::from(u16::from_be_bytes(*bytes[2..].first_chunk()?)), 4),
        127 => (u64::from_be_bytes(*bytes[2..].first_chunk()?), 10),
        len => (u64::from(len), 2),
    };
    let is_masked = second & 0x80 != 0;
    let key: [u8; 4] = if is_masked {
        *bytes[at..].first_chunk()?
    } else {
        [0; 4]
    };
    let start = if is_masked { at + 4 } else { at };
    let end = start + usize::try_from(len).unwrap();
    let payload = bytes.get(start..end)?;
    let payload = payload
        .iter()
        .zip(key.iter().cycle())
        .map(|(a, b)| a ^ b)
        .collect();
    bytes.drain(..end);
    Some(Frame {
        first,
        is_masked,
        payload,
    })
}

/// All frames in `bytes`, which must be whole ones.
pub(crate) fn frames(mut bytes: Vec<u8>) -> Vec<Frame> {
    let mut all = Vec::new();
    while let Some(frame) = take_frame(&mut bytes) {
        all.push(frame);
    }
    assert!(bytes.is_empty(), "half a frame is left: {bytes:x?}");
    all
}

/// The payloads of the data frames among `frames`.
pub(crate) fn payloads(frames: &[Frame]) -> Vec<Vec<u8>> {
    let data = frames.iter().filter(|frame| frame.first & 0x0F <= 2);
    data.map(|frame| frame.payload.clone()).collect()
}
