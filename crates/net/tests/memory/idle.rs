//! What an idle connection owns on the heap: docs/memory.md has the items.

use std::io;
use std::num::NonZeroU8;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use sockeye::WebSocket;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::gauge::{counted, runtime};
use crate::support::open::REQUEST;

/// The bound: bytes per idle connection of a server, keepalive on, after an echo, with the handle
/// that its task holds and without the transport.
const IDLE_LEN_MAX: usize = 512;

/// A transport of one byte: a handshake, one message, silence. As in a socket, one value is left
/// that says "none".
struct Quiet(NonZeroU8);

impl AsyncRead for Quiet {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0 = self.0.saturating_add(1);
        match self.0.get() {
            2 => buf.put_slice(REQUEST.as_bytes()),
            3 => buf.put_slice(b"\x81\x85\x00\x00\x00\x00hello"),
            _ => return Poll::Pending,
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Quiet {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(b.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn server_connection_that_is_idle_after_an_echo_owns_at_most_512_bytes() {
    const COUNT: usize = 10_000;
    let runtime = runtime();
    let mut idle: Vec<WebSocket<Quiet>> = Vec::with_capacity(COUNT);
    let ((), info) = counted(&runtime, async {
        for _ in 0..COUNT {
            let mut ws = sockeye::accept(Quiet(NonZeroU8::MIN)).await.unwrap();
            let message = ws.recv().await.unwrap().unwrap();
            ws.send(message).await.unwrap();
            {
                // As a task that waits for the next message.
                let receiving = pin!(ws.recv());
                let mut cx = Context::from_waker(Waker::noop());
                assert!(receiving.poll(&mut cx).is_pending());
            }
            idle.push(ws);
        }
    });
    let heap = usize::try_from(info.bytes_current).unwrap() / COUNT;
    let handle = size_of::<WebSocket<Quiet>>();
    println!("{heap} B on the heap, {handle} B of handle");
    assert!(heap + handle <= IDLE_LEN_MAX, "{heap} + {handle}");
}
