//! The two halves of a connection. Owns their lifetimes: what happens when one of them is gone.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sockeye_proto::close::{CloseCode, CloseEvent, CloseFrame};
use sockeye_proto::connection::PreparedMessage;
use sockeye_proto::handshake::http1::{RequestHead, ResponseHead};
use sockeye_proto::message::{Message, MessageKind};

use crate::agreement::Agreement;
use crate::driver::{Begun, Cork, Place, Shared};
use crate::error::Result;
use crate::marks::QueueMarks;
use crate::observer::Observer;
use crate::polling::polling;
use crate::recv_stream::RecvStream;
use crate::send_stream::SendStream;
use crate::stream::Stream;
use crate::transport::Transport;
use crate::try_send::TrySendError;

/// The messages of a read that are not handed out yet.
pub(crate) type Inbox = VecDeque<Message>;

/// The sending half: clone it into as many tasks as you like; messages never mix.
pub struct Sender<T: Transport = Stream> {
    shared: Arc<Shared<T>>,
}

impl<T: Transport> Sender<T> {
    pub(crate) fn new(shared: Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    #[inline]
    pub(crate) fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    /// One future, not a chain of them: each link would move the message once more.
    #[inline]
    pub(crate) fn send_corked(
        &self,
        message: Message,
        cork: Cork,
    ) -> impl Future<Output = Result<()>> + Send + '_ {
        let (mut message, mut place) = (Some(message), Place::new(&self.shared));
        polling(move |cx| self.shared.poll_send(cx, &mut message, cork, &mut place))
    }

    /// Tells the processor that this connection is sent to soon. Changes nothing; a loop over many
    /// connections is faster if each is announced while the one before is sent to, as
    /// [`broadcast`](crate::broadcast()) does by itself.
    #[inline]
    pub fn prefetch(&self) {
        sockeye_simd::prefetch(&*self.shared);
    }

    /// Sends a message; see [`WebSocket::send`](crate::WebSocket::send).
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    #[inline]
    pub fn send(
        &self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<()>> + Send + '_ {
        self.send_corked(message.into(), Cork::Auto)
    }

    /// Queues a message; see [`WebSocket::feed`](crate::WebSocket::feed).
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    #[inline]
    pub fn feed(
        &self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<()>> + Send + '_ {
        self.send_corked(message.into(), Cork::Hold)
    }

