//! TCP connections, of clients and for a server that goes on whatever happens to one of them. Owns
//! that small messages leave at once, and what is done when the system refuses a connection. A
//! server never gives up, and never spins.

use std::io;
use std::net::SocketAddr;

#[cfg(any(target_os = "android", target_os = "linux"))]
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::time::sleep;

use crate::limits::ACCEPT_PAUSE;

/// The next connection, for a server that is to survive what accept(2) can say.
///
/// A connection that broke while it waited is passed over. What else can go wrong concerns the
/// whole process, most often that it has no file descriptor left: `report` is told, and it is tried
/// again after [`ACCEPT_PAUSE`], as the connection waits where it is and trying at once would spin.
/// So there is no error to return, and none that could end the server.
///
/// `TCP_NODELAY` is set, as [`connect`](crate::connect) does: otherwise the second of two answers
/// waits until the client acknowledged the first, some 40 ms.
///
/// ```
/// use tokio::net::TcpListener;
///
/// async fn serve(listener: TcpListener) {
///     loop {
///         let report = |error| eprintln!("no connection can be accepted: {error}");
///         let (stream, _) = sockeye::accept_tcp(&listener, report).await;
///         tokio::spawn(sockeye::accept(stream));
///     }
/// }
/// ```
///
/// # Cancel safety
/// Safe: a dropped future has accepted nothing. Dropped in the pause it forgets that: who awaits it
/// beside something that is always ready spins by himself.
pub async fn accept_tcp(
    listener: &TcpListener,
    report: impl FnMut(io::Error),
) -> (TcpStream, SocketAddr) {
    let accept = || async {
        let (stream, address) = listener.accept().await?;
        Ok(send_at_once(&stream).ok().map(|()| (stream, address)))
    };
    accept_again(accept, report).await
}

/// TCP to the first address of a host that answers, tried in the order of the resolver.
pub(crate) async fn connect_tcp(place: impl ToSocketAddrs) -> io::Result<TcpStream> {
    let tcp = TcpStream::connect(place).await?;
    send_at_once(&tcp)?;
    Ok(tcp)
}

/// Sends `bytes`, or some of them, without asking the runtime whether there is room; an error if
/// there is none. `None` on systems of which it is not known how to do that without a signal.
#[cfg(any(target_os = "android", target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it is `None`")]
#[inline]
pub(crate) fn send_directly(tcp: &TcpStream, bytes: &[u8]) -> Option<io::Result<usize>> {
    Some(SockRef::from(tcp).send_with_flags(bytes, libc::MSG_NOSIGNAL))
}

/// As there: on no other system.
#[cfg(not(any(target_os = "android", target_os = "linux")))]
#[inline]
pub(crate) fn send_directly(_tcp: &TcpStream, _bytes: &[u8]) -> Option<io::Result<usize>> {
    None
}

/// Has small messages not wait for acknowledgements of earlier ones.
pub(crate) fn send_at_once(tcp: &TcpStream) -> io::Result<()> {
    tcp.set_nodelay(true)
}

/// What `accept` comes to in the end; `None` is a connection that broke before it could be had.
async fn accept_again<T, F>(mut accept: impl FnMut() -> F, mut report: impl FnMut(io::Error)) -> T
where
    F: Future<Output = io::Result<Option<T>>>,
{
    loop {
        match accept().await {
            Ok(Some(accepted)) => return accepted,
            Ok(None) => {}
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                report(error);
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether an error of accept(2) came with a connection, and left the queue with it: then the next
/// one can be accepted at once. For servers that accept by themselves what
/// [`accept_tcp`] cannot, such as Unix sockets.
pub fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
#[cfg(not(sockeye_loom))]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    /// Fails if an error of one connection costs the others a pause, or one of the process ends the
    /// server, goes unreported, or is tried again at once.
    #[tokio::test(start_paused = true)]
    async fn server_passes_over_broken_connections_and_waits_for_what_the_process_lacks() {
        let mut answers = vec![
            Ok(Some("served")),
            // EMFILE
            Err(io::Error::from_raw_os_error(24)),
            Err(io::Error::from_raw_os_error(24)),
            Ok(None),
            Err(io::ErrorKind::ConnectionAborted.into()),
        ];
        let (mut reports, start) = (Vec::new(), Instant::now());
        let accept = || std::future::ready(answers.pop().unwrap());
        let served = accept_again(accept, |error| {
            reports.push((error.raw_os_error(), start.elapsed()));
        });
        assert_eq!(served.await, "served");
        let expected = [(Some(24), Duration::ZERO), (Some(24), ACCEPT_PAUSE)];
        assert_eq!(reports, expected);
        assert_eq!(start.elapsed(), 2 * ACCEPT_PAUSE);
    }

    /// Fails if small answers to those who were accepted would wait for acknowledgements.
    #[tokio::test]
    async fn server_accepts_connections_that_do_not_delay() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (stream, address) = accept_tcp(&listener, |error| panic!("{error}")).await;
        assert!(stream.nodelay().unwrap());
        assert_eq!(client.unwrap().local_addr().unwrap(), address);
    }
}
