//! Whom the server takes a client for, from outside: `/me`. The tokens themselves are tested where
//! they are verified (`auth`).
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use sockeye_server::Options;

use crate::site::{Site, header, options};

/// A server whose secret is known, and the path of the file.
fn with_secret(name: &str) -> (Options, std::path::PathBuf) {
    let path = std::env::temp_dir().join(format!("sockeye-{name}-{}", std::process::id()));
    std::fs::write(&path, "s".repeat(32)).unwrap();
    let mut options = options();
    options.auth.secret_file = Some(path.clone());
    (options, path)
}

#[tokio::test]
async fn somebody_without_a_token_is_nobody_and_a_forged_one_is_401_in_words() {
    let (options, path) = with_secret("me");
    let site = Site::start_with(options).await;
    std::fs::remove_file(&path).unwrap();
    let (head, body) = site.get("/me").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, "{\"user\":null}\n");
    let request = "GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
                   Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmVk\r\n\r\n";
    let (head, body) = site.ask(request).await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let challenge = header(&head, "www-authenticate").unwrap();
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\""),
        "{head}"
    );
    assert_eq!(body, "the signature of the token is wrong\n");
}

/// A server that starts without its keys would let everybody in, or nobody.
#[tokio::test]
async fn keys_that_cannot_be_read_stop_the_start_and_are_named() {
    let (options, path) = with_secret("gone");
    std::fs::write(&path, "short").unwrap();
    let error = sockeye_server::Server::bind(options.clone())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("5 bytes, at least 32"),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
    let error = sockeye_server::Server::bind(options).await.unwrap_err();
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}
