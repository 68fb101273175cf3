//! A pipe in memory that can be reset, as TCP can and tokio's pipe cannot. Owns the end that a
//! connection holds; knows no frame.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use crate::limits::PIPE_LEN;

/// The end that a connection holds.
pub(crate) struct Pipe {
    stream: DuplexStream,
    is_reset: Arc<AtomicBool>,
}

/// The other end.
pub(crate) struct OtherEnd {
    pub(crate) stream: DuplexStream,
    is_reset: Arc<AtomicBool>,
}

/// A pipe that holds [`PIPE_LEN`] bytes each way.
pub(crate) fn pipe() -> (Pipe, OtherEnd) {
    let (stream, other) = duplex(PIPE_LEN);
    let is_reset = Arc::new(AtomicBool::new(false));
    let pipe = Pipe {
        stream,
        is_reset: Arc::clone(&is_reset),
    };
    let other = OtherEnd {
        stream: other,
        is_reset,
    };
    (pipe, other)
}

impl OtherEnd {
    /// Ends both directions with an error, and what is on its way is lost.
    pub(crate) fn reset(self) {
        // Dropping the stream wakes the other end, which then finds this.
        self.is_reset.store(true, Ordering::Release);
    }
}

impl Pipe {
    fn check(&self) -> io::Result<()> {
        if self.is_reset.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn pipe_that_is_reset_loses_what_was_on_its_way_and_wakes_who_waits() {
        let (mut pipe, mut other) = pipe();
        other.stream.write_all(b"lost").await.unwrap();
        other.reset();
        let read = pipe.read_u8().await.unwrap_err();
        let write = pipe.write_u8(1).await.unwrap_err();
        for error in [read, write] {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        }

        let (mut waiting, other) = super::pipe();
        let reading = tokio::spawn(async move { waiting.read_u8().await });
        tokio::task::yield_now().await;
        other.reset();
        let error = reading.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn pipe_that_is_dropped_ends_after_what_was_on_its_way() {
        let (mut pipe, mut other) = pipe();
        other.stream.write_all(b"kept").await.unwrap();
        drop(other);
        let mut read = Vec::new();
        pipe.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"kept");
    }
}
