//! What a connection runs over. Owns the one list of demands on it.

use tokio::io::{AsyncRead, AsyncWrite};

/// A byte stream in both directions: a TCP socket, TLS over one, a pipe in memory.
///
/// Implemented for everything that qualifies. Two things decide how fast it is: vectored writes
/// ([`AsyncWrite::is_write_vectored`]), and that a read which finds less than was asked for does
/// not need another one to learn that there is no more.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for T {}
