//! `origin`: a page of another host is told apart from one of our own, and from those listed.

use sockeye_proto::handshake::Field;
use sockeye_proto::handshake::server::Origins;

use crate::heads::{Lines, check};

fn is_same_host(host: &str, origin: &str) -> bool {
    let lines = Lines::request().set("Host", host).set("Origin", origin);
    check(&lines).unwrap().unwrap().is_same_host()
}

#[test]
fn server_takes_a_request_without_origin_for_its_own() {
    assert!(check(&Lines::request()).unwrap().unwrap().is_same_host());
}

#[test]
fn server_takes_pages_of_its_host_for_its_own() {
    for (host, origin) in [
        ("example.com", "http://example.com"),
        ("Example.com", "https://example.COM"),
        ("example.com:8080", "http://example.com:8080"),
        ("example.com:443", "https://example.com"),
        ("[::1]:8080", "http://[::1]:8080"),
    ] {
        assert!(is_same_host(host, origin), "{origin}");
    }
}

#[test]
fn server_takes_every_other_page_for_foreign() {
    for origin in [
        "null",
        "",
        "example.com",
        "http://example.com:81",
        "http://example.com.evil.org",
        "http://evil-example.com",
        "http://example.com@evil.org",
        "http://evil.org#example.com",
        "http://example.com/",
        "http://example.com/path",
        "http://example.com?query",
        "file://",
        "http://ex\u{e4}mple.com",
    ] {
        assert!(!is_same_host("example.com", origin), "{origin}");
    }
}

fn lets_in(origins: &Origins, origin: &str) -> bool {
    let lines = Lines::request().set("Host", "example.com");
    origins.allow(&check(&lines.set("Origin", origin)).unwrap().unwrap())
}

#[test]
fn server_with_a_list_compares_scheme_host_and_port() {
    // RFC 6455 §4.2.2-3 TEST
    let listed = Origins::none().and("https://app.example.org").unwrap();
    let listed = listed.and("app://Local").unwrap().and("null").unwrap();
    for origin in [
        "https://app.example.org",
        "https://app.example.org:443",
        "HTTPS://APP.example.org",
        "app://local",
        "null",
    ] {
        assert!(lets_in(&listed, origin), "{origin}");
    }
    for origin in [
        "",
        "http://app.example.org",
        "https://app.example.org:80",
        "https://app.example.org:4430",
        "https://app.example.org/",
        "https://app.example.org.evil.org",
        "https://app.example.org.",
        "https://xapp.example.org",
        "https://app.example.org@evil.org",
        "https://app.example.org, https://evil.org",
        "app://local:80",
        "http://example.com",
    ] {
        assert!(!lets_in(&listed, origin), "{origin}");
    }
}

#[test]
fn server_of_the_same_host_takes_what_is_listed_as_well() {
    let both = Origins::same_host().and("https://other.org").unwrap();
    assert!(lets_in(&both, "http://example.com") && lets_in(&both, "https://other.org"));
    assert!(!lets_in(&both, "null") && !lets_in(&both, "https://third.org"));
    assert!(lets_in(&Origins::any(), "null"));
    assert_eq!(Origins::default(), Origins::same_host());
}

#[test]
fn server_cannot_list_what_no_browser_sends() {
    for origin in [
        "",
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com/path",
        "https://*.example.com",
        "https://me@example.com",
        "https://example.com:99999",
        "https://example.com:",
        "https://example.com:+8",
        "https://[::1]:x",
        "https://a, https://b",
        "https://a\r\nX: y",
        "NULL",
    ] {
        let misuse = Origins::none().and(origin).unwrap_err();
        assert_eq!(misuse.field, Field::Origin, "{origin}");
    }
}
