//! The cookies of a request (RFC 6265). Owns how one is looked up. What one means is the business
//! of whoever set it.

use hyper::HeaderMap;
use hyper::header;

/// More than one cookie has the same name. A page of a sibling domain can add one, and which is
/// meant, nobody knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ambiguous;

/// The value of the cookie `name`, as it stands in `headers`.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Ambiguous> {
    let texts = headers.get_all(header::COOKIE).into_iter();
    let texts = texts.filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';'));
    let mut values = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(own, value)| (own == name).then_some(value));
    let value = values.next();
    match values.next() {
        Some(_) => Err(Ambiguous),
        None => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        let values = cookies.iter().map(|text| HeaderValue::from_static(text));
        values.map(|value| (header::COOKIE, value)).collect()
    }

    /// If this fails, somebody else's cookie is taken for the one that was set, or none is found.
    #[test]
    fn cookie_is_found_by_its_whole_name_in_any_header() {
        let request = headers(&["a=1; bb=2;c=x=y; d", "e=\"5\"; bad\tname=6"]);
        for (name, value) in [
            ("a", Some("1")),
            ("bb", Some("2")),
            ("c", Some("x=y")),
            ("e", Some("\"5\"")),
            ("b", None),
            ("d", None),
        ] {
            assert_eq!(cookie(&request, name), Ok(value), "{name}");
        }
        assert_eq!(cookie(&HeaderMap::new(), "a"), Ok(None));
    }

    /// If this fails, a page of a sibling domain decides who its visitor is.
    #[test]
    fn cookie_that_is_there_twice_is_none() {
        for twice in [&["a=1; a=2"] as &[_], &["a=1; b=2", "a=1"]] {
            assert_eq!(cookie(&headers(twice), "a"), Err(Ambiguous));
        }
    }
}
