//! What the checks of the handshake need to see of a request or response.
//!
//! Implemented by our own heads; another HTTP stack implements it in a few lines for its types, and
//! goes through the very same checks.

use std::borrow::Cow;

use super::http1::{HttpVersion, RequestHead, ResponseHead};

/// Header fields of a head.
pub trait HeaderView {
    /// The values of all lines named `name` (ASCII case ignored), in order, untrimmed or trimmed.
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]>;
}

/// A request head.
pub trait RequestView: HeaderView {
    /// The method, exactly as received.
    fn method(&self) -> &str;

    /// The request target, in origin form (`/path?query`) or absolute form (`http://host/path`).
    fn target(&self) -> Cow<'_, str>;

    /// The version of the request line.
    fn version(&self) -> HttpVersion;
}

/// A response head.
pub trait ResponseView: HeaderView {
    /// The status code.
    fn status(&self) -> u16;

    /// The version of the status line.
    fn version(&self) -> HttpVersion;
}

impl HeaderView for RequestHead {
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers().all(name)
    }
}

impl RequestView for RequestHead {
    fn method(&self) -> &str {
        self.method()
    }

    fn target(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.target())
    }

    fn version(&self) -> HttpVersion {
        self.version()
    }
}

impl HeaderView for ResponseHead {
    fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers().all(name)
    }
}

impl ResponseView for ResponseHead {
    fn status(&self) -> u16 {
        self.status()
    }

    fn version(&self) -> HttpVersion {
        self.version()
    }
}
