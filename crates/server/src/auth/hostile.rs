//! Tokens and key sets of anybody. Owns what holds of any bytes: without the secret nobody is
//! somebody, and whoever has it is within the bounds.

use std::sync::{Arc, LazyLock, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use hyper::HeaderMap;
use hyper::header::{self, HeaderValue};
use serde_json::Value;

use super::keys::{self, Keys};
use super::signing::sign;
use super::{Auth, Denied, Identity};
use crate::limits::{KEYS_MAX, PERMISSIONS_MAX, USER_LEN_MAX};
use crate::options::AuthOptions;

/// Nobody else has it; no file of a corpus is signed with it.
const SECRET: &[u8] = b"a secret that is long enough for it";
/// In seconds since 1970.
const NOW: u64 = 1_700_000_000;
const HEADER: &[u8] = br#"{"alg":"HS256"}"#;
const CLAIMS: &[u8] = br#"{"sub":"u1","exp":1700000060}"#;

static AUTH: LazyLock<Auth> = LazyLock::new(|| {
    let secret = keys::secret(SECRET).expect("it is long enough");
    Auth {
        options: AuthOptions::default(),
        keys: RwLock::new(Arc::new(Keys::of(vec![secret]))),
    }
});

/// A token, its claims and its header, each of any bytes.
pub fn token(data: &[u8]) {
    play_token(data);
}

/// A key set of any bytes.
pub fn keys(data: &[u8]) {
    play_keys(data);
}

/// Whether the bytes are claims that make somebody of whoever has a token with them.
pub(crate) fn play_token(data: &[u8]) -> bool {
    if let Ok(value) = HeaderValue::from_bytes(&[b"Bearer ", data].concat()) {
        // A proxy's scheme is none, and so is no scheme; there is no cookie.
        let identity = identify(value);
        assert!(!matches!(identity, Ok(Some(_))), "{identity:?}");
    }
    let header_is_good = sign(SECRET, data, CLAIMS);
    if let Ok(Some(_)) = identify(bearer(&header_is_good)) {
        let header: Value = serde_json::from_slice(data).expect("it was read");
        assert_eq!(header.get("alg").and_then(Value::as_str), Some("HS256"));
        assert!(header.get("crit").is_none(), "{header}");
    }
    let token = sign(SECRET, HEADER, data);
    let Ok(Some(identity)) = identify(bearer(&token)) else {
        return false;
    };
    is_within_bounds(&identity, data);
    let forged = format!("{token}A");
    assert!(identify(bearer(&forged)).is_err(), "{forged}");
    true
}

/// How many keys the set has that are good for something.
pub(crate) fn play_keys(data: &[u8]) -> usize {
    let Ok(keys) = keys::key_set(data) else {
        return 0;
    };
    let set: Value = serde_json::from_slice(data).expect("it was read");
    let listed = set.get("keys").and_then(Value::as_array).map(Vec::len);
    assert!((1..=KEYS_MAX).contains(&keys.len()) && Some(keys.len()) <= listed);
    for key in &keys {
        // Nobody who only chose the key can sign with it by chance.
        assert!(!key.verifies(b"message", data), "{key:?}");
    }
    keys.len()
}

fn identify(value: HeaderValue) -> Result<Option<Identity>, Denied> {
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    AUTH.identify(&headers, UNIX_EPOCH + Duration::from_secs(NOW))
}

fn bearer(token: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("Bearer {token}")).expect("Base64 is a value")
}

fn is_within_bounds(identity: &Identity, claims: &[u8]) {
    let claims: Value = serde_json::from_slice(claims).expect("it was read");
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    assert_eq!(text("sub"), Some(&*identity.user));
    assert_eq!(text("name"), identity.name.as_deref());
    for shown in [Some(&identity.user), identity.name.as_ref()]
        .into_iter()
        .flatten()
    {
        assert!((1..=USER_LEN_MAX).contains(&shown.len()), "{shown}");
        assert!(!shown.contains(char::is_control), "{shown:?}");
    }
    let leeway = AuthOptions::default().leeway.as_secs();
    assert!(identity.expires_at.saturating_add(leeway) > NOW);
    // A token that is for somebody in particular is not for us, who have no name here.
    assert!(claims.get("aud").is_none(), "{claims}");
    let permissions = identity.permissions.iter().flatten();
    let count: usize = permissions.map(|(_, objects)| objects.len().max(1)).sum();
    assert!(count <= PERMISSIONS_MAX, "{count}");
}
