//! URLs: what is understood, and what is refused with which reason.

use sockeye_proto::handshake::{Scheme, UrlFault, WsUrl};

fn parts(url: &str) -> (Scheme, String, u16, String, String) {
    let url = WsUrl::parse(url).unwrap();
    let (host, resource) = (url.host().to_owned(), url.resource_name().to_owned());
    (url.scheme(), host, url.port(), url.host_header(), resource)
}

fn fault(url: &str) -> UrlFault {
    WsUrl::parse(url).expect_err(url)
}

#[test]
fn url_is_taken_apart() {
    let cases = [
        ("ws://a", (Scheme::Ws, "a", 80, "a", "/")),
        ("wss://a/", (Scheme::Wss, "a", 443, "a", "/")),
        ("http://a:8080/b", (Scheme::Ws, "a", 8080, "a:8080", "/b")),
        (
            "HTTPS://A.Example:443/B",
            (Scheme::Wss, "a.example", 443, "a.example", "/B"),
        ),
        ("ws://a?b=c", (Scheme::Ws, "a", 80, "a", "/?b=c")),
        ("ws://a:/%20?/:@", (Scheme::Ws, "a", 80, "a", "/%20?/:@")),
        (
            "ws://127.0.0.1:65535/",
            (Scheme::Ws, "127.0.0.1", 65535, "127.0.0.1:65535", "/"),
        ),
        (
            "ws://[2001:DB8::1]",
            (Scheme::Ws, "2001:db8::1", 80, "[2001:db8::1]", "/"),
        ),
        ("wss://[::1]:9/", (Scheme::Wss, "::1", 9, "[::1]:9", "/")),
        (
            "ws://a_b.c-d.",
            (Scheme::Ws, "a_b.c-d.", 80, "a_b.c-d.", "/"),
        ),
        ("ws://1a.2b", (Scheme::Ws, "1a.2b", 80, "1a.2b", "/")),
    ];
    for (url, (scheme, host, port, header, resource)) in cases {
        let expected = (
            scheme,
            host.to_owned(),
            port,
            header.to_owned(),
            resource.to_owned(),
        );
        assert_eq!(parts(url), expected, "{url}");
    }
}

#[test]
fn url_is_shown_in_one_form() {
    assert_eq!(
        WsUrl::parse("HTTPS://A:443?b").unwrap().to_string(),
        "wss://a/?b"
    );
    assert_eq!(
        WsUrl::parse("http://[::1]:81/b").unwrap().to_string(),
        "ws://[::1]:81/b"
    );
}

#[test]
fn url_with_another_scheme_is_refused() {
    // RFC 6455 §4.1-2 §4.1-3 TEST
    for url in [
        "", "a", "ws:a", "ws:/a", "//a", "ftp://a", " ws://a", "wss2://a", "/a",
    ] {
        assert_eq!(
            fault(url),
            UrlFault::Scheme {
                url: url.to_owned()
            }
        );
    }
    let message = "URL \"a\" must begin with ws://, wss://, http:// or https://";
    assert_eq!(fault("a").to_string(), message);
}

#[test]
fn url_with_a_fragment_is_refused() {
    // RFC 6455 §3-1 §3-2 TEST
    for url in ["ws://a#b", "ws://a/#b", "ws://a/c?d#b"] {
        assert_eq!(
            fault(url),
            UrlFault::Fragment {
                fragment: "b".to_owned()
            }
        );
    }
    let empty = UrlFault::Fragment {
        fragment: String::new(),
    };
    assert_eq!(fault("ws://a/#"), empty);
    assert_eq!(
        empty.to_string(),
        "URL must not have a fragment, it has \"\""
    );
    assert_eq!(parts("ws://a/%23b").4, "/%23b");
}

