//! A receiver that is slow and obvious: one byte at a time, RFC 6455 §5 rule by rule, in the order
//! in which a byte can break them. The oracle for the fast one; shares no code with it but the
//! names of its faults.

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::fault::{Fault, Limit, PeerFault};
use sockeye_proto::frame::Opcode;
use sockeye_proto::limits::EMPTY_FRAGMENTS_MAX;
use sockeye_proto::message::MessageKind;

use super::endpoint::Seen;
use super::frames::{BINARY, CLOSE, CONTINUATION, Frame, PING, PONG, TEXT};

/// What a connection without extensions sees in `wire`, and what it owes at its end.
pub(crate) fn receive(receiver: Role, config: &Config, wire: &[u8]) -> (Vec<Seen>, Vec<Frame>) {
    let mut naive = Naive::new(receiver, config.message_len_max);
    for byte in wire {
        if naive.done {
            break;
        }
        if let Err(fault) = naive.push(*byte) {
            naive.events.push(Seen::Fault(fault));
            naive.done = true;
            naive.pong = None;
            naive.close = Some(Frame::close(fault.close_code().number(), ""));
        }
    }
    let replies = naive.pong.into_iter().chain(naive.close).collect();
    (naive.events, replies)
}

struct Naive {
    receiver: Role,
    message_len_max: usize,
    events: Vec<Seen>,
    /// Nothing more is read: the peer closed, or it failed.
    done: bool,
    /// The frame that is arriving: its header, as far as it came, and its unmasked payload.
    header: Vec<u8>,
    payload: Vec<u8>,
    in_payload: bool,
    message: Option<Message>,
    /// What is owed.
    pong: Option<Frame>,
    close: Option<Frame>,
}

struct Message {
    kind: MessageKind,
    bytes: Vec<u8>,
    /// Up to here whole characters; only kept for text.
    characters_len: usize,
    empty_fragments: u32,
}

impl Naive {
    fn new(receiver: Role, message_len_max: usize) -> Self {
        Self {
            receiver,
            message_len_max,
            events: Vec::new(),
            done: false,
            header: Vec::new(),
            payload: Vec::new(),
            in_payload: false,
            message: None,
            pong: None,
            close: None,
        }
    }

    fn push(&mut self, byte: u8) -> Result<(), Fault> {
        if self.in_payload {
            self.push_payload(byte)?;
        } else {
            self.header.push(byte);
            match self.header.len() {
                1 => self.check_first_byte()?,
                2 => self.check_second_byte()?,
                _ => {}
            }
            if self.header.len() == self.header_len_without_key() {
                self.check_len()?;
            }
            self.in_payload = self.header.len() >= 2 && self.header.len() == self.header_len();
        }
        if self.in_payload && self.payload.len() as u64 == self.payload_len() {
            self.end_frame()?;
            self.header.clear();
            self.payload.clear();
            self.in_payload = false;
        }
        Ok(())
    }

    fn check_first_byte(&self) -> Result<(), Fault> {
        let Some(opcode) = self.opcode() else {
            return Err(Fault::Peer(PeerFault::ReservedOpcode(self.number())));
        };
        if self.is_control() && !self.fin() {
            return Err(Fault::Peer(PeerFault::ControlFragmented(opcode)));
        }
        if self.header[0] & 0x70 != 0 {
            return Err(Fault::Peer(PeerFault::ReservedBits(opcode)));
        }
        match (self.number(), &self.message) {
            (CONTINUATION, None) => Err(Fault::Peer(PeerFault::ContinuationWithoutStart)),
            (TEXT | BINARY, Some(_)) => Err(Fault::Peer(PeerFault::MessageInsideMessage(opcode))),
            _ => Ok(()),
        }
    }

    fn check_second_byte(&self) -> Result<(), Fault> {
        if self.is_control() && self.header[1] & 0x7F > 125 {
            let opcode = self.opcode().expect("checked with the first byte");
            return Err(Fault::Peer(PeerFault::ControlTooLong(opcode)));
        }
        match (self.receiver, self.header[1] & 0x80) {
            (Role::Server, 0) => Err(Fault::Peer(PeerFault::NotMasked)),
            (Role::Client, 0x80) => Err(Fault::Peer(PeerFault::Masked)),
            _ => Ok(()),
        }
    }

    fn check_len(&self) -> Result<(), Fault> {
        let len = self.payload_len();
        let bytes = u8::try_from(self.header.len() - 2).expect("0, 2 or 8");
        if len >= 1 << 63 {
            return Err(Fault::Peer(PeerFault::LengthTopBit(len)));
        }
        if bytes == 2 && len <= 125 || bytes == 8 && len <= 0xFFFF {
            return Err(Fault::Peer(PeerFault::LengthNotMinimal { len, bytes }));
        }
        let so_far = self
            .message
            .as_ref()
            .map_or(0, |message| message.bytes.len());
        let max = self.message_len_max;
        if !self.is_control() && u128::from(len) + so_far as u128 > max as u128 {
            return Err(Fault::Limit(Limit::MessageLen { max }));
        }
        Ok(())
    }

