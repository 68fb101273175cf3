//! The cookies of a request (RFC 6265). Owns how one is looked up. What one means is the business
//! of whoever set it.

use hyper::HeaderMap;
use hyper::header;

/// More than one cookie has the same name. A page of a sibling domain can add one, and which is
/// meant, nobody knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ambiguous;

/// The value of the cookie `name`, as it stands in `headers`; one that is no text is none. What
/// other cookies hold says nothing about it: RFC 6265 §5.4 lets them be any bytes.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Ambiguous> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| {
        let pair = pair.trim_ascii().strip_prefix(name.as_bytes())?;
        pair.strip_prefix(b"=")
    });
    let value = values.next();
    match values.next() {
        Some(_) => Err(Ambiguous),
        None => Ok(value.and_then(|value| std::str::from_utf8(value).ok())),
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

    /// If this fails, a cookie of another program on this host, in whatever encoding, makes a
    /// visitor nobody, or hides that there are two of a name.
    #[test]
    fn cookie_is_found_beside_bytes_that_are_no_text() {
        let line = HeaderValue::from_bytes(b"lang=\xe9; a=1; b=\xff").unwrap();
        let mut request = HeaderMap::from_iter([(header::COOKIE, line)]);
        assert_eq!(cookie(&request, "a"), Ok(Some("1")));
        assert_eq!(cookie(&request, "b"), Ok(None));
        request.append(header::COOKIE, HeaderValue::from_static("a=2; b=3"));
        assert_eq!(cookie(&request, "a"), Err(Ambiguous));
        assert_eq!(cookie(&request, "b"), Err(Ambiguous));
    }

    /// If this fails, a page of a sibling domain decides who its visitor is.
    #[test]
    fn cookie_that_is_there_twice_is_none() {
        for twice in [&["a=1; a=2"] as &[_], &["a=1; b=2", "a=1"]] {
            assert_eq!(cookie(&headers(twice), "a"), Err(Ambiguous));
        }
    }
}
