//! What both sides use: the cryptography, and the one protocol inside TLS. Owns both choices.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, ring};

/// The only protocol that is offered and agreed to (RFC 7301). A server that were offered `h2` as
/// well would choose it, and then not understand an HTTP/1.1 upgrade.
pub(super) const ALPN: &[u8] = b"http/1.1";

/// The cryptography of every connection.
pub(super) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> =
        LazyLock::new(|| Arc::new(ring::default_provider()));
    Arc::clone(&PROVIDER)
}

/// The protocols as rustls wants them.
pub(super) fn alpn() -> Vec<Vec<u8>> {
    vec![ALPN.to_vec()]
}
