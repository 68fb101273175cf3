//! The handle of one connection: receive, send, close. Owns the messages that a read brought and
//! `recv` has not handed out. Moves no byte itself.

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use sockeye_proto::close::{CloseCode, CloseEvent, CloseFrame};
use sockeye_proto::connection::{Connection, PreparedMessage};
use sockeye_proto::handshake::http1::{RequestHead, ResponseHead};
use sockeye_proto::message::{Message, MessageKind};

use crate::agreement::Agreement;
use crate::driver::{Cork, Place, Shared};
use crate::error::{Error, Result};
use crate::limits::HELD_LEN_MAX;
use crate::marks::QueueMarks;
use crate::observer::Observer;
use crate::recv_stream::RecvStream;
use crate::replies::{MessageRef, Replies};
use crate::send_stream::SendStream;
use crate::split::{Receiver, Sender};
use crate::stream::Stream;
use crate::transport::Transport;
use crate::try_send::TrySendError;

/// An open WebSocket connection.
///
/// ```no_run
/// # async fn example() -> sockeye::Result<()> {
/// let mut ws = sockeye::connect("ws://127.0.0.1:8080/echo").await?;
/// ws.send("hello").await?;
/// while let Some(message) = ws.recv().await? {
///     println!("{message:?}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// Dropping it says goodbye, unless a [`sender`](WebSocket::sender) is left: a Close with 1001, or
/// 1011 where a panic drops it, goes out behind what is queued, if none did, and the rest of the
/// closing handshake happens in the background, within the closing budget.
/// [`close`](WebSocket::close) says why and waits for the peer; [`abort`](WebSocket::abort) does
/// neither.
pub struct WebSocket<T: Transport = Stream> {
    receiver: Receiver<T>,
    sender: Sender<T>,
}

impl<T: Transport> WebSocket<T> {
    /// Takes over a connection whose opening handshake just completed.
    pub(crate) fn new(
        connection: Connection,
        transport: T,
        leftover: Vec<u8>,
        agreement: Agreement,
    ) -> Self {
        let shared = Shared::new(connection, transport, leftover);
        let sender = Sender::new(Arc::clone(&shared));
        Self {
            receiver: Receiver::new(shared, agreement),
            sender,
        }
    }

    /// The connection of two halves that belong together.
    #[cfg(feature = "stream")]
    pub(crate) fn from_halves(receiver: Receiver<T>, sender: Sender<T>) -> Self {
        Self { receiver, sender }
    }

