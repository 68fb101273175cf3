//! The server's side of TLS: the certificate it shows, which can be changed while it runs, and
//! whether clients must show one. Owns the order in which a refused client is told. Keeps rules of
//! RFC 6455 §4.2.2.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsStream};

use super::crypto::{ALPN, alpn, provider};
use super::pem;
use crate::error::{Error, Phase, Result};
use crate::limits::{OPEN_TIMEOUT, REFUSAL_TIMEOUT, TLS_QUEUE_LEN_MAX};
use crate::parting::part_with;
use crate::stream::Stream;
use crate::transport::Transport;

/// TLS as a server: it shows one certificate, agrees to `http/1.1` and hands out tickets to resume
/// sessions with (RFC 8446 §4.6.1), for which it keeps no memory.
///
/// Clones are one and the same server.
///
/// ```no_run
/// # use tokio::net::TcpListener;
/// # async fn example(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
/// let (certificate, key) = (std::fs::read("cert.pem")?, std::fs::read("key.pem")?);
/// let tls = sockeye::ServerTls::from_pem(&certificate, &key)?;
/// loop {
///     let report = |error| eprintln!("no connection can be accepted: {error}");
///     let (stream, _) = sockeye::accept_tcp(&listener, report).await;
///     let tls = tls.clone();
///     tokio::spawn(async move {
///         let mut ws = sockeye::accept(tls.accept(stream).await?).await?;
///         while let Some(message) = ws.recv().await? {
///             ws.send(message).await?;
///         }
///         sockeye::Result::Ok(())
///     });
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
    certificate: Arc<Current>,
    timeout: Duration,
}

impl ServerTls {
    /// Shows `certificates` (PEM, the server's own first, then those that lead to a root) and
    /// proves with `key` (PEM) that they are its own.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) if one of them is missing in its PEM, or they do not belong
    /// together.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self> {
        let certified = pem::certified_key(certificates, key)?;
        let certificate = Arc::new(Current(RwLock::new(Arc::new(certified))));
        Ok(Self {
            config: build(&certificate, None)?,
            certificate,
            timeout: OPEN_TIMEOUT,
        })
    }

    /// Lets in only clients with a certificate that one in `roots` (PEM) issued
    /// (RFC 8446 §4.3.2). [`TlsInfo::peer_certificates`](crate::TlsInfo::peer_certificates) says
    /// which one it is. Replaces those of an earlier call: several authorities are one PEM.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a PEM without a certificate.
    pub fn require_client_certificates(mut self, roots: &[u8]) -> Result<Self> {
        self.config = build(&self.certificate, Some(roots))?;
        Ok(self)
    }

    /// Agrees to HTTP/2 (`h2`, RFC 7301) where a client offers it, before `http/1.1`: for a server
    /// with another stack that speaks it. [`TlsInfo::alpn`](crate::TlsInfo::alpn) says which one it
    /// is; a WebSocket is opened in HTTP/1.1 only, which is what its clients offer.
    #[must_use]
    pub fn with_http2(mut self) -> Self {
        let config = Arc::make_mut(&mut self.config);
        config.alpn_protocols = vec![b"h2".to_vec(), ALPN.to_vec()];
        self
    }

    /// How long the TLS handshake may take. Replaces what was said before. Default 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Shows another certificate to everyone who connects from now on, in all clones. Connections
    /// that are open, and handshakes under way, keep the one they have. A client that resumes a
    /// session is shown none: the tickets it was given stay good for at most 12 hours.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem); then nothing changes.
    pub fn reload_pem(&self, certificates: &[u8], key: &[u8]) -> Result<()> {
        self.certificate.set(pem::certified_key(certificates, key)?);
        Ok(())
    }

    /// Makes the TLS handshake over a stream just accepted. Give the result to
    /// [`accept`](crate::accept) or [`Acceptor::accept`](crate::Acceptor::accept).
    ///
    /// # Errors
    /// [`is_tls`](Error::is_tls) if one side does not accept the other, with the reason; the client
    /// was told as far as TLS can, and has a moment to hear it.
    /// [`is_timeout`](Error::is_timeout) for one that took too long, [`is_lost`](Error::is_lost)
    /// for one that left.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn accept<T: Transport>(&self, transport: T) -> Result<Stream<T>> {
        // In a box that is gone afterwards: a task has room for the largest thing that it awaits.
        Box::pin(self.shake_hands(transport)).await
    }

    async fn shake_hands<T: Transport>(&self, transport: T) -> Result<Stream<T>> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        let limit = |session: &mut ServerConnection| {
            session.set_buffer_limit(Some(TLS_QUEUE_LEN_MAX));
        };
        let handshake = acceptor.accept_with(transport, limit).into_fallible();
        let outcome = timeout(self.timeout, handshake)
            .await
            .map_err(|_| Error::open_timeout(Phase::Tls))?;
        match outcome {
            // RFC 6455 §4.2.2-2 MUST: whoever has the stream cannot but read and write in TLS.
            Ok(stream) => Ok(Stream::tls(TlsStream::Server(stream))),
            Err((error, transport)) => {
                let error = Error::lost(Some(error));
                if error.is_tls() {
                    // The alert is written; over bytes that the client sent meanwhile the end would
                    // become a reset, and take the alert with it.
                    part_with(transport, Vec::new(), REFUSAL_TIMEOUT);
                }
                Err(error)
            }
        }
    }
}

fn build(certificate: &Arc<Current>, client_roots: Option<&[u8]>) -> Result<Arc<ServerConfig>> {
    let setup = |error| Error::tls_setup("TLS cannot be set up", error);
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let builder = match client_roots {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            let roots = Arc::new(pem::roots(roots)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider())
                .build()
                .map_err(|error| Error::tls_setup("the root certificates cannot be used", error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let certificate: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(certificate);
    let mut config = builder.with_cert_resolver(certificate);
    config.alpn_protocols = alpn();
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = rustls::crypto::ring::Ticketer::new().map_err(setup)?;
    Ok(Arc::new(config))
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServerTls")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The certificate that is shown now. Read once per full handshake.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    fn set(&self, certificate: CertifiedKey) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(certificate);
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}
