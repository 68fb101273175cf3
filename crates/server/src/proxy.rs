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

/// Whether whoever is at `address` is believed; None is the other end of a Unix socket.
pub(crate) fn is_trusted(address: Option<IpAddr>, proxy: &Proxy) -> bool {
    proxy.trusted.iter().any(|trust| match (trust, address) {
        (Trust::Network(network), Some(address)) => network.contains(address),
        (Trust::Unix, None) => true,
        _ => false,
    })
}

/// The parameter `for` of one element of `Forwarded` (RFC 7239 §5.2).
fn forwarded(element: &str) -> Option<IpAddr> {
    let mut pairs = split(element, ';')
        .into_iter()
        .filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
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
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn proxy(header: ForwardedBy) -> Proxy {
        Proxy {
            trusted: ["10.0.0.0/8", "2001:db8::/32", "unix"]
                .map(|text| text.parse().unwrap())
                .to_vec(),
            header,
        }
    }

    fn client_of(peer: Option<&str>, header: ForwardedBy, lines: &[&str]) -> Option<String> {
        let name = HeaderName::from_static(header.name());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(&name, HeaderValue::from_str(line).unwrap());
        }
        let peer = peer.map(|peer| peer.parse().unwrap());
        client(peer, &headers, &proxy(header)).map(|address| address.to_string())
    }

    /// Whoever connects by himself can write any header: limits and logs must not believe it.
    #[test]
    fn header_counts_only_from_trusted_peers_and_only_as_far_as_they_are() {
        for (peer, lines, client) in [
            (Some("192.0.2.1"), &["198.51.100.7"][..], Some("192.0.2.1")),
            (Some("10.0.0.1"), &["198.51.100.7"], Some("198.51.100.7")),
            // The first is what the client made up, the last what our proxy saw.
            (
                Some("10.0.0.1"),
                &["127.0.0.1, 198.51.100.7"],
                Some("198.51.100.7"),
            ),
            (
                Some("10.0.0.1"),
                &["127.0.0.1", "198.51.100.7, 10.0.0.2"],
                Some("198.51.100.7"),
            ),
            (Some("10.0.0.1"), &[], Some("10.0.0.1")),
            (
                Some("10.0.0.1"),
                &["198.51.100.7, nonsense"],
                Some("10.0.0.1"),
            ),
            (Some("10.0.0.1"), &["10.0.0.3"], Some("10.0.0.3")),
            (
                Some("10.0.0.1"),
                &["198.51.100.7:4711"],
                Some("198.51.100.7"),
            ),
            (
                Some("10.0.0.1"),
                &["[2001:db9::1]:4711"],
                Some("2001:db9::1"),
            ),
            (Some("2001:db8::1"), &["2001:db9::1"], Some("2001:db9::1")),
            (None, &["198.51.100.7"], Some("198.51.100.7")),
            (None, &[], None),
        ] {
            let outcome = client_of(peer, ForwardedBy::XForwardedFor, lines);
            assert_eq!(outcome.as_deref(), client, "{peer:?} {lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        for (lines, client) in [
            (&["for=198.51.100.7"][..], "198.51.100.7"),
            (
                &["proto=https;For=\"[2001:db9::1]:4711\";by=10.0.0.1"],
                "2001:db9::1",
            ),
            (
                &["for=1.2.3.4, for=198.51.100.7;by=\"a,b;c\""],
                "198.51.100.7",
            ),
            (&["for=1.2.3.4, for=_hidden"], "10.0.0.1"),
            (&["for=unknown"], "10.0.0.1"),
            (&["by=1.2.3.4"], "10.0.0.1"),
        ] {
            let outcome = client_of(Some("10.0.0.1"), ForwardedBy::Forwarded, lines);
            assert_eq!(outcome.as_deref(), Some(client), "{lines:?}");
        }
    }

    /// Whatever stands there, the answer is the proxy or an address that it wrote.
    #[test]
    fn header_that_is_cut_anywhere_makes_up_no_address() {
        let line = "for=198.51.100.7;proto=https, for=\"[2001:db9::1]:4711\";by=\"10.0.0.1\"";
        for at in 0..=line.len() {
            let cut = &line[..at];
            let client = client_of(Some("10.0.0.1"), ForwardedBy::Forwarded, &[cut]).unwrap();
            let is_there = cut.contains(client.trim_end_matches(|c: char| !c.is_ascii_digit()));
            assert!(client == "10.0.0.1" || is_there, "{cut}: {client}");
        }
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        let name = HeaderName::from_static("x-forwarded-for");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("1.2.3.4"))]);
        let peer = Some("127.0.0.1".parse().unwrap());
        assert_eq!(client(peer, &headers, &Proxy::default()), peer);
        assert_eq!(client(None, &headers, &Proxy::default()), None);
    }
}
