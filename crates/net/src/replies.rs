//! Messages that are lent and answered where they lie, for `recv_with`. Owns the check that a text
//! is one; never waits for room.

use std::sync::Arc;

use sockeye_proto::fault::Misuse;
use sockeye_proto::message::MessageKind;

use crate::driver::Shared;
use crate::error::Result;
use crate::transport::Transport;

/// A message where the read put it, lent for the length of a call.
#[derive(Clone, Copy, Debug)]
pub struct MessageRef<'a> {
    kind: MessageKind,
    payload: &'a [u8],
}

impl<'a> MessageRef<'a> {
    pub(crate) fn new(kind: MessageKind, payload: &'a [u8]) -> Self {
        Self { kind, payload }
    }

    /// Text or binary.
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// The bytes; UTF-8 if it is a text.
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

/// Where [`recv_with`](crate::WebSocket::recv_with) takes replies.
#[derive(Debug)]
pub struct Replies<'a, T: Transport> {
    shared: &'a Arc<Shared<T>>,
}

impl<'a, T: Transport> Replies<'a, T> {
    pub(crate) fn new(shared: &'a Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    /// Queues a reply, which goes out with the others when the call is over. It never waits: the
    /// next read does, for the queue to shrink. [`echo`](Self::echo) gives a message back without
    /// looking at its bytes again.
    ///
    /// # Errors
    /// As [`send`](crate::WebSocket::send). A text that is not UTF-8 is refused as misuse
    /// ([`is_misuse`](crate::Error::is_misuse)) that names its first bad byte, and is not queued.
    pub fn send(&mut self, kind: MessageKind, payload: &[u8]) -> Result<()> {
        if kind == MessageKind::Text && !sockeye_simd::is_utf8(payload) {
            return Err(not_utf8(payload).into());
        }
        self.shared.queue_reply(kind, payload)
    }

    /// Queues `message` as it was received. As [`send`](Self::send), but a text is not validated
    /// again: the read did that.
    ///
    /// # Errors
    /// As [`send`](crate::WebSocket::send).
    pub fn echo(&mut self, message: MessageRef<'_>) -> Result<()> {
        self.shared.queue_reply(message.kind, message.payload)
    }
}

#[cold]
fn not_utf8(payload: &[u8]) -> Misuse {
    let valid_up_to =
        std::str::from_utf8(payload).map_or_else(|error| error.valid_up_to(), str::len);
    Misuse::Utf8 {
        valid_up_to: valid_up_to as u64,
    }
}
