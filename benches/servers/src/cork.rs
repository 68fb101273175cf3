//! A stream that holds small writes back until its owner wants to read more: the batching of crates
//! that write every frame to the socket as soon as they are given it.
//!
//! Only asking for more input proves that the input read before is used up, so that is when the
//! held bytes go out. Large writes are not copied: what is held goes out first, they follow.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A write of this size gains more from not being copied than from sharing a system call.
const HELD_WRITE_LEN_MAX: usize = 8 * 1024;

/// What is held at most before it goes out, read or no read.
const HELD_LEN_MAX: usize = 64 * 1024;

/// A corked TCP connection.
pub(crate) struct Cork {
    stream: TcpStream,
    held: Vec<u8>,
    /// How much of `held` is written already. Invariant: at most its length.
    written: usize,
}

impl Cork {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            held: Vec::new(),
            written: 0,
        }
    }

    fn poll_release(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        while self.written < self.held.len() {
            let stream = Pin::new(&mut self.stream);
            self.written += ready!(stream.poll_write(context, &self.held[self.written..]))?;
        }
        self.held.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Cork {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        // A peer that does not take its echo gets no more of its input read: waiting for the write
        // alone is enough, because nothing else could make progress.
        ready!(this.poll_release(context))?;
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cork {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let len: usize = slices.iter().map(|slice| slice.len()).sum();
        let large = len > HELD_WRITE_LEN_MAX;
        if large || this.held.len() + len > HELD_LEN_MAX {
            ready!(this.poll_release(context))?;
        }
        if large {
            return Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        }
        for slice in slices {
            this.held.extend_from_slice(slice);
        }
        Poll::Ready(Ok(len))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.get_mut().poll_release(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_release(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
