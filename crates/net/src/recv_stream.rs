//! A message that is received in chunks, whatever its length. Owns the chunk that is being handed
//! out, and what happens to a message that is not wanted to its end. Never holds more of it.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use sockeye_proto::connection::Chunk;
use sockeye_proto::message::MessageKind;
use sockeye_proto::payload::Payload;

use crate::driver::{Begun, Shared};
use crate::error::{Error, Result};
use crate::limits::CHUNK_LEN_MAX;
use crate::stream::Stream;
use crate::telemetry;
use crate::transport::Transport;

/// A message that comes in chunks, from [`WebSocket::recv_stream`](crate::WebSocket::recv_stream).
///
/// Whatever it comes to, memory is needed for a chunk: about 64 KiB, with permessage-deflate 80 KB
/// more. [`Config::message_len_max`](crate::Config::message_len_max) does not apply, as it bounds
/// what is held; [`limit`](Self::limit) bounds what comes, and
/// [`Config::chunk_contexts`](crate::Config::chunk_contexts) what all such decompressors take.
///
/// The peer is read as fast as chunks are asked for: Pings between them are answered then, and a
/// peer that sends faster is held up by TCP.
///
/// Dropping it throws the rest of the message away, as it comes and without keeping any of it, when
/// the next message is received.
pub struct RecvStream<'a, T: Transport = Stream> {
    shared: &'a Arc<Shared<T>>,
    kind: MessageKind,
    state: State,
    /// What came and was not handed out: what follows `at`.
    held: Payload,
    at: usize,
    /// Bytes that came in chunks so far.
    len: usize,
    /// Bytes that may still be handed out.
    left: u64,
    len_max: u64,
}

/// What is still to come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// More of it.
    Coming,
    /// Nothing: it came to its end.
    Complete,
    /// Nothing, and its end is missing.
    Broken,
}

impl<'a, T: Transport> RecvStream<'a, T> {
    pub(crate) fn new(shared: &'a Arc<Shared<T>>, begun: Begun) -> Self {
        let (kind, state, held, first) = match begun {
            Begun::Whole(message) => {
                let kind = message.kind();
                (kind, State::Complete, message.into_payload(), None)
            }
            Begun::Chunks(kind, first) => (kind, State::Coming, Payload::default(), first),
        };
        let mut stream = Self {
            shared,
            kind,
            state,
            held,
            at: 0,
            len: 0,
            left: u64::MAX,
            len_max: u64::MAX,
        };
        if let Some(first) = first {
            stream.hold(*first);
        }
        stream
    }

    /// Text or binary.
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// The longest message that is taken, in bytes after inflating: one that turns out longer fails
    /// the connection with 1009, and [`chunk`](Self::chunk) with an error that
    /// [`is_limit`](Error::is_limit). To be said before the first chunk. Without it there is none.
    #[must_use]
    pub fn limit(mut self, len_max: u64) -> Self {
        self.left = len_max;
        self.len_max = len_max;
        self
    }

    /// The next bytes, or `Ok(None)` at the end of the message: 1 to [`CHUNK_LEN_MAX`] bytes,
    /// unmasked and inflated. Of a text they are whole characters, so that each chunk is a text.
    ///
    /// # Errors
    /// As [`recv`](crate::WebSocket::recv), a text that is no UTF-8 at its first bad byte;
    /// [`is_limit`](Error::is_limit) also where the memory for inflating such messages is spent;
    /// [`is_closed`](Error::is_closed) where the connection closed before the message ended. Then
    /// there is no end: asked again it is the latter again.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no byte.
    pub async fn chunk(&mut self) -> Result<Option<Payload>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// What `chunk` polls.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Payload>>> {
        let len = ready!(self.poll_held(cx))?;
        if len == 0 {
            return Poll::Ready(Ok(None));
        }
        if self.at == 0 && len <= CHUNK_LEN_MAX {
            let all = std::mem::take(&mut self.held);
            self.left = self.left.saturating_sub(as_u64(len));
            return Poll::Ready(Ok(Some(all)));
        }
        let rest = self.held();
        let piece = rest.get(..CHUNK_LEN_MAX).unwrap_or(rest);
        let piece_len = match self.kind {
            MessageKind::Text => sockeye_simd::whole_len(piece),
            MessageKind::Binary => piece.len(),
        };
        let piece = Payload::from(piece.get(..piece_len).unwrap_or_default());
        self.consume(piece.len());
        Poll::Ready(Ok(Some(piece)))
    }

    /// Ready once some bytes are [`held`](Self::held): their number, 0 at the end of the message.
    pub(crate) fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize>> {
        loop {
            if self.state == State::Broken {
                return Poll::Ready(Err(Error::cut_off()));
            }
            let held_len = self.held().len();
            if as_u64(held_len) > self.left {
                self.state = State::Broken;
                let max = usize::try_from(self.len_max).unwrap_or(usize::MAX);
                return Poll::Ready(Err(self.shared.refuse_message(max)));
            }
            if held_len > 0 || self.state == State::Complete {
                return Poll::Ready(Ok(held_len));
            }
            let came = ready!(self.shared.poll_chunk(cx));
            match came.and_then(|chunk| chunk.ok_or_else(Error::cut_off)) {
                Ok(chunk) => self.hold(*chunk),
                Err(error) => {
                    self.state = State::Broken;
                    return Poll::Ready(Err(error));
                }
            }
        }
    }

    /// Bytes that came and were not handed out.
    pub(crate) fn held(&self) -> &[u8] {
        self.held.get(self.at..).unwrap_or_default()
    }

    /// So many of them were handed out.
    pub(crate) fn consume(&mut self, len: usize) {
        self.left = self.left.saturating_sub(as_u64(len));
        self.at += len;
        if self.at >= self.held.len() {
            self.held = Payload::default();
            self.at = 0;
        }
    }

    /// Keeps what came, in memory of its size.
    fn hold(&mut self, chunk: Chunk) {
        let bytes = chunk.bytes;
        self.len = self.len.saturating_add(bytes.len());
        if chunk.is_last {
            telemetry::received_in_chunks(self.kind, self.len);
            self.state = State::Complete;
        }
        self.at = 0;
        self.held = if bytes.capacity() / 2 > bytes.len() {
            Payload::from(bytes.as_slice())
        } else {
            Payload::from(bytes)
        };
    }
}

fn as_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

impl<T: Transport> Drop for RecvStream<'_, T> {
    fn drop(&mut self) {
        if self.state == State::Coming {
            self.shared.skip_message();
        }
    }
}

impl<T: Transport> fmt::Debug for RecvStream<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecvStream")
            .field("kind", &self.kind)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
