//! The yardstick: a TCP echo on tokio that knows nothing of WebSocket. One task per connection, one
//! buffer for the whole thread, and no byte copied unless the socket is full.
//!
//! The strictest form on purpose: a buffer per task would cost memory and cache misses that a
//! WebSocket server can avoid as well.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// Fits the second-level cache beside the kernel's own data, and takes most socket buffers whole.
const BUFFER_LEN: usize = 256 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_LEN]);
}

/// What one turn found.
enum Turn {
    /// Everything that was read went out again.
    Echoed,
    /// The socket took less than was read; this is the rest.
    Rest(Vec<u8>),
    /// The peer is done.
    End,
}

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    loop {
        match poll_fn(|context| poll_turn(&mut stream, context)).await? {
            Turn::Echoed => {}
            Turn::Rest(rest) => stream.write_all(&rest).await?,
            Turn::End => return Ok(()),
        }
    }
}

/// One read and one write. Polling, and not `try_read`, because after a short read tokio then knows
/// without another system call that the socket is empty.
fn poll_turn(stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<Result<Turn>> {
    BUFFER.with_borrow_mut(|buffer| {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        let received = buffer.filled();
        if received.is_empty() {
            return Poll::Ready(Ok(Turn::End));
        }
        let written = match Pin::new(stream).poll_write(context, received) {
            Poll::Ready(written) => written?,
            Poll::Pending => 0,
        };
        if written == received.len() {
            Poll::Ready(Ok(Turn::Echoed))
        } else {
            Poll::Ready(Ok(Turn::Rest(received[written..].to_vec())))
        }
    })
}
