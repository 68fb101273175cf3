//! The request that a client sends (RFC 6455 section 4.1). Keeps rules of RFC 6455 §11.3.1 §11.3.5
//! and RFC 7692 §5.
//!
//! Every argument is checked when it is given, so that encoding cannot fail and no argument can
//! become HTTP syntax.

use core::fmt;

use super::origin;
use crate::handshake::deflate_params::DeflateOffer;
use crate::handshake::fault::{Field, Misuse};
use crate::handshake::fields::check_additional;
use crate::handshake::http1::push_header;
use crate::handshake::key::Key;
use crate::handshake::subprotocol;
use crate::handshake::tokens;
use crate::handshake::url::{WsUrl, is_resource_name};

/// A handshake to be sent, and afterwards the measure of the response.
///
/// Its `Debug` names headers and does not quote them: most of those that callers add are secrets.
#[derive(Clone, Eq, PartialEq)]
pub struct ClientRequest {
    resource_name: String,
    host: String,
    pub(super) key: Key,
    origin: Option<String>,
    pub(super) protocols: Vec<String>,
    pub(super) deflate: Vec<DeflateOffer>,
    headers: Vec<(String, String)>,
    /// The value of the one `Cookie` header; empty without any.
    cookies: String,
}

impl ClientRequest {
    /// A handshake for `url` that offers neither subprotocol nor extension.
    ///
    /// `key` must be made of fresh random bytes.
    pub fn new(url: &WsUrl, key: Key) -> Self {
        Self {
            resource_name: url.resource_name().to_owned(),
            host: url.host_header(),
            key,
            origin: None,
            protocols: Vec::new(),
            deflate: Vec::new(),
            headers: Vec::new(),
            cookies: String::new(),
        }
    }

    /// Sends `key` in place of the one given first, so that one request serves several
    /// connections; each needs a key of its own.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// Sends `host` as the `Host` header in place of the URL's.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless it is printable ASCII without spaces, and not empty.
    pub fn host(mut self, host: &str) -> Result<Self, Misuse> {
        if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            let rule = "be printable ASCII without spaces";
            return Err(Misuse::new(Field::Host, host, rule));
        }
        host.clone_into(&mut self.host);
        Ok(self)
    }

    /// Sends `resource_name` (path and query) in place of the URL's.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless it begins with `/` and is printable ASCII without spaces and without `#`.
    pub fn resource_name(mut self, resource_name: &str) -> Result<Self, Misuse> {
        if !is_resource_name(resource_name) {
            let rule = "begin with / and be printable ASCII without # and spaces";
            return Err(Misuse::new(Field::ResourceName, resource_name, rule));
        }
        resource_name.clone_into(&mut self.resource_name);
        Ok(self)
    }

    /// Sends an `Origin` header, as browsers do.
    ///
    /// # Errors
    ///
    /// [`Misuse`] unless it is `null` or `scheme://host[:port]` as RFC 6454 section 6.2 serialises
    /// it: in lower case, without user, path, trailing slash and the scheme's default port.
    pub fn origin(mut self, origin: &str) -> Result<Self, Misuse> {
        origin::check(origin)?;
        self.origin = Some(origin.to_owned());
        Ok(self)
    }

    /// Offers more subprotocols, in order of preference.
    ///
    /// # Errors
    ///
    /// [`Misuse`] for a name that is no token, that is already offered, or that is one too many.
    pub fn protocols(
        mut self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, Misuse> {
        for name in names {
            subprotocol::check_own(name.as_ref(), &self.protocols)?;
            self.protocols.push(name.as_ref().to_owned());
        }
        Ok(self)
    }

    /// Offers permessage-deflate; again for a fallback, in order of preference.
    #[must_use]
    pub fn deflate(mut self, offer: DeflateOffer) -> Self {
        self.deflate.push(offer);
        self
    }

    /// Offers no compression, whatever was offered before.
    #[must_use]
    pub fn without_deflate(mut self) -> Self {
        self.deflate.clear();
        self
    }

    /// Sends a cookie, in one `Cookie` header with all others (RFC 6265 sections 4.2.1 and 5.4).
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the name is no token, or if the value has a space, a comma, a semicolon, a
    /// backslash, a double quote other than around the whole, or anything that is not printable
    /// ASCII: percent-encode it.
    pub fn cookie(mut self, name: &str, value: &str) -> Result<Self, Misuse> {
        if !tokens::is_token(name.as_bytes()) {
            return Err(Misuse::new(Field::CookieName, name, "be a token"));
        }
        if !is_cookie_value(value) {
            let rule = "be printable ASCII without spaces, commas, semicolons, backslashes, quotes";
            return Err(Misuse::new(Field::CookieValue, value, rule));
        }
        self.add_cookies(&format!("{name}={value}"));
        Ok(self)
    }

    /// Sends an additional header, such as `Authorization`. A `Cookie` goes into one header with
    /// those given otherwise.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the name is no token or one that the handshake itself sets, or if the value
    /// has a control character.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Misuse> {
        check_additional(name, value)?;
        if name.eq_ignore_ascii_case("cookie") {
            self.add_cookies(value);
            return Ok(self);
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        Ok(self)
    }

    fn add_cookies(&mut self, cookies: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(cookies);
    }

    /// The whole request.
    // RFC 6455 §4.1-13 MUST: checked parts, in the form of an HTTP/1.1 request.
    pub fn encode(&self) -> Vec<u8> {
        // RFC 6455 §4.1-14 §4.1-15 §4.1-16 MUST: GET, the resource name, HTTP/1.1.
        let mut text = format!("GET {} HTTP/1.1\r\n", self.resource_name);
        // RFC 6455 §4.1-17 MUST: the URL gives the port where it is not the default.
        push_header(&mut text, "Host", &self.host);
        // RFC 6455 §4.1-18 §4.1-19 MUST: the keyword, and the token that makes it hop by hop.
        push_header(&mut text, "Upgrade", "websocket");
        push_header(&mut text, "Connection", "Upgrade");
        // RFC 6455 §11.3.1-1 §11.3.5-1 MUST NOT: written once; callers cannot add another.
        push_header(&mut text, "Sec-WebSocket-Key", self.key.as_str());
        // RFC 6455 §4.1-23 MUST: 13, the only version there is.
        push_header(&mut text, "Sec-WebSocket-Version", "13");
        if let Some(origin) = &self.origin {
            push_header(&mut text, "Origin", origin);
        }
        if !self.protocols.is_empty() {
            push_header(
                &mut text,
                "Sec-WebSocket-Protocol",
                &self.protocols.join(", "),
            );
        }
        if !self.deflate.is_empty() {
            // RFC 7692 §5-1 MUST: each offer is an element that begins with the extension's name.
            let offers: Vec<String> = self.deflate.iter().map(ToString::to_string).collect();
            push_header(&mut text, "Sec-WebSocket-Extensions", &offers.join(", "));
        }
        if !self.cookies.is_empty() {
            push_header(&mut text, "Cookie", &self.cookies);
        }
        for (name, value) in &self.headers {
            push_header(&mut text, name, value);
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("ClientRequest")
            .field("host", &self.host)
            .field("origin", &self.origin)
            .field("protocols", &self.protocols)
            .field("deflate", &self.deflate)
            .field("headers", &names)
            .field("has_cookies", &!self.cookies.is_empty())
            .finish_non_exhaustive()
    }
}

/// RFC 6265 section 4.1.1: cookie-octets, which may be in double quotes.
fn is_cookie_value(value: &str) -> bool {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    inner
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}
