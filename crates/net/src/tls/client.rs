//! The client's side of TLS: whom it trusts, who it is, what it remembers. Owns the sessions that
//! clones share. Keeps rules of RFC 6455 §4.1.

use std::fmt;
use std::io;
use std::sync::{Arc, LazyLock, OnceLock};

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use tokio_rustls::{TlsConnector, TlsStream};

use super::crypto::{alpn, provider};
use super::pem;
use crate::error::{Error, Result};
use crate::limits::{TLS_QUEUE_LEN_MAX, TLS_SESSIONS_MAX};
use crate::stream::Stream;
use crate::transport::Transport;

/// TLS as a client: by default it trusts what the operating system trusts, offers `http/1.1` and
/// resumes sessions.
///
/// Clones share their sessions, so that a second connection to a server is made faster
/// (RFC 8446 §2.2). Changing one makes it independent of the others.
///
/// ```no_run
/// # async fn example(pem: &[u8]) -> sockeye::Result<()> {
/// let tls = sockeye::ClientTls::new().roots_pem(pem)?;
/// let client = sockeye::Client::new("wss://chat.internal/")?.tls(tls);
/// let mut ws = client.connect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientTls {
    trust: Trust,
    identity: Option<Arc<CertifiedKey>>,
    /// Made at the first connection: what the system trusts is read from the disk.
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

#[derive(Clone)]
enum Trust {
    Platform,
    Roots(Arc<RootCertStore>),
    Anybody,
}

impl Default for ClientTls {
    fn default() -> Self {
        Self::new()
    }
}

impl ClientTls {
    /// TLS with the defaults.
    pub fn new() -> Self {
        Self {
            trust: Trust::Platform,
            identity: None,
            config: Arc::default(),
        }
    }

    /// The one of clients that were given none, so that they resume each other's sessions.
    pub(crate) fn shared() -> Self {
        static SHARED: LazyLock<ClientTls> = LazyLock::new(ClientTls::new);
        SHARED.clone()
    }

    /// Trusts the certificates in `pem`, and what they issued, in place of what the operating
    /// system trusts, and of those of an earlier call: several authorities are one PEM.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) for a PEM without a certificate, or with one that cannot be
    /// a root.
    pub fn roots_pem(self, pem: &[u8]) -> Result<Self> {
        let trust = Trust::Roots(Arc::new(pem::roots(pem)?));
        Ok(self.with(|tls| tls.trust = trust))
    }

    /// Shows `certificates` (PEM, the client's own first) to servers that ask for one
    /// (RFC 8446 §4.4.2), and proves with `key` (PEM) that they are its own. Replaces those of an
    /// earlier call.
    ///
    /// # Errors
    /// [`is_misuse`](Error::is_misuse) if one of them is missing in its PEM, or they do not belong
    /// together.
    pub fn identity_pem(self, certificates: &[u8], key: &[u8]) -> Result<Self> {
        let identity = Arc::new(pem::certified_key(certificates, key)?);
        Ok(self.with(|tls| tls.identity = Some(identity)))
    }

    /// Accepts every certificate: whoever is between here and the server can read and change
    /// everything. For trying things out on one machine; own roots are
    /// [`roots_pem`](Self::roots_pem)'s, and the later of the two calls counts.
    #[must_use]
    pub fn danger_accept_any_certificate(self) -> Self {
        self.with(|tls| tls.trust = Trust::Anybody)
    }

    /// Makes the TLS handshake over `transport` with the server `host`, a name or an address.
    ///
    /// There is no deadline; [`Client`](crate::Client), which calls this, has one.
    ///
    /// # Errors
    /// [`is_tls`](Error::is_tls) if one side does not accept the other, with the reason;
    /// [`is_lost`](Error::is_lost) if the transport ended; [`is_misuse`](Error::is_misuse) for
    /// what is no host.
    ///
    /// A server that misses a certificate of the client may say so only when the connection is used
    /// (RFC 8446 §4.4.2.4): then that is the error of the opening handshake.
    ///
    /// # Cancel safety
    /// Safe: dropping the future drops the transport.
    pub async fn connect<T: Transport>(&self, host: &str, transport: T) -> Result<Stream<T>> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| {
            Error::tls_setup("the host is one that no certificate can be for", error)
        })?;
        let connector = TlsConnector::from(self.config().await?);
        let limit = |session: &mut ClientConnection| {
            session.set_buffer_limit(Some(TLS_QUEUE_LEN_MAX));
        };
        // In a box that is gone afterwards: a task has room for the largest thing that it awaits.
        match Box::pin(connector.connect_with(name, transport, limit)).await {
            Ok(stream) => Ok(Stream::tls(TlsStream::Client(stream))),
            // RFC 6455 §4.1-9 MUST: the transport is gone with the handshake.
            Err(error) => Err(Error::lost(Some(error))),
        }
    }

    /// A changed one, which shares nothing with others: what was trusted once is not trusted now.
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self.config = Arc::default();
        self
    }

    async fn config(&self) -> Result<Arc<ClientConfig>> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = match self.trust {
            // Some hundred files, or one of some hundred kilobytes: other tasks go on meanwhile.
            Trust::Platform => {
                let this = self.clone();
                tokio::task::spawn_blocking(move || this.build())
                    .await
                    .map_err(|error| Error::lost(Some(io::Error::other(error))))??
            }
            Trust::Roots(_) | Trust::Anybody => self.build()?,
        };
        // Of several that were made at the same time one is kept.
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }

    fn build(&self) -> Result<Arc<ClientConfig>> {
        let setup = |error| Error::tls_setup("TLS cannot be set up", error);
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(setup)?;
        let builder = match &self.trust {
            Trust::Platform => {
                let verifier = Verifier::new(provider()).map_err(|error| {
                    Error::tls_setup("the system has no root certificates to trust", error)
                })?;
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
            }
            Trust::Roots(roots) => builder.with_root_certificates(Arc::clone(roots)),
            Trust::Anybody => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AcceptAny)),
        };
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(
                CertifiedKey::clone(identity),
            ))),
        };
        // RFC 6455 §4.1-11 MUST: the server is told the name, unless it is an address.
        config.enable_sni = true;
        config.alpn_protocols = alpn();
        config.resumption = Resumption::in_memory_sessions(TLS_SESSIONS_MAX);
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trust = match &self.trust {
            Trust::Platform => "platform",
            Trust::Roots(_) => "own roots",
            Trust::Anybody => "ANYBODY",
        };
        formatter
            .debug_struct("ClientTls")
            .field("trust", &trust)
            .field("has_identity", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

/// Takes every certificate. That the server has the key to the one it shows is still checked.
#[derive(Debug)]
struct AcceptAny;

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
