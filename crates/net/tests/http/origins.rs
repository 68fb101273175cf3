//! Which pages may connect, on the wire: an absent `Origin`, `null`, another port, a host that only
//! looks like ours (CVE-2026-27977, CVE-2025-24010).

use axum::routing::any;
use axum::{Extension, Router};
use sockeye::{Acceptor, Origins};

use crate::serving::{ask, echo_handler, serve, with};
use crate::support::open::REQUEST;
use crate::support::poll::settle;
use crate::support::scripted::scripted;

/// Which of `ORIGINS` is let in, on a bare stream and by axum, which must say the same.
async fn let_in(origins: Origins) -> Vec<&'static str> {
    let acceptor = Acceptor::default().origins(origins);
    let app = Router::new().route("/chat", any(echo_handler));
    let address = serve(app.layer(Extension(acceptor.clone()))).await;
    let mut passed = Vec::new();
    for origin in ORIGINS {
        let request = match origin {
            "" => REQUEST.to_owned(),
            origin => with(&format!("Origin: {origin}")),
        };
        let by_axum = ask(address, &request).await;
        let (transport, script) = scripted();
        script.bytes(request);
        script.end();
        let is_open = acceptor.accept(transport).await.is_ok();
        settle().await;
        let bare = String::from_utf8_lossy(&script.take_written()).into_owned();
        let status = if is_open {
            "HTTP/1.1 101 "
        } else {
            "HTTP/1.1 403 "
        };
        assert!(by_axum.starts_with(status), "{origin}: {by_axum}");
        assert!(bare.starts_with(status), "{origin}: {bare}");
        if is_open {
            passed.push(origin);
        }
    }
    passed
}

/// The request asks for `example.com`.
const ORIGINS: [&str; 10] = [
    "",
    "null",
    "http://example.com",
    "https://example.com",
    "https://example.com:8443",
    "https://example.com.evil.org",
    "https://evilexample.com",
    "https://sub.example.com",
    "https://example.com@evil.org",
    "https://other.org",
];

#[tokio::test]
async fn server_lets_in_pages_of_its_own_host_by_default() {
    let own = ["", "http://example.com", "https://example.com"];
    assert_eq!(let_in(Origins::default()).await, own);
}

#[tokio::test]
async fn server_lets_in_listed_pages_with_their_scheme_and_port_only() {
    let listed = Origins::none().and("https://example.com:8443").unwrap();
    assert_eq!(let_in(listed).await, ["", "https://example.com:8443"]);
    let listed = Origins::none().and("HTTPS://Example.com:443").unwrap();
    assert_eq!(let_in(listed).await, ["", "https://example.com"]);
    let listed = Origins::none().and("null").unwrap();
    assert_eq!(let_in(listed).await, ["", "null"]);
}

#[tokio::test]
async fn server_lets_in_everybody_if_it_is_told_to() {
    assert_eq!(let_in(Origins::any()).await, ORIGINS);
}
