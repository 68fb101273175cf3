//! A page of another host is told apart from one of our own.

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
