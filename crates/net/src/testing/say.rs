//! What the peer sends, proper or not. Owns the masking key of all its frames.

use std::panic::Location;
use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::close::CloseCode;
use sockeye_proto::frame::Opcode;
use sockeye_proto::message::Message;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::{Frame, Peer};

/// The same in each run, so that a test that failed fails again; four different bytes.
const MASKING_KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

impl Peer {
    /// Sends a message in one frame.
    #[track_caller]
    pub fn send(&mut self, message: impl Into<Message>) -> impl Future<Output = ()> + Send {
        let message = message.into();
        let frame = Frame::new(message.kind().opcode(), message.payload());
        self.write(self.encode(&frame), Location::caller())
    }

    /// Sends a Ping. [`expect_pong`](Self::expect_pong) is for the answer.
    #[track_caller]
    pub fn ping(&mut self, payload: impl AsRef<[u8]>) -> impl Future<Output = ()> + Send {
        self.write(
            self.encode(&Frame::new(Opcode::Ping, payload)),
            Location::caller(),
        )
    }

    /// Sends a Close, with any code, and a reason as long as you like.
    /// [`expect_close`](Self::expect_close) is for the answer.
    #[track_caller]
    pub fn close(
        &mut self,
        code: impl Into<Option<CloseCode>>,
        reason: &str,
    ) -> impl Future<Output = ()> + Send {
        let mut payload = Vec::new();
        if let Some(code) = code.into() {
            payload.extend_from_slice(&code.number().to_be_bytes());
        }
        payload.extend_from_slice(reason.as_bytes());
        self.has_closed = true;
        self.write(
            self.encode(&Frame::new(Opcode::Close, payload)),
            Location::caller(),
        )
    }

    /// Sends a frame as it is, masked if the peer is a client: a fragment, or one that breaks a
    /// rule.
    #[track_caller]
    pub fn send_frame(&mut self, frame: &Frame) -> impl Future<Output = ()> + Send {
        self.has_closed |= frame.opcode == Opcode::Close;
        self.write(self.encode(frame), Location::caller())
    }

    /// Sends bytes as they are: half a frame, or none at all.
    #[track_caller]
    pub fn send_bytes(&mut self, bytes: impl Into<Vec<u8>>) -> impl Future<Output = ()> + Send {
        self.write(bytes.into(), Location::caller())
    }

    /// Does nothing for `time`: what is sent to the peer piles up, and its Pings are not answered.
    ///
    /// [`PIPE_LEN`](crate::limits::PIPE_LEN) bytes are on their way before the connection under
    /// test finds the pipe full.
    pub async fn stall(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Ends the peer's direction of the transport, as half a TCP connection; it can still read.
    /// Without a Close in both directions before, this is a loss to the connection under test.
    pub async fn end(&mut self) {
        // It can only fail if the other end is gone, and has nobody to tell then.
        let _ = self.end.stream.shutdown().await;
    }

    /// Resets the transport, as TCP does when a program crashes: what is on its way is lost.
    pub fn reset(self) {
        self.end.reset();
    }

    pub(super) fn encode(&self, frame: &Frame) -> Vec<u8> {
        frame.encode((self.role == Role::Client).then_some(MASKING_KEY))
    }

    #[expect(clippy::panic, reason = "it is how a test fails")]
    async fn write(&mut self, bytes: Vec<u8>, at: &'static Location<'static>) {
        let (len, patience) = (bytes.len(), self.patience);
        let Ok(sent) = timeout(patience, self.end.stream.write_all(&bytes)).await else {
            panic!(
                "{at}: cannot send {len} bytes: the connection took no more for {patience:?}; \
                 does the code under test call `recv`?"
            );
        };
        assert!(
            sent.is_ok(),
            "{at}: cannot send {len} bytes: the connection is gone"
        );
    }

    /// Sends what a proper peer answers with; a connection that is gone needs no answer.
    pub(super) async fn answer(&mut self, frame: &Frame) {
        let bytes = self.encode(frame);
        let _ = timeout(self.patience, self.end.stream.write_all(&bytes)).await;
    }
}
