//! The bytes of binary messages as one stream, for protocols that know nothing of messages. Owns
//! where one message ends and the next begins, which nobody is to rely on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sockeye_proto::close::{CloseCode, CloseEvent};
use sockeye_proto::message::Message;
use sockeye_proto::payload::Payload;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::outlet::Outlet;
use crate::error::Error;
use crate::limits::IO_MESSAGE_LEN_MAX;
use crate::split::{Receiver, Sender};
use crate::transport::Transport;
use crate::websocket::WebSocket;

/// A connection as tokio's `AsyncRead` and `AsyncWrite`, from [`WebSocket::into_io`].
///
/// Reading gives the bytes of the peer's binary messages, one after another. It ends when the peer
/// closed with 1000 or without a code; any other end is an error, so that a stream that was cut
/// off is not taken for one that is complete. So is a text message.
///
/// Each write becomes a binary message of at most 64 KiB
/// ([`IO_MESSAGE_LEN_MAX`](crate::limits::IO_MESSAGE_LEN_MAX)), which goes out with the next flush,
/// at the latest when the task yields. Shutting down sends a Close with 1000.
///
/// A WebSocket is never half closed (RFC 6455 §1.4): the Close of either side ends both directions.
/// A protocol that shuts down its side and then waits for an answer, as
/// [`copy_bidirectional`](tokio::io::copy_bidirectional) carries it over, loses the answer:
/// whoever reads sees an end as after 1000, and whoever answers an error. Let such a protocol say
/// in its own bytes that a side has finished.
///
/// # Cancel safety
/// Each call of `poll_read` and `poll_write` moves bytes or none, so that `read`, `write`, `flush`
/// and `shutdown` of tokio's extension traits can be dropped and called again. `read_exact` and
/// `write_all` are several such calls, and forget how far they came.
#[derive(Debug)]
pub struct MessageIo<T: Transport> {
    receiver: Receiver<T>,
    outlet: Outlet<T>,
    /// The message that is being read, and how far it was.
    message: Payload,
    at: usize,
}

impl<T: Transport> WebSocket<T> {
    /// The connection as a stream of bytes in both directions.
    pub fn into_io(self) -> MessageIo<T> {
        let (sender, receiver) = self.split();
        MessageIo {
            receiver,
            outlet: Outlet::new(sender),
            message: Payload::default(),
            at: 0,
        }
    }
}

impl<T: Transport> MessageIo<T> {
    /// The sending half, to do what a stream of bytes cannot.
    pub fn sender(&self) -> &Sender<T> {
        self.outlet.sender()
    }

    /// How the connection ended, once it did.
    pub fn close_event(&self) -> Option<CloseEvent> {
        self.receiver.close_event()
    }

    /// What the end of messages means for a stream of bytes.
    fn end(&self) -> io::Result<()> {
        match self.receiver.close_event() {
            Some(event) if is_complete(&event) => Ok(()),
            Some(event) => Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                format!("the connection ended with {event}"),
            )),
            None => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }
}

/// Whether the peer said that this is all.
fn is_complete(event: &CloseEvent) -> bool {
    event.was_clean && [CloseCode::NORMAL, CloseCode::NO_STATUS].contains(&event.code)
}

impl<T: Transport> AsyncRead for MessageIo<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let rest = this.message.get(this.at..).unwrap_or_default();
            if !rest.is_empty() || buf.remaining() == 0 {
                let len = rest.len().min(buf.remaining());
                buf.put_slice(rest.get(..len).unwrap_or_default());
                this.at += len;
                return Poll::Ready(Ok(()));
            }
            // It is not kept alive while the next one is waited for.
            this.message = Payload::default();
            this.at = 0;
            match ready!(this.receiver.poll_message(cx)).map_err(as_io)? {
                Some(Message::Binary(payload)) => this.message = payload,
                Some(Message::Text(_)) => {
                    let what = "a text message where bytes were expected";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, what)));
                }
                None => return Poll::Ready(this.end()),
            }
        }
    }
}

impl<T: Transport> AsyncWrite for MessageIo<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let bytes = bytes.get(..IO_MESSAGE_LEN_MAX).unwrap_or(bytes);
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(this.outlet.poll_ready(cx));
        let queued = this.outlet.queue(Message::from(bytes));
        Poll::Ready(queued.map(|()| bytes.len()).map_err(as_io))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().outlet.poll_flush(cx).map_err(as_io)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().outlet.poll_close(cx).map_err(as_io)
    }
}

/// The same error in the words of I/O; the whole of it is its source.
pub(super) fn as_io(error: Error) -> io::Error {
    let kind = if error.is_closed() {
        io::ErrorKind::BrokenPipe
    } else if error.is_lost() {
        io::ErrorKind::ConnectionReset
    } else if error.is_timeout() {
        io::ErrorKind::TimedOut
    } else {
        io::ErrorKind::InvalidData
    };
    io::Error::new(kind, error)
}
