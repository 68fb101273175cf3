//! Frames as test data: written and read byte by byte, with nothing of the code under test.

use sockeye_proto::Role;

pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// Of RFC 6455 §5.7.
pub(crate) const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A frame, right or wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Frame {
    pub(crate) fin: bool,
    /// The three bits as a number, RSV1 being 4.
    pub(crate) rsv: u8,
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

/// How the length is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LenForm {
    Shortest,
    Bits16,
    Bits64,
}

impl Frame {
    pub(crate) fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode,
            payload: payload.as_ref().to_vec(),
        }
    }

    pub(crate) fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_ref());
        Self::new(CLOSE, payload)
    }

    /// The same as a fragment that is not the last.
    pub(crate) fn no_fin(self) -> Self {
        Self { fin: false, ..self }
    }

    pub(crate) fn rsv(self, rsv: u8) -> Self {
        Self { rsv, ..self }
    }

    /// Its bytes as `sender` has to write them.
    pub(crate) fn from(&self, sender: Role) -> Vec<u8> {
        let key = (sender == Role::Client).then_some(KEY);
        self.bytes(key, LenForm::Shortest)
    }

    /// Its bytes, masked with `key` if there is one.
    pub(crate) fn bytes(&self, key: Option<[u8; 4]>, form: LenForm) -> Vec<u8> {
        let mut bytes = header(self, key, form, self.payload.len() as u64);
        let key = key.unwrap_or_default();
        bytes.extend(
            self.payload
                .iter()
                .zip(key.iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
        bytes
    }
}

/// The header of `frame`, announcing `len` bytes.
pub(crate) fn header(frame: &Frame, key: Option<[u8; 4]>, form: LenForm, len: u64) -> Vec<u8> {
    let mut bytes = vec![u8::from(frame.fin) << 7 | frame.rsv << 4 | frame.opcode];
    let mask = if key.is_some() { 0x80 } else { 0 };
    let low = |count: usize| len.to_be_bytes()[8 - count..].to_vec();
    match (form, len) {
        (LenForm::Shortest, ..=125) => bytes.push(mask | low(1)[0]),
        (LenForm::Bits16, _) | (LenForm::Shortest, ..=0xFFFF) => {
            bytes.push(mask | 0x7E);
            bytes.extend(low(2));
        }
        _ => {
            bytes.push(mask | 0x7F);
            bytes.extend(low(8));
        }
    }
    bytes.extend(key.into_iter().flatten());
    bytes
}

/// Several frames on the wire, one behind the other.
pub(crate) fn wire(sender: Role, frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.from(sender)).collect()
}

/// The frames in `bytes` and the masking keys they carried. What `sender` may not write, or what is
/// not a whole frame, ends the test.
pub(crate) fn read(sender: Role, mut bytes: &[u8]) -> (Vec<Frame>, Vec<[u8; 4]>) {
    let (mut frames, mut keys) = (Vec::new(), Vec::new());
    while let [first, second, rest @ ..] = bytes {
        assert_eq!(
            second & 0x80 != 0,
            sender == Role::Client,
            "mask of a frame from {sender:?}"
        );
        let len_len = match second & 0x7F {
            0x7E => 2,
            0x7F => 8,
            _ => 0,
        };
        let (len, rest) = rest.split_at(len_len);
        let len = match len {
            [] => usize::from(second & 0x7F),
            bytes => bytes
                .iter()
                .fold(0, |len, byte| len << 8 | usize::from(*byte)),
        };
        let shortest = match len {
            ..=125 => 0,
            126..=0xFFFF => 2,
            _ => 8,
        };
        assert_eq!(len_len, shortest, "bytes of length for {len}");
        let (key, rest) = rest.split_at(if sender == Role::Client { 4 } else { 0 });
        let (payload, rest) = rest.split_at(len);
        let unmasked = |(byte, key): (&u8, &u8)| byte ^ key;
        let payload = match <[u8; 4]>::try_from(key) {
            Ok(key) => {
                keys.push(key);
                payload
                    .iter()
                    .zip(key.iter().cycle())
                    .map(unmasked)
                    .collect()
            }
            Err(_) => payload.to_vec(),
        };
        frames.push(Frame {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0x7,
            opcode: first & 0xF,
            payload,
        });
        bytes = rest;
    }
    assert!(bytes.is_empty(), "a frame is cut off: {bytes:?}");
    (frames, keys)
}
