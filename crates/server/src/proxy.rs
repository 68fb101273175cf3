//! Where a request comes from, when a proxy brings it. Owns the one rule: what a header says counts
//! as far as those are trusted who wrote it, which begins with who holds the connection.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;

use crate::options::{ForwardedBy, Proxy, Trust};

/// The client's address: that of the connection, unless it is of a trusted proxy, which says in the
/// header that it is known to write whom it speaks for. None for nobody that has an address.
pub(crate) fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    if !is_trusted(peer, proxy) {
        return peer;
    }
    let name = proxy.header.name();
    let lines = headers.get_all(name).into_iter();
    let texts: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    let hops: Vec<&str> = texts.iter().flat_map(|text| split(text, ',')).collect();
    let mut client = peer;
    // From the last, which the proxy next to us wrote, to the first, which anybody may have made
    // up.
    for hop in hops.into_iter().rev() {
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
    let lines = headers.get_all(name).into_iter();
    let last = lines.filter_map(|line| line.to_str().ok()).next_back();
    let Some(element) = last.and_then(|line| split(line, ',').pop()) else {
        return false;
    };
    let scheme = match proxy.header {
        ForwardedBy::XForwardedFor => Some(element),
        ForwardedBy::Forwarded => parameter(element, "proto"),
    };
    scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// Whether whoever is at `address` is believed; None is the other end of a Unix socket.
pub(crate) fn is_trusted(address: Option<IpAddr>, proxy: &Proxy) -> bool {
    proxy.trusted.iter().any(|trust| match (trust, address) {
        (Trust::Network(network), Some(address)) => network.contains(address),
        (Trust::Unix, None) => true,
        _ => false,
    })
}

/// The address in one element of `Forwarded` (RFC 7239 §5.2).
fn forwarded(element: &str) -> Option<IpAddr> {
    address(parameter(element, "for")?)
}

/// The parameter `wanted` of such an element.
fn parameter<'a>(element: &'a str, wanted: &str) -> Option<&'a str> {
    let mut pairs = split(element, ';')
        .into_iter()
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

/// Parts between `separator`s that stand in no quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = text.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == separator && !is_quoted
    });
    parts.collect()
}

#[cfg(test)]
mod tests;
