//! A connection to a server: TCP, or TLS 1.3 over it. Owns no protocol above that.
//!
//! It reads and writes like a socket, blocking or not. In TLS, writing only encrypts; `flush` sends
//! all of it in one call, and a read that finds the socket empty has taken all that was there.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

/// What the certificate of a run is for.
const NAME: &str = "localhost";

/// Whom TLS trusts.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    config: Arc<ClientConfig>,
}

/// A connection.
#[derive(Debug)]
pub(crate) enum Link {
    Plain(TcpStream),
    /// In a box: it is a kilobyte.
    Tls(Box<TlsLink>),
}

/// TLS over a connection.
#[derive(Debug)]
pub(crate) struct TlsLink {
    session: ClientConnection,
    stream: TcpStream,
}

impl Trust {
    /// Trusts the certificate in the PEM file at `path`, and nothing else. Sessions are not
    /// resumed: every handshake is a whole one.
    ///
    /// # Errors
    ///
    /// A sentence that names the file.
    pub(crate) fn in_file(path: &Path) -> std::result::Result<Self, String> {
        let named = |error: String| format!("{}: {error}", path.display());
        let certificate =
            CertificateDer::from_pem_file(path).map_err(|error| named(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        roots
            .add(certificate)
            .map_err(|error| named(error.to_string()))?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        // As every client that has a use for a WebSocket.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self {
            config: Arc::new(config),
        })
    }
}

impl Link {
    /// Begins a connection in TLS: sends the first message of the handshake (RFC 8446 §4.1.2).
    pub(crate) fn begin_tls(stream: TcpStream, trust: &Trust) -> Result<Self> {
        let name = ServerName::try_from(NAME).map_err(Error::other)?;
        let config = Arc::clone(&trust.config);
        let mut session = ClientConnection::new(config, name).map_err(Error::other)?;
        // What is due has a bound of its own.
        session.set_buffer_limit(None);
        let mut link = TlsLink { session, stream };
        link.send()?;
        Ok(Self::Tls(Box::new(link)))
    }

    /// Makes the rest of the handshake, up to the client's last message. Blocks.
    pub(crate) fn finish_tls(&mut self) -> Result<()> {
        if let Self::Tls(link) = self {
            while link.session.is_handshaking() {
                link.receive()?;
                link.send()?;
            }
            link.send()?;
        }
        Ok(())
    }

    /// Waits for what a server sends when its own handshake is over: the session tickets
    /// (RFC 8446 §4.6.1). Blocks.
    pub(crate) fn await_tickets(&mut self) -> Result<()> {
        if let Self::Tls(link) = self {
            link.receive()?;
        }
        Ok(())
    }

    /// The TCP connection below.
    pub(crate) fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(link) => &link.stream,
        }
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream().as_fd()
    }
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(link) => link.read(buffer),
        }
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(link) => link.session.writer().write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(link) => link.send(),
        }
    }
}

impl TlsLink {
    /// Sends what is encrypted.
    fn send(&mut self) -> Result<()> {
        while self.session.wants_write() {
            self.session.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    /// Decrypts what one call to the socket gives, and says whether that was all there is.
    fn receive(&mut self) -> Result<bool> {
        let mut socket = Socket {
            stream: &self.stream,
            drained: false,
        };
        if self.session.read_tls(&mut socket)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let drained = socket.drained;
        self.session
            .process_new_packets()
            .map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
        Ok(drained)
    }

    /// Fills `buffer` with what there is; less than a full one means that there is no more.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut len = 0;
        let mut drained = false;
        while len < buffer.len() {
            match self.session.reader().read(&mut buffer[len..]) {
                Ok(0) => break,
                Ok(more) => {
                    len += more;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            if drained && len > 0 {
                break;
            }
            match self.receive() {
                Ok(all) => drained = all,
                Err(error) if error.kind() == ErrorKind::WouldBlock && len > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(len)
    }
}

/// A socket that remembers whether its last read took all that was there.
struct Socket<'a> {
    stream: &'a TcpStream,
    drained: bool,
}

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let len = self.stream.read(buffer)?;
        self.drained = len < buffer.len();
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_named() {
        let path = std::env::temp_dir().join(format!("bench-load-{}.pem", std::process::id()));
        assert!(Trust::in_file(&path).unwrap_err().contains("bench-load"));
        fs::write(&path, "no certificate").unwrap();
        assert!(Trust::in_file(&path).unwrap_err().contains("bench-load"));
        fs::remove_file(&path).unwrap();
    }
}
