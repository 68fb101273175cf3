//! The `Origin` that a client sends: one in the form that browsers serialise (RFC 6454 section
//! 6.2). Servers compare it byte by byte, so that another spelling of the same origin is another
//! origin to them.

use crate::handshake::fault::{Field, Misuse};
use crate::handshake::url::{broken_host_rule, split_port};

const FORM: &str = "be null, or scheme://host[:port] without user, path and trailing slash";
const CASE: &str = "be in lower case";
const PORT: &str = "have a port from 1 to 65535, or none";
const DEFAULT_PORT: &str = "leave out the default port of its scheme";

/// Schemes whose default port we know; an origin does not spell it out.
const DEFAULT_PORTS: [(&str, &str); 4] = [
    ("http", "80"),
    ("https", "443"),
    ("ws", "80"),
    ("wss", "443"),
];

/// Checks an origin that a caller wants to send.
pub(super) fn check(origin: &str) -> Result<(), Misuse> {
    match broken_rule(origin) {
        Some(rule) => Err(Misuse::new(Field::Origin, origin, rule)),
        None => Ok(()),
    }
}

fn broken_rule(origin: &str) -> Option<&'static str> {
    // What privacy or sandboxes hide.
    if origin == "null" {
        return None;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return Some(FORM);
    };
    let (host, port) = split_port(authority);
    // The host's own rules leave no room for a user, a path, a query or a fragment.
    if !is_scheme(scheme) || broken_host_rule(host).is_some() {
        return Some(FORM);
    }
    if origin.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some(CASE);
    }
    match port {
        Some(port) if port.contains(['/', '?', '#', '@']) => Some(FORM),
        Some(port) if !is_port(port) => Some(PORT),
        Some(port) if DEFAULT_PORTS.contains(&(scheme, port)) => Some(DEFAULT_PORT),
        _ => None,
    }
}

/// RFC 3986 section 3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Whether it is a port as a number is written: without a sign and zeros in front.
fn is_port(port: &str) -> bool {
    let number = port.parse::<u16>();
    number.is_ok_and(|number| number > 0 && number.to_string() == port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_in_its_serialised_form_is_sent() {
        for origin in [
            "null",
            "http://a",
            "https://example.com",
            "https://example.com:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://[2001:db8::1]",
            "http://a:443",
            "http://xn--bcher-kva.example",
            "chrome-extension://abcdefghijklmnop",
            "app://localhost",
        ] {
            assert_eq!(check(origin), Ok(()), "{origin}");
        }
    }

    #[test]
    fn origin_of_another_form_is_refused_with_the_value_and_the_rule() {
        for (origin, rule) in [
            ("", FORM),
            ("foo", FORM),
            ("Null", FORM),
            ("null ", FORM),
            ("example.com", FORM),
            ("http:", FORM),
            ("http://", FORM),
            ("://a", FORM),
            ("1a://a", FORM),
            ("http://a/", FORM),
            ("http://a:8080/", FORM),
            ("http://a/b", FORM),
            ("http://a?b", FORM),
            ("http://a#b", FORM),
            ("http://b@a", FORM),
            ("http://b:c@a", FORM),
            ("http://a http://b", FORM),
            ("http://a, http://b", FORM),
            ("http://b\u{fc}cher.example", FORM),
            ("http://[::1", FORM),
            ("http://a\r\nb: c", FORM),
            ("HTTP://a", CASE),
            ("http://A", CASE),
            ("http://a:", PORT),
            ("http://a:0", PORT),
            ("http://a:080", PORT),
            ("http://a:+1", PORT),
            ("http://a:65536", PORT),
            ("http://a:80", DEFAULT_PORT),
            ("https://a:443", DEFAULT_PORT),
        ] {
            assert_eq!(
                check(origin),
                Err(Misuse::new(Field::Origin, origin, rule)),
                "{origin}"
            );
        }
        assert_eq!(
            check("foo").unwrap_err().to_string(),
            "origin \"foo\" must be null, or scheme://host[:port] without user, path and trailing \
             slash"
        );
    }
}
