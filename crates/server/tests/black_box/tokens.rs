//! Whom the server takes a client for, from outside: `/me`. The tokens themselves are tested where
//! they are verified (`auth`).
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};
use sockeye::Client;
use sockeye_server::Options;

use crate::site::{Site, header, options};

/// A server whose secret is known, and the path of the file.
pub(crate) fn with_secret(name: &str) -> (Options, std::path::PathBuf) {
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
        error.to_string().contains("5 bytes, at least 32")
            && error.to_string().starts_with("`auth.secret_file`: "),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
    let error = sockeye_server::Server::bind(options).await.unwrap_err();
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}

/// If this fails, a connection outlives the token that it was opened with, or the docs say what is
/// not so.
#[tokio::test]
async fn every_websocket_ends_with_3005_when_its_token_does() {
    let (mut options, path) = with_secret("expiry");
    options.auth.leeway = Duration::ZERO;
    let site = Site::start_with(options).await;
    std::fs::remove_file(&path).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let token = sign(&json!({"sub": "ann", "exp": now.as_secs() + 2}));
    let mut sockets = Vec::new();
    for path in ["/echo", "/demo/hello", "/chat", "/ws", "/nick"] {
        let client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
        let client = client
            .header("Authorization", &format!("Bearer {token}"))
            .unwrap();
        sockets.push((path, client.connect().await.unwrap()));
    }
    // One that is no good is none, where anyone may come.
    let client = Client::new(&site.echo_url()).unwrap();
    let client = client.header("Authorization", "Bearer a.b.c").unwrap();
    let mut other = client.connect().await.unwrap();
    for (path, ws) in &mut sockets {
        while ws.recv().await.unwrap().is_some() {}
        let event = ws.close_event().unwrap();
        assert_eq!(event.code.number(), 3005, "{path}");
    }
    other.send("still here").await.unwrap();
    assert_eq!(other.recv().await.unwrap(), Some("still here".into()));
}

/// A token with these claims, signed with the secret of [`with_secret`].
pub(crate) fn sign(claims: &Value) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let header = encode(br#"{"alg":"HS256"}"#);
    let message = format!("{header}.{}", encode(claims.to_string().as_bytes()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, "s".repeat(32).as_bytes());
    let signed = hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", encode(signed.as_ref()))
}
