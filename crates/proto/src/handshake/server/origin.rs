//! Which pages may open a WebSocket here: the policy, and how an `Origin` is compared with it.
//!
//! Browsers let any page open a WebSocket to any host and send that host's cookies along; `Origin`
//! is what tells a server apart from its impostors. Comparing text is not enough: `null`, another
//! port and `example.com.evil.org` must all differ from `example.com`.

use super::check::UpgradeRequest;
use crate::handshake::fault::{Field, Misuse};
use crate::handshake::url::{Scheme, WsUrl};

/// The pages that may open a WebSocket, by their origin (RFC 6454).
///
/// A request without `Origin` comes from no browser and passes each policy: whoever writes such a
/// program can send whichever origin it likes. `null`, the origin of sandboxed frames and of files,
/// is anybody's, so that it passes only where it is listed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origins {
    base: Base,
    /// In the form of [`normalized`].
    listed: Vec<String>,
}

/// What passes without being listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Base {
    /// Everything.
    Any,
    /// Nothing.
    Listed,
    /// The host that is asked.
    SameHost,
}

impl Default for Origins {
    fn default() -> Self {
        Self::same_host()
    }
}

impl Origins {
    /// Pages of any origin: for services that know nothing about whoever talks to them, and give
    /// nothing to cookies.
    pub const fn any() -> Self {
        Self::new(Base::Any)
    }

    /// Pages of the host and port that the request asks for, and those [added](Self::and).
    ///
    /// The scheme is not compared: behind a proxy that ends TLS only the client knows it.
    pub const fn same_host() -> Self {
        Self::new(Base::SameHost)
    }

    /// No pages but those [added](Self::and).
    pub const fn none() -> Self {
        Self::new(Base::Listed)
    }

    const fn new(base: Base) -> Self {
        let listed = Vec::new();
        Self { base, listed }
    }

    /// Pages of `origin` as well, such as `https://example.com:8443`: its scheme, host and port,
    /// and no other; or `null`.
    ///
    /// # Errors
    ///
    /// [`Misuse`] for what no browser would send: without a scheme, or with a path, even `/`.
    pub fn and(mut self, origin: &str) -> Result<Self, Misuse> {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let is_authority = |text: &str| {
            let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#@*,\\".contains(&byte);
            !text.is_empty() && text.bytes().all(is_plain) && has_port_or_none(text)
        };
        if origin != "null" && !authority.is_some_and(is_authority) {
            let rule = "be scheme://host, with a port if it is not the scheme's, or null";
            return Err(Misuse::new(Field::Origin, origin, rule));
        }
        self.listed.push(normalized(origin));
        Ok(self)
    }

    /// Whether `request` comes from a page that may.
    // RFC 6455 §4.2.2-3 MUST: whoever does not pass is refused with a 403.
    pub fn allow(&self, request: &UpgradeRequest) -> bool {
        let Some(origin) = request.origin() else {
            return true;
        };
        let by_base = match self.base {
            Base::Any => true,
            Base::Listed => false,
            Base::SameHost => request.is_same_host(),
        };
        by_base || self.listed.contains(&normalized(origin))
    }
}

/// Whether what follows the host in `authority` is a port or nothing.
fn has_port_or_none(authority: &str) -> bool {
    // The colons of an address of IPv6 stand in brackets.
    let rest = authority
        .rsplit_once(']')
        .map_or(authority, |(_, rest)| rest);
    let port = rest.split_once(':').map(|(_, port)| port);
    port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    })
}

/// `origin` in lower case and without the port that its scheme implies, as browsers send it; what
/// is more than an origin keeps that, so that it equals none.
fn normalized(origin: &str) -> String {
    let lower = origin.to_ascii_lowercase();
    let implied = match lower.split_once("://") {
        Some(("http", _)) => ":80",
        Some(("https", _)) => ":443",
        _ => return lower,
    };
    match lower.strip_suffix(implied) {
        Some(short) => short.to_owned(),
        None => lower,
    }
}

impl UpgradeRequest {
    /// Whether the request has no `Origin`, as of programs that are no browsers, or one with the
    /// host and port that it asks for.
    ///
    /// The scheme is not compared: behind a proxy that ends TLS only the client knows it.
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
