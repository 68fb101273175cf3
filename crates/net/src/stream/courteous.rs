//! TLS that says goodbye when it is dropped. Owns nothing else: for all the rest it is the stream.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::coop::unconstrained;
use tokio_rustls::TlsStream;

/// A stream in TLS with manners.
pub(super) struct Courteous<T> {
    stream: TlsStream<T>,
    /// [`part`] for this `T`, about which dropping knows nothing.
    part: fn(&mut TlsStream<T>),
}

impl<T: AsyncRead + AsyncWrite + Unpin> Courteous<T> {
    pub(super) fn new(stream: TlsStream<T>) -> Self {
        let part = part::<T>;
        Self { stream, part }
    }
}

impl<T> Courteous<T> {
    /// From now on it says nothing when it is dropped.
    pub(super) fn forget_manners(&mut self) {
        self.part = |_| {};
    }
}

impl<T> Drop for Courteous<T> {
    fn drop(&mut self) {
        (self.part)(&mut self.stream);
    }
}

/// RFC 8446 §6.1: whoever ends the transport says so with `close_notify` before. Whoever drops it
/// cannot wait for room; without any the end is a sudden one.
fn part<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut TlsStream<T>) {
    let shutdown = poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx));
    // It does not depend on what the task has left of its budget.
    let shutdown = pin!(unconstrained(shutdown));
    let _ = shutdown.poll(&mut Context::from_waker(Waker::noop()));
}

impl<T> Deref for Courteous<T> {
    type Target = TlsStream<T>;

    fn deref(&self) -> &TlsStream<T> {
        &self.stream
    }
}

impl<T> DerefMut for Courteous<T> {
    fn deref_mut(&mut self) -> &mut TlsStream<T> {
        &mut self.stream
    }
}
