//! A transport that allocates nothing, so that whatever is counted is the library's: it has bytes
//! of a pattern without end, or to a given length, and takes what is written or nothing of it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use sockeye::limits::READ_LEN;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a test sees of it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) bytes_read: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) is_dropped: AtomicBool,
}

impl Seen {
    pub(crate) fn read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    pub(crate) fn written(&self) -> u64 {
        self.bytes_written.load(Ordering::Relaxed)
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.is_dropped.load(Ordering::Relaxed)
    }
}

/// The transport.
pub(crate) struct Torrent {
    seen: Arc<Seen>,
    head: Vec<u8>,
    pattern: Vec<u8>,
    /// Where in head and pattern the next byte is.
    at: usize,
    /// Bytes to come; then silence.
    left: u64,
    read_max: usize,
    takes: bool,
}

impl Torrent {
    /// `head` once, then `pattern` again and again, `len` bytes of it. Takes what is written.
    pub(crate) fn new(head: &[u8], pattern: &[u8], len: u64) -> (Self, Arc<Seen>) {
        let seen = Arc::new(Seen::default());
        let torrent = Self {
            seen: Arc::clone(&seen),
            head: head.to_vec(),
            // Long enough that a read is filled by one copy.
            pattern: pattern.repeat(READ_LEN / pattern.len() + 1),
            at: 0,
            left: len + u64::try_from(head.len()).unwrap(),
            read_max: usize::MAX,
            takes: true,
        };
        (torrent, seen)
    }

    /// Brings so many bytes per read at most.
    pub(crate) fn read_at_most(mut self, len: usize) -> Self {
        self.read_max = len;
        self
    }

    /// Takes nothing that is written after the answer to the handshake.
    pub(crate) fn never_reads(mut self) -> Self {
        self.takes = false;
        self
    }

    /// The next bytes: the rest of the head, or of the pattern and its repetitions.
    fn next(&self) -> &[u8] {
        let head = self.head.get(self.at..).unwrap_or_default();
        if head.is_empty() {
            &self.pattern[(self.at - self.head.len()) % self.pattern.len()..]
        } else {
            head
        }
    }
}

impl AsyncRead for Torrent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let max = usize::try_from(self.left).unwrap().min(self.read_max);
        // The head comes by itself, so that the flood is not a part of the handshake.
        let len = self.next().len().min(max).min(buf.remaining());
        if len == 0 {
            return Poll::Pending;
        }
        buf.put_slice(&self.next()[..len]);
        self.at += len;
        let len = u64::try_from(len).unwrap();
        self.left -= len;
        self.seen.bytes_read.fetch_add(len, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Torrent {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.takes && self.seen.written() > 0 {
            return Poll::Pending;
        }
        let len = u64::try_from(bytes.len()).unwrap();
        self.seen.bytes_written.fetch_add(len, Ordering::Relaxed);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Torrent {
    fn drop(&mut self) {
        self.seen.is_dropped.store(true, Ordering::Relaxed);
    }
}
