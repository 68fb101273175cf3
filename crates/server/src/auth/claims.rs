//! What a verified token says (RFC 7519 §4.1), and whether that is good here and now. Owns the
//! bounds of each claim.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::denied::Denied;
use crate::limits::{PERMISSIONS_MAX, USER_LEN_MAX};
use crate::options::AuthOptions;

/// Who somebody is, by a token that was verified.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// The claim `sub`: who it is, to programs.
    pub user: String,
    /// The claim `name`: what people call them.
    pub name: Option<String>,
    /// The claim `exp`, in seconds since 1970: from then on they are nobody.
    pub expires_at: u64,
    /// The claim `permissions`: for each action what it may be done to. Data, which whoever acts
    /// looks up; without it everything is permitted.
    pub permissions: Option<BTreeMap<String, Vec<String>>>,
}

#[cfg(test)]
impl Identity {
    /// Somebody whose token says nothing else.
    pub(crate) fn until(user: &str, expires_at: u64) -> Self {
        Self {
            user: user.to_owned(),
            name: None,
            expires_at,
            permissions: None,
        }
    }
}

/// Whose the claims are, if they are good at `now`, in seconds since 1970.
pub(super) fn check(
    claims: &Map<String, Value>,
    options: &AuthOptions,
    now: u64,
) -> Result<Identity, Denied> {
    let leeway = options.leeway.as_secs();
    // Without an end a token that leaked would be good for ever.
    let expires_at = seconds(claims, "exp")?.ok_or(Denied::Claim("exp"))?;
    if now >= expires_at.saturating_add(leeway) {
        return Err(Denied::Expired);
    }
    if seconds(claims, "nbf")?.is_some_and(|begin| now.saturating_add(leeway) < begin) {
        return Err(Denied::NotYet);
    }
    let issuer = claims.get("iss").and_then(Value::as_str);
    if options
        .issuer
        .as_deref()
        .is_some_and(|ours| issuer != Some(ours))
    {
        return Err(Denied::Issuer);
    }
    check_audience(claims.get("aud"), options.audience.as_deref())?;
    Ok(Identity {
        user: text(claims, "sub")?.ok_or(Denied::Claim("sub"))?,
        name: text(claims, "name")?,
        expires_at,
        permissions: permissions(claims.get("permissions"))?,
    })
}

/// RFC 7519 §4.1.3: whoever is not among those that a token is for must refuse it, also where none
/// of ours is configured.
fn check_audience(claim: Option<&Value>, ours: Option<&str>) -> Result<(), Denied> {
    let is_ours = |value: &Value| ours.is_some() && value.as_str() == ours;
    let fits = match claim {
        None => ours.is_none(),
        Some(Value::Array(several)) => several.iter().any(is_ours),
        Some(one) => is_ours(one),
    };
    fits.then_some(()).ok_or(Denied::Audience)
}

/// A time; RFC 7519 §2 allows fractions, which are cut.
fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<u64>, Denied> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let whole = value.as_u64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion of a fraction to whole seconds that saturates is what is meant"
    )]
    let cut = value
        .as_f64()
        .filter(|time| *time >= 0.0)
        .map(|time| time as u64);
    whole.or(cut).map(Some).ok_or(Denied::Claim(name))
}

/// A text that is short and has no control characters: it is shown to people, and logged.
fn text(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Denied> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let is_good = |text: &&str| !text.is_empty() && !text.contains(char::is_control);
    let text = value.as_str().filter(is_good);
    let text = text.ok_or(Denied::Claim(name))?;
    if text.len() > USER_LEN_MAX {
        return Err(Denied::ClaimLen(name));
    }
    Ok(Some(text.to_owned()))
}

fn permissions(claim: Option<&Value>) -> Result<Option<BTreeMap<String, Vec<String>>>, Denied> {
    const NAME: Denied = Denied::Claim("permissions");
    let Some(claim) = claim else {
        return Ok(None);
    };
    let mut permissions = BTreeMap::new();
    let mut count = 0;
    for (action, objects) in claim.as_object().ok_or(NAME)? {
        let objects = objects.as_array().ok_or(NAME)?;
        count += objects.len().max(1);
        if count > PERMISSIONS_MAX {
            return Err(Denied::Permissions);
        }
        let texts = objects
            .iter()
            .map(|object| object.as_str().map(str::to_owned));
        permissions.insert(action.clone(), texts.collect::<Option<_>>().ok_or(NAME)?);
    }
    Ok(Some(permissions))
}
