//! Certificates and keys out of PEM (RFC 7468). Owns the words for what is missing or damaged
//! there, in which of the inputs and at which line. Never knows where they came from.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{InconsistentKeys, RootCertStore};

use super::crypto::provider;
use crate::error::{Error, Result};

/// How a block begins, at the start of a line.
const BEGIN: &[u8] = b"-----BEGIN ";

/// How those of encrypted keys do, and what says so inside of older ones.
const BEGIN_ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED";
const PROC_ENCRYPTED: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// What is said of one of the inputs.
struct Words {
    none: &'static str,
    damaged: &'static str,
    is_key: bool,
}

const CHAIN: Words = Words {
    none: "no certificate in the PEM of the certificate chain",
    damaged: "the PEM of the certificate chain is damaged",
    is_key: false,
};
const KEY: Words = Words {
    none: "no private key in the PEM of the key",
    damaged: "the PEM of the key is damaged",
    is_key: true,
};
const ROOTS: Words = Words {
    none: "no certificate in the PEM of the roots",
    damaged: "the PEM of the roots is damaged",
    is_key: false,
};

/// A certificate chain, the leaf first, with the key of the leaf.
pub(super) fn certified_key(certificates: &[u8], key: &[u8]) -> Result<CertifiedKey> {
    let unusable = "certificate and private key cannot be used";
    let chain = objects::<CertificateDer<'static>>(certificates, &CHAIN)?;
    if let Some((line, leaf)) = chain.first() {
        let parsed = ParsedCertificate::try_from(leaf);
        parsed.map_err(|error| Error::tls_setup(unusable, Located::new(*line, error)))?;
    }
    let key = signing_key(key)?;
    let chain = chain.into_iter().map(|(_, certificate)| certificate);
    let certified = CertifiedKey::new(chain.collect(), key);
    match certified.keys_match() {
        // An unknown answer is none, as `CertifiedKey::from_der` has it.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(error) => Err(Error::tls_setup(unusable, error)),
    }
}

/// The first key in `pem`.
fn signing_key(pem: &[u8]) -> Result<Arc<dyn SigningKey>> {
    let found = objects::<PrivateKeyDer<'static>>(pem, &KEY);
    let keys = found.map_err(|error| encrypted(pem).unwrap_or(error))?;
    let (line, key) = keys.into_iter().next().ok_or_else(|| missing(&KEY))?;
    let loaded = provider().key_provider.load_private_key(key);
    loaded.map_err(|_| {
        // The parser only says that it is none of these.
        Error::tls_key_setup(
            "the private key cannot be used",
            Located::new(line, KEY_KINDS),
        )
    })
}

/// What is said of a key of another kind than ours.
const KEY_KINDS: &str = "it is damaged, or not RSA of 2048 to 4096 bits, P-256, P-384 or Ed25519";

/// What is wrong with a PEM that has no key but an encrypted one: in PKCS #8, or in the older form
/// (RFC 1421 §4.6.1.1).
fn encrypted(pem: &[u8]) -> Option<Error> {
    let is_encrypted = |block: &[u8]| {
        let mut lines = block.split(|byte| *byte == b'\n');
        lines.any(|line| line.starts_with(BEGIN_ENCRYPTED) || line.starts_with(PROC_ENCRYPTED))
    };
    let (line, _) = blocks(pem)
        .into_iter()
        .find(|(_, block)| is_encrypted(block))?;
    let what = "the private key is encrypted";
    let how = "a key without a passphrase is needed";
    Some(Error::tls_key_setup(what, Located::new(line, how)))
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
            Err(error) => {
                return Err(words.fault(words.damaged, Located::new(line, in_words(error))));
            }
        }
    }
    if objects.is_empty() {
        return Err(missing(words));
    }
    Ok(objects)
}

fn missing(words: &Words) -> Error {
    words.fault(words.none, pem::Error::NoItemsFound)
}

impl Words {
    fn fault(&self, what: &'static str, source: impl Into<Box<Source>>) -> Error {
        if self.is_key {
            Error::tls_key_setup(what, source)
        } else {
            Error::tls_setup(what, source)
        }
    }
}

/// The same error, in which the parser writes bytes as numbers.
fn in_words(error: pem::Error) -> Box<Source> {
    match error {
        pem::Error::MissingSectionEnd { end_marker } => {
            let kind = String::from_utf8_lossy(&end_marker);
            format!("there is no line -----END {}-----", kind.escape_debug()).into()
        }
        pem::Error::IllegalSectionStart { line } => {
            let line = String::from_utf8_lossy(&line);
            format!("this line begins no block: {}", line.trim().escape_debug()).into()
        }
        other => other.into(),
    }
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

/// What an error comes from.
type Source = dyn StdError + Send + Sync;

/// What is wrong with one block.
#[derive(Debug)]
struct Located {
    line: usize,
    source: Box<Source>,
}

impl Located {
    fn new(line: usize, source: impl Into<Box<Source>>) -> Self {
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
