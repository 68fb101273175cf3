//! A connection as the kernel gives it, TCP or Unix, and its way to another thread. Owns that TCP
//! sends small answers at once. What is said over it is not its business.

use std::io;
use std::net::IpAddr;

use sockeye::{ServerTls, Stream};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// A socket.
#[derive(Debug)]
#[non_exhaustive]
pub enum Socket {
    /// A TCP connection.
    Tcp(TcpStream),
    /// A connection of this machine.
    #[cfg(unix)]
    Unix(UnixStream),
    /// A pipe in memory, where the clock can be stopped.
    #[cfg(test)]
    Pipe(tokio::io::DuplexStream),
}

/// A connection that was accepted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Arrival {
    /// The connection.
    pub socket: Socket,
    /// Who is at the other end, a proxy perhaps; nobody over a Unix socket.
    pub address: Option<IpAddr>,
}

/// One on its way to another thread, which has a poller of its own.
#[derive(Debug)]
pub(crate) struct Parcel {
    socket: Packed,
    address: Option<IpAddr>,
}

#[derive(Debug)]
enum Packed {
    Tcp(std::net::TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

impl Socket {
    /// The stream that servers use; with `tls`, it speaks that over TCP.
    ///
    /// # Errors
    /// If the client fails at TLS; it was told so, as far as TLS can.
    ///
    /// # Cancel safety
    /// A dropped future closes the connection.
    pub async fn into_stream(self, tls: Option<&ServerTls>) -> sockeye::Result<Stream> {
        match self {
            Self::Tcp(tcp) => {
                // Without it small answers would wait for the client's acknowledgements.
                let _ = tcp.set_nodelay(true);
                match tls {
                    Some(tls) => tls.accept(tcp).await,
                    None => Ok(Stream::plain(tcp)),
                }
            }
            #[cfg(unix)]
            Self::Unix(unix) => Ok(Stream::boxed(unix)),
            #[cfg(test)]
            Self::Pipe(pipe) => Ok(Stream::boxed(pipe)),
        }
    }
}

impl Arrival {
    /// Takes it out of this thread's poller.
    pub(crate) fn pack(self) -> io::Result<Parcel> {
        let socket = match self.socket {
            Socket::Tcp(tcp) => Packed::Tcp(tcp.into_std()?),
            #[cfg(unix)]
            Socket::Unix(unix) => Packed::Unix(unix.into_std()?),
            #[cfg(test)]
            Socket::Pipe(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        let address = self.address;
        Ok(Parcel { socket, address })
    }
}

impl Parcel {
    /// Enters it into this thread's poller.
    pub(crate) fn unpack(self) -> io::Result<Arrival> {
        let socket = match self.socket {
            Packed::Tcp(tcp) => Socket::Tcp(TcpStream::from_std(tcp)?),
            #[cfg(unix)]
            Packed::Unix(unix) => Socket::Unix(UnixStream::from_std(unix)?),
        };
        let address = self.address;
        Ok(Arrival { socket, address })
    }
}
