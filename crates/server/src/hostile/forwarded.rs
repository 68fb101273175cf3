//! Addresses that proxies tell. Owns what holds whatever a stranger wrote before a trusted proxy
//! did: what that one appends is believed, and nobody else.

use std::net::{IpAddr, Ipv4Addr};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

use crate::network::{Network, Trust};
use crate::options::{ForwardedBy, Proxy};
use crate::proxy;

const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
const FRIEND: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
/// Nobody trusts it, so that it is the client of whoever tells it.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5));

/// Lines of one request.
const LINES_MAX: usize = 8;

/// Whether the header told an address.
pub(super) fn play(data: &[u8]) -> bool {
    let (choice, rest) = data.split_first().unwrap_or((&0, &[]));
    let header = if choice % 2 == 0 {
        ForwardedBy::XForwardedFor
    } else {
        ForwardedBy::Forwarded
    };
    let trusted = ["10.0.0.0/8", "2001:db8::/32"].map(network).to_vec();
    let proxy = Proxy { trusted, header };
    let lines = rest.split(|byte| *byte == b'\n').take(LINES_MAX);
    // What is no line of a head never gets as far as here.
    let lines: Vec<&[u8]> = lines.filter(|line| is_line(line)).collect();
    let apart = headers(&proxy, &lines);
    believes_nobody_else(&apart, &proxy);
    let client = proxy::client(Some(FRIEND), &apart, &proxy);
    let is_secure = proxy::is_secure(Some(FRIEND), &apart, &proxy);
    assert_eq!(client, client.map(|address| address.to_canonical()));
    // A quote that is not closed reaches as far as its line.
    if lines.iter().all(|line| is_balanced(line)) || header == ForwardedBy::XForwardedFor {
        let whole = headers(&proxy, &[&lines.join(&b","[..])]);
        assert_eq!(proxy::client(Some(FRIEND), &whole, &proxy), client);
        assert_eq!(proxy::is_secure(Some(FRIEND), &whole, &proxy), is_secure);
    }
    believes_what_is_appended(&lines, &proxy);
    client != Some(FRIEND)
}

fn network(text: &str) -> Trust {
    let network: Network = text.parse().expect("it is written like this");
    Trust::Network(network)
}

fn is_line(line: &[u8]) -> bool {
    HeaderValue::from_bytes(line).is_ok()
}

/// Without a quote that is open at its end; a backslash may quote one.
fn is_balanced(line: &[u8]) -> bool {
    let is_open = line
        .iter()
        .fold(false, |is_open, byte| is_open ^ (*byte == b'"'));
    !is_open && !line.contains(&b'\\')
}

fn headers(proxy: &Proxy, lines: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_bytes(line).expect("it is a line");
        headers.append(HeaderName::from_static(proxy.header.name()), value.clone());
        headers.append("x-forwarded-proto", value);
    }
    headers
}

fn believes_nobody_else(headers: &HeaderMap, proxy: &Proxy) {
    for peer in [Some(STRANGER), None] {
        assert_eq!(proxy::client(peer, headers, proxy), peer);
        assert!(!proxy::is_secure(peer, headers, proxy));
    }
}

fn believes_what_is_appended(lines: &[&[u8]], proxy: &Proxy) {
    let (told, scheme) = match proxy.header {
        ForwardedBy::XForwardedFor => (CLIENT.to_string(), "https".to_owned()),
        ForwardedBy::Forwarded => {
            let element = format!("proto=https;for=\"{CLIENT}:4711\"");
            (element.clone(), element)
        }
    };
    let last = lines.last().copied().unwrap_or_default();
    let line = |what: &str| [last, b", ", what.as_bytes()].concat();
    let mut appended = headers(proxy, &[&line(&scheme)]);
    let value = HeaderValue::from_bytes(&line(&told)).expect("its parts are lines");
    appended.insert(proxy.header.name(), value);
    let client = proxy::client(Some(FRIEND), &appended, proxy);
    assert_eq!(client, Some(CLIENT));
    assert!(proxy::is_secure(Some(FRIEND), &appended, proxy));
}
