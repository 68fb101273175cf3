//! Reading along on one direction of a connection: the head, then frame headers.
//!
//! RFC 6455 section 5.2, with none of its rules: what is wrong is for others to say. It shares no
//! line with `sockeye-proto`, whose faults it must not repeat.

/// A frame, as far as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Frame {
    pub(crate) fin: bool,
    pub(crate) rsv1: bool,
    pub(crate) opcode: u8,
    pub(crate) masked: bool,
    /// The payload's length on the wire.
    pub(crate) len: u64,
    /// The payload of a Close frame; empty for all others.
    close: Vec<u8>,
}

/// The length and the first frame's RSV1 of a data message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    pub(crate) compressed: bool,
    pub(crate) len: u64,
}

const CLOSE: u8 = 8;

impl Frame {
    fn is_control(&self) -> bool {
        self.opcode >= CLOSE
    }

    /// The code of a Close frame that has one.
    pub(crate) fn close_code(&self) -> Option<u16> {
        let code = self.close.first_chunk::<2>()?;
        Some(u16::from_be_bytes(*code))
    }
}

/// The Close frame among `frames`.
pub(crate) fn close_frame(frames: &[Frame]) -> Option<&Frame> {
    frames.iter().find(|frame| frame.opcode == CLOSE)
}

/// The data messages that `frames` make.
pub(crate) fn messages(frames: &[Frame]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for frame in frames.iter().filter(|frame| !frame.is_control()) {
        match messages.last_mut() {
            Some(message) if frame.opcode == 0 => message.len += frame.len,
            _ => messages.push(Message {
                compressed: frame.rsv1,
                len: frame.len,
            }),
        }
    }
    messages
}

/// Reads bytes in pieces of any size.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The head of the handshake, once it is complete.
    pub(crate) head: String,
    pub(crate) frames: Vec<Frame>,
    /// What has been read of the head, of a frame header or of a Close frame.
    part: Vec<u8>,
    /// How much of a payload is still to come that nobody wants to see.
    skip: u64,
}

impl Reader {
    /// Takes the next bytes.
    pub(crate) fn read(&mut self, mut said: &[u8]) {
        while !said.is_empty() {
            let skipped =
                usize::try_from(self.skip).map_or(said.len(), |skip| skip.min(said.len()));
            self.skip -= skipped as u64;
            said = said.get(skipped..).unwrap_or_default();
            if let Some((first, rest)) = said.split_first() {
                self.part.push(*first);
                said = rest;
                self.advance();
            }
        }
    }

    /// Looks whether the part is a whole by now.
    fn advance(&mut self) {
        if self.head.is_empty() {
            if self.part.ends_with(b"\r\n\r\n") {
                self.head = String::from_utf8_lossy(&self.part).into_owned();
                self.part.clear();
            }
        } else if let Some((frame, payload_at)) = frame_header(&self.part) {
            let missing = payload_at as u64 + frame.len - self.part.len() as u64;
            if frame.opcode != CLOSE || missing == 0 {
                let payload = self.part.get(payload_at..).unwrap_or_default();
                let close = unmasked(
                    payload,
                    frame.masked.then(|| key_before(&self.part, payload_at)),
                );
                self.frames.push(Frame { close, ..frame });
                self.part.clear();
                self.skip = missing;
            }
        }
    }
}

/// The frame whose header is complete, and where its payload begins.
fn frame_header(part: &[u8]) -> Option<(Frame, usize)> {
    let (&[first, second], rest) = part.split_first_chunk::<2>()?;
    let (len, len_size) = match second & 0x7f {
        126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 2),
        127 => (u64::from_be_bytes(*rest.first_chunk()?), 8),
        len => (u64::from(len), 0),
    };
    let masked = second & 0x80 != 0;
    let payload_at = 2 + len_size + if masked { 4 } else { 0 };
    let frame = Frame {
        fin: first & 0x80 != 0,
        rsv1: first & 0x40 != 0,
        opcode: first & 0x0f,
        masked,
        len,
        close: Vec::new(),
    };
    (part.len() >= payload_at).then_some((frame, payload_at))
}

fn key_before(part: &[u8], payload_at: usize) -> [u8; 4] {
    let key = part.get(..payload_at).and_then(<[u8]>::last_chunk);
    key.copied().unwrap_or_default()
}

fn unmasked(payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let key = key.unwrap_or_default();
    let pairs = payload.iter().zip(key.iter().cycle());
    pairs.map(|(octet, key)| octet ^ key).collect()
}

#[cfg(test)]
mod tests {
    use super::{Message, Reader, close_frame, messages};

    /// A head, a text in two fragments with a ping between, a masked long message, a masked Close.
    fn stream() -> Vec<u8> {
        let mut stream = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
        stream.extend(b"\x41\x02ab\x89\x00\x80\x01c");
        stream.extend(b"\x82\xfe\x01\x00kkkk");
        stream.extend([b'x'; 256]);
        stream.extend(b"\x88\x86\x01\x02\x03\x04");
        stream.extend([0x0f ^ 1, 0xa1 ^ 2, b'd' ^ 3, b'o' ^ 4, b'n' ^ 1, b'e' ^ 2]);
        stream
    }

    #[test]
    fn stream_cut_anywhere_reads_the_same() {
        let stream = stream();
        for cut in 0..stream.len() {
            let mut reader = Reader::default();
            reader.read(&stream[..cut]);
            reader.read(&stream[cut..]);
            assert_eq!(
                reader.head, "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "cut at {cut}"
            );
            let found: Vec<(u8, bool, bool, bool, u64)> = reader
                .frames
                .iter()
                .map(|frame| (frame.opcode, frame.fin, frame.rsv1, frame.masked, frame.len))
                .collect();
            let expected = [
                (1, false, true, false, 2),
                (9, true, false, false, 0),
                (0, true, false, false, 1),
                (2, true, false, true, 256),
                (8, true, false, true, 6),
            ];
            assert_eq!(found, expected, "cut at {cut}");
            let close = close_frame(&reader.frames).expect("a Close frame");
            assert_eq!(close.close_code(), Some(4001), "cut at {cut}");
        }
    }

    #[test]
    fn fragments_make_one_message() {
        let mut reader = Reader::default();
        reader.read(&stream());
        let expected =
            [(true, 3), (false, 256)].map(|(compressed, len)| Message { compressed, len });
        assert_eq!(messages(&reader.frames), expected);
    }

    #[test]
    fn close_without_code_has_none() {
        let mut reader = Reader::default();
        reader.read(b"\r\n\r\n\x88\x00");
        let close = close_frame(&reader.frames).expect("a Close frame");
        assert_eq!(close.close_code(), None);
    }
}
