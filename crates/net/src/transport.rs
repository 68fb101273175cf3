//! What a connection runs over. Owns the one list of demands on it.

use std::any::Any;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::stream::Stream;
use crate::tcp;

/// A byte stream in both directions: a TCP socket, TLS over one, a pipe in memory.
///
/// Implemented for everything that qualifies. Two things decide how fast it is: vectored writes
/// ([`AsyncWrite::is_write_vectored`]), and that a read which finds less than was asked for does
/// not need another one to learn that there is no more.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for T {}

/// Has TCP reset the connection when `transport` is dropped, if that is TCP itself or TLS over it:
/// what it has not sent is thrown away, and the peer learns of it at once.
pub(crate) fn reset_when_dropped(transport: &mut dyn Any) {
    let tcp = if let Some(stream) = transport.downcast_mut::<Stream>() {
        #[cfg(feature = "tls")]
        stream.leave_without_a_word();
        stream.get_ref()
    } else {
        transport.downcast_ref::<TcpStream>()
    };
    if let Some(tcp) = tcp {
        // Where it cannot be had, dropping ends the connection as well, only politely.
        let _ = tcp.set_zero_linger();
    }
}

/// Sends `bytes`, or some of them, if `transport` is TCP with nothing over it, by the system call
/// alone: the runtime does not see it, nor count it as work of the task. `None` where that cannot
/// be, also for want of room: then it has to be written in the ordinary way.
#[inline]
pub(crate) fn send_directly(transport: &dyn Any, bytes: &[u8]) -> Option<io::Result<usize>> {
    let tcp = match transport.downcast_ref::<Stream>() {
        Some(stream) => stream.as_plain(),
        None => transport.downcast_ref::<TcpStream>(),
    };
    let sent = tcp::send_directly(tcp?, bytes)?;
    match sent.as_ref().map_err(io::Error::kind) {
        Err(io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => None,
        _ => Some(sent),
    }
}

/// The other end of TCP, if `transport` is that or TLS over it.
pub(crate) fn peer_addr(transport: &dyn Any) -> Option<SocketAddr> {
    let tcp = match transport.downcast_ref::<Stream>() {
        Some(stream) => stream.get_ref(),
        None => transport.downcast_ref::<TcpStream>(),
    };
    tcp?.peer_addr().ok()
}
