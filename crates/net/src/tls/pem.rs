//! Certificates and keys out of PEM (RFC 7468). Owns the words for what is missing there, and in
//! which of the inputs. Never knows where they came from.

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::crypto::provider;
use crate::error::{Error, Result};

/// A certificate chain, the leaf first, with the key of the leaf.
pub(super) fn certified_key(certificates: &[u8], key: &[u8]) -> Result<CertifiedKey> {
    let none = "no certificate in the PEM of the certificate chain";
    let chain = self::certificates(certificates, none)?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| Error::tls_setup("no private key in the PEM of the key", error))?;
    CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| Error::tls_setup("certificate and private key cannot be used", error))
}

/// Certificates to trust.
pub(super) fn roots(pem: &[u8]) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem, "no certificate in the PEM of the roots")? {
        store
            .add(certificate)
            .map_err(|error| Error::tls_setup("a root certificate cannot be used", error))?;
    }
    Ok(store)
}

/// All certificates; at least one, or `none` is what is wrong.
fn certificates(pem: &[u8], none: &'static str) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<_, _>>();
    let certificates: Vec<_> = certificates.map_err(|error| Error::tls_setup(none, error))?;
    if certificates.is_empty() {
        return Err(Error::tls_setup(none, pem::Error::NoItemsFound));
    }
    Ok(certificates)
}
