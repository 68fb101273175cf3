//! The signature of a token (JWS in its compact form, RFC 7515 §7.1). Owns that the key says which
//! algorithm is right, never the token, and that nothing in a token is believed before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::denied::Denied;
use super::keys::Keys;
use crate::limits::TOKEN_LEN_MAX;

/// The payload of `token`, if one of `keys` signed it.
pub(super) fn verify(token: &str, keys: &Keys) -> Result<Map<String, Value>, Denied> {
    if token.len() > TOKEN_LEN_MAX {
        return Err(Denied::TooLong);
    }
    let (message, signed) = token.rsplit_once('.').ok_or(Denied::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Denied::Malformed)?;
    // RFC 7515 §7.1: three parts.
    if payload.contains('.') {
        return Err(Denied::Malformed);
    }
    let header = object(header)?;
    // RFC 7515 §4.1.11: whoever does not understand an extension that is critical must refuse.
    if header.contains_key("crit") {
        return Err(Denied::Critical);
    }
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    let algorithm = text("alg").ok_or(Denied::Algorithm)?;
    let signed = bytes(signed)?;
    // RFC 7515 §4.1.4: it is text. One that is none names no key, which is not to mean any.
    if header.contains_key("kid") && text("kid").is_none() {
        return Err(Denied::Malformed);
    }
    let mut candidates = keys.named(text("kid")).peekable();
    candidates.peek().ok_or(Denied::Key)?;
    // RFC 8725 §3.1: a token may not choose that a public key is used as a secret.
    let mut fitting = candidates
        .filter(|key| key.algorithm() == algorithm)
        .peekable();
    fitting.peek().ok_or(Denied::Algorithm)?;
    if !fitting.any(|key| key.verifies(message.as_bytes(), &signed)) {
        return Err(Denied::Signature);
    }
    object(payload)
}

fn object(part: &str) -> Result<Map<String, Value>, Denied> {
    match serde_json::from_slice(&bytes(part)?) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Denied::Malformed),
    }
}

fn bytes(part: &str) -> Result<Vec<u8>, Denied> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Denied::Malformed)
}
