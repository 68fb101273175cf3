//! Checking a request against the rules for a client's handshake (RFC 6455 section 4.2.1). Keeps
//! rules of RFC 6455 §10.7.

use std::borrow::Cow;

use super::refusal::Refusal;
use crate::handshake::deflate_params::{self, DeflateOffer};
use crate::handshake::extension;
use crate::handshake::fault::{FieldFault, excerpt};
use crate::handshake::fields::{at_most_one, check_listed, exactly_one};
use crate::handshake::http1::HttpVersion;
use crate::handshake::key::Key;
use crate::handshake::subprotocol;
use crate::handshake::tokens;
use crate::handshake::url::{self, WsUrl};
use crate::handshake::view::{HeaderView, RequestView};

/// A request that keeps every rule; the application may accept or refuse it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UpgradeRequest {
    pub(super) key: Key,
    host: String,
    resource_name: String,
    origin: Option<String>,
    pub(super) protocols: Vec<Box<str>>,
    pub(super) deflate: Vec<DeflateOffer>,
}

impl UpgradeRequest {
    /// The handshake's key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Host and, where it is not the default, port that the client asked for: from the request
    /// target if that is absolute, else from `Host`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Path and query of the request target.
    pub fn resource_name(&self) -> &str {
        &self.resource_name
    }

    /// The `Origin` of the page, which browsers always send and others seldom do. What is
    /// not UTF-8 in it is replaced by U+FFFD, so that it equals no origin that anybody allows.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The subprotocols offered, in the client's order of preference; distinct tokens.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.protocols.iter().map(|name| &**name)
    }

    /// The first of `preferred` that the client offers.
    pub fn choose_protocol<'a>(&self, preferred: &[&'a str]) -> Option<&'a str> {
        subprotocol::choose(preferred, &self.protocols)
    }

    /// The well-formed offers of permessage-deflate, in the client's order of preference.
    pub fn deflate_offers(&self) -> &[DeflateOffer] {
        &self.deflate
    }
}

/// Checks `request`: `Ok(None)` is an ordinary request to be answered as such, as it neither asks
/// for an upgrade to `websocket` nor has a `Sec-WebSocket-Key` or `Sec-WebSocket-Version`.
///
/// # Errors
///
/// [`Refusal`] names the first rule that an attempted upgrade breaks.
// RFC 6455 §4.2.1-1 §10.7-1 MUST: whatever is wrong ends in a refusal with its HTTP status.
pub fn check(request: &impl RequestView) -> Result<Option<UpgradeRequest>, Refusal> {
    if !is_attempt(request) {
        return Ok(None);
    }
    // RFC 6455 §4.2.1-2 MUST: GET, HTTP/1.1 or later, and a target with a resource name.
    if request.method() != "GET" {
        return Err(Refusal::Method {
            method: excerpt(request.method().as_bytes()),
        });
    }
    if request.version() < HttpVersion::HTTP_11 {
        return Err(Refusal::HttpVersion {
            version: request.version(),
        });
    }
    let (host, resource_name) = check_target(request)?;
    check_no_body(request)?;
    // RFC 6455 §4.2.1-4 §4.2.1-5 MUST: as elements of lists, in any case.
    check_listed(request, "Upgrade", "websocket", "list websocket").map_err(Refusal::Upgrade)?;
    check_listed(request, "Connection", "Upgrade", "list Upgrade").map_err(Refusal::Connection)?;
    check_version(request).map_err(Refusal::Version)?;
    let key = exactly_one(request, "Sec-WebSocket-Key")
        .and_then(Key::parse)
        .map_err(Refusal::Key)?;
    let origin = at_most_one(request, "Origin").map_err(Refusal::Origin)?;
    let protocols = subprotocol::parse_offer(request.header_values("Sec-WebSocket-Protocol"))
        .map_err(Refusal::Protocol)?;
    Ok(Some(UpgradeRequest {
        key,
        host,
        resource_name,
        origin: origin.map(|origin| String::from_utf8_lossy(origin).into_owned()),
        protocols,
        deflate: deflate_offers(request)?,
    }))
}

/// Whether the request means to be a WebSocket handshake, well-formed or not.
fn is_attempt(request: &impl HeaderView) -> bool {
    let has = |name| request.header_values(name).next().is_some();
    tokens::lists_contain(request.header_values("Upgrade"), "websocket")
        || has("Sec-WebSocket-Key")
        || has("Sec-WebSocket-Version")
}

/// The host and the resource name asked for.
fn check_target(request: &impl RequestView) -> Result<(String, String), Refusal> {
    // RFC 6455 §4.2.1-3 MUST: present; repeated or empty would leave open who is meant.
    let host = exactly_one(request, "Host")
        .and_then(check_host)
        .map_err(Refusal::Host)?;
    let target = request.target();
    if url::is_resource_name(&target) {
        return Ok((host, Cow::into_owned(target)));
    }
    match WsUrl::parse(&target) {
        Ok(url) => Ok((url.host_header(), url.resource_name().to_owned())),
        Err(_) => Err(Refusal::Target {
            target: excerpt(target.as_bytes()),
        }),
    }
}

/// Any host and port that a URL could sensibly have; which ones are served is the application's to
/// say. The comma, legal in names that nobody has, is how intermediaries join repeated fields.
fn check_host(value: &[u8]) -> Result<String, FieldFault> {
    let is_host_byte = |&byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%[]:".contains(&byte);
    if value.is_empty() || !value.iter().all(is_host_byte) {
        return Err(FieldFault::invalid(
            value,
            "be a host with an optional port",
        ));
    }
    Ok(String::from_utf8_lossy(value).into_owned())
}

/// A body's bytes would be read as frames.
fn check_no_body(request: &impl HeaderView) -> Result<(), Refusal> {
    let refuse = |header, value| {
        Err(Refusal::Body {
            header,
            value: excerpt(value),
        })
    };
    if let Some(value) = request.header_values("Transfer-Encoding").next() {
        return refuse("Transfer-Encoding", value);
    }
    match request
        .header_values("Content-Length")
        .find(|value| tokens::trim(value) != b"0")
    {
        Some(value) => refuse("Content-Length", value),
        None => Ok(()),
    }
}

fn check_version(request: &impl HeaderView) -> Result<(), FieldFault> {
    // RFC 6455 §4.2.1-7 MUST: 13, once.
    match exactly_one(request, "Sec-WebSocket-Version")? {
        b"13" => Ok(()),
        other => Err(FieldFault::invalid(other, "be 13")),
    }
}

/// The offers that are well-formed; others are declined by not being looked at.
fn deflate_offers(request: &impl HeaderView) -> Result<Vec<DeflateOffer>, Refusal> {
    let list = extension::parse_extensions(request.header_values("Sec-WebSocket-Extensions"))
        .map_err(Refusal::Extension)?;
    let offers = list
        .iter()
        .filter(|extension| extension.name == deflate_params::NAME);
    Ok(offers
        .filter_map(|offer| DeflateOffer::parse(offer).ok())
        .collect())
}
