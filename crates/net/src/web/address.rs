//! The URL of a socket, parsed as the URL standard says and brought to `ws` or `wss`. Owns what the
//! standard derives from it: its serialisation, its origin, whether its host is this machine. Never
//! connects, and decides nothing about ports.

use std::fmt;

use url::{Host, ParseError, Url};

use super::exception::DomException;
use super::quote::quote;

/// A URL record with the scheme `ws` or `wss` and without a fragment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address(Url);

impl Address {
    /// Parses `url`, which may be relative to `base`.
    ///
    /// # Errors
    /// `SyntaxError` for what is no URL, another scheme than `ws`, `wss`, `http` and `https`, and
    /// any fragment, also an empty one.
    pub(super) fn parse(url: &str, base: Option<&Url>) -> Result<Self, DomException> {
        // WHATWG websockets §url-1 step: relative to the base, if there is one.
        let record = parse_url(url, base);
        // WHATWG websockets §url-2 step: what does not parse is thrown back.
        let mut record = record.map_err(|error| {
            DomException::syntax(format!("the URL {} is invalid: {error}", quote(url)))
        })?;
        let scheme = match record.scheme() {
            // WHATWG websockets §url-3 step: http means ws.
            "http" | "ws" => "ws",
            // WHATWG websockets §url-4 step: https means wss.
            "https" | "wss" => "wss",
            // WHATWG websockets §url-5 step: nothing else is a WebSocket's.
            other => return Err(wrong_scheme(other)),
        };
        if record.set_scheme(scheme).is_err() {
            return Err(wrong_scheme(scheme));
        }
        // WHATWG websockets §url-6 step: a fragment has no meaning, not even an empty one.
        if let Some(fragment) = record.fragment() {
            let what = format!("the URL has a fragment, {}", quote(fragment));
            return Err(DomException::syntax(what));
        }
        // WHATWG websockets §url-7 step: the record as it is now.
        Ok(Self(record))
    }

    /// Its serialisation, as the attribute `url` has it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it asks for TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "wss"
    }

    /// The port of TCP.
    pub fn port(&self) -> u16 {
        let default = if self.is_secure() { 443 } else { 80 };
        self.0.port().unwrap_or(default)
    }

    /// Its origin, serialised: what a message's event says.
    pub(super) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The origin of a page that came from the same server.
    pub(super) fn page_origin(&self) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        let mut page = self.0.clone();
        // Between special schemes, which is always allowed.
        let _ = page.set_scheme(scheme);
        page.origin().ascii_serialization()
    }

    /// Whether nobody outside this machine can listen (Secure Contexts, section 3.1).
    pub(super) fn is_local(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => is_localhost(name),
            None => false,
        }
    }

    /// The URL as the opening handshake takes it: without credentials, which go into a header, and
    /// without an empty query, which is no part of the resource name.
    pub(super) fn to_handshake(&self) -> String {
        let mut url = self.0.clone();
        // Such a URL has a host, so neither can fail.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        // WHATWG websockets §obtain-4 step: a query is a part of the name unless it is empty.
        if url.query() == Some("") {
            url.set_query(None);
        }
        url.into()
    }

    /// User name and password, as they stand in the URL.
    pub(super) fn credentials(&self) -> Option<(&str, &str)> {
        let (name, password) = (self.0.username(), self.0.password());
        let is_there = !name.is_empty() || password.is_some();
        is_there.then(|| (name, password.unwrap_or_default()))
    }
}

/// Whether a host, as URLs have it, is a name of this machine, with or without the last dot.
pub(super) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Parses `input`, relative to `base` if there is one, as pages do: by [`Url`], but that more than
/// two slashes before a host are as good as two, as the URL standard has it ("special authority
/// ignore slashes state").
///
/// # Errors
/// Those of [`Url::parse`].
pub fn parse_url(input: &str, base: Option<&Url>) -> Result<Url, ParseError> {
    let own_scheme = base.and_then(|base| from_host(input, base));
    match own_scheme {
        Some(url) => Url::parse(&url),
        None => Url::options().base_url(base).parse(input),
    }
}

