//! The keys that tokens are verified with: a secret from a file, a key set (RFC 7517) from another,
//! which `set` reads. Owns what a key is good for, and that no key ever shows.

mod set;

use std::fmt;
use std::io;
use std::path::Path;

use ring::{hmac, signature};

use crate::faults::Faults;
use crate::files::read_regular;
use crate::limits::SECRET_LEN_MIN;
use crate::options::AuthOptions;
use crate::settings::LateFault;

pub(super) use set::key_set;

/// All keys.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

/// A key, which is good for one algorithm only (RFC 8725 §3.1).
pub(super) struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

enum Material {
    Hmac(hmac::Key),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The point, not compressed.
    Point(Vec<u8>),
}

/// The algorithms (RFC 7518 §3.1) that tokens may be signed with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Es256,
    Es384,
}

impl Algorithm {
    const ALL: [Self; 8] = [
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Es256,
        Self::Es384,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    /// Of a key that names none: that of its kind which everybody knows.
    fn of_kind(kind: &str, curve: Option<&str>) -> Option<Self> {
        match (kind, curve) {
            ("oct", _) => Some(Self::Hs256),
            ("RSA", _) => Some(Self::Rs256),
            ("EC", Some("P-256")) => Some(Self::Es256),
            ("EC", Some("P-384")) => Some(Self::Es384),
            _ => None,
        }
    }

    /// Shortest secret, in bytes (RFC 7518 §3.2): shorter than its hash, it can be guessed from any
    /// token.
    fn secret_len_min(self) -> usize {
        match self {
            Self::Hs384 => SECRET_LEN_MIN / 2 * 3,
            Self::Hs512 => SECRET_LEN_MIN * 2,
            _ => SECRET_LEN_MIN,
        }
    }
}

impl Keys {
    /// The keys of both files.
    pub(super) fn read(options: &AuthOptions) -> Result<Self, Faults> {
        let (mut keys, mut faults) = (Vec::new(), Faults::default());
        if let Some(path) = &options.secret_file {
            let read = |bytes: &[u8]| secret(without_line_end(bytes));
            keys.extend(faults.take(in_file("auth.secret_file", path, read)));
        }
        if let Some(path) = &options.jwks_file {
            let set = faults.take(in_file("auth.jwks_file", path, key_set));
            keys.extend(set.into_iter().flatten());
        }
        faults.none().map(|()| Self(keys))
    }

    #[cfg(any(test, feature = "hostile"))]
    pub(super) fn of(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Those with this id; all of them, where the token names none.
    pub(super) fn named<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Key> {
        let fits = move |key: &&Key| id.is_none_or(|id| key.id.as_deref() == Some(id));
        self.0.iter().filter(fits)
    }
}

impl Key {
    /// The name of its algorithm.
    pub(super) fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }

    /// Whether it made `signed` of `message`.
    pub(super) fn verifies(&self, message: &[u8], signed: &[u8]) -> bool {
        match &self.material {
            Material::Hmac(key) => hmac::verify(key, message, signed).is_ok(),
            Material::Rsa { n, e } => {
                let key = signature::RsaPublicKeyComponents { n, e };
                let parameters = match self.algorithm {
                    Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                    _ => &signature::RSA_PKCS1_2048_8192_SHA256,
                };
                key.verify(parameters, message, signed).is_ok()
            }
            Material::Point(point) => {
                let parameters = match self.algorithm {
                    Algorithm::Es384 => &signature::ECDSA_P384_SHA384_FIXED,
                    _ => &signature::ECDSA_P256_SHA256_FIXED,
                };
                let key = signature::UnparsedPublicKey::new(parameters, point);
                key.verify(message, signed).is_ok()
            }
        }
    }
}

/// What `read` makes of the file of a setting, with the names of both on what is wrong.
fn in_file<T>(
    setting: &'static str,
    path: &Path,
    read: impl Fn(&[u8]) -> Result<T, String>,
) -> io::Result<T> {
    let wrong = |kind, what: &str| {
        let what = format!("keys in {}: {what}", path.display());
        LateFault::new(setting, what).error(kind)
    };
    let bytes = read_regular(path).map_err(|error| wrong(error.kind(), &error.to_string()))?;
    read(&bytes).map_err(|what| wrong(io::ErrorKind::InvalidData, &what))
}

/// What stands before the line end of a file, if it has one. Any other byte may be one of a random
/// secret.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let Some(line) = bytes.strip_suffix(b"\n") else {
        return bytes;
    };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The secret of a file, which is for HS256.
pub(super) fn secret(bytes: &[u8]) -> Result<Key, String> {
    let algorithm = Algorithm::Hs256;
    let (len, len_min) = (bytes.len(), algorithm.secret_len_min());
    let material = hmac(algorithm, bytes);
    Ok(Key {
        id: None,
        algorithm,
        material: material
            .ok_or_else(|| format!("a secret of {len} bytes, at least {len_min} are required"))?,
    })
}

fn hmac(algorithm: Algorithm, secret: &[u8]) -> Option<Material> {
    let hash = match algorithm {
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let is_long = secret.len() >= algorithm.secret_len_min();
    is_long.then(|| Material::Hmac(hmac::Key::new(hash, secret)))
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
