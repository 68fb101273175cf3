//! What the peer expects. Owns reading, what every peer answers by itself, and failing with the
//! line of the script.

use std::panic::Location;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::close::{CloseCode, CloseEvent, CloseFrame};
use sockeye_proto::fault::PeerFault;
use sockeye_proto::frame::{FrameHeader, Opcode};
use sockeye_proto::message::{Message, MessageKind};
use sockeye_proto::payload::{Payload, Text};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};

use super::arrival::{Arrival, Shown};
use super::{Frame, Peer};

/// The line of the script.
type Line = &'static Location<'static>;

impl Peer {
    /// Expects this message next.
    #[track_caller]
    pub fn expect(&mut self, message: impl Into<Message>) -> impl Future<Output = ()> + Send {
        let (at, expected) = (Location::caller(), message.into());
        async move {
            match self.next(self.patience).await {
                Arrival::Message(message) if message == expected => {}
                other => fail(at, &Shown(&expected).to_string(), &other),
            }
        }
    }

    /// Expects a message next, and answers it.
    #[track_caller]
    pub fn expect_message(&mut self) -> impl Future<Output = Message> + Send {
        let at = Location::caller();
        async move {
            match self.next(self.patience).await {
                Arrival::Message(message) => message,
                other => fail(at, "a message", &other),
            }
        }
    }

    /// Expects a Pong with this payload next.
    #[track_caller]
    pub fn expect_pong(&mut self, payload: impl AsRef<[u8]>) -> impl Future<Output = ()> + Send {
        let (at, expected) = (Location::caller(), Payload::from(payload.as_ref()));
        async move {
            match self.next(self.patience).await {
                Arrival::Pong(payload) if payload == expected => {}
                other => fail(at, &format!("a Pong with {expected:?}"), &other),
            }
        }
    }

    /// Expects a Close with this code next, and answers its reason;
    /// [`NO_STATUS`](CloseCode::NO_STATUS) is one without a code. Unless the peer closed before, it
    /// sends the same Close back; a server then ends the transport (RFC 6455 §7.1.1).
    #[track_caller]
    pub fn expect_close(&mut self, code: CloseCode) -> impl Future<Output = String> + Send {
        let at = Location::caller();
        async move {
            match self.next(self.patience).await {
                Arrival::Close(close) if close.code == code => close.reason.into(),
                other => fail(at, &format!("a Close with {code}"), &other),
            }
        }
    }

    /// Expects that the connection under test ends the transport, with or without a Close before.
    #[track_caller]
    pub fn expect_end(&mut self) -> impl Future<Output = ()> + Send {
        let at = Location::caller();
        async move {
            match self.next(self.patience).await {
                Arrival::End(0) => {}
                other => fail(at, "the end of the connection", &other),
            }
        }
    }

    /// Expects that nothing comes for `time`, but Pings, which are answered.
    #[track_caller]
    pub fn expect_nothing(&mut self, time: Duration) -> impl Future<Output = ()> + Send {
        let at = Location::caller();
        async move {
            match self.next(time).await {
                Arrival::Nothing(_) => {}
                other => fail(at, &format!("nothing for {time:?}"), &other),
            }
        }
    }

    /// Expects a frame next, whatever it is, and answers it. Unlike the other calls this one leaves
    /// Pings and a Close for the script to answer, or not.
    #[track_caller]
    pub fn expect_frame(&mut self) -> impl Future<Output = Frame> + Send {
        let at = Location::caller();
        async move {
            match self.next_frame(self.patience).await {
                Arrival::Frame(frame) => frame,
                other => fail(at, "a frame", &other),
            }
        }
    }

    /// What comes within `time` that is the script's business.
    async fn next(&mut self, time: Duration) -> Arrival {
        // Counted from its start: an end may be further away than a clock can tell.
        let start = Instant::now();
        loop {
            let left = time.saturating_sub(start.elapsed());
            let frame = match self.next_frame(left).await {
                Arrival::Frame(frame) => frame,
                Arrival::Nothing(_) => return Arrival::Nothing(time),
                other => return other,
            };
            match frame.opcode {
                Opcode::Ping => {
                    let pong = Frame::new(Opcode::Pong, &frame.payload);
                    self.answer(&pong).await;
                }
                Opcode::Pong => return Arrival::Pong(frame.payload),
                Opcode::Close => return self.take_close(frame).await,
                _ => {
                    if let Some(arrival) = self.take_fragment(frame) {
                        return arrival;
                    }
                }
            }
        }
    }

