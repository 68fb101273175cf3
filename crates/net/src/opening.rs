//! What both sides of an opening share: reading a head from a transport, with the bytes that came
//! glued to it, and the settings that mean the same on either side. What a head means is
//! `sockeye_proto::handshake`'s.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use sockeye_proto::connection::Config;
use sockeye_proto::handshake::http1::{Head, HeadLimits, HeadRead, HeadReader, ResponseHead};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::time::timeout;

use crate::error::{Error, Phase, Result};
use crate::limits::{OPEN_TIMEOUT, REFUSAL_BODY_LEN_MAX, REFUSAL_BODY_TIMEOUT};
use crate::workbench::Workbench;

/// What an opening is told, whichever side makes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) config: Arc<Config>,
    pub(crate) timeouts: Timeouts,
}

/// How long each phase of opening a connection may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Resolving the name and opening TCP, all addresses together. Default 10 s.
    pub connect: Duration,
    /// The TLS handshake. Default 10 s.
    pub tls: Duration,
    /// The opening handshake. Default 10 s.
    pub handshake: Duration,
}

impl Timeouts {
    /// The same for each phase.
    pub fn each(timeout: Duration) -> Self {
        Self {
            connect: timeout,
            tls: timeout,
            handshake: timeout,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::each(OPEN_TIMEOUT)
    }
}

impl Settings {
    /// What `part` comes to, if it does in time.
    pub(crate) async fn in_time<T>(
        &self,
        phase: Phase,
        part: impl Future<Output = T>,
    ) -> Result<T> {
        let time = match phase {
            Phase::Connect => self.timeouts.connect,
            Phase::Tls => self.timeouts.tls,
            Phase::Handshake => self.timeouts.handshake,
        };
        timeout(time, part)
            .await
            .map_err(|_| Error::open_timeout(phase))
    }
}

/// Reads a head, and what came behind it in the same read.
///
/// # Cancel safety
/// Not safe: a head that was read in part is lost, and with it the connection.
pub(crate) async fn read_head<H: Head>(
    transport: &mut (impl AsyncRead + Unpin),
) -> Result<(H, Vec<u8>)> {
    let mut reader = HeadReader::<H>::new(HeadLimits::default());
    poll_fn(|cx| {
        Workbench::with(|bench| {
            loop {
                let mut buf = ReadBuf::new(bench.read_buffer());
                let read = ready!(Pin::new(&mut *transport).poll_read(cx, &mut buf));
                read.map_err(|error| Error::lost(Some(error)))?;
                let bytes = buf.filled();
                if bytes.is_empty() {
                    let lost = || Error::lost(Some(io::ErrorKind::UnexpectedEof.into()));
                    // What is no HTTP is the peer's fault, also where that hangs up at once.
                    return Poll::Ready(Err(reader.end().map_or_else(lost, Error::from)));
                }
                if let HeadRead::Complete { head, consumed } = reader.read(bytes)? {
                    let leftover = bytes.get(consumed..).unwrap_or_default().to_vec();
                    return Poll::Ready(Ok((head, leftover)));
                }
            }
        })
    })
    .await
}

/// The start of the body that belongs to a refusal's `head`: at most
/// [`REFUSAL_BODY_LEN_MAX`] bytes, as they are on the wire, of which `start` came with the head.
///
/// A body that does not come is no reason to keep the refusal from the caller: what is there after
/// [`REFUSAL_BODY_TIMEOUT`] is all.
///
/// # Cancel safety
/// Not safe: what was read is lost.
pub(crate) async fn read_body_start(
    transport: &mut (impl AsyncRead + Unpin),
    head: &ResponseHead,
    start: Vec<u8>,
) -> Vec<u8> {
    let announced = head.headers().first("Content-Length").and_then(|value| {
        std::str::from_utf8(value)
            .ok()?
            .trim()
            .parse::<usize>()
            .ok()
    });
    let len = announced.map_or(REFUSAL_BODY_LEN_MAX, |len| len.min(REFUSAL_BODY_LEN_MAX));
    let mut body = start;
    let reading = async {
        while body.len() < len {
            match transport.read_buf(&mut body).await {
                Ok(count) if count > 0 => {}
                _ => return,
            }
        }
    };
    // Late is as good as never here.
    let _ = timeout(REFUSAL_BODY_TIMEOUT, reading).await;
    body.truncate(len);
    body
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;

    async fn body_of(response: &[u8]) -> Vec<u8> {
        let (mut server, mut client) = duplex(64 * 1024);
        server.write_all(response).await.unwrap();
        let (head, start) = read_head::<ResponseHead>(&mut client).await.unwrap();
        // What follows the head comes later, in pieces.
        let (mut server, mut client) = duplex(64 * 1024);
        for piece in start.chunks(7) {
            server.write_all(piece).await.unwrap();
        }
        drop(server);
        read_body_start(&mut client, &head, Vec::new()).await
    }

    #[tokio::test]
    async fn client_keeps_the_body_that_the_refusal_announces_and_no_more() {
        let response = b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nnot today, not ever";
        assert_eq!(body_of(response).await, b"not today");
    }

    #[tokio::test]
    async fn client_keeps_at_most_its_limit_of_a_body_without_end() {
        let endless = [&b"HTTP/1.1 500 Oh\r\n\r\n"[..], &[b'x'; 5000]].concat();
        assert_eq!(body_of(&endless).await.len(), REFUSAL_BODY_LEN_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn client_does_not_wait_for_ever_for_an_announced_body() {
        let (mut server, mut client) = duplex(1024);
        let head = b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nnot";
        server.write_all(head).await.unwrap();
        let (head, start) = read_head::<ResponseHead>(&mut client).await.unwrap();
        assert_eq!(read_body_start(&mut client, &head, start).await, b"not");
    }
}
