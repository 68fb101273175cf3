//! Reading the head of an opening handshake from a transport. Owns the bytes that came glued to it.
//! What a head means is `sockeye_proto::handshake`'s.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};

use sockeye_proto::handshake::http1::{Head, HeadLimits, HeadRead, HeadReader};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use crate::error::{Error, Result};
use crate::limits::READ_LEN;
use crate::transport::Transport;
use crate::workbench::Workbench;

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
            bench.ensure_read();
            loop {
                let mut buf = ReadBuf::new(bench.read_buffer());
                let read = ready!(Pin::new(&mut *transport).poll_read(cx, &mut buf));
                read.map_err(|error| Error::lost(Some(error)))?;
                let bytes = buf.filled();
                if bytes.is_empty() {
                    return Poll::Ready(Err(Error::lost(Some(
                        io::ErrorKind::UnexpectedEof.into(),
                    ))));
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

/// Writes `response` and ends the connection so that the peer can read it: what the peer still
/// sends is thrown away, up to one read buffer, because closing over unread bytes would reset TCP.
///
/// # Cancel safety
/// Safe: dropping it drops the connection, which is what it is for.
pub(crate) async fn refuse(transport: &mut impl Transport, response: &[u8]) -> io::Result<()> {
    transport.write_all(response).await?;
    transport.shutdown().await?;
    let mut discarded = 0;
    poll_fn(|cx| {
        Workbench::with(|bench| {
            bench.ensure_read();
            while discarded < READ_LEN {
                let mut buf = ReadBuf::new(bench.read_buffer());
                ready!(Pin::new(&mut *transport).poll_read(cx, &mut buf))?;
                match buf.filled().len() {
                    0 => break,
                    len => discarded += len,
                }
            }
            Poll::Ready(Ok(()))
        })
    })
    .await
}
