//! Listening, at TCP addresses and Unix sockets. Owns the file of a Unix socket: one that nobody
//! serves any more is replaced, any other file is not, and ours goes when we do.

use std::fmt;
#[cfg(unix)]
use std::fs::Permissions;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
#[cfg(unix)]
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use crate::options::Listen;
use crate::socket::{Arrival, Socket};

/// Who may connect to a Unix socket: our user and our group, in which a proxy can be.
#[cfg(unix)]
const UNIX_SOCKET_MODE: u32 = 0o660;

/// A socket that listens.
#[derive(Debug)]
pub struct Listener {
    kind: Kind,
    place: Place,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(
        UnixListener,
        #[expect(dead_code, reason = "its end removes the file")] File,
    ),
}

/// Where a server listens, with the port that it was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place(Listen);

impl Listener {
    /// Listens.
    ///
    /// # Errors
    /// If the system does not let us: the address is in use, or not ours.
    ///
    /// # Cancel safety
    /// A dropped future listens on nothing.
    pub async fn bind(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Tcp(address) => {
                let tcp = TcpListener::bind(address).await?;
                let place = Place(Listen::Tcp(tcp.local_addr()?));
                let kind = Kind::Tcp(tcp);
                Ok(Self { kind, place })
            }
            #[cfg(unix)]
            Listen::Unix(path) => {
                let (unix, file) = bind_unix(path).await?;
                let place = Place(listen.clone());
                let kind = Kind::Unix(unix, file);
                Ok(Self { kind, place })
            }
            #[cfg(not(unix))]
            Listen::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Where it listens.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> io::Result<Arrival> {
        match &self.kind {
            Kind::Tcp(tcp) => {
                let (tcp, from) = tcp.accept().await?;
                Ok(Arrival {
                    socket: Socket::Tcp(tcp),
                    // An address of IPv4 that came over IPv6 is the same one.
                    address: Some(from.ip().to_canonical()),
                })
            }
            #[cfg(unix)]
            Kind::Unix(unix, _) => {
                let (unix, _) = unix.accept().await?;
                Ok(Arrival {
                    socket: Socket::Unix(unix),
                    address: None,
                })
            }
        }
    }
}

impl Place {
    pub(crate) fn listen(&self) -> &Listen {
        &self.0
    }

    /// The address, of TCP.
    pub fn address(&self) -> Option<SocketAddr> {
        match self.0 {
            Listen::Tcp(address) => Some(address),
            Listen::Unix(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The file of a Unix socket of ours, which is removed in the end.
#[cfg(unix)]
#[derive(Debug)]
struct File {
    path: PathBuf,
    /// Which file it is: another server may have put its own in its place.
    identity: Option<(u64, u64)>,
}

#[cfg(unix)]
impl Drop for File {
    fn drop(&mut self) {
        if self.identity.is_some() && identity(&self.path) == self.identity {
            // It stays for the next server to replace, where it cannot be removed.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(unix)]
async fn bind_unix(path: &Path) -> io::Result<(UnixListener, File)> {
    let unix = match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left_over(path).await => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)?
        }
        bound => bound?,
    };
    let file = File {
        path: path.to_owned(),
        identity: identity(path),
    };
    std::fs::set_permissions(path, Permissions::from_mode(UNIX_SOCKET_MODE))?;
    Ok((unix, file))
}

/// Whether there is a socket that nobody listens to.
#[cfg(unix)]
async fn is_left_over(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    use tokio::net::UnixStream;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    // It does not wait: one whose queue is full is somebody's as well.
    is_socket && UnixStream::connect(path).await.is_err_and(refused)
}