    /// The next message, or `Ok(None)` once the connection is closed; then
    /// [`close_event`](Self::close_event) says how.
    ///
    /// Pings and the peer's Close are read while this is awaited, and only then: a task that just
    /// sends [splits](Self::split) the connection and drops the receiving half, which leaves them
    /// to the library. Messages that came before a Close of the same read can be answered until
    /// this is called again, for at most half of the closing budget.
    ///
    /// A message keeps alive at most the 16 KiB block that it shares with others of its read.
    ///
    /// # Errors
    /// Once, for a connection that failed or was lost; later calls answer `Ok(None)`. Messages that
    /// were complete before are delivered first.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message and no byte.
    #[inline]
    pub fn recv(&mut self) -> impl Future<Output = Result<Option<Message>>> + Send + '_ {
        self.receiver.recv()
    }

    /// The next message as it comes, in chunks, however long it is: as soon as it has begun, or
    /// `Ok(None)` once the connection is closed.
    ///
    /// A message of any length is received in constant memory, also where it is compressed; a text
    /// is checked as it comes. A message that was received as a whole before it was asked for comes
    /// in chunks as well, so it does not matter how the peer sends it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> sockeye::Result<()> {
    /// # let (mut client, mut server) = sockeye::pair();
    /// # client.send(vec![0; 200_000]).await?;
    /// let mut len = 0;
    /// if let Some(mut message) = server.recv_stream().await? {
    ///     while let Some(chunk) = message.chunk().await? {
    ///         len += chunk.len();
    ///     }
    /// }
    /// assert_eq!(len, 200_000);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message and no byte.
    pub async fn recv_stream(&mut self) -> Result<Option<RecvStream<'_, T>>> {
        self.receiver.recv_stream().await
    }

    /// The next messages without owning them: `take` is called for each message of one read, with
    /// the bytes where the read put them, and may reply through [`Replies`]. Answers their number,
    /// or `Ok(None)` once the connection is closed.
    ///
    /// This saves the copy that [`recv`](Self::recv) makes of small messages, and its allocations
    /// where earlier messages are still held, one for each block of up to 16 KiB.
    ///
    /// Replies do not wait for room, so the next call does: while the queue is at its high mark or
    /// above and the last messages were answered, nothing is read, as it would not be
    /// by who waits in [`send`](Self::send). If `take` panics, the other messages of the read are
    /// lost.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    ///
    /// # Cancel safety
    /// Safe: `take` is called only by the poll that completes the future.
    pub async fn recv_with(
        &mut self,
        mut take: impl FnMut(MessageRef<'_>, &mut Replies<'_, T>),
    ) -> Result<Option<usize>> {
        let shared = self.sender.shared();
        let mut count = 0;
        let mut replies = Replies::new(shared);
        if self.receiver.holds_messages() {
            // Room first: the poll that calls `take` is the one that completes the future.
            let mut place = Place::new(shared);
            poll_fn(|cx| shared.poll_reply_room(cx, &mut place)).await;
            for message in self.receiver.take_inbox() {
                count += 1;
                let lent = MessageRef::new(message.kind(), message.payload());
                take(lent, &mut replies);
            }
            shared.write();
            return Ok(Some(count));
        }
        let mut place = Place::new(shared);
        let Some(lent) = poll_fn(|cx| shared.poll_lend(cx, &mut place)).await? else {
            return Ok(None);
        };
        for (kind, payload) in lent.iter() {
            count += 1;
            take(MessageRef::new(kind, payload), &mut replies);
        }
        shared.take_back(lent);
        Ok(Some(count))
    }

    /// Sends a message: ready once it is queued as a whole. Waits while the queue is at its high
    /// mark or above ([`QueueMarks`], by default
    /// [`QUEUE_LEN_HIGH`](crate::limits::QUEUE_LEN_HIGH) unwritten bytes), then for its low mark.
    ///
    /// It is on its way at once, unless messages of the last read are still to be received: then
    /// the replies go out together, at the latest when this task yields.
    ///
    /// # Errors
    /// [`is_closed`](crate::Error::is_closed) once closing began,
    /// [`is_lost`](crate::Error::is_lost) if the network failed; if the connection failed, what
    /// [`recv`](Self::recv) reports, such as [`is_timeout`](crate::Error::is_timeout) for a silent
    /// peer.
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    #[inline]
    pub fn send(
        &mut self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<()>> + Send + '_ {
        self.sender.send_corked(message.into(), Cork::Auto)
    }

    /// Queues a message like [`send`](Self::send), but leaves it in the queue until
    /// [`flush`](Self::flush), or until this task yields.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    #[inline]
    pub fn feed(
        &mut self,
        message: impl Into<Message>,
    ) -> impl Future<Output = Result<()>> + Send + '_ {
        self.sender.send_corked(message.into(), Cork::Hold)
    }

    /// Sends a prepared message, by the same rules as [`send`](Self::send). A client masks each
    /// message by itself, so there it saves nothing.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    pub async fn send_prepared(&mut self, prepared: &PreparedMessage) -> Result<()> {
        self.sender.send_prepared(prepared).await
    }

    /// Sends a message piece by piece, as it comes, however long it is. Nothing is sent and nobody
    /// waits before the first piece.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> sockeye::Result<()> {
    /// # let (mut client, mut server) = sockeye::pair();
    /// let mut message = client.send_stream(sockeye::MessageKind::Text);
    /// message.write("one, ").await?;
    /// message.write("two").await?;
    /// message.finish().await?;
    /// assert_eq!(server.recv().await?.unwrap().as_text(), Some("one, two"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_stream(&mut self, kind: MessageKind) -> SendStream<'_, T> {
        self.sender.send_stream(kind)
    }

    /// Sends a message if that needs no waiting: where [`send`](Self::send) would be ready at once.
    /// That is while the queue is below its high mark ([`QueueMarks`]), after writing what the
    /// kernel takes now; at the high mark exactly it is refused.
    ///
    /// # Errors
    /// [`TrySendError`], which has the message.
    pub fn try_send(
        &mut self,
        message: impl Into<Message>,
    ) -> std::result::Result<(), TrySendError> {
        self.sender.try_send(message)
    }

    /// Sends a prepared message if that needs no waiting; see [`try_send`](Self::try_send).
    ///
    /// # Errors
    /// [`TrySendError`].
    pub fn try_send_prepared(
        &mut self,
        prepared: &PreparedMessage,
    ) -> std::result::Result<(), TrySendError<()>> {
        self.sender.try_send_prepared(prepared)
    }

    /// Waits until the kernel has everything that was sent.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: writing goes on whether or not somebody waits for it.
    pub async fn flush(&mut self) -> Result<()> {
        self.sender.flush().await
    }

    /// Waits until the queue is down to its low mark, so that there is room for more than one
    /// message: after [`try_send`](Self::try_send) refused one.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Safe: it only waits.
    pub async fn writable(&mut self) -> Result<()> {
        self.sender.writable().await
    }

    /// Sets the marks of this connection's queue. One with other marks than the default ones takes
    /// about 150 bytes more.
    pub fn set_queue_marks(&mut self, marks: QueueMarks) {
        self.sender.set_queue_marks(marks);
    }

    /// Sends a Ping of its own and waits for its Pong: how long that took, to the microsecond.
    ///
    /// Messages that come before the Pong are kept for [`recv`](Self::recv), up to
    /// [`HELD_LEN_MAX`] bytes of them; a peer that sends more than that first is to be received
    /// from, and [`latency`](Self::latency) has the time once the Pong was read. A task that
    /// receives all the time anyway measures with [`Sender::round_trip`] in another one.
    ///
    /// It waits as long as the connection lives; keepalive ends one whose peer is silent.
    ///
    /// # Errors
    /// As [`recv`](Self::recv) for a connection that failed or was lost, which is reported here
    /// instead; [`is_closed`](Error::is_closed) once it closes before the Pong came;
    /// [`is_limit`](Error::is_limit) for more messages than are kept, which harms nothing.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message, and the Pong still counts for
    /// [`latency`](Self::latency).
    pub async fn round_trip(&mut self) -> Result<Duration> {
        let Self { receiver, sender } = self;
        let shared = sender.shared();
        let (mut place, mut nonce) = (Place::new(shared), None);
        let mut held_len = receiver.held_len();
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(measured) = shared.poll_round_trip(cx, &mut nonce, &mut place) {
                    return Poll::Ready(measured);
                }
                if held_len >= HELD_LEN_MAX {
                    return Poll::Ready(Err(Error::held(held_len)));
                }
                held_len += ready!(receiver.poll_ahead(cx))?;
            }
        })
        .await
    }

    /// The round trip that was measured last, by keepalive's Pings or by
    /// [`round_trip`](Self::round_trip), to the microsecond. `None` before the first.
    pub fn latency(&self) -> Option<Duration> {
        self.sender.latency()
    }

    /// Sends a Ping with up to 125 bytes of payload. Keepalive sends its own;
    /// [`round_trip`](Self::round_trip) sends one that is measured.
    ///
    /// # Errors
    /// As [`send`](Self::send), and for a longer payload.
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<()> {
        self.sender.ping(payload).await
    }

    /// Closes: sends a Close frame, unless one was sent, and waits for the peer's, within the
    /// closing budget. Messages that still arrive are thrown away.
    ///
    /// A client then waits, within the same budget, for the server to end TCP. A server returns as
    /// soon as the Close frames went both ways and it has shut its own side of TCP, which is for it
    /// to do first (RFC 6455 §7.1.1); it does not wait for the client's.
    ///
    /// The budget is one for everything, counted from this call: what is queued leaves before the
    /// Close and spends it as well, and a peer that takes bytes slowly gets no more time than one
    /// that takes none. Where what was sent is to arrive however slow the peer is,
    /// [`flush`](Self::flush) first, for as long as you like.
    ///
    /// # Errors
    /// Only for a code that may not be sent or a reason over 123 bytes; then nothing was sent. A
    /// peer that does not answer shows in the event.
    ///
    /// # Cancel safety
    /// The Close is on its way with the first poll; dropping the future afterwards only stops
    /// waiting.
    pub async fn close(
        &mut self,
        code: impl Into<Option<CloseCode>>,
        reason: &str,
    ) -> Result<CloseEvent> {
        let frame = CloseFrame::new(code.into(), reason)?;
        self.sender.shared().start_close(frame)?;
        self.receiver.drain().await;
        Ok(self.receiver.close_event().unwrap_or_else(|| CloseEvent {
            code: CloseCode::ABNORMAL,
            reason: Box::default(),
            was_clean: false,
        }))
    }

    /// From now on shows each frame, both ways, to `observer`, instead of to the one before. Frames
    /// that are queued or half received already are not shown.
    ///
    /// An observed connection copies what it unmasks, and reads large messages through the thread's
    /// buffer; one that is not pays one branch for each read and write.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> sockeye::Result<()> {
    /// use std::sync::mpsc;
    /// use sockeye::{Direction, ObservedFrame, Observer};
    ///
    /// struct Log(mpsc::Sender<String>);
    ///
    /// impl Observer for Log {
    ///     fn frame(&mut self, frame: &ObservedFrame<'_>) {
    ///         let arrow = if frame.direction == Direction::Sent { '>' } else { '<' };
    ///         let text = frame.payload.escape_ascii();
    ///         let _ = self.0.send(format!("{arrow} {:?} {text}", frame.header.opcode));
    ///     }
    /// }
    ///
    /// let (mut client, mut server) = sockeye::pair();
    /// let (log, lines) = mpsc::channel();
    /// server.observe(Log(log));
    /// client.send("hello").await?;
    /// server.recv().await?;
    /// server.ping(b"?").await?;
    /// assert_eq!(lines.try_iter().collect::<Vec<_>>(), ["< Text hello", "> Ping ?"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn observe(&mut self, observer: impl Observer) {
        self.sender.observe(observer);
    }

    /// Ends the connection at once, without a closing handshake: what is queued is thrown away, and
    /// the peer sees 1006. TCP is reset; another transport is dropped.
    pub fn abort(self) {
        self.sender.abort();
    }

    /// How the connection ended, once it did.
    pub fn close_event(&self) -> Option<CloseEvent> {
        self.receiver.close_event()
    }

    /// The subprotocol agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.receiver.protocol()
    }

    /// The client's request, on a server that [keeps it](crate::Acceptor::keep_request). Where an
    /// HTTP server read it, that had it: keep of it what you need.
    pub fn request(&self) -> Option<&RequestHead> {
        self.receiver.request()
    }

    /// The server's 101, on a client that [keeps it](crate::Client::keep_response).
    pub fn response(&self) -> Option<&ResponseHead> {
        self.receiver.response()
    }

    /// The peer's address, where the connection runs over TCP or TLS over it, whoever opened that.
    /// `None` over another transport, and once the connection is over: who is to name the peer
    /// then asks before.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.sender.peer_addr()
    }

    /// Lets `look` at the transport, such as for an option of its socket; `None` once it is gone.
    ///
    /// ```no_run
    /// # fn example(ws: &sockeye::WebSocket) {
    /// let ttl = ws.look_at_transport(|stream| stream.get_ref()?.ttl().ok());
    /// # let _: Option<u32> = ttl.flatten();
    /// # }
    /// ```
    ///
    /// The connection waits for it: it must not take long, nor ask the connection for anything.
    pub fn look_at_transport<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.sender.shared().look(look)
    }

    /// The extensions in use, in the words of `Sec-WebSocket-Extensions`; empty without any.
    pub fn extensions(&self) -> String {
        self.receiver.extensions()
    }

    /// Bytes sent and not yet taken by the kernel, framing included. In TLS those do not count that
    /// are encrypted already, [`TLS_QUEUE_LEN_MAX`](crate::limits::TLS_QUEUE_LEN_MAX) at most;
    /// [`flush`](Self::flush) waits for them.
    pub fn buffered_amount(&self) -> usize {
        self.sender.shared().queue_len()
    }

    /// One more handle to send with, for whoever else has something to say here. It goes on when
    /// the `WebSocket` is dropped: the connection says goodbye when the last handle is gone.
    pub fn sender(&self) -> Sender<T> {
        self.sender.clone()
    }

    /// Two owned halves, for two tasks. The sending one can be cloned.
    pub fn split(self) -> (Sender<T>, Receiver<T>) {
        (self.sender, self.receiver)
    }
}

impl<T: Transport> fmt::Debug for WebSocket<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebSocket")
            .field("protocol", &self.protocol())
            .finish_non_exhaustive()
    }
}
