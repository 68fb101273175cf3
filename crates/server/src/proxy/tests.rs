//! Whom a proxy speaks for, and who is believed.

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
        // RFC 9110 §5.6.1.2: empty elements of a list are ignored.
        (
            Some("10.0.0.1"),
            &[",198.51.100.7, ,10.0.0.2,", ""],
            Some("198.51.100.7"),
        ),
        (Some("10.0.0.1"), &["198.51.100.7:_a"], Some("10.0.0.1")),
    ] {
        let outcome = client_of(peer, ForwardedBy::XForwardedFor, lines);
        assert_eq!(outcome.as_deref(), client, "{peer:?} {lines:?}");
    }
}

/// If this fails, all clients of a proxy that writes it have the address of the proxy.
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
        (&["for=\"198.51.100.7:_port\","], "198.51.100.7"),
        (&["for=\"[2001:db9::1]:_a.B-9\""], "2001:db9::1"),
        (&["for=\"[::ffff:198.51.100.7]:_p\""], "198.51.100.7"),
        (&["for=\"198.51.100.7:_\""], "10.0.0.1"),
        (&["for=\"198.51.100.7:_a b\""], "10.0.0.1"),
        (&["for=\"198.51.100.7:80:_a\""], "10.0.0.1"),
        (&["for=unknown"], "10.0.0.1"),
        (&["by=1.2.3.4"], "10.0.0.1"),
    ] {
        let outcome = client_of(Some("10.0.0.1"), ForwardedBy::Forwarded, lines);
        assert_eq!(outcome.as_deref(), Some(client), "{lines:?}");
    }
}

/// If this fails, a stranger hides behind a proxy that appends to the line he sent: he shares its
/// address, and uses up what everybody behind it may have.
#[test]
fn what_a_proxy_appends_counts_whatever_a_stranger_wrote_before_it() {
    for begun in ["\"", "for=\"", "\"a, b", "\u{e9}", "\\", "\\\"", "for=\"\\"] {
        for (header, appended) in [
            (ForwardedBy::XForwardedFor, "198.51.100.7"),
            (ForwardedBy::Forwarded, "for=198.51.100.7;proto=https"),
        ] {
            let line = format!("{begun}, {appended}");
            let outcome = client_of(Some("10.0.0.1"), header, &[&line]);
            assert_eq!(outcome.as_deref(), Some("198.51.100.7"), "{line}");
        }
    }
}

/// If this fails, whoever chooses the host that a proxy tells chooses the address as well.
#[test]
fn quote_behind_a_backslash_ends_no_quotes() {
    let line = r#"host="a\";for=1.2.3.4;x=\"";for=198.51.100.7"#;
    let outcome = client_of(Some("10.0.0.1"), ForwardedBy::Forwarded, &[line]);
    assert_eq!(outcome.as_deref(), Some("198.51.100.7"));
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

/// If this fails, a client says by itself which address it has.
#[test]
fn nobody_is_trusted_by_default() {
    let name = HeaderName::from_static("x-forwarded-for");
    let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("1.2.3.4"))]);
    let peer = Some("127.0.0.1".parse().unwrap());
    assert_eq!(client(peer, &headers, &Proxy::default()), peer);
    assert_eq!(client(None, &headers, &Proxy::default()), None);
}

/// A cookie that must not leave TLS would be set without that word, or one with it be thrown
/// away.
#[test]
fn client_speaks_tls_where_a_trusted_proxy_says_so() {
    use ForwardedBy::{Forwarded, XForwardedFor};
    for (peer, header, name, value, expected) in [
        (
            "10.0.0.1",
            XForwardedFor,
            "x-forwarded-proto",
            "https",
            true,
        ),
        (
            "10.0.0.1",
            XForwardedFor,
            "x-forwarded-proto",
            "http",
            false,
        ),
        (
            "10.0.0.1",
            XForwardedFor,
            "x-forwarded-proto",
            "https, http",
            false,
        ),
        ("10.0.0.1", XForwardedFor, "x-other", "https", false),
        (
            "192.0.2.1",
            XForwardedFor,
            "x-forwarded-proto",
            "https",
            false,
        ),
        (
            "10.0.0.1",
            Forwarded,
            "forwarded",
            "for=a;proto=HTTPS",
            true,
        ),
        (
            "10.0.0.1",
            Forwarded,
            "forwarded",
            "proto=https, for=a",
            false,
        ),
        ("10.0.0.1", Forwarded, "x-forwarded-proto", "https", false),
    ] {
        let headers = [(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )];
        let headers = headers.into_iter().collect();
        let is_secure = is_secure(Some(peer.parse().unwrap()), &headers, &proxy(header));
        assert_eq!(is_secure, expected, "{peer} {name}: {value}");
    }
}
