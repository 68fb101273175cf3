//! The token in `Authorization` of a request (RFC 9110 §11.4, RFC 6750 §2.1). Owns how it is looked
//! up; what it opens is the business of whoever gave it.

use hyper::HeaderMap;
use hyper::header::{self, HeaderValue};

/// Why nobody can say which token it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unclear {
    /// There is more than one header, of which a proxy may have looked at another one.
    Ambiguous,
    /// A header is no text.
    Malformed,
}

/// The token, which is empty where nothing stands behind the scheme; none with other schemes alone,
/// which are a proxy's business.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unclear> {
    let lines = || headers.get_all(header::AUTHORIZATION).into_iter();
    let found = lines()
        .find_map(|line| token(line).transpose())
        .transpose()?;
    if found.is_some() && lines().count() > 1 {
        return Err(Unclear::Ambiguous);
    }
    Ok(found)
}

fn token(line: &HeaderValue) -> Result<Option<&str>, Unclear> {
    let text = line.to_str().map_err(|_| Unclear::Malformed)?.trim();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    // RFC 9110 §11.1: its name has no case.
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    Ok(is_bearer.then(|| token.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a token that is one counts for none, or one of several for all.
    #[test]
    fn token_is_alone_and_its_scheme_has_no_case() {
        for (lines, expected) in [
            (&[][..], Ok(None)),
            (&["Bearer a.b"], Ok(Some("a.b"))),
            (&["bEARER  a b "], Ok(Some("a b"))),
            (&["Bearer"], Ok(Some(""))),
            (&["Bearers a"], Ok(None)),
            (&["Basic a", "Digest b"], Ok(None)),
            (&["Bearer a", "Bearer a"], Err(Unclear::Ambiguous)),
            (&["Basic a", "Bearer b"], Err(Unclear::Ambiguous)),
            (&["Bearer \u{e9}"], Err(Unclear::Malformed)),
        ] {
            let values = lines
                .iter()
                .map(|line| HeaderValue::from_str(line).unwrap());
            let headers: HeaderMap = values.map(|value| (header::AUTHORIZATION, value)).collect();
            assert_eq!(bearer(&headers), expected, "{lines:?}");
        }
    }
}
