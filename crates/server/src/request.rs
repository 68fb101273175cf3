//! hyper's requests as the handshake's checks want to see them. Owns nothing.

use std::borrow::Cow;

use hyper::{Request, Version};
use sockeye::upgrade::{HeaderView, HttpVersion, RequestView};

/// A request's head.
#[derive(Debug)]
pub(crate) struct Head<'a, B>(pub(crate) &'a Request<B>);

impl<B> HeaderView for Head<'_, B> {
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let values = self.0.headers().get_all(name).iter();
        values.map(hyper::header::HeaderValue::as_bytes)
    }
}

impl<B> RequestView for Head<'_, B> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn target(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.uri().to_string())
    }

    fn version(&self) -> HttpVersion {
        if self.0.version() < Version::HTTP_11 {
            HttpVersion::HTTP_10
        } else {
            HttpVersion::HTTP_11
        }
    }
}
