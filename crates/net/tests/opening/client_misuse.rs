//! What a caller may not ask a client for: refused before a byte is sent, with the value and the
//! rule in words.

use sockeye::Client;

use crate::support::words::words;

#[tokio::test]
async fn client_refuses_bad_urls_and_says_why() {
    for url in [
        "",
        "example.com",
        "ftp://example.com/",
        "ws://",
        "ws://a/#b",
        "ws://a b/",
        "ws://a:99999/",
    ] {
        let error = sockeye::connect(url).await.unwrap_err();
        assert!(error.is_misuse() && !error.is_lost(), "{url}: {error:?}");
        assert!(
            words(&error).len() > "the URL cannot be connected to: ".len(),
            "{url}"
        );
    }
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn client_without_tls_refuses_wss_and_says_why() {
    let error = sockeye::connect("wss://example.com/").await.unwrap_err();
    assert!(error.is_misuse() && error.is_tls());
    assert!(error.to_string().contains("TLS"), "{error}");
}

/// CVE-2026-1527: no part that a caller supplies becomes HTTP syntax.
#[test]
fn client_refuses_line_breaks_in_every_part() {
    let client = || Client::new("ws://example.com/").unwrap();
    for bad in ["a\r\nX: y", "a\ny", "a\ry", "a\0y"] {
        assert!(client().protocols([bad]).unwrap_err().is_misuse());
        assert!(client().header("X", bad).unwrap_err().is_misuse());
        assert!(client().header(bad, "x").unwrap_err().is_misuse());
        assert!(client().cookie("a", bad).unwrap_err().is_misuse());
        assert!(client().cookie(bad, "x").unwrap_err().is_misuse());
        assert!(client().origin(bad).unwrap_err().is_misuse());
        assert!(Client::new(&format!("ws://example.com/{bad}")).is_err());
    }
}

#[test]
fn client_refuses_what_is_no_origin_and_says_why() {
    for bad in ["foo", "http://a/", "http://me@a", "https://a:443"] {
        let client = Client::new("ws://example.com/").unwrap();
        let error = client.origin(bad).unwrap_err();
        assert!(error.is_misuse(), "{bad}");
        let words = words(&error);
        assert!(
            words.contains(&format!("origin \"{bad}\" must ")),
            "{words}"
        );
    }
}

#[test]
fn client_refuses_headers_that_the_handshake_owns() {
    for name in [
        "Host",
        "upgrade",
        "Connection",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
    ] {
        let client = Client::new("ws://example.com/").unwrap();
        let error = client.header(name, "x").unwrap_err();
        assert!(error.is_misuse(), "{name}");
        assert!(
            words(&error).to_lowercase().contains(&name.to_lowercase()),
            "{}",
            words(&error)
        );
    }
}
