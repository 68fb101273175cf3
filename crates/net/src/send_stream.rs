//! A message that is sent piece by piece, whatever its length. Owns what happens to one that is not
//! sent to its end. Never holds any of it.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use sockeye_proto::close::{CloseCode, CloseFrame};
use sockeye_proto::connection::{Fragment, Outgoing};
use sockeye_proto::fault::Misuse;
use sockeye_proto::message::MessageKind;

use crate::driver::{Place, Shared};
use crate::error::Result;
use crate::stream::Stream;
use crate::telemetry;
use crate::transport::Transport;

/// A message that goes out piece by piece, from
/// [`WebSocket::send_stream`](crate::WebSocket::send_stream).
///
/// Each piece is a frame (RFC 6455 §5.4), and with permessage-deflate compressed by itself: pieces
/// of some KiB and more are worth their header. The message ends with [`finish`](Self::finish).
///
/// From its first piece to its end no other message of this connection goes out: `send` waits
/// meanwhile, `try_send` has no room, and `broadcast` takes the receiver for a slow one. Pings and
/// Pongs go between the pieces.
///
/// What was sent cannot be taken back. Dropped between its first piece and `finish` it closes the
/// connection with 1011, so that the peer does not take a part for the whole.
///
/// # Leaks
/// One that is leaked after its first piece ([`mem::forget`](std::mem::forget), a cycle of `Rc`s)
/// neither ends nor is dropped: as long as the connection is open nothing but control frames goes
/// out behind it, and whoever sends waits. Receiving, Pings and keepalive go on. Closing ends it,
/// from whichever side: those that wait are told [`is_closed`](crate::Error::is_closed), and the
/// peer never sees an end of the message.
pub struct SendStream<'a, T: Transport = Stream> {
    shared: &'a Arc<Shared<T>>,
    kind: MessageKind,
    state: State,
    /// Bytes of the pieces so far.
    len: usize,
    /// What the connection has of the task that waits, where it is polled instead of awaited.
    #[cfg(feature = "io")]
    pub(crate) waker: Option<std::task::Waker>,
}

/// Where the message is.
#[derive(Debug)]
enum State {
    /// It waits for its turn.
    New,
    /// It has it.
    Begun(Outgoing),
    /// Its last frame was queued.
    Finished,
}

impl<'a, T: Transport> SendStream<'a, T> {
    pub(crate) fn new(shared: &'a Arc<Shared<T>>, kind: MessageKind) -> Self {
        Self {
            shared,
            kind,
            state: State::New,
            len: 0,
            #[cfg(feature = "io")]
            waker: None,
        }
    }

    /// Whether its last frame was queued.
    #[cfg(feature = "io")]
    pub(crate) fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    #[cfg(feature = "io")]
    pub(crate) fn shared(&self) -> &'a Arc<Shared<T>> {
        self.shared
    }

    /// Text or binary.
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Sends the next piece: ready once it is queued as a whole. Waits while the queue is at its
    /// high mark ([`QueueMarks`](crate::QueueMarks)) or above; the first piece also
    /// for the end of a message that somebody else sends so. No bytes are no piece.
    ///
    /// A character of a text may span two pieces.
    ///
    /// # Errors
    /// As [`send`](crate::WebSocket::send); and [`is_misuse`](crate::Error::is_misuse) for a text
    /// that is no UTF-8, of which nothing was queued.
    ///
    /// # Cancel safety
    /// Safe: a dropped future has queued the whole piece or nothing.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> Result<()> {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return Ok(());
        }
        let fragment = Fragment {
            bytes,
            is_last: false,
        };
        self.send(fragment).await
    }

    /// Ends the message. One without a piece is an empty message.
    ///
    /// # Errors
    /// As [`write`](Self::write); for a text that ends inside a character as well. Then the message
    /// has no end, and the connection is closed as if it had been dropped.
    ///
    /// # Cancel safety
    /// A future that is dropped before it is ready drops the message before its end, which closes
    /// the connection. It waits for nothing but room in the queue.
    pub async fn finish(mut self) -> Result<()> {
        let fragment = Fragment {
            bytes: &[],
            is_last: true,
        };
        self.send(fragment).await
    }

    async fn send(&mut self, fragment: Fragment<'_>) -> Result<()> {
        let mut place = Place::new(self.shared);
        poll_fn(|cx| self.poll_send(cx, fragment, &mut place)).await
    }

    /// Ready once `fragment` is queued. Ending a message that has ended is done at once.
    pub(crate) fn poll_send(
        &mut self,
        cx: &Context<'_>,
        fragment: Fragment<'_>,
        place: &mut Place<'_, T>,
    ) -> Poll<Result<()>> {
        let shared = self.shared;
        if let State::New = self.state {
            let outgoing = ready!(shared.poll_begin_message(cx, self.kind, place))?;
            self.state = State::Begun(outgoing);
        }
        if let State::Begun(outgoing) = &mut self.state {
            ready!(shared.poll_fragment(cx, outgoing, fragment, place))?;
            self.len = self.len.saturating_add(fragment.bytes.len());
            if fragment.is_last {
                telemetry::sent(self.kind, self.len);
                self.state = State::Finished;
            }
        } else if !fragment.is_last {
            return Poll::Ready(Err(Misuse::MessageEnded.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: Transport> Drop for SendStream<'_, T> {
    fn drop(&mut self) {
        #[cfg(feature = "io")]
        drop(Place::resume(self.shared, self.waker.take()));
        let State::Begun(outgoing) = &self.state else {
            return;
        };
        if self.shared.withdraw_message(outgoing) {
            return;
        }
        let reason = "a message was not sent to its end";
        if let Ok(frame) = CloseFrame::new(Some(CloseCode::INTERNAL_ERROR), reason) {
            // Closing already, by whomever: nothing to add.
            let _ = self.shared.start_close(frame);
        }
    }
}

impl<T: Transport> fmt::Debug for SendStream<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendStream")
            .field("kind", &self.kind)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
