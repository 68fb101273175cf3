//! Bytes on their way to the transport: small frames in one buffer, large payloads where they lie.
//! Owns the order of output and its length. Never decides when to write.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sockeye_proto::frame::EncodedHeader;
use sockeye_proto::payload::Payload;
use tokio::io::AsyncWrite;

use crate::limits::{COMPACT_LEN_MIN, SEVERAL_LEN_MIN, SPARE_LEN_MAX, WRITE_SEGMENTS_MAX};
use crate::spares::Spares;
use crate::workbench::Workbench;

/// The write queue of one connection. Owns no memory while it is empty.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// What goes out before `tail`.
    segments: Vec<Segment>,
    /// Frames appended last, whole.
    tail: Vec<u8>,
    /// Bytes of the front (the first segment, or else the tail) that were written.
    written: usize,
    /// Unwritten bytes in all.
    len: usize,
}

#[derive(Debug)]
enum Segment {
    Bytes(Vec<u8>),
    Frame {
        header: EncodedHeader,
        payload: Payload,
    },
}

impl Segment {
    fn parts(&self) -> [&[u8]; 2] {
        match self {
            Self::Bytes(bytes) => [bytes, &[]],
            Self::Frame { header, payload } => match payload.behind(header.as_slice()) {
                Some(frame) => [frame, &[]],
                None => [header.as_slice(), payload],
            },
        }
    }

    fn len(&self) -> usize {
        self.parts().iter().map(|part| part.len()).sum()
    }
}

impl Outbox {
    /// Unwritten bytes.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends what `encode` puts into the buffer it is lent; the buffer's old content stays. An
    /// empty queue takes its memory from `spares`.
    #[inline]
    pub(crate) fn append<R>(
        &mut self,
        spares: &mut Spares,
        encode: impl FnOnce(&mut Vec<u8>) -> R,
    ) -> R {
        if self.tail.capacity() == 0 {
            self.tail = spares.take();
        }
        let before = self.tail.len();
        if before > 0 && self.tail.capacity() < SEVERAL_LEN_MIN {
            self.tail.reserve_exact(SEVERAL_LEN_MIN - before);
        }
        let result = encode(&mut self.tail);
        self.len += self.tail.len() - before;
        result
    }

    /// Appends a frame whose payload is not copied.
    pub(crate) fn append_reference(&mut self, header: EncodedHeader, payload: Payload) {
        if !self.tail.is_empty() {
            self.segments
                .push(Segment::Bytes(std::mem::take(&mut self.tail)));
        }
        let frame = Segment::Frame { header, payload };
        self.len += frame.len();
        self.segments.push(frame);
    }

    /// What is unwritten, but for its first `skip` bytes.
    pub(crate) fn unwritten(&self, skip: usize) -> impl Iterator<Item = &[u8]> {
        let mut skip = self.written + skip;
        let segments = self.segments.iter().flat_map(Segment::parts);
        let parts = segments.chain([self.tail.as_slice()]);
        parts.filter_map(move |part| {
            let rest = part.get(skip..).unwrap_or_default();
            skip = skip.saturating_sub(part.len());
            (!rest.is_empty()).then_some(rest)
        })
    }

    /// Writes until the queue is empty or the transport takes no more.
    pub(crate) fn poll_write<T: AsyncWrite + Unpin>(
        &mut self,
        transport: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.len > 0 {
            ready!(self.poll_write_once(transport, cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes once, if there is something, as much as the transport takes; most often that is all.
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    pub(crate) fn poll_write_once<T: AsyncWrite + Unpin>(
        &mut self,
        transport: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let count = if self.len == 0 {
            0
        } else if self.segments.is_empty() {
            let rest = self.tail.get(self.written..).unwrap_or_default();
            ready!(Pin::new(transport).poll_write(cx, rest))?
        } else {
            ready!(self.poll_write_segments(transport, cx))?
        };
        if count == 0 && self.len > 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.pass(count);
        Poll::Ready(Ok(()))
    }

    /// Has `send` write once, where all is in one piece, and says how many bytes it wrote; `None`
    /// where it is not, or `send` said so.
    #[inline]
    pub(crate) fn write_with(
        &mut self,
        send: impl FnOnce(&[u8]) -> Option<io::Result<usize>>,
    ) -> Option<io::Result<usize>> {
        if self.len == 0 || !self.segments.is_empty() {
            return None;
        }
        let written = send(self.tail.get(self.written..).unwrap_or_default())?;
        if let Ok(count) = written {
            self.pass(count);
        }
        Some(written)
    }

    fn poll_write_segments<T: AsyncWrite + Unpin>(
        &self,
        transport: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); WRITE_SEGMENTS_MAX];
        let mut used = 0;
        for (slot, part) in slices.iter_mut().zip(self.unwritten(0)) {
            *slot = IoSlice::new(part);
            used += 1;
        }
        let slices = slices.get(..used).unwrap_or_default();
        if slices.len() > 1 && transport.is_write_vectored() {
            Pin::new(transport).poll_write_vectored(cx, slices)
        } else {
            // The kernel copies one piece with less ado.
            Pin::new(transport).poll_write(cx, slices.first().map_or(&[], |slice| slice))
        }
    }

    /// Counts `count` bytes as written, most often all.
    #[expect(clippy::inline_always, reason = "measured: see `polling`")]
    #[inline(always)]
    fn pass(&mut self, count: usize) {
        if count < self.len {
            return self.advance(count);
        }
        if !self.segments.is_empty() {
            self.segments.clear();
        }
        (self.len, self.written) = (0, self.tail.len());
    }

    /// Counts `count` bytes as written, which are not all.
    fn advance(&mut self, count: usize) {
        self.len = self.len.saturating_sub(count);
        self.written += count;
        let mut gone = 0;
        while let Some(front) = self.segments.get(gone) {
            if self.written < front.len() {
                break;
            }
            self.written -= front.len();
            gone += 1;
        }
        self.segments.drain(..gone);
        self.compact();
    }

    /// Lets go of what was written of `tail`, which a peer that always leaves a little of it would
    /// otherwise make grow for ever. Each byte moves at most once.
    fn compact(&mut self) {
        let is_worth_it = self.written >= COMPACT_LEN_MIN && self.written * 2 >= self.tail.len();
        if self.segments.is_empty() && is_worth_it {
            self.tail.drain(..self.written);
            self.tail.shrink_to(SPARE_LEN_MAX);
            self.written = 0;
        }
    }

    /// Once all is written: gives the memory back to the thread.
    #[inline]
    pub(crate) fn recycle(&mut self, bench: &mut Workbench) {
        if self.len == 0 {
            self.written = 0;
            if self.segments.capacity() > 0 {
                self.segments = Vec::new();
            }
            bench.spares.put(std::mem::take(&mut self.tail));
        }
    }

    /// Throws everything away: the transport is gone.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests;
