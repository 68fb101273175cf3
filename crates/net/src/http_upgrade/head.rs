//! Requests of the crate `http` as the handshake's checks want to see them. Owns nothing.

use std::borrow::Cow;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};

use crate::upgrade::{HeaderView, HttpVersion, RequestView};

/// The head of an [`http::Request`], for [`Acceptor::upgrade`](crate::Acceptor::upgrade).
#[derive(Clone, Copy, Debug)]
pub struct HttpHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    version: Version,
    headers: &'a HeaderMap,
}

impl<'a, B> From<&'a Request<B>> for HttpHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
        }
    }
}

impl<'a> From<&'a Parts> for HttpHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
        }
    }
}

impl HeaderView for HttpHead<'_> {
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let values = self.headers.get_all(name).iter();
        values.map(HeaderValue::as_bytes)
    }
}

impl RequestView for HttpHead<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn target(&self) -> Cow<'_, str> {
        Cow::Owned(self.uri.to_string())
    }

    fn version(&self) -> HttpVersion {
        let (major, minor) = match self.version {
            Version::HTTP_09 => (0, 9),
            Version::HTTP_10 => (1, 0),
            Version::HTTP_2 => (2, 0),
            Version::HTTP_3 => (3, 0),
            _ => (1, 1),
        };
        HttpVersion { major, minor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_of_a_request_is_that_of_its_parts() {
        let request = Request::get("/a?b").version(Version::HTTP_10);
        let request = request.header("x", "1").header("X", "2").body(()).unwrap();
        let is_right = |head: HttpHead<'_>| {
            let values: Vec<_> = head.header_values("X").collect();
            assert_eq!(values, [b"1", b"2"]);
            assert_eq!((head.method(), &*head.target()), ("GET", "/a?b"));
            assert_eq!(RequestView::version(&head), HttpVersion::HTTP_10);
        };
        is_right(HttpHead::from(&request));
        is_right(HttpHead::from(&request.into_parts().0));
    }
}
