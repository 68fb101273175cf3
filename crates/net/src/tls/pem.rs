//! Certificates and keys out of PEM (RFC 7468). Owns the words for what is missing there.

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::crypto::provider;
use crate::error::{Error, Result};

/// A certificate chain, the leaf first, with the key of the leaf.
pub(super) fn certified_key(certificates: &[u8], key: &[u8]) -> Result<CertifiedKey> {
    let chain = self::certificates(certificates)?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| Error::tls_setup("no private key in the PEM", error))?;
    CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| Error::tls_setup("certificate and private key cannot be used", error))
}

/// Certificates to trust.
pub(super) fn roots(pem: &[u8]) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem)? {
        store
            .add(certificate)
            .map_err(|error| Error::tls_setup("root certificate cannot be used", error))?;
    }
    Ok(store)
}

/// All certificates; at least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<_, _>>();
    let certificates: Vec<_> =
        certificates.map_err(|error| Error::tls_setup("no certificate in the PEM", error))?;
    if certificates.is_empty() {
        let none = rustls::pki_types::pem::Error::NoItemsFound;
        return Err(Error::tls_setup("no certificate in the PEM", none));
    }
    Ok(certificates)
}
