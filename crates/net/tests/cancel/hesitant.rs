//! A transport that does everything by a few bytes and says "not yet" before each, and that can be
//! asked whether it is still there.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// The pipe below takes so much before it says "not yet" by itself.
const PIPE_LEN: usize = 4096;

/// One end of a pipe, with hesitation.
#[derive(Debug)]
pub(crate) struct Hesitant {
    pipe: DuplexStream,
    /// Most bytes of a read or a write.
    len_max: usize,
    /// What was read and is not handed out yet.
    held: Option<Vec<u8>>,
    reads: usize,
    writes: usize,
    _alive: Arc<()>,
}

/// Whether a transport was let go.
#[derive(Debug)]
pub(crate) struct Watch(Weak<()>);

impl Watch {
    pub(crate) fn is_gone(&self) -> bool {
        self.0.strong_count() == 0
    }
}

/// A transport for the library that moves `len_max` bytes at a time, its peer's end, and a watch.
pub(crate) fn hesitant(len_max: usize) -> (Hesitant, DuplexStream, Watch) {
    let (pipe, far) = duplex(PIPE_LEN);
    let alive = Arc::new(());
    let watch = Watch(Arc::downgrade(&alive));
    let near = Hesitant {
        pipe,
        len_max,
        held: None,
        reads: 0,
        writes: 0,
        _alive: alive,
    };
    (near, far, watch)
}

/// Says "not yet" to two calls of three, and is ready again at once. Two, as the driver asks once
/// without a waker before it asks with one.
fn hesitate(calls: &mut usize, cx: &Context<'_>) -> Poll<()> {
    *calls += 1;
    if *calls % 3 == 0 {
        return Poll::Ready(());
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

impl AsyncRead for Hesitant {
    /// Hesitates only before bytes that are there: otherwise whoever waits would never rest.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.held.is_none() {
            let mut some = vec![0; this.len_max.min(buf.remaining())];
            let mut read = ReadBuf::new(&mut some);
            ready!(Pin::new(&mut this.pipe).poll_read(cx, &mut read))?;
            this.held = Some(read.filled().to_vec());
        }
        ready!(hesitate(&mut this.reads, cx));
        let mut held = this.held.take().unwrap_or_default();
        // The next reader may have less room than the one that was told to come again.
        let rest = held.split_off(held.len().min(buf.remaining()));
        buf.put_slice(&held);
        this.held = Some(rest).filter(|rest| !rest.is_empty());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Hesitant {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(hesitate(&mut self.writes, cx));
        let len = bytes.len().min(self.len_max);
        Pin::new(&mut self.pipe).poll_write(cx, &bytes[..len])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(hesitate(&mut self.writes, cx));
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(hesitate(&mut self.writes, cx));
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}