/// `input` with the scheme of `base`, if it begins with the slashes before a host. With a scheme in
/// front the crate does not count them.
fn from_host(input: &str, base: &Url) -> Option<String> {
    if !matches!(base.scheme(), "http" | "https" | "ws" | "wss" | "ftp") {
        return None;
    }
    // What no parser looks at.
    let input = input.trim_start_matches(|letter| letter <= ' ');
    let letters = input.chars();
    let mut letters = letters.filter(|letter| !matches!(letter, '\t' | '\n' | '\r'));
    let mut is_slash = || matches!(letters.next(), Some('/' | '\\'));
    (is_slash() && is_slash()).then(|| format!("{}:{input}", base.scheme()))
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn wrong_scheme(scheme: &str) -> DomException {
    DomException::syntax(format!(
        "the URL's scheme is {}, not ws, wss, http or https",
        quote(scheme)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::exception::ExceptionName;

    fn parsed(url: &str) -> String {
        Address::parse(url, None).unwrap().to_string()
    }

    /// The object's `url` would name what it does not connect to.
    #[test]
    fn address_is_serialised_with_the_scheme_of_a_websocket() {
        // WHATWG websockets §url-3 §url-4 §url-7 TEST
        for (url, expected) in [
            ("ws://example.com", "ws://example.com/"),
            ("http://example.com/a?b", "ws://example.com/a?b"),
            ("https://example.com", "wss://example.com/"),
            ("WSS://EXAMPLE.com:443/", "wss://example.com/"),
            ("http://example.com:80/", "ws://example.com/"),
            ("https://example.com:80/", "wss://example.com:80/"),
            (
                "ws://b\u{fc}cher.example/\u{fc}",
                "ws://xn--bcher-kva.example/%C3%BC",
            ),
            ("ws://127.1/", "ws://127.0.0.1/"),
            (" ws://a/../b ", "ws://a/b"),
        ] {
            assert_eq!(parsed(url), expected, "{url}");
        }
    }

    /// A page would get an exception for an address that every browser takes.
    #[test]
    fn slashes_before_a_host_are_not_counted() {
        let base = Url::parse("https://example.com/chat/").unwrap();
        for (url, expected) in [
            ("//a/b", "https://a/b"),
            ("///a/b", "https://a/b"),
            (" \\/\t\\\n/a/b", "https://a/b"),
            ("/a//b", "https://example.com/a//b"),
            ("https:////a/b", "https://a/b"),
            ("/\tb", "https://example.com/b"),
        ] {
            let parsed = parse_url(url, Some(&base)).map(String::from);
            assert_eq!(parsed.as_deref(), Ok(expected), "{url:?}");
        }
        assert!(parse_url("///", Some(&base)).is_err());
        let other = Url::parse("foo://b/c").unwrap();
        assert_eq!(parse_url("//a", Some(&other)).unwrap().as_str(), "foo://a");
    }

    /// A server that lets only its own pages in would refuse a program that knows of none.
    #[test]
    fn origin_is_the_sockets_and_that_of_a_page_the_servers() {
        for (url, origin, page) in [
            (
                "ws://example.com/a",
                "ws://example.com",
                "http://example.com",
            ),
            (
                "wss://example.com:8443/",
                "wss://example.com:8443",
                "https://example.com:8443",
            ),
            ("ws://[::1]:443/", "ws://[::1]:443", "http://[::1]:443"),
        ] {
            let address = Address::parse(url, None).unwrap();
            assert_eq!(
                (address.origin().as_str(), address.page_origin().as_str()),
                (origin, page)
            );
        }
    }

    /// A page could open what is no WebSocket, or believe that a fragment means something.
    #[test]
    fn address_that_is_no_websockets_is_a_syntax_error() {
        // WHATWG websockets §url-2 §url-5 §url-6 TEST
        for url in [
            "",
            "/chat",
            "ws:",
            "ws://",
            "ws://a b/",
            "ws://a:65536/",
            "ftp://a/",
            "about:blank",
            "mailto:a@b",
            "ws://a/#",
            "wss://a/#b",
            "http://a/#b",
        ] {
            let error = Address::parse(url, None).unwrap_err();
            assert_eq!(error.name(), ExceptionName::Syntax, "{url}");
        }
    }

    /// Scripts that were written for a page's own server would reach none.
    #[test]
    fn address_may_be_relative_to_the_page() {
        // WHATWG websockets §url-1 TEST
        let base = Url::parse("https://example.com/chat/index.html").unwrap();
        for (url, expected) in [
            ("/live", "wss://example.com/live"),
            ("live?room=1", "wss://example.com/chat/live?room=1"),
            ("//other.example", "wss://other.example/"),
            ("ws://other.example", "ws://other.example/"),
        ] {
            assert_eq!(Address::parse(url, Some(&base)).unwrap().as_str(), expected);
        }
    }

    /// The server would be asked for another resource than the browser asks for.
    #[test]
    fn handshake_gets_neither_credentials_nor_an_empty_query() {
        // WHATWG websockets §obtain-4 TEST
        let address = Address::parse("ws://user:p%40ss@example.com/a?", None).unwrap();
        assert_eq!(address.as_str(), "ws://user:p%40ss@example.com/a?");
        assert_eq!(address.to_handshake(), "ws://example.com/a");
        assert_eq!(address.credentials(), Some(("user", "p%40ss")));
        assert_eq!(Address::parse("ws://a/", None).unwrap().credentials(), None);
    }

    /// A page over https could not reach a server on its own machine, or could reach others.
    #[test]
    fn local_hosts_are_those_that_nobody_else_can_answer_for() {
        for (url, is_local) in [
            ("ws://localhost", true),
            ("ws://app.localhost:81", true),
            ("ws://localhost.", true),
            ("ws://127.0.0.1", true),
            ("ws://127.8.9.10", true),
            ("ws://[::1]", true),
            ("ws://[::2]", false),
            ("ws://10.0.0.1", false),
            ("ws://localhost.example.com", false),
            ("ws://notlocalhost", false),
        ] {
            assert_eq!(
                Address::parse(url, None).unwrap().is_local(),
                is_local,
                "{url}"
            );
        }
    }
}
