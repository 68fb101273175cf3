//! The yardstick: a TCP echo on tokio that knows nothing of WebSocket. One task per connection, one
//! buffer for the whole thread, and no byte copied unless the socket is full.
//!
//! The strictest form on purpose: a buffer per task would cost memory and cache misses that a
//! WebSocket server can avoid as well.

use std::cell::RefCell;
use std::io::{ErrorKind, Result};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Fits the second-level cache beside the kernel's own data, and takes most socket buffers whole.
const BUFFER_LEN: usize = 256 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_LEN]);
}

/// What one turn found.
enum Turn {
    /// The socket had nothing to read.
    Idle,
    /// Everything that was read went out again.
    Echoed,
    /// The socket took less than was read; this is the rest.
    Rest(Vec<u8>),
    /// The peer is done.
    End,
}

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    loop {
        match turn(&stream)? {
            Turn::Idle => stream.readable().await?,
            Turn::Echoed => {}
            Turn::Rest(rest) => stream.write_all(&rest).await?,
            Turn::End => return Ok(()),
        }
    }
}

/// One read and one write, if the socket is ready for them.
fn turn(stream: &TcpStream) -> Result<Turn> {
    BUFFER.with_borrow_mut(|buffer| {
        let len = match stream.try_read(buffer) {
            Ok(0) => return Ok(Turn::End),
            Ok(len) => len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Turn::Idle),
            Err(error) => return Err(error),
        };
        let written = match stream.try_write(&buffer[..len]) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        if written == len {
            Ok(Turn::Echoed)
        } else {
            Ok(Turn::Rest(buffer[written..len].to_vec()))
        }
    })
}
