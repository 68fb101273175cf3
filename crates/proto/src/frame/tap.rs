//! Frames for those who look on: the bytes of one direction, in any pieces, become headers and
//! unmasked payload. Owns where in a frame the bytes are; judges nothing but what makes it lose its
//! place. Never sees a connection.

use std::borrow::Cow;

use sockeye_simd::apply_mask;

use super::{FrameHeader, Opcode};
use crate::limits::HEADER_LEN_MAX;

/// A frame, or as much of one as came at once.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FramePart<'a> {
    /// The frame's header.
    pub header: FrameHeader,
    /// Whether its payload is a part of a message that is compressed (RFC 7692 §6): RSV1 itself is
    /// set on the first frame only.
    pub is_compressed: bool,
    /// Where in the frame's payload this part begins.
    pub offset: u64,
    /// The part, unmasked.
    pub payload: Cow<'a, [u8]>,
}

impl FramePart<'_> {
    /// Whether the frame ends with this part.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.offset + self.payload.len() as u64 >= self.header.payload_len
    }
}

/// Reads along. It keeps at most the start of a header; payload passes as it comes.
#[derive(Debug, Default)]
pub struct FrameTap {
    /// The start of a header, so many bytes of it.
    partial: [u8; HEADER_LEN_MAX],
    partial_len: usize,
    /// The frame whose payload is passing, and how much of it has passed.
    frame: Option<(FrameHeader, u64)>,
    is_in_compressed: bool,
    is_lost: bool,
}

impl FrameTap {
    /// One that begins inside a frame, of which `passed` bytes of payload passed, or inside a
    /// header, whose start is `partial`; what is compressed it does not know.
    pub(crate) fn inside(partial: &[u8], frame: Option<(FrameHeader, u64)>) -> Self {
        let mut tap = Self {
            partial_len: partial.len().min(HEADER_LEN_MAX),
            frame,
            ..Self::default()
        };
        for (place, byte) in tap.partial.iter_mut().zip(partial) {
            *place = *byte;
        }
        tap
    }

    /// The next part in `bytes`, from which it is taken; `None` when all of them were.
    ///
    /// ```
    /// use sockeye_proto::frame::FrameTap;
    ///
    /// let mut tap = FrameTap::default();
    /// let mut bytes = &b"\x81\x05hello\x89\x00\x81"[..];
    /// assert_eq!(&*tap.next(&mut bytes).unwrap().payload, b"hello");
    /// assert!(tap.next(&mut bytes).unwrap().payload.is_empty());
    /// assert_eq!(tap.next(&mut bytes), None);
    /// ```
    pub fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<FramePart<'a>> {
        let (header, offset) = match self.frame.take() {
            Some(frame) => frame,
            None => (self.next_header(bytes)?, 0),
        };
        let rest = header.payload_len - offset;
        if rest > 0 && bytes.is_empty() {
            self.frame = Some((header, offset));
            return None;
        }
        let len = usize::try_from(rest).unwrap_or(usize::MAX).min(bytes.len());
        let (masked, later) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
        *bytes = later;
        let passed = offset + len as u64;
        if passed < header.payload_len {
            self.frame = Some((header, passed));
        }
        Some(FramePart {
            header,
            is_compressed: self.is_in_compressed && !header.opcode.is_control(),
            offset,
            payload: unmasked(&header, offset, masked),
        })
    }

    /// Whether it met what is no frame. From there on it sees nothing.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    fn next_header(&mut self, bytes: &mut &[u8]) -> Option<FrameHeader> {
        if self.is_lost {
            *bytes = &[];
            return None;
        }
        let known = self.partial_len;
        let room = self.partial.get_mut(known..).unwrap_or_default();
        let taken = room.len().min(bytes.len());
        for (place, byte) in room.iter_mut().zip(bytes.iter()) {
            *place = *byte;
        }
        let partial = self.partial.get(..known + taken).unwrap_or_default();
        match FrameHeader::decode(partial) {
            Ok(Some((header, len))) => {
                *bytes = bytes.get(len.saturating_sub(known)..).unwrap_or_default();
                self.partial_len = 0;
                if !header.opcode.is_control() && header.opcode != Opcode::Continuation {
                    self.is_in_compressed = header.rsv.is_rsv1_only();
                }
                Some(header)
            }
            Ok(None) => {
                *bytes = bytes.get(taken..).unwrap_or_default();
                self.partial_len = known + taken;
                None
            }
            Err(_) => {
                *bytes = &[];
                self.is_lost = true;
                None
            }
        }
    }
}

/// Payload without its mask; `offset` is where in the frame it begins.
fn unmasked<'a>(header: &FrameHeader, offset: u64, payload: &'a [u8]) -> Cow<'a, [u8]> {
    let Some(key) = header.masking_key else {
        return Cow::Borrowed(payload);
    };
    let mut payload = payload.to_vec();
    // Only the position modulo four matters to the mask.
    apply_mask(&mut payload, key, (offset % 4) as usize);
    Cow::Owned(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames with their payloads, whatever parts they came in.
    fn read(pieces: &[&[u8]]) -> (Vec<(FrameHeader, bool, Vec<u8>)>, bool) {
        let (mut tap, mut frames) = (FrameTap::default(), Vec::new());
        for piece in pieces {
            let mut bytes = *piece;
            while let Some(part) = tap.next(&mut bytes) {
                if part.offset == 0 {
                    frames.push((part.header, part.is_compressed, Vec::new()));
                }
                let (header, _, payload) = frames.last_mut().unwrap();
                assert_eq!((*header, payload.len() as u64), (part.header, part.offset));
                payload.extend_from_slice(&part.payload);
                assert_eq!(part.is_last(), payload.len() as u64 == header.payload_len);
            }
            assert!(bytes.is_empty(), "all of a piece is taken");
        }
        (frames, tap.is_lost())
    }

    /// A compressed message in two frames with a Ping between, masked; then a plain text.
    fn conversation() -> Vec<u8> {
        let mut wire = vec![0x41, 0x83, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, b'c' ^ 3];
        wire.extend([0x89, 0x80, 9, 9, 9, 9]);
        wire.extend([
            0x80,
            0x85,
            5,
            6,
            7,
            8,
            b'd' ^ 5,
            b'e' ^ 6,
            b'f' ^ 7,
            b'g' ^ 8,
        ]);
        wire.push(b'h' ^ 5);
        wire.extend([0x81, 126, 0, 200]);
        wire.extend([b'x'; 200]);
        wire
    }

    #[test]
    fn tap_reads_the_same_frames_however_they_are_cut() {
        let wire = conversation();
        let (whole, _) = read(&[&wire]);
        let payloads: Vec<&[u8]> = whole.iter().map(|frame| &frame.2[..]).collect();
        assert_eq!(payloads, [&b"abc"[..], b"", b"defgh", &[b'x'; 200]]);
        let compressed: Vec<bool> = whole.iter().map(|frame| frame.1).collect();
        assert_eq!(compressed, [true, false, true, false]);
        for cut in 0..wire.len() {
            assert_eq!(read(&[&wire[..cut], &wire[cut..]]).0, whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = wire.chunks(1).collect();
        assert_eq!(read(&bytes).0, whole);
    }

    #[test]
    fn tap_that_lost_its_place_sees_nothing_more() {
        let wire = [&b"\x81\x01a\x83\x00"[..], b"\x81\x01b"].concat();
        let (frames, is_lost) = read(&[&wire, b"\x81\x01c"]);
        assert_eq!((frames.len(), is_lost), (1, true));
    }
}