#[test]
fn url_with_user_info_is_refused_without_quoting_it() {
    for url in ["ws://user@a", "ws://user:secret@a/", "ws://@a"] {
        assert_eq!(fault(url), UrlFault::UserInfo);
        assert!(!fault(url).to_string().contains("secret"));
    }
    assert_eq!(parts("ws://a/b@c").4, "/b@c");
}

#[test]
fn url_with_an_invalid_host_is_refused_with_the_rule() {
    let cases = [
        ("ws://", "", "not be empty"),
        ("ws:///a", "", "not be empty"),
        ("ws://:80", "", "not be empty"),
        (
            "ws://b\u{fc}cher",
            "b\\xc3\\xbccher",
            "be ASCII, international names in their xn-- form",
        ),
        ("ws://[[::1]", "[[::1]", "be an IPv6 address in brackets"),
        ("ws://[::1]x", "[::1]x", "be an IPv6 address in brackets"),
        (
            "ws://[::1%25eth0]",
            "[::1%25eth0]",
            "be an IPv6 address in brackets",
        ),
        ("ws://[]", "[]", "be an IPv6 address in brackets"),
        (
            "ws://[1.2.3.4]",
            "[1.2.3.4]",
            "be an IPv6 address in brackets",
        ),
        ("ws://a b", "a b", "be letters, digits, '-', '.' and '_'"),
        (
            "ws://a%20b",
            "a%20b",
            "be letters, digits, '-', '.' and '_'",
        ),
        (
            "ws://a\r\nb",
            "a\\r\\nb",
            "be letters, digits, '-', '.' and '_'",
        ),
        (
            "ws://a\\b",
            "a\\\\b",
            "be letters, digits, '-', '.' and '_'",
        ),
        (
            "ws://256.1.1.1",
            "256.1.1.1",
            "be an IPv4 address, as its last label is a number",
        ),
        (
            "ws://10.1",
            "10.1",
            "be an IPv4 address, as its last label is a number",
        ),
        (
            "ws://a.1.",
            "a.1.",
            "be an IPv4 address, as its last label is a number",
        ),
    ];
    for (url, host, rule) in cases {
        assert_eq!(
            fault(url),
            UrlFault::Host {
                host: host.to_owned(),
                rule
            },
            "{url:?}"
        );
    }
    assert_eq!(
        fault("ws://").to_string(),
        "host \"\" of the URL must not be empty"
    );
}

#[test]
fn url_with_an_open_bracket_is_refused_with_all_of_its_host() {
    for (url, host) in [
        ("ws://[::1", "[::1"),
        ("ws://[::1/", "[::1"),
        ("ws://[::1:80/", "[::1:80"),
        ("ws://[", "["),
        ("ws://a[:80", "a[:80"),
    ] {
        let UrlFault::Host { host: named, .. } = fault(url) else {
            panic!("{url}")
        };
        assert_eq!(named, host);
    }
}

#[test]
fn url_with_an_invalid_port_is_refused() {
    for port in [
        "0",
        "65536",
        "-1",
        "+1",
        "1x",
        "x",
        "99999999999",
        "8 0",
        "1:2",
    ] {
        assert_eq!(
            fault(&format!("ws://a:{port}/")),
            UrlFault::Port {
                port: port.to_owned()
            }
        );
    }
    let message = "port \"0\" of the URL must be a number from 1 to 65535";
    assert_eq!(fault("ws://a:0").to_string(), message);
}

#[test]
fn url_with_unprintable_resource_is_refused() {
    for (url, resource) in [
        ("ws://a/b c", "/b c"),
        ("ws://a/\r\nb", "/\\r\\nb"),
        ("ws://a/\0", "/\\x00"),
        ("ws://a?\u{e9}", "?\\xc3\\xa9"),
        ("ws://a/ ", "/ "),
    ] {
        assert_eq!(
            fault(url),
            UrlFault::Resource {
                resource: resource.to_owned()
            }
        );
        assert!(fault(url).to_string().contains("percent-encode"));
    }
}
