//! Whom the server takes a client for, from outside: `/me`. The tokens themselves are tested where
//! they are verified (`auth`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};
use sockeye::{Client, Error, Message, WebSocket};
use sockeye_server::Options;

use crate::scratch::Scratch;
use crate::site::{Site, header, options};

/// What signs the tokens of these tests.
pub(crate) const SECRET: &[u8] = &[b's'; 32];

/// A token with this header and these claims, signed with `secret`.
pub(crate) fn sign(secret: &[u8], header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}

/// Asks for a WebSocket with a token.
pub(crate) async fn open_with(site: &Site, path: &str, token: &str) -> Result<WebSocket, Error> {
    let client = Client::new(&format!("ws://{}{path}", site.address))?;
    let client = client.header("Authorization", &format!("Bearer {token}"))?;
    client.connect().await
}

/// A server whose secret is [`SECRET`], and the file with it.
pub(crate) fn with_secret() -> (Options, Scratch) {
    let file = Scratch::of(SECRET);
    let mut options = options();
    options.auth.secret_file = Some(file.path().to_owned());
    (options, file)
}

/// Visitors without an account would be shut out, or forgers let in.
#[tokio::test]
async fn somebody_without_a_token_is_nobody_and_a_forged_one_is_401_in_words() {
    let (options, file) = with_secret();
    let site = Site::start_with(options).await;
    drop(file);
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
    let (options, file) = with_secret();
    std::fs::write(file.path(), "short").unwrap();
    let error = sockeye_server::Server::bind(options.clone())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("5 bytes, at least 32")
            && error.to_string().starts_with("`auth.secret_file`: "),
        "{error}"
    );
    std::fs::remove_file(file.path()).unwrap();
    let error = sockeye_server::Server::bind(options).await.unwrap_err();
    assert!(
        error.to_string().contains(file.path().to_str().unwrap()),
        "{error}"
    );
}

/// If this fails, a token for one room opens others, or whoever it keeps out is told so only after
/// the server gave him a WebSocket.
#[tokio::test]
async fn room_that_a_token_forbids_is_403_before_the_upgrade_and_others_are_open() {
    let (options, file) = with_secret();
    let site = Site::start_with(options).await;
    drop(file);
    let claims = json!({"sub": "ann", "exp": 9_999_999_999_u64, "permissions": {
        "subscribe": ["chat:tea", "plain:a*"],
        "publish": ["*"],
    }});
    let token = sign(SECRET, &json!({"alg": "HS256"}), &claims);
    for (path, is_open) in [
        ("/chat/tea", true),
        ("/chat?room=tea", true),
        ("/socketserver/tea", true),
        ("/ws/apple", true),
        // It has no rooms, and is for anyone.
        ("/echo", true),
        ("/chat", false),
        ("/chat/tea2", false),
        ("/chat/t%65a2", false),
        ("/socketserver", false),
        ("/ws", false),
        ("/ws/tea", false),
        ("/article/websocket/chat/ws", false),
        ("/nick/tea", false),
        ("/", false),
    ] {
        let opened = open_with(&site, path, &token).await;
        assert_eq!(opened.is_ok(), is_open, "{path}");
        let Err(error) = opened else {
            continue;
        };
        let response = error.response().unwrap();
        assert_eq!(response.head.status(), 403, "{path}");
    }
    let request = format!(
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    let (head, body) = site.ask(&request).await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    assert_eq!(
        header(&head, "www-authenticate"),
        Some("Bearer error=\"insufficient_scope\"")
    );
    assert_eq!(body, "the token does not permit this room\n");
    // Without the claim every room is open.
    let claims = json!({"sub": "ann", "exp": 9_999_999_999_u64});
    let token = sign(SECRET, &json!({"alg": "HS256"}), &claims);
    let mut bob = open_with(&site, "/ws/tea", &token).await.unwrap();
    bob.send("here").await.unwrap();
    assert_eq!(bob.recv().await.unwrap(), Some(Message::from("here")));
}

/// If this fails, a page cannot learn why its WebSocket was refused, and tries again for ever.
#[tokio::test]
async fn plain_request_at_a_chat_is_refused_as_the_upgrade_would_be_or_told_to_upgrade() {
    let (options, file) = with_secret();
    let site = Site::start_with(options).await;
    drop(file);
    let claims = json!({"sub": "ann", "exp": 9_999_999_999_u64, "permissions": {
        "subscribe": ["chat:tea"],
        "publish": ["*"],
    }});
    let good = sign(SECRET, &json!({"alg": "HS256"}), &claims);
    let forged = sign(&[b'f'; 32], &json!({"alg": "HS256"}), &claims);
    for (path, token, status, words) in [
        ("/chat?room=tea", Some(&good), 426, "speaks WebSocket"),
        ("/chat?room=rum", Some(&good), 403, "does not permit"),
        ("/ws/tea", Some(&good), 403, "does not permit"),
        ("/chat?room=tea", Some(&forged), 401, "signature"),
        // It is for anyone: no upgrade is refused there for a token.
        ("/echo", Some(&forged), 426, "speaks WebSocket"),
        ("/chat?room=rum", None, 426, "speaks WebSocket"),
    ] {
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let token = token.unwrap_or_default();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{token}\r\n");
        let (head, body) = site.ask(&request).await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {head}"
        );
        assert!(body.contains(words), "{path}: {body}");
        assert_eq!(
            header(&head, "www-authenticate").is_some(),
            status != 426,
            "{head}"
        );
    }
}

/// If this fails, a connection outlives the token that it was opened with, or the docs say what is
/// not so.
#[tokio::test]
async fn every_websocket_ends_with_3005_when_its_token_does() {
    let (mut options, file) = with_secret();
    options.auth.leeway = Duration::ZERO;
    let site = Site::start_with(options).await;
    drop(file);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let token = sign(
        SECRET,
        &json!({"alg": "HS256"}),
        &json!({"sub": "ann", "exp": now.as_secs() + 2}),
    );
    let mut sockets = Vec::new();
    for path in ["/echo", "/demo/hello", "/chat", "/ws", "/nick"] {
        sockets.push((path, open_with(&site, path, &token).await.unwrap()));
    }
    // One that is no good is none, where anyone may come.
    let mut other = open_with(&site, "/echo", "a.b.c").await.unwrap();
    for (path, ws) in &mut sockets {
        while ws.recv().await.unwrap().is_some() {}
        let event = ws.close_event().unwrap();
        assert_eq!(event.code.number(), 3005, "{path}");
    }
    other.send("still here").await.unwrap();
    assert_eq!(other.recv().await.unwrap(), Some("still here".into()));
}
