//! Certificates and keys out of PEM (RFC 7468). Owns the words for what is missing or damaged
//! there, in which of the inputs and at which line. Never knows where they came from.

use std::error::Error as StdError;
use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::crypto::provider;
use crate::error::{Error, Result};

/// How a block begins, at the start of a line.
const BEGIN: &[u8] = b"-----BEGIN ";

/// What is said of one of the inputs.
struct Words {
    none: &'static str,
    damaged: &'static str,
}

const CHAIN: Words = Words {
    none: "no certificate in the PEM of the certificate chain",
    damaged: "the PEM of the certificate chain is damaged",
};
const KEY: Words = Words {
    none: "no private key in the PEM of the key",
    damaged: "the PEM of the key is damaged",
};
const ROOTS: Words = Words {
    none: "no certificate in the PEM of the roots",
    damaged: "the PEM of the roots is damaged",
};

/// A certificate chain, the leaf first, with the key of the leaf.
pub(super) fn certified_key(certificates: &[u8], key: &[u8]) -> Result<CertifiedKey> {
    let chain = objects::<CertificateDer<'static>>(certificates, &CHAIN)?;
    let key = objects::<PrivateKeyDer<'static>>(key, &KEY)?;
    let leaf = chain.first().map(|(line, leaf)| (*line, leaf.clone()));
    let chain = chain.into_iter().map(|(_, certificate)| certificate);
    let (_, key) = key.into_iter().next().ok_or_else(|| missing(&KEY))?;
    CertifiedKey::from_der(chain.collect(), key, &provider()).map_err(|error| {
        let what = "certificate and private key cannot be used";
        match leaf.filter(|(_, leaf)| ParsedCertificate::try_from(leaf).is_err()) {
            Some((line, _)) => Error::tls_setup(what, Located::new(line, error)),
            None => Error::tls_setup(what, error),
        }
    })
}

/// Certificates to trust.
pub(super) fn roots(pem: &[u8]) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for (line, certificate) in objects(pem, &ROOTS)? {
        store.add(certificate).map_err(|error| {
            Error::tls_setup(
                "a root certificate cannot be used",
                Located::new(line, error),
            )
        })?;
    }
    Ok(store)
}

/// All objects of a kind with the lines of their blocks; at least one.
fn objects<T: PemObject>(pem: &[u8], words: &Words) -> Result<Vec<(usize, T)>> {
    let mut objects = Vec::new();
    for (line, block) in blocks(pem) {
        match T::from_pem_slice(block) {
            Ok(object) => objects.push((line, object)),
            // A block of another kind, or the text before the first.
            Err(pem::Error::NoItemsFound) => {}
            Err(error) => return Err(Error::tls_setup(words.damaged, Located::new(line, error))),
        }
    }
    if objects.is_empty() {
        return Err(missing(words));
    }
    Ok(objects)
}

fn missing(words: &Words) -> Error {
    Error::tls_setup(words.none, pem::Error::NoItemsFound)
}

/// The blocks with the lines at which they begin, from 1; each reaches to the next one.
fn blocks(pem: &[u8]) -> Vec<(usize, &[u8])> {
    let mut blocks: Vec<(usize, &[u8])> = Vec::new();
    let mut rest = pem;
    let mut begin: Option<(usize, &[u8])> = None;
    for (line, text) in (1..).zip(pem.split_inclusive(|byte| *byte == b'\n')) {
        if text.starts_with(BEGIN) {
            blocks.extend(begin.map(|(line, from)| (line, before(from, rest))));
            begin = Some((line, rest));
        }
        rest = rest.get(text.len()..).unwrap_or_default();
    }
    blocks.extend(begin);
    blocks
}

/// The part of `from` before `rest`, which is its end.
fn before<'a>(from: &'a [u8], rest: &[u8]) -> &'a [u8] {
    let len = from.len().saturating_sub(rest.len());
    from.get(..len).unwrap_or(from)
}

/// What is wrong with one block.
#[derive(Debug)]
struct Located {
    line: usize,
    source: Box<dyn StdError + Send + Sync>,
}

impl Located {
    fn new(line: usize, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            line,
            source: source.into(),
        }
    }
}

impl fmt::Display for Located {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "in the block that begins at line {}", self.line)
    }
}

impl StdError for Located {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, somebody looks for a damaged block at another line than it is at.
    #[test]
    fn blocks_are_cut_at_their_beginnings_with_their_lines() {
        let one = "-----BEGIN A-----\r\nYQ==\r\n-----END A-----\r\n";
        let two = "-----BEGIN B-----\nYg==\n";
        let text = format!("about\n{one}\n{two}");
        let found = blocks(text.as_bytes());
        let texts: Vec<_> = found
            .iter()
            .map(|(line, block)| (*line, std::str::from_utf8(block).unwrap()))
            .collect();
        assert_eq!(texts, [(2, format!("{one}\n").as_str()), (6, two)]);
        assert!(blocks(b"").is_empty() && blocks(b" -----BEGIN A-----").is_empty());
    }
}
