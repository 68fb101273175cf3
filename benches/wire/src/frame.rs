//! Frames as a client writes them and as a server answers (RFC 6455 §5.2).

/// The opcode of a frame that continues a message.
pub const CONTINUATION: u8 = 0;
/// The opcode of a text message.
pub const TEXT: u8 = 1;
/// The opcode of a binary message.
pub const BINARY: u8 = 2;
/// The opcode of a Close frame.
pub const CLOSE: u8 = 8;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;
const MASK: u8 = 0x80;

/// The largest length that stands in the second byte itself.
const LEN_INLINE_MAX: u8 = 125;
/// Two bytes of length follow.
const LEN_16: u8 = 0x7e;
/// Eight bytes of length follow.
const LEN_64: u8 = 0x7f;

/// No server frame's header is longer.
const HEADER_LEN_MAX: usize = 10;

/// What a client's frame says besides its payload.
#[derive(Clone, Copy, Debug)]
pub struct ClientFrame {
    /// Whether it ends its message.
    pub fin: bool,
    /// Whether the message is compressed (RFC 7692 §6).
    pub compressed: bool,
    /// What the payload is.
    pub opcode: u8,
    /// What it is masked with.
    pub key: [u8; 4],
}

impl ClientFrame {
    /// Appends the frame with its payload, masked.
    pub fn encode(self, payload: &[u8], out: &mut Vec<u8>) {
        self.encode_header(payload.len(), out);
        out.extend(
            payload
                .iter()
                .zip(self.key.iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
    }

    /// Appends the header alone, key included.
    pub fn encode_header(self, payload_len: usize, out: &mut Vec<u8>) {
        let fin = if self.fin { FIN } else { 0 };
        let rsv1 = if self.compressed { RSV1 } else { 0 };
        out.push(fin | rsv1 | self.opcode);
        match (u8::try_from(payload_len), u16::try_from(payload_len)) {
            (Ok(len @ 0..=LEN_INLINE_MAX), _) => out.push(MASK | len),
            (_, Ok(len)) => {
                out.push(MASK | LEN_16);
                out.extend_from_slice(&len.to_be_bytes());
            }
            _ => {
                out.push(MASK | LEN_64);
                out.extend_from_slice(&(payload_len as u64).to_be_bytes());
            }
        }
        out.extend_from_slice(&self.key);
    }
}

/// What a server's frame says before its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerHeader {
    /// What the payload is.
    pub opcode: u8,
    /// Whether the message is compressed.
    pub compressed: bool,
    /// How long the payload is.
    pub payload_len: usize,
}

/// Collects a server's header from as many reads as it takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderReader {
    bytes: [u8; HEADER_LEN_MAX],
    have: usize,
}

impl HeaderReader {
    /// Takes bytes from the front of `input` until the header is whole.
    ///
    /// # Errors
    ///
    /// What about the header no echo server may send: a mask, a reserved bit, a fragment, a length
    /// that is not minimal.
    pub fn take(&mut self, input: &mut &[u8]) -> Result<Option<ServerHeader>, String> {
        loop {
            let missing = self.len().saturating_sub(self.have);
            if missing == 0 {
                self.have = 0;
                return self.parse().map(Some);
            }
            let len = missing.min(input.len());
            if len == 0 {
                return Ok(None);
            }
            let (taken, rest) = input.split_at(len);
            self.bytes[self.have..self.have + len].copy_from_slice(taken);
            self.have += len;
            *input = rest;
        }
    }

    /// The header's length as far as the bytes at hand tell it.
    fn len(&self) -> usize {
        match self.bytes[1] & 0x7f {
            _ if self.have < 2 => 2,
            LEN_16 => 4,
            LEN_64 => 10,
            _ => 2,
        }
    }

    fn parse(&self) -> Result<ServerHeader, String> {
        let [first, second, length @ ..] = self.bytes;
        if first & !RSV1 & 0xf0 != FIN || second & MASK != 0 {
            return Err(format!(
                "a reply's header begins with {first:02x} {second:02x}"
            ));
        }
        let (payload_len, minimal) = match second {
            LEN_16 => (u64::from(u16::from_be_bytes([length[0], length[1]])), 126),
            LEN_64 => (u64::from_be_bytes(length), 1 << 16),
            len => (u64::from(len), 0),
        };
        if payload_len < minimal {
            return Err(format!(
                "a reply's length of {payload_len} is not in its shortest form"
            ));
        }
        Ok(ServerHeader {
            opcode: first & 0x0f,
            compressed: first & RSV1 != 0,
            payload_len: usize::try_from(payload_len).map_err(|error| error.to_string())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    fn encode(fin: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        ClientFrame {
            fin,
            compressed: false,
            opcode,
            key: KEY,
        }
        .encode(payload, &mut out);
        out
    }

    #[test]
    fn the_example_of_the_rfc_is_built_byte_for_byte() {
        let expected = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(encode(true, TEXT, b"Hello"), expected);
    }

    #[test]
    fn lengths_take_their_shortest_form() {
        for (len, header) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            assert_eq!(encode(true, BINARY, &vec![0; len]).len(), header + 4 + len);
        }
    }

    #[test]
    fn flags_stand_in_the_first_byte() {
        let mut out = Vec::new();
        let frame = ClientFrame {
            fin: false,
            compressed: true,
            opcode: TEXT,
            key: KEY,
        };
        frame.encode(b"", &mut out);
        assert_eq!(out[0], 0x41);
    }

    #[test]
    fn a_server_header_is_read_whole_and_byte_by_byte() {
        let wire = [0xc2, 126, 0x01, 0x00, 7];
        let expected = ServerHeader {
            opcode: BINARY,
            compressed: true,
            payload_len: 256,
        };
        let mut input = &wire[..];
        assert_eq!(HeaderReader::default().take(&mut input), Ok(Some(expected)));
        assert_eq!(input, [7]);

        let mut reader = HeaderReader::default();
        for byte in &wire[..3] {
            assert_eq!(reader.take(&mut std::slice::from_ref(byte)), Ok(None));
        }
        assert_eq!(reader.take(&mut &wire[3..]), Ok(Some(expected)));
    }

    #[test]
    fn what_no_server_may_send_is_refused() {
        for wire in [
            &[0x82, 0x81][..],
            &[0x02, 1],
            &[0xa2, 1],
            &[0x82, 126, 0, 125],
            &[0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
        ] {
            assert!(
                HeaderReader::default().take(&mut &wire[..]).is_err(),
                "{wire:02x?}"
            );
        }
    }
}
