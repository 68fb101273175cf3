//! A key set (RFC 7517): JSON to keys. Owns which keys of a set are good enough, and that those
//! which are not are told of.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::agreement::{self, EphemeralPrivateKey};
use ring::rand::SystemRandom;
use serde_json::Value;

use super::{Algorithm, Key, Material, hmac};
use crate::limits::{KEYS_MAX, RSA_EXPONENT_LEN_MAX, RSA_LEN_MAX, RSA_LEN_MIN};

/// The keys of a set that we can use. Others are passed over, as RFC 7517 §5 says.
pub(in crate::auth) fn key_set(bytes: &[u8]) -> Result<Vec<Key>, String> {
    let set: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    let listed = set.get("keys").and_then(Value::as_array);
    let listed = listed.ok_or("there is no list `keys`")?;
    if listed.len() > KEYS_MAX {
        return Err(format!(
            "{} keys, at most {KEYS_MAX} are allowed",
            listed.len()
        ));
    }
    let (mut keys, mut unfit) = (Vec::<Key>::new(), String::new());
    for (number, jwk) in (1..).zip(listed) {
        match key(jwk) {
            Ok(key) => {
                // RFC 7517 §4.5: they should differ; a token is tried with both.
                if key.id.is_some() && keys.iter().any(|other| other.id == key.id) {
                    tracing::warn!(number, "a key of auth.jwks_file has the `kid` of another");
                }
                keys.push(key);
            }
            Err(why) => {
                tracing::warn!(number, why, "a key of auth.jwks_file is passed over");
                // Writing into a string does not fail.
                let _ = write!(unfit, "; key {number}: {why}");
            }
        }
    }
    if keys.is_empty() {
        let names = names();
        return Err(format!(
            "none of the keys is good for one of {names}{unfit}"
        ));
    }
    Ok(keys)
}

/// The key of an entry, or in which way it is none for us.
fn key(jwk: &Value) -> Result<Key, &'static str> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str, or: &'static str| {
        let decoded = text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        decoded.ok_or(or)
    };
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return Err("`use` is not `sig`");
    }
    // RFC 7517 §4.3.
    if jwk.get("key_ops").is_some_and(|ops| !has_verify(ops)) {
        return Err("`key_ops` has no `verify`");
    }
    let (kind, curve) = (text("kty").ok_or("there is no `kty`")?, text("crv"));
    let usual = Algorithm::of_kind(kind, curve).ok_or("its `kty` and `crv` are not known here")?;
    let algorithm = match text("alg") {
        None => usual,
        Some(name) => Algorithm::ALL
            .into_iter()
            .find(|known| known.name() == name)
            .ok_or("its `alg` is not known here")?,
    };
    let material = match (kind, algorithm) {
        ("oct", Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512) => {
            let secret = bytes("k", "`k` is no base64url")?;
            hmac(algorithm, &secret).ok_or("`k` is shorter than its algorithm's hash")?
        }
        ("RSA", Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512) => {
            let n = bytes("n", "`n` is no base64url")?;
            let e = bytes("e", "`e` is no base64url")?;
            check_rsa(&n, &e)?;
            Material::Rsa { n, e }
        }
        // Each curve has its own.
        ("EC", _) if algorithm == usual => {
            let len = if algorithm == Algorithm::Es384 {
                48
            } else {
                32
            };
            let x = bytes("x", "`x` is no base64url")?;
            let y = bytes("y", "`y` is no base64url")?;
            // RFC 7518 §6.2.1.2: with their leading zeros.
            if x.len() != len || y.len() != len {
                return Err("`x` or `y` is not as long as its curve says");
            }
            let point = [&[4], &x[..], &y[..]].concat();
            check_point(algorithm, &point)?;
            Material::Point(point)
        }
        _ => return Err("its `alg` is not one of its `kty` and `crv`"),
    };
    let id = text("kid").map(str::to_owned);
    Ok(Key {
        id,
        algorithm,
        material,
    })
}

fn has_verify(ops: &Value) -> bool {
    let ops = ops.as_array();
    ops.is_some_and(|ops| ops.iter().any(|op| op == "verify"))
}

/// Whether signatures can be verified with this modulus and exponent, as `ring` would find for each
/// token anew.
fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), &'static str> {
    // RFC 7518 §6.3.1: without leading zeros; §3.3: 2,048 bits or more.
    if n.first() == Some(&0) || n.len() < RSA_LEN_MIN {
        return Err("`n` has less than 2048 bits, or a leading zero");
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    if n.len() > RSA_LEN_MAX || !is_odd(n) {
        return Err("`n` has more than 8192 bits, or is even");
    }
    let is_plain = !matches!(e, [] | [0 | 1] | [0, _, ..]);
    if e.len() > RSA_EXPONENT_LEN_MAX || !is_plain || !is_odd(e) {
        return Err("`e` is no odd number from 3 to 4294967295, or has a leading zero");
    }
    Ok(())
}

/// Whether the point is on its curve: to agree on a secret with it is the one way to ask `ring`.
fn check_point(algorithm: Algorithm, point: &[u8]) -> Result<(), &'static str> {
    let curve = match algorithm {
        Algorithm::Es384 => &agreement::ECDH_P384,
        _ => &agreement::ECDH_P256,
    };
    let ours = EphemeralPrivateKey::generate(curve, &SystemRandom::new());
    let ours = ours.map_err(|_| "the system has no random numbers to check it with")?;
    let theirs = agreement::UnparsedPublicKey::new(curve, point);
    let agreed = agreement::agree_ephemeral(ours, &theirs, |_| ());
    agreed.map_err(|_| "`x` and `y` are no point of its curve")
}

fn names() -> String {
    Algorithm::ALL.map(Algorithm::name).join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Of RFC 7515 appendix A.3.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn fault(jwk: &Value) -> Option<&'static str> {
        key(jwk).err()
    }

    /// If this fails, a server starts with a key that no token can ever be verified with.
    #[test]
    fn key_that_verifies_nothing_is_refused() {
        let ec = |x: &str, y: &str| json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
        assert_eq!(fault(&ec(X, Y)), None);
        assert_eq!(
            fault(&ec(Y, X)),
            Some("`x` and `y` are no point of its curve")
        );
        let rsa = |n: &[u8], e: &[u8]| {
            let text = |bytes| URL_SAFE_NO_PAD.encode(bytes);
            json!({"kty": "RSA", "n": text(n), "e": text(e)})
        };
        let n = [0xff; 256];
        for good in [&[3][..], &[1, 0, 1]] {
            assert_eq!(fault(&rsa(&n, good)), None, "{good:?}");
        }
        for bad in [&[][..], &[0], &[1], &[2], &[0, 3], &[1, 0, 0, 0, 1]] {
            let why = fault(&rsa(&n, bad));
            assert!(why.is_some_and(|why| why.starts_with("`e` is ")), "{bad:?}");
        }
        let even = [&n[..255], &[2]].concat();
        let zero = [&[0], &n[..]].concat();
        for bad in [&n[..255], &even, &zero, &[0xff; 1025]] {
            let why = fault(&rsa(bad, &[3]));
            assert!(
                why.is_some_and(|why| why.starts_with("`n` has ")),
                "{why:?}"
            );
        }
        let mut with_ops = ec(X, Y);
        for (ops, why) in [
            (json!(["sign"]), Some("`key_ops` has no `verify`")),
            (json!("verify"), Some("`key_ops` has no `verify`")),
            (json!(["sign", "verify"]), None),
        ] {
            with_ops["key_ops"] = ops;
            assert_eq!(fault(&with_ops), why, "{with_ops}");
        }
    }
}
