//! The transport that [`connect`](crate::connect) returns: one type whether or not there is TLS, or
//! an HTTP server had it before. Owns the choice, which is one branch per call, and no bytes.

#[cfg(feature = "tls")]
mod courteous;

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::TlsStream;

#[cfg(feature = "tls")]
use self::courteous::Courteous;

/// `T` as it is, or TLS over it.
///
/// Dropping one says goodbye in TLS as far as that goes without waiting.
///
/// Servers get one from `ServerTls::accept`, from an HTTP server's upgrade, or from
/// [`Stream::plain`] where there is neither, so that their code names one type as well.
pub struct Stream<T = TcpStream>(Kind<T>);

/// Bytes both ways, of whatever kind.
trait Duplex: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

enum Kind<T> {
    Plain(T),
    /// In a box: TLS takes more than a kilobyte, which plain connections are not to pay for.
    #[cfg(feature = "tls")]
    Tls(Box<Courteous<T>>),
    /// Neither a `T` nor one of these: each call is dispatched.
    Boxed(Box<dyn Duplex + Send>),
}

impl<T> Stream<T> {
    /// `transport` as it is.
    pub fn plain(transport: T) -> Self {
        Self(Kind::Plain(transport))
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls(stream: TlsStream<T>) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        Self(Kind::Tls(Box::new(Courteous::new(stream))))
    }

    /// A transport of whatever type, such as a Unix socket in a server that names no other type
    /// than this one. In a box: each call costs a dispatch, and [`get_ref`](Self::get_ref) does not
    /// know it.
    pub fn boxed<S>(transport: S) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        Self(Kind::Boxed(Box::new(transport)))
    }

    /// Whether this is TLS over the transport, of the library's making.
    pub fn is_tls(&self) -> bool {
        #[cfg(feature = "tls")]
        let is_tls = matches!(self.0, Kind::Tls(_));
        #[cfg(not(feature = "tls"))]
        let is_tls = false;
        is_tls
    }

    /// The transport below, TLS or not; `None` for one in a [box](Self::boxed), which is what an
    /// HTTP server upgraded if it served something else, and in tests for a scripted peer.
    /// Bytes written to it directly break TLS.
    pub fn get_ref(&self) -> Option<&T> {
        match &self.0 {
            Kind::Plain(transport) => Some(transport),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => Some(tls.get_ref().0),
            Kind::Boxed(_) => None,
        }
    }

    /// The transport, if there is nothing over it.
    #[inline]
    pub(crate) fn as_plain(&self) -> Option<&T> {
        match &self.0 {
            Kind::Plain(transport) => Some(transport),
            #[cfg(feature = "tls")]
            Kind::Tls(_) => None,
            Kind::Boxed(_) => None,
        }
    }

    /// From now on dropping it says no goodbye in TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn leave_without_a_word(&mut self) {
        if let Kind::Tls(tls) = &mut self.0 {
            tls.forget_manners();
        }
    }

    /// TLS, if that is what it is.
    #[cfg(feature = "tls")]
    pub(crate) fn as_tls(&self) -> Option<&TlsStream<T>> {
        match &self.0 {
            Kind::Tls(tls) => Some(tls),
            Kind::Plain(_) | Kind::Boxed(_) => None,
        }
    }
}

impl<T> From<T> for Stream<T> {
    fn from(transport: T) -> Self {
        Self::plain(transport)
    }
}

impl<T> fmt::Debug for Stream<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Stream")
            .field("is_tls", &self.is_tls())
            .finish_non_exhaustive()
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<T> {
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let kind = &mut self.get_mut().0;
        if let Kind::Plain(transport) = kind {
            return Pin::new(transport).poll_read(cx, buf);
        }
        kind.bytes().poll_read(cx, buf)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<T> {
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let kind = &mut self.get_mut().0;
        if let Kind::Plain(transport) = kind {
            return Pin::new(transport).poll_write(cx, bytes);
        }
        kind.bytes().poll_write(cx, bytes)
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let kind = &mut self.get_mut().0;
        if let Kind::Plain(transport) = kind {
            return Pin::new(transport).poll_write_vectored(cx, parts);
        }
        kind.bytes().poll_write_vectored(cx, parts)
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        match &self.0 {
            Kind::Plain(transport) => transport.is_write_vectored(),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => tls.is_write_vectored(),
            Kind::Boxed(boxed) => boxed.is_write_vectored(),
        }
    }

    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let kind = &mut self.get_mut().0;
        if let Kind::Plain(transport) = kind {
            return Pin::new(transport).poll_flush(cx);
        }
        kind.bytes().poll_flush(cx)
    }

    /// Over TLS this says goodbye with `close_notify` first (RFC 8446 §6.1), so that the peer can
    /// tell an end from a cut.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().0.bytes().poll_shutdown(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Kind<T> {
    /// Whichever it is, by dispatch. Only `Plain` has to do without, as the others have more
    /// between them and the system call.
    fn bytes(&mut self) -> Pin<&mut (dyn Duplex + '_)> {
        match self {
            Self::Plain(transport) => Pin::new(transport),
            #[cfg(feature = "tls")]
            Self::Tls(tls) => Pin::new(&mut ***tls),
            Self::Boxed(boxed) => Pin::new(&mut **boxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_stream_costs_no_more_than_a_word_and_keeps_vectored_writes() {
        assert!(size_of::<Stream<TcpStream>>() <= size_of::<TcpStream>() + size_of::<usize>());
        assert!(!Stream::plain(tokio::io::empty()).is_tls());
        let (pipe, _) = tokio::io::duplex(1);
        let is_vectored = pipe.is_write_vectored();
        assert_eq!(Stream::from(pipe).is_write_vectored(), is_vectored);
    }

    /// A server that names one type serves other transports as well.
    #[tokio::test]
    async fn boxed_transport_carries_bytes_both_ways() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut peer, transport) = tokio::io::duplex(16);
        let mut stream: Stream = Stream::boxed(transport);
        assert!(stream.get_ref().is_none() && !stream.is_tls());
        stream.write_all(b"out").await.unwrap();
        peer.write_all(b"in").await.unwrap();
        stream.shutdown().await.unwrap();
        drop(stream);
        let mut out = Vec::new();
        peer.read_to_end(&mut out).await.unwrap();
        assert_eq!(out, b"out");
    }
}
