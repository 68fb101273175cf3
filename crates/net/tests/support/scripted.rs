//! A transport that does as its script says and counts what it is asked: bytes arrive as given, the
//! peer takes as much as it is allowed, and either way can fail. Deterministic; allocates only what
//! it records.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::wire::{self, Frame};

/// The end that the library holds.
pub(crate) struct Scripted {
    state: Arc<Mutex<State>>,
}

/// The end that the test holds.
#[derive(Clone)]
pub(crate) struct Script {
    state: Arc<Mutex<State>>,
}

/// What the library asked of the transport.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Calls {
    /// Reads that brought bytes.
    pub(crate) reads: usize,
    /// Writes that took bytes, vectored ones as one.
    pub(crate) writes: usize,
}

enum Arrival {
    /// Bytes, and how many of them were read.
    Bytes(Vec<u8>, usize),
    End,
    Error(io::ErrorKind),
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer that the script gives, or one fact it records"
)]
struct State {
    arrivals: VecDeque<Arrival>,
    /// Most bytes of one read.
    read_max: usize,
    /// Whether every second call finds nothing, and is called again at once.
    stutters: bool,
    stuttered: bool,
    /// Bytes that the peer still takes; all, if `None`.
    room: Option<usize>,
    /// Most bytes of one write.
    write_max: usize,
    /// The next write and those after it answer this.
    write_error: Option<io::ErrorKind>,
    /// Writes take nothing and say so.
    writes_zero: bool,
    /// Writes panic.
    panics: bool,
    written: Vec<u8>,
    calls: Calls,
    is_shut: bool,
    is_dropped: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// A transport and its script: it takes whatever is written and has nothing to read.
pub(crate) fn scripted() -> (Scripted, Script) {
    let state = Arc::new(Mutex::new(State {
        arrivals: VecDeque::new(),
        read_max: usize::MAX,
        stutters: false,
        stuttered: false,
        room: None,
        write_max: usize::MAX,
        write_error: None,
        writes_zero: false,
        panics: false,
        written: Vec::new(),
        calls: Calls::default(),
        is_shut: false,
        is_dropped: false,
        reader: None,
        writer: None,
    }));
    let transport = Scripted {
        state: Arc::clone(&state),
    };
    (transport, Script { state })
}

impl Script {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn arrive(&self, arrival: Arrival) {
        let waker = {
            let mut state = self.lock();
            state.arrivals.push_back(arrival);
            state.reader.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Has `bytes` arrive in one read, if the reader asks for that many.
    pub(crate) fn bytes(&self, bytes: impl Into<Vec<u8>>) {
        self.arrive(Arrival::Bytes(bytes.into(), 0));
    }

    /// Makes room for what is to be recorded and for reads to come, so that neither allocates.
    pub(crate) fn reserve(&self, written_len: usize, reads: usize) {
        let mut state = self.lock();
        state.written.reserve(written_len);
        state.arrivals.reserve(reads);
    }

    /// The peer ends its side.
    pub(crate) fn end(&self) {
        self.arrive(Arrival::End);
    }

    /// Reading fails.
    pub(crate) fn read_error(&self, kind: io::ErrorKind) {
        self.arrive(Arrival::Error(kind));
    }

    /// From now on a read brings at most `len` bytes.
    pub(crate) fn read_at_most(&self, len: usize) {
        self.lock().read_max = len;
    }

    /// From now on a write takes at most `len` bytes.
    pub(crate) fn write_at_most(&self, len: usize) {
        self.lock().write_max = len;
    }

    /// From now on every second call is answered with "not yet", and woken at once.
    pub(crate) fn stutter(&self) {
        self.lock().stutters = true;
    }

    /// From now on the peer takes `len` more bytes; `None`: all.
    pub(crate) fn take_up_to(&self, len: Option<usize>) {
        let waker = {
            let mut state = self.lock();
            state.room = len;
            state.writer.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// From now on writing fails.
    pub(crate) fn write_error(&self, kind: io::ErrorKind) {
        let waker = {
            let mut state = self.lock();
            state.write_error = Some(kind);
            state.writer.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// From now on writes take nothing, without waiting.
    pub(crate) fn write_zero(&self) {
        self.lock().writes_zero = true;
    }

    /// From now on writing panics.
    pub(crate) fn panic_on_write(&self) {
        let waker = {
            let mut state = self.lock();
            state.panics = true;
            state.writer.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// The calls since the last time.
    pub(crate) fn take_calls(&self) -> Calls {
        std::mem::take(&mut self.lock().calls)
    }

    /// The bytes written since the last time.
    pub(crate) fn take_written(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock().written)
    }

    /// The frames written since the last time; they must be whole.
    pub(crate) fn take_frames(&self) -> Vec<Frame> {
        wire::frames(self.take_written())
    }

    /// Whether the library ended its side.
    pub(crate) fn is_shut(&self) -> bool {
        self.lock().is_shut
    }

    /// Whether the library let go of the transport.
    pub(crate) fn is_dropped(&self) -> bool {
        self.lock().is_dropped
    }
}

impl State {
    /// Whether this call is to find nothing.
    fn stutter(&mut self, cx: &Context<'_>) -> bool {
        self.stuttered = self.stutters && !self.stuttered;
        if self.stuttered {
            cx.waker().wake_by_ref();
        }
        self.stuttered
    }

    fn write(&mut self, cx: &Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let Some(kind) = self.write_error {
            return Poll::Ready(Err(kind.into()));
        }
        if self.writes_zero {
            return Poll::Ready(Ok(0));
        }
        if self.stutter(cx) {
            return Poll::Pending;
        }
        let room = self.room.unwrap_or(usize::MAX).min(self.write_max);
        if room == 0 {
            self.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let before = self.written.len();
        for part in parts {
            let left = room - (self.written.len() - before);
            self.written
                .extend_from_slice(&part[..part.len().min(left)]);
        }
        let count = self.written.len() - before;
        if let Some(room) = &mut self.room {
            *room -= count;
        }
        self.calls.writes += 1;
        Poll::Ready(Ok(count))
    }
}

impl Scripted {
    /// The state, unless writing is to panic; which happens while nothing is locked, as the test
    /// wants to look at it afterwards.
    fn unpanicked(&self) -> MutexGuard<'_, State> {
        let panics = self.state.lock().unwrap().panics;
        assert!(!panics, "the script says so");
        self.state.lock().unwrap()
    }
}

impl AsyncRead for Scripted {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state.lock().unwrap();
        if state.stutter(cx) {
            return Poll::Pending;
        }
        let read_max = state.read_max.min(buf.remaining());
        match state.arrivals.front_mut() {
            None => {
                state.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Some(Arrival::End) => return Poll::Ready(Ok(())),
            Some(Arrival::Error(kind)) => return Poll::Ready(Err((*kind).into())),
            Some(Arrival::Bytes(bytes, at)) => {
                let rest = &bytes[*at..];
                let len = rest.len().min(read_max);
                buf.put_slice(&rest[..len]);
                *at += len;
                if *at == bytes.len() {
                    state.arrivals.pop_front();
                }
            }
        }
        state.calls.reads += 1;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Scripted {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unpanicked().write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unpanicked().write(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.state.lock().unwrap().is_shut = true;
        Poll::Ready(Ok(()))
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.state.lock().unwrap().is_dropped = true;
    }
}
