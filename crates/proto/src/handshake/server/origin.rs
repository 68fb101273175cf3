//! Whether a request comes from a page of the host that it asks for.
//!
//! Browsers let any page open a WebSocket to any host and send that host's cookies along; `Origin`
//! is what tells a server apart from its impostors. Comparing text is not enough: `null`, another
//! port and `example.com.evil.org` must all differ from `example.com`.

use super::check::UpgradeRequest;
use crate::handshake::url::{Scheme, WsUrl};

impl UpgradeRequest {
    /// Whether the request has no `Origin`, as of programs that are no browsers, or one with the
    /// host and port that it asks for.
    ///
    /// The scheme is not compared: behind a proxy that ends TLS only the client knows it.
    // RFC 6455 §4.2.2-3 MUST: the application refuses (403) where this, or its own list, says no.
    pub fn is_same_host(&self) -> bool {
        let Some(origin) = self.origin() else {
            return true;
        };
        match WsUrl::parse(origin) {
            // An origin ends with its port; the parser adds the path that a URL needs.
            Ok(url) if url.resource_name() == "/" && !origin.ends_with('/') => {
                self.is_host_of(&url)
            }
            _ => false,
        }
    }

    /// Whether `origin` and the request name the same host and port.
    ///
    /// A port left out is the default one of the origin's scheme: proxies like to write it out.
    fn is_host_of(&self, origin: &WsUrl) -> bool {
        let scheme = match origin.scheme() {
            Scheme::Ws => "ws",
            Scheme::Wss => "wss",
        };
        let own = WsUrl::parse(&format!("{scheme}://{}", self.host()));
        own.is_ok_and(|own| own.host_header() == origin.host_header())
    }
}
