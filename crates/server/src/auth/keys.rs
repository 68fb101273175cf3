//! The keys that tokens are verified with: a secret from a file, a key set (RFC 7517) from another.
//! Owns which keys are good enough, and that no key ever shows.

use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{hmac, signature};
use serde_json::Value;

use crate::limits::{KEYS_MAX, RSA_LEN_MIN, SECRET_LEN_MIN};
use crate::options::AuthOptions;

/// All keys.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

/// A key, which is good for one algorithm only (RFC 8725 §3.1).
pub(super) struct Key {
    id: Option<String>,
    material: Material,
}

enum Material {
    Hmac(hmac::Key),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The point, not compressed.
    P256(Vec<u8>),
}

impl Keys {
    /// The keys of both files.
    pub(super) fn read(options: &AuthOptions) -> io::Result<Self> {
        let mut keys = Vec::new();
        if let Some(path) = &options.secret_file {
            keys.push(in_file(path, |bytes| secret(bytes.trim_ascii_end()))?);
        }
        if let Some(path) = &options.jwks_file {
            keys.extend(in_file(path, key_set)?);
        }
        Ok(Self(keys))
    }

    #[cfg(test)]
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
    /// The name of its algorithm (RFC 7518 §3.1).
    pub(super) fn algorithm(&self) -> &'static str {
        match self.material {
            Material::Hmac(_) => "HS256",
            Material::Rsa { .. } => "RS256",
            Material::P256(_) => "ES256",
        }
    }

    /// Whether it made `signed` of `message`.
    pub(super) fn verifies(&self, message: &[u8], signed: &[u8]) -> bool {
        match &self.material {
            Material::Hmac(key) => hmac::verify(key, message, signed).is_ok(),
            Material::Rsa { n, e } => {
                let key = signature::RsaPublicKeyComponents { n, e };
                let parameters = &signature::RSA_PKCS1_2048_8192_SHA256;
                key.verify(parameters, message, signed).is_ok()
            }
            Material::P256(point) => {
                let parameters = &signature::ECDSA_P256_SHA256_FIXED;
                let key = signature::UnparsedPublicKey::new(parameters, point);
                key.verify(message, signed).is_ok()
            }
        }
    }
}

/// What `read` makes of a file, with its name on what is wrong.
fn in_file<T>(path: &Path, read: impl Fn(&[u8]) -> Result<T, String>) -> io::Result<T> {
    let wrong = |what: &str| format!("keys in {}: {what}", path.display());
    let bytes = std::fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), wrong(&error.to_string())))?;
    read(&bytes).map_err(|what| io::Error::new(io::ErrorKind::InvalidData, wrong(&what)))
}

pub(super) fn secret(bytes: &[u8]) -> Result<Key, String> {
    if bytes.len() < SECRET_LEN_MIN {
        // RFC 7518 §3.2: shorter than its hash, a secret can be guessed from any token.
        let len = bytes.len();
        return Err(format!(
            "a secret of {len} bytes, at least {SECRET_LEN_MIN} are required"
        ));
    }
    Ok(Key {
        id: None,
        material: Material::Hmac(hmac::Key::new(hmac::HMAC_SHA256, bytes)),
    })
}

/// The keys of a set that we can use. Others are passed over, as RFC 7517 §5 says.
pub(super) fn key_set(bytes: &[u8]) -> Result<Vec<Key>, String> {
    let set: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    let listed = set.get("keys").and_then(Value::as_array);
    let listed = listed.ok_or("there is no list `keys`")?;
    if listed.len() > KEYS_MAX {
        return Err(format!(
            "{} keys, at most {KEYS_MAX} are allowed",
            listed.len()
        ));
    }
    let keys: Vec<Key> = listed.iter().filter_map(key).collect();
    if keys.is_empty() {
        return Err("none of the keys is for HS256, RS256 or ES256".to_owned());
    }
    Ok(keys)
}

fn key(jwk: &Value) -> Option<Key> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let material = match text("kty")? {
        "oct" => secret(&bytes("k")?).ok()?.material,
        "RSA" => {
            let (n, e) = (bytes("n")?, bytes("e")?);
            // RFC 7518 §3.3: 2,048 bits or more.
            (n.len() >= RSA_LEN_MIN).then_some(())?;
            Material::Rsa { n, e }
        }
        "EC" if text("crv") == Some("P-256") => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            // RFC 7518 §6.2.1.2: with their leading zeros.
            (x.len() == 32 && y.len() == 32).then_some(())?;
            Material::P256([&[4], &x[..], &y[..]].concat())
        }
        _ => return None,
    };
    let id = text("kid").map(str::to_owned);
    let key = Key { id, material };
    text("alg")
        .is_none_or(|name| name == key.algorithm())
        .then_some(key)
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