    /// Sends a message piece by piece; see
    /// [`WebSocket::send_stream`](crate::WebSocket::send_stream). Other tasks go on to send with
    /// clones of this handle, behind it.
    pub fn send_stream(&mut self, kind: MessageKind) -> SendStream<'_, T> {
        SendStream::new(&self.shared, kind)
    }

    /// Sends a prepared message, by the same rules as [`send`](Self::send). A client masks each
    /// message by itself, so there it saves nothing.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    pub async fn send_prepared(&self, prepared: &PreparedMessage) -> Result<()> {
        let mut place = Place::new(&self.shared);
        poll_fn(|cx| self.shared.poll_send_prepared(cx, prepared, &mut place)).await
    }

    /// Sends a message if that needs no waiting; see
    /// [`WebSocket::try_send`](crate::WebSocket::try_send). Never waits, and works outside of a
    /// task as well.
    ///
    /// # Errors
    /// [`TrySendError`], which has the message.
    pub fn try_send(&self, message: impl Into<Message>) -> std::result::Result<(), TrySendError> {
        self.shared
            .try_send(message.into())
            .map_err(|(message, refused)| TrySendError::new(message, refused))
    }

    /// Sends a prepared message if that needs no waiting; see [`try_send`](Self::try_send).
    ///
    /// # Errors
    /// [`TrySendError`].
    pub fn try_send_prepared(
        &self,
        prepared: &PreparedMessage,
    ) -> std::result::Result<(), TrySendError<()>> {
        self.shared
            .try_send_prepared(prepared, Cork::Auto)
            .map_err(|refused| TrySendError::new((), refused))
    }

    /// Waits until the kernel has everything that was sent.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: writing goes on whether or not somebody waits for it.
    pub async fn flush(&self) -> Result<()> {
        let mut place = Place::new(&self.shared);
        poll_fn(|cx| self.shared.poll_flush(cx, &mut place)).await
    }

    /// Waits until the queue is down to its low mark, so that there is room for more than one
    /// message: after [`try_send`](Self::try_send) refused one.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: it only waits.
    pub async fn writable(&self) -> Result<()> {
        let mut place = Place::new(&self.shared);
        poll_fn(|cx| self.shared.poll_writable(cx, &mut place)).await
    }

    /// Sets the marks of this connection's queue. One with other marks than the default ones takes
    /// about 150 bytes more.
    pub fn set_queue_marks(&self, marks: QueueMarks) {
        self.shared.set_marks(marks);
    }

    /// Sends a Ping of its own and waits for its Pong: how long that took. One that is on its way
    /// already is joined, so there is never more than one.
    ///
    /// The Pong is noticed by whoever receives, so the receiving half has to be in use, or dropped.
    /// It waits as long as the connection lives; keepalive ends one whose peer is silent.
    ///
    /// # Errors
    /// As for [`send`](Self::send); also once the connection closes before the Pong came.
    ///
    /// # Cancel safety
    /// Safe: dropping the future only stops waiting; the Pong still counts for
    /// [`latency`](Self::latency).
    pub async fn round_trip(&self) -> Result<Duration> {
        let (mut place, mut nonce) = (Place::new(&self.shared), None);
        poll_fn(|cx| self.shared.poll_round_trip(cx, &mut nonce, &mut place)).await
    }

    /// The round trip that was measured last, by [`round_trip`](Self::round_trip) or by keepalive's
    /// own Pings, to the microsecond. `None` before the first.
    pub fn latency(&self) -> Option<Duration> {
        self.shared.latency()
    }

    /// The peer's address, where the connection runs over TCP; see
    /// [`WebSocket::peer_addr`](crate::WebSocket::peer_addr).
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.shared.peer_addr()
    }

    /// Sends a Ping with up to 125 bytes of payload.
    ///
    /// # Errors
    /// As for [`send`](Self::send), and for a longer payload.
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing.
    pub async fn ping(&self, payload: &[u8]) -> Result<()> {
        let mut place = Place::new(&self.shared);
        poll_fn(|cx| self.shared.poll_ping(cx, payload, &mut place)).await
    }

    /// Starts closing: a Close frame goes out, unless one did. The receiving half sees the rest.
    ///
    /// # Errors
    /// For a code that may not be sent or a reason over 123 bytes; then nothing was sent.
    pub fn close(&self, code: impl Into<Option<CloseCode>>, reason: &str) -> Result<()> {
        self.shared
            .start_close(CloseFrame::new(code.into(), reason)?)
    }

    /// From now on shows each frame, both ways, to `observer`; see
    /// [`WebSocket::observe`](crate::WebSocket::observe).
    pub fn observe(&self, observer: impl Observer) {
        self.shared.observe(Box::new(observer));
    }

    /// Ends the connection at once, without a closing handshake: what is queued is thrown away, and
    /// the peer sees 1006. TCP is reset; another transport is dropped. All halves are at their end,
    /// without an error, as it was asked for.
    pub fn abort(&self) {
        self.shared.abort();
    }

    /// Whether nothing can be sent any more: closing began, or the connection was lost.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }

    /// Bytes sent and not yet taken by the kernel, framing included.
    pub fn buffered_amount(&self) -> usize {
        self.shared.queue_len()
    }
}

impl<T: Transport> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.add_handle();
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<T: Transport> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.drop_handle();
    }
}

impl<T: Transport> fmt::Debug for Sender<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// The receiving half. Without it messages are thrown away as they come, while Pings are answered
/// and the sending half works on.
pub struct Receiver<T: Transport = Stream> {
    shared: Arc<Shared<T>>,
    /// Messages of the last read.
    inbox: Inbox,
    agreement: Agreement,
}

impl<T: Transport> Receiver<T> {
    pub(crate) fn new(shared: Arc<Shared<T>>, agreement: Agreement) -> Self {
        Self {
            shared,
            inbox: Inbox::new(),
            agreement,
        }
    }