    /// The next frame within `time`.
    async fn next_frame(&mut self, time: Duration) -> Arrival {
        let start = Instant::now();
        loop {
            match take_frame(&mut self.read) {
                Ok(Some(frame)) => return Arrival::Frame(frame),
                Ok(None) => {}
                Err(fault) => return fault.into(),
            }
            let left = time.saturating_sub(start.elapsed());
            match timeout(left, self.end.stream.read_buf(&mut self.read)).await {
                Ok(Ok(0) | Err(_)) => return Arrival::End(self.read.len()),
                Ok(Ok(_)) => {}
                Err(_) => return Arrival::Nothing(time),
            }
        }
    }

    async fn take_close(&mut self, frame: Frame) -> Arrival {
        let close = match CloseFrame::decode(&frame.payload) {
            Ok(close) => close,
            Err(fault) => return fault.into(),
        };
        if !self.has_closed {
            self.has_closed = true;
            self.answer(&frame).await;
        }
        if self.role == Role::Server {
            self.end().await;
        }
        Arrival::Close(CloseEvent {
            code: close.code().unwrap_or(CloseCode::NO_STATUS),
            reason: close.reason().into(),
            was_clean: true,
        })
    }

    /// Adds to the message in the making; answers it once it is whole.
    fn take_fragment(&mut self, frame: Frame) -> Option<Arrival> {
        if !frame.rsv.is_none() {
            return Some(Arrival::Frame(frame));
        }
        let kind = match frame.opcode {
            Opcode::Text => Some(MessageKind::Text),
            Opcode::Binary => Some(MessageKind::Binary),
            _ => None,
        };
        match (kind, &mut self.message) {
            (Some(kind), message @ None) => *message = Some((kind, frame.payload.into_vec())),
            (None, Some((_, bytes))) => bytes.extend_from_slice(&frame.payload),
            _ => return Some(Arrival::Frame(frame)),
        }
        if !frame.fin {
            return None;
        }
        let (kind, bytes) = self.message.take()?;
        let payload = Payload::from(bytes);
        Some(match kind {
            MessageKind::Binary => Arrival::Message(payload.into()),
            MessageKind::Text => match Text::try_from(payload) {
                Ok(text) => Arrival::Message(text.into()),
                Err(_) => Arrival::Broken("a text that is not UTF-8".to_owned()),
            },
        })
    }
}

/// Takes the first frame from `bytes`, if all of it is there.
fn take_frame(bytes: &mut Vec<u8>) -> Result<Option<Frame>, PeerFault> {
    let Some((header, header_len)) = FrameHeader::decode(bytes)? else {
        return Ok(None);
    };
    let end = usize::try_from(header.payload_len)
        .ok()
        .and_then(|len| len.checked_add(header_len));
    let Some(payload) = end.and_then(|end| bytes.get(header_len..end)) else {
        return Ok(None);
    };
    let len = header_len + payload.len();
    let key = header.masking_key.unwrap_or_default();
    let masked = payload.iter().zip(key.iter().cycle());
    let payload: Vec<u8> = masked.map(|(a, b)| a ^ b).collect();
    bytes.drain(..len);
    Ok(Some(Frame {
        fin: header.fin,
        rsv: header.rsv,
        opcode: header.opcode,
        payload: payload.into(),
    }))
}

#[expect(clippy::panic, reason = "it is how a test fails")]
fn fail(at: Line, expected: &str, came: &Arrival) -> ! {
    panic!("{at}: expected {expected}, but {came}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn peer_makes_one_message_of_fragments_and_of_halves_of_frames() {
        let (mut peer, _ws) = Peer::client();
        peer.read = [
            Frame::fragment(Opcode::Text, "a"),
            Frame::new(Opcode::Pong, "between"),
            Frame::fragment(Opcode::Continuation, ""),
            Frame::new(Opcode::Continuation, "b"),
        ]
        .iter()
        .flat_map(|frame| frame.encode(None))
        .collect();
        peer.expect_pong("between").await;
        peer.expect("ab").await;
        let frame = Frame::new(Opcode::Binary, vec![7; 70_000]).encode(Some([1, 2, 3, 4]));
        for len in [0, 1, 2, 9, 13, 14, 70_000] {
            let mut bytes = frame.get(..len).unwrap().to_vec();
            assert_eq!(take_frame(&mut bytes), Ok(None), "{len}");
            assert_eq!(bytes.len(), len, "nothing is taken of half a frame");
        }
        peer.read = frame;
        peer.expect(vec![7; 70_000]).await;
    }
}
