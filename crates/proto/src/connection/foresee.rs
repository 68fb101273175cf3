//! Looking for the peer's Close in bytes that are still to be received, for a caller who cannot
//! send any more and wants to know why. Owns the walk over them; never takes one.

use super::Connection;
use super::receive::Stage;
use crate::close::CloseFrame;
use crate::frame::{FrameTap, Opcode};

impl Connection {
    /// The peer's Close, if it was received.
    pub fn peer_close(&self) -> Option<&CloseFrame> {
        self.closing.theirs()
    }

    /// The peer's Close, if it is whole in `ahead`: the bytes that go into [`input`](Self::input)
    /// next. Nothing is received by this.
    ///
    /// What stands before it is not judged: a fault there fails the connection when it is received.
    pub fn foresee_close(&self, ahead: &[u8]) -> Option<CloseFrame> {
        let frame = match &self.reader.stage {
            Stage::Header | Stage::Wanted => None,
            Stage::Payload(frame) => Some(frame.progress()),
            Stage::Discard => return None,
        };
        let mut tap = FrameTap::inside(self.reader.partial.as_slice(), frame);
        let (mut bytes, mut payload) = (ahead, self.reader.control.to_vec());
        while let Some(part) = tap.next(&mut bytes) {
            if part.header.opcode != Opcode::Close {
                continue;
            }
            payload.extend_from_slice(&part.payload);
            if part.is_last() {
                return CloseFrame::decode(&payload).ok();
            }
        }
        None
    }
}
