//! A transport without a kernel: it brings an opening handshake, then the same read as often as it
//! was told to, then the end; what is written is counted and forgotten.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// How many bytes of messages were written: all of the first write is the handshake's response.
#[derive(Clone, Debug, Default)]
pub struct Written(Arc<AtomicUsize>);

impl Written {
    /// So many until now.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The transport.
#[derive(Debug)]
pub struct Repeating {
    /// What every read brings.
    read: Vec<u8>,
    /// How much of the current read was taken. Invariant: less than its length.
    taken: usize,
    /// Reads to come.
    left: usize,
    requested: bool,
    responded: bool,
    written: Written,
}

impl Repeating {
    /// A transport that brings `read` `times` times.
    pub fn new(read: Vec<u8>, times: usize) -> (Self, Written) {
        let written = Written::default();
        let transport = Self {
            read,
            taken: 0,
            left: times,
            requested: false,
            responded: false,
            written: written.clone(),
        };
        (transport, written)
    }

    fn count(&mut self, len: usize) {
        if self.responded {
            self.written.0.fetch_add(len, Ordering::Relaxed);
        }
        self.responded = true;
    }
}

impl AsyncRead for Repeating {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        if !this.requested {
            this.requested = true;
            buffer.put_slice(REQUEST);
        } else if this.left > 0 {
            let rest = &this.read[this.taken..];
            let len = rest.len().min(buffer.remaining());
            buffer.put_slice(&rest[..len]);
            this.taken += len;
            if this.taken == this.read.len() {
                this.taken = 0;
                this.left -= 1;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Repeating {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.get_mut().count(bytes.len());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let len = slices.iter().map(|slice| slice.len()).sum();
        self.get_mut().count(len);
        Poll::Ready(Ok(len))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
