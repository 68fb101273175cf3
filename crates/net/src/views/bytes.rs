//! One message as a stream of bytes: `AsyncRead` for one that comes, `AsyncWrite` for one that
//! goes. Owns the words of I/O for what happens to it; the message is an ordinary one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use sockeye_proto::connection::Fragment;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::io::as_io;
use crate::driver::{Place, Shared};
use crate::error::Result;
use crate::limits::IO_MESSAGE_LEN_MAX;
use crate::recv_stream::RecvStream;
use crate::send_stream::SendStream;
use crate::transport::Transport;

/// The bytes of the message. They end where it does; where the connection closed before, that is an
/// error.
impl<T: Transport> AsyncRead for RecvStream<'_, T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let held_len = ready!(this.poll_held(cx)).map_err(as_io)?;
        let len = held_len.min(buf.remaining());
        buf.put_slice(this.held().get(..len).unwrap_or_default());
        this.consume(len);
        Poll::Ready(Ok(()))
    }
}

/// Each write is a piece of at most 64 KiB
/// ([`IO_MESSAGE_LEN_MAX`](crate::limits::IO_MESSAGE_LEN_MAX)). Shutting down ends the message, and
/// not the connection.
impl<T: Transport> AsyncWrite for SendStream<'_, T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_finished() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let bytes = bytes.get(..IO_MESSAGE_LEN_MAX).unwrap_or(bytes);
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let fragment = Fragment {
            bytes,
            is_last: false,
        };
        let polled = self
            .get_mut()
            .poll_placed(|this, place| this.poll_send(cx, fragment, place));
        polled.map_ok(|()| bytes.len()).map_err(as_io)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.poll_placed(|this, place| this.shared().poll_flush(cx, place))
            .map_err(as_io)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let fragment = Fragment {
            bytes: &[],
            is_last: true,
        };
        let this = self.get_mut();
        ready!(this.poll_placed(|this, place| this.poll_send(cx, fragment, place)))
            .map_err(as_io)?;
        Pin::new(this).poll_flush(cx)
    }
}

impl<T: Transport> SendStream<'_, T> {
    /// Polls with the place that the last poll left among those who wait for room.
    fn poll_placed(
        &mut self,
        poll: impl FnOnce(&mut Self, &mut Place<'_, T>) -> Poll<Result<()>>,
    ) -> Poll<Result<()>> {
        let shared: &Arc<Shared<T>> = self.shared();
        let mut place = Place::resume(shared, self.waker.take());
        let polled = poll(self, &mut place);
        if polled.is_pending() {
            self.waker = place.suspend();
        }
        polled
    }
}
