//! TLS for the servers: the same provider, protocols, ALPN and tickets as ours, so that only what
//! comes above it differs. Owns the certificate that a run is made with.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use tokio_rustls::TlsAcceptor;

use crate::accept::other;
use crate::options::Identity;

/// What the generator connects to.
const NAME: &str = "localhost";

/// Writes `cert.pem` and `key.pem` into `directory`: a certificate that is its own issuer.
pub(crate) fn make_certificate(directory: &Path) -> Result<()> {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).map_err(other)?;
    fs::write(directory.join("cert.pem"), made.cert.pem())?;
    fs::write(directory.join("key.pem"), made.signing_key.serialize_pem())
}

/// TLS with the certificate of `identity`.
pub(crate) fn acceptor(identity: &Identity) -> Result<TlsAcceptor> {
    let named = |path: &Path, error| Error::other(format!("{}: {error}", path.display()));
    let chain = CertificateDer::from_pem_file(&identity.chain)
        .map_err(|error| named(&identity.chain, error))?;
    let key =
        PrivateKeyDer::from_pem_file(&identity.key).map_err(|error| named(&identity.key, error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .map_err(other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = ring::Ticketer::new().map_err(other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_was_made_can_be_used_and_a_missing_one_is_named() {
        let name = format!("bench-servers-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).unwrap();
        make_certificate(&directory).unwrap();
        let mut identity = Identity {
            chain: directory.join("cert.pem"),
            key: directory.join("key.pem"),
        };
        assert!(acceptor(&identity).is_ok());
        identity.key = directory.join("none.pem");
        let error = acceptor(&identity).map(drop).unwrap_err();
        assert!(error.to_string().contains("none.pem"), "{error}");
        fs::remove_dir_all(&directory).unwrap();
    }
}