    /// The next message; see [`WebSocket::recv`](crate::WebSocket::recv).
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message and no byte.
    #[inline]
    pub fn recv(&mut self) -> impl Future<Output = Result<Option<Message>>> + Send + '_ {
        polling(|cx| self.poll_message(cx))
    }

    /// The next message as it comes; see
    /// [`WebSocket::recv_stream`](crate::WebSocket::recv_stream).
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message and no byte.
    pub async fn recv_stream(&mut self) -> Result<Option<RecvStream<'_, T>>> {
        let begun = poll_fn(|cx| self.poll_begin(cx)).await?;
        Ok(begun.map(|begun| RecvStream::new(&self.shared, begun)))
    }

    fn poll_begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Begun>>> {
        if self.inbox.is_empty() {
            return self.shared.poll_begin(cx, &mut self.inbox);
        }
        let message = self.poll_message(cx);
        message.map_ok(|message| message.map(Begun::Whole))
    }

    /// What `recv` polls.
    #[inline]
    pub(crate) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Message>>> {
        let Some(message) = self.inbox.pop_front() else {
            return self.shared.poll_recv(cx, &mut self.inbox);
        };
        if self.inbox.is_empty() {
            self.shared.set_undelivered(false);
        }
        Poll::Ready(Ok(Some(message)))
    }

    /// Reads once more while messages of earlier reads are still to be handed out, and puts what
    /// comes behind them: how many bytes that takes.
    ///
    /// What came in one read with the peer's Close can be answered until the Close is; so there it
    /// reads no further.
    pub(crate) fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize>> {
        if self.holds_messages() && self.shared.close_event().is_some() {
            return Poll::Ready(Err(self.shared.closed()));
        }
        let mut behind = Inbox::new();
        let Some(first) = ready!(self.shared.poll_recv(cx, &mut behind))? else {
            return Poll::Ready(Err(self.shared.closed()));
        };
        behind.push_front(first);
        let len = held_len(&behind);
        self.inbox.append(&mut behind);
        self.shared.set_undelivered(true);
        Poll::Ready(Ok(len))
    }

    /// Bytes that the messages take which are still to be handed out.
    pub(crate) fn held_len(&self) -> usize {
        held_len(&self.inbox)
    }

    /// The peer's address, where the connection runs over TCP; see
    /// [`WebSocket::peer_addr`](crate::WebSocket::peer_addr).
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.shared.peer_addr()
    }

    /// How the connection ended, once it did.
    pub fn close_event(&self) -> Option<CloseEvent> {
        self.shared.close_event()
    }

    /// The subprotocol agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.agreement.protocol()
    }

    /// The client's request, on a server that [keeps it](crate::Acceptor::keep_request).
    pub fn request(&self) -> Option<&RequestHead> {
        self.agreement.request()
    }

    /// The server's 101, on a client that [keeps it](crate::Client::keep_response).
    pub fn response(&self) -> Option<&ResponseHead> {
        self.agreement.response()
    }

    /// The extensions in use, in the words of `Sec-WebSocket-Extensions`; empty without any.
    pub fn extensions(&self) -> String {
        self.agreement.extensions()
    }

    /// Receives and throws away until the end.
    pub(crate) async fn drain(&mut self) {
        while let Ok(Some(_)) = self.recv().await {}
    }

    /// Whether messages of the last read were not handed out.
    pub(crate) fn holds_messages(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Takes the messages of the last read that were not handed out.
    pub(crate) fn take_inbox(&mut self) -> Inbox {
        self.shared.set_undelivered(false);
        std::mem::take(&mut self.inbox)
    }
}

/// Bytes that `messages` take: payload, and what holds it.
fn held_len(messages: &Inbox) -> usize {
    let payloads = messages.iter().map(|message| message.payload().len());
    payloads.sum::<usize>() + messages.len() * size_of::<Message>()
}

impl<T: Transport> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.drop_reader();
    }
}

impl<T: Transport> fmt::Debug for Receiver<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Receiver")
            .field("held", &self.inbox.len())
            .finish_non_exhaustive()
    }
}
