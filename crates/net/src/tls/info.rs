//! What a TLS handshake agreed on, for who asks. Owns the translation from rustls's words.

use rustls::{HandshakeKind, ProtocolVersion};
use tokio_rustls::TlsStream;

use crate::stream::Stream;

/// What a TLS handshake agreed on; [`Stream::tls_info`] has it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TlsInfo {
    /// `TLS 1.3` or `TLS 1.2`.
    pub version: &'static str,
    /// Whether an earlier session was resumed (RFC 8446 §2.2), which saves the certificates and
    /// most of the time.
    pub is_resumed: bool,
    /// The protocol that ALPN agreed on (RFC 7301): `http/1.1`, or nothing if the peer does not
    /// know ALPN.
    pub alpn: Option<Vec<u8>>,
    /// The name that the client asked for (RFC 6066 §3); on a server only.
    pub server_name: Option<String>,
    /// The peer's certificates in DER, its own first. A client has none unless it was asked.
    pub peer_certificates: Vec<Vec<u8>>,
}

impl<T> Stream<T> {
    /// What the TLS handshake agreed on; `None` without TLS.
    pub fn tls_info(&self) -> Option<TlsInfo> {
        let stream = self.as_tls()?;
        let (_, session) = stream.get_ref();
        let certificates = session.peer_certificates().unwrap_or_default();
        let server_name = match stream {
            TlsStream::Client(_) => None,
            TlsStream::Server(server) => server.get_ref().1.server_name(),
        };
        Some(TlsInfo {
            version: match session.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
                _ => "TLS 1.3",
            },
            is_resumed: session.handshake_kind() == Some(HandshakeKind::Resumed),
            alpn: session.alpn_protocol().map(<[u8]>::to_vec),
            server_name: server_name.map(str::to_owned),
            peer_certificates: certificates.iter().map(|one| one.to_vec()).collect(),
        })
    }
}
