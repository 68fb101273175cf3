//! Whom a request is for: `Host`, or what stands for it in HTTP/2. Owns which requests are for
//! nobody that can be told; who it is decides nothing here.

use hyper::header::{self, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Request, Version};

/// Why it cannot be told whom `request` is for (RFC 9112 §3.2, RFC 9113 §8.3.1): some proxy before
/// us may have guessed otherwise than we would.
pub(crate) fn fault<B>(request: &Request<B>) -> Option<&'static str> {
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return Some("header Host stands several times");
    }
    if host.is_none() && request.version() == Version::HTTP_11 {
        return Some("header Host is missing");
    }
    if host.is_some_and(|host| !names_a_host(host)) {
        return Some("header Host is no host with or without a port");
    }
    let target = request.uri().authority();
    let is_wrong = target.is_some_and(|target| !is_host(target.as_str()));
    is_wrong.then_some("the authority of this request is no host with or without a port")
}

fn names_a_host(value: &HeaderValue) -> bool {
    // It is empty where the address that is asked for has no authority.
    value.is_empty() || value.to_str().is_ok_and(is_host)
}

fn is_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else {
        return false;
    };
    // RFC 9110 §4.2.4: user information there is a way to pretend to be somebody else.
    if text.contains('@') || authority.host().is_empty() {
        return false;
    }
    let port = text.strip_prefix(authority.host()).unwrap_or_default();
    match port.strip_prefix(':') {
        Some(port) => port.is_empty() || port.parse::<u16>().is_ok(),
        None => port.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a request is served whose receiver a proxy takes for another one, or one is
    /// refused that browsers send.
    #[test]
    fn hosts_are_names_and_addresses_with_or_without_a_port() {
        for host in [
            "a",
            "example.com:8080",
            "127.0.0.1",
            "[::1]",
            "[::1]:80",
            "a:",
            "xn--80ak6aa92e.com",
            "a_b",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "a b", "a/b", "http://a", "a:x", "a:99999", "a:1:2", "me@a", "[::1", "::1", ":80",
            "a,b/", "a\\b", "a?b", "a#b", "\u{e9}",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    /// If this fails, of two names that a request has we take another one than a proxy does.
    #[test]
    fn request_has_one_host() {
        let request = |hosts: &[&str], target: &str, version| {
            let mut request = Request::builder().uri(target).version(version);
            for host in hosts {
                request = request.header(header::HOST, *host);
            }
            fault(&request.body(()).unwrap())
        };
        assert_eq!(request(&["a"], "/", Version::HTTP_11), None);
        assert_eq!(request(&[""], "/", Version::HTTP_11), None);
        assert_eq!(request(&[], "/", Version::HTTP_10), None);
        assert_eq!(request(&[], "https://a:1/", Version::HTTP_2), None);
        for (hosts, target, version) in [
            (&[][..], "/", Version::HTTP_11),
            (&["a", "a"], "/", Version::HTTP_11),
            (&["a", "b"], "/", Version::HTTP_10),
            (&["a", "b"], "https://a/", Version::HTTP_2),
            (&["a b"], "/", Version::HTTP_11),
            (&["a"], "http://me@a/", Version::HTTP_11),
            (&[], "https://me@a/", Version::HTTP_2),
        ] {
            assert!(
                request(hosts, target, version).is_some(),
                "{hosts:?} {target}"
            );
        }
    }
}