    fn push_payload(&mut self, byte: u8) -> Result<(), Fault> {
        let byte = match self.receiver {
            Role::Server => {
                let key = &self.header[self.header.len() - 4..];
                byte ^ key[self.payload.len() % 4]
            }
            Role::Client => byte,
        };
        self.payload.push(byte);
        if self.is_control() {
            return Ok(());
        }
        let message = self.message_in_progress();
        message.bytes.push(byte);
        message.check_characters()
    }

    fn end_frame(&mut self) -> Result<(), Fault> {
        if self.is_control() {
            return self.end_control();
        }
        let (fin, is_empty) = (self.fin(), self.payload.is_empty());
        let message = self.message_in_progress();
        if !fin {
            message.empty_fragments += u32::from(is_empty);
            if message.empty_fragments > EMPTY_FRAGMENTS_MAX {
                let max = EMPTY_FRAGMENTS_MAX;
                return Err(Fault::Limit(Limit::EmptyFragments { max }));
            }
            return Ok(());
        }
        if message.kind == MessageKind::Text && message.characters_len < message.bytes.len() {
            return Err(utf8_fault(message.bytes.len()));
        }
        let message = self.message.take().expect("made above");
        self.events.push(Seen::Message(message.kind, message.bytes));
        Ok(())
    }

    fn end_control(&mut self) -> Result<(), Fault> {
        let payload = std::mem::take(&mut self.payload);
        let event = match self.number() {
            PING => {
                self.pong = Some(Frame::new(PONG, payload));
                Seen::Ping
            }
            CLOSE => {
                let event = read_close(&payload).map_err(Fault::Peer)?;
                self.close = Some(Frame::new(CLOSE, &payload[..payload.len().min(2)]));
                self.done = true;
                event
            }
            _ => Seen::Pong(payload),
        };
        self.events.push(event);
        Ok(())
    }

    /// The message that this data frame belongs to.
    fn message_in_progress(&mut self) -> &mut Message {
        let kind = match self.number() {
            TEXT => MessageKind::Text,
            _ => MessageKind::Binary,
        };
        self.message.get_or_insert_with(|| Message {
            kind,
            bytes: Vec::new(),
            characters_len: 0,
            empty_fragments: 0,
        })
    }

    fn fin(&self) -> bool {
        self.header[0] & 0x80 != 0
    }

    fn number(&self) -> u8 {
        self.header[0] & 0x0F
    }

    fn opcode(&self) -> Option<Opcode> {
        match self.number() {
            0x0 => Some(Opcode::Continuation),
            0x1 => Some(Opcode::Text),
            0x2 => Some(Opcode::Binary),
            0x8 => Some(Opcode::Close),
            0x9 => Some(Opcode::Ping),
            0xA => Some(Opcode::Pong),
            _ => None,
        }
    }

    fn is_control(&self) -> bool {
        self.number() >= 0x8
    }

    fn header_len_without_key(&self) -> usize {
        match self.header.get(1).map(|second| second & 0x7F) {
            Some(126) => 4,
            Some(127) => 10,
            _ => 2,
        }
    }

    fn header_len(&self) -> usize {
        let key_len = if self.receiver == Role::Server { 4 } else { 0 };
        self.header_len_without_key() + key_len
    }

    /// The length announced; asked for once its bytes are there.
    fn payload_len(&self) -> u64 {
        match &self.header[2..self.header_len_without_key()] {
            [] => u64::from(self.header[1] & 0x7F),
            bytes => bytes
                .iter()
                .fold(0, |len, byte| len << 8 | u64::from(*byte)),
        }
    }
}

impl Message {
    /// Fails if the byte that came last can be part of no character.
    fn check_characters(&mut self) -> Result<(), Fault> {
        if self.kind == MessageKind::Binary {
            return Ok(());
        }
        match std::str::from_utf8(&self.bytes[self.characters_len..]) {
            Ok(_) => self.characters_len = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.characters_len += error.valid_up_to(),
            Err(_) => return Err(utf8_fault(self.bytes.len() - 1)),
        }
        Ok(())
    }
}

/// What is wrong with the text `bytes`, which may end within a character unless it `is_whole`.
pub(crate) fn check_text(bytes: &[u8], is_whole: bool) -> Result<(), Fault> {
    let mut message = Message {
        kind: MessageKind::Text,
        bytes: Vec::new(),
        characters_len: 0,
        empty_fragments: 0,
    };
    for byte in bytes {
        message.bytes.push(*byte);
        message.check_characters()?;
    }
    if is_whole && message.characters_len < bytes.len() {
        return Err(utf8_fault(bytes.len()));
    }
    Ok(())
}

fn utf8_fault(valid_up_to: usize) -> Fault {
    let valid_up_to = valid_up_to as u64;
    Fault::Peer(PeerFault::Utf8 { valid_up_to })
}

/// What the body of a Close frame says.
pub(crate) fn read_close(payload: &[u8]) -> Result<Seen, PeerFault> {
    match payload {
        [] => Ok(Seen::Close(None, String::new())),
        [_] => Err(PeerFault::CloseLenOne),
        [high, low, reason @ ..] => {
            let code = u16::from(*high) << 8 | u16::from(*low);
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(PeerFault::CloseCode(code));
            }
            match String::from_utf8(reason.to_vec()) {
                Ok(reason) => Ok(Seen::Close(Some(code), reason)),
                Err(_) => Err(PeerFault::CloseReasonUtf8),
            }
        }
    }
}
