//! A transport of which some was read and given back. Owns these bytes until they are read again.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A transport whose first bytes were read by somebody else, and come again.
pub struct Rewound<T> {
    /// Bytes before those of the transport, and how many of them were read.
    read: Vec<u8>,
    position: usize,
    transport: T,
}

impl<T> Rewound<T> {
    pub(crate) fn new(read: Vec<u8>, transport: T) -> Self {
        Self {
            read,
            position: 0,
            transport,
        }
    }

    /// The transport below. What is read from it directly is not what comes next.
    pub fn get_ref(&self) -> &T {
        &self.transport
    }

    /// The transport, and the bytes that are still to be read before it.
    pub fn into_parts(mut self) -> (T, Vec<u8>) {
        self.read.drain(..self.position);
        (self.transport, self.read)
    }
}

impl<T> fmt::Debug for Rewound<T> {
    /// Without the bytes, which may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rewound")
            .field("len", &(self.read.len() - self.position))
            .finish_non_exhaustive()
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Rewound<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let rest = this.read.get(this.position..).unwrap_or_default();
        if rest.is_empty() {
            return Pin::new(&mut this.transport).poll_read(cx, buf);
        }
        let len = rest.len().min(buf.remaining());
        buf.put_slice(rest.get(..len).unwrap_or_default());
        this.position += len;
        if this.position == this.read.len() {
            // The connection may live long; what it began with need not.
            this.read = Vec::new();
            this.position = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Rewound<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().transport).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().transport).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().transport).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().transport).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn rewound_transport_reads_what_was_given_back_first() {
        let (mut far, near) = duplex(16);
        far.write_all(b"def").await.unwrap();
        let mut rewound = Rewound::new(b"abc".to_vec(), near);
        let mut two = [0; 2];
        assert_eq!(rewound.read(&mut two).await.unwrap(), 2);
        assert_eq!(rewound.read(&mut two).await.unwrap(), 1);
        assert_eq!(rewound.read.capacity(), 0);
        assert_eq!(rewound.read(&mut two).await.unwrap(), 2);
        assert_eq!(&two, b"de");
    }

    #[tokio::test]
    async fn rewound_transport_in_parts_gives_what_is_left() {
        let (_far, near) = duplex(16);
        let mut rewound = Rewound::new(b"abc".to_vec(), near);
        assert_eq!(rewound.read_u8().await.unwrap(), b'a');
        assert_eq!(rewound.into_parts().1, b"bc");
    }
}
