//! Where a request comes from, when a proxy brings it. Owns the one rule: what a header says counts
//! as far as those are trusted who wrote it, which begins with who holds the connection.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::HeaderValue;

use crate::options::{ForwardedBy, Proxy, Trust};

/// The client's address: that of the connection, unless it is of a trusted proxy, which says in the
/// header that it is known to write whom it speaks for. None for nobody that has an address.
pub(crate) fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    if !is_trusted(peer, proxy) {
        return peer;
    }
    let lines = headers.get_all(proxy.header.name()).into_iter().rev();
    let texts: Vec<Cow<'_, str>> = lines.map(text).collect();
    let mut client = peer;
    // From the last, which the proxy next to us wrote, to the first, which anybody may have made
    // up.
    for hop in texts.iter().flat_map(|text| elements(text, proxy.header)) {
        let address = match proxy.header {
            ForwardedBy::XForwardedFor => address(hop.trim()),
            ForwardedBy::Forwarded => forwarded(hop),
        };
        // A trusted proxy that hides whom it speaks for is the last that is known.
        let Some(address) = address else { break };
        client = Some(address);
        if !is_trusted(client, proxy) {
            break;
        }
    }
    client
}

/// Whether a trusted proxy says that its client speaks TLS. Of several it is the last that counts,
/// which the proxy next to us wrote.
pub(crate) fn is_secure(peer: Option<IpAddr>, headers: &HeaderMap, proxy: &Proxy) -> bool {
    if !is_trusted(peer, proxy) {
        return false;
    }
    let name = match proxy.header {
        ForwardedBy::XForwardedFor => "x-forwarded-proto",
        ForwardedBy::Forwarded => proxy.header.name(),
    };
    let mut lines = headers.get_all(name).into_iter().rev().map(text);
    // A line may have nothing but empty elements.
    lines
        .find_map(|line| {
            let element = *elements(&line, proxy.header).first()?;
            let scheme = match proxy.header {
                ForwardedBy::XForwardedFor => Some(element),
                ForwardedBy::Forwarded => parameter(element, "proto"),
            };
            Some(scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https")))
        })
        .unwrap_or(false)
}

/// Whether whoever is at `address` is believed; None is the other end of a Unix socket.
pub(crate) fn is_trusted(address: Option<IpAddr>, proxy: &Proxy) -> bool {
    proxy.trusted.iter().any(|trust| match (trust, address) {
        (Trust::Network(network), Some(address)) => network.contains(address),
        (Trust::Unix, None) => true,
        _ => false,
    })
}

/// A line as text: what is none in it, a stranger wrote, and must not hide what stands behind it.
fn text(line: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(line.as_bytes())
}

/// The elements of a line, the last one first. Only `Forwarded` has quotes.
fn elements(line: &str, header: ForwardedBy) -> Vec<&str> {
    let mut elements = match header {
        ForwardedBy::XForwardedFor => line.rsplit(',').collect(),
        ForwardedBy::Forwarded => split(line, ','),
    };
    // RFC 9110 §5.6.1.2: empty ones say nothing.
    elements.retain(|element| !element.trim().is_empty());
    elements
}

/// The address in one element of `Forwarded` (RFC 7239 §5.2).
fn forwarded(element: &str) -> Option<IpAddr> {
    let node = parameter(element, "for")?;
    address(node).or_else(|| with_hidden_port(node))
}

/// The address in front of a port that has another name (RFC 7239 §6.3), such as `:_a1`.
fn with_hidden_port(node: &str) -> Option<IpAddr> {
    let (name, port) = node.rsplit_once(':')?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    port.strip_prefix('_')
        .filter(|port| !port.is_empty() && port.chars().all(is_part))?;
    let bare = || name.parse().ok().map(IpAddr::V4);
    let in_brackets = || {
        let inner = name.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse().ok().map(IpAddr::V6)
    };
    let address = bare().or_else(in_brackets);
    address.map(|address| address.to_canonical())
}

/// The parameter `wanted` of such an element.
fn parameter<'a>(element: &'a str, wanted: &str) -> Option<&'a str> {
    let mut pairs = split(element, ';')
        .into_iter()
        .rev()
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))?;
    Some(value.trim().trim_matches('"'))
}

/// An address, with or without a port, brackets around IPv6 with one.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = bare.or_else(with_port).or_else(in_brackets);
    address.map(|address: IpAddr| address.to_canonical())
}

/// Parts between `separator`s that stand in no quotes, the last one first. Read from the end, as a
/// quote that a stranger left open must not swallow what a proxy wrote behind it.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut rest, mut is_quoted) = (Vec::new(), text, false);
    for (at, letter) in text.char_indices().rev() {
        is_quoted ^= letter == '"' && !is_escaped(text, at);
        if letter == separator && !is_quoted {
            if let Some((before, part)) = rest.split_at_checked(at) {
                parts.push(part.strip_prefix(separator).unwrap_or(part));
                rest = before;
            }
        }
    }
    parts.push(rest);
    parts
}

/// Whether the letter at `at` stands behind a backslash that counts (RFC 9110 §5.6.4).
fn is_escaped(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'\\')
        .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests;
