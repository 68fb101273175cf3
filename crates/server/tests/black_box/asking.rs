//! A plain request at a WebSocket's address, by which a page asks why its upgrade was refused
//! (`answer::rehearsal`): it is answered as that would be, and takes no place. What tokens have to
//! do with it is in `tokens`.

use std::time::Duration;

use serde_json::json;

use crate::site::{Site, header, options};
use crate::tokens::{SECRET, open_with, sign, with_secret};

/// Head and body of what a page of `origin` is told that asks at `path`.
async fn ask(site: &Site, path: &str, more: &str) -> (String, String) {
    let host = site.address;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    site.ask(&request).await
}

/// If this fails, a page behind a proxy that hides its host tries again for ever, or takes its own
/// server's refusal for one of its visitor's token.
#[tokio::test]
async fn page_of_a_foreign_origin_is_told_so_where_origins_count() {
    let site = Site::start().await;
    let own = format!("http://{}", site.address);
    for (path, origin, status) in [
        ("/chat?room=tea", "https://foe.example", 403),
        ("/chat?room=tea", "null", 403),
        ("/chat?room=tea", &own, 426),
        ("/echo", "https://foe.example", 426),
    ] {
        let origin = format!("Sockeye-Page-Origin: {origin}\r\n");
        let (head, body) = ask(&site, path, &origin).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(head.starts_with(&expected), "{path} {origin}: {head}");
        assert_eq!(body.contains("speaks WebSocket"), status == 426, "{body}");
        // By this a page tells it from a token that does not permit the room.
        assert_eq!(header(&head, "www-authenticate"), None, "{head}");
    }
}

/// If this fails, pages come back to a server that is full as often as to one that is not there,
/// or asking takes what is asked about.
#[tokio::test]
async fn page_that_is_one_too_many_is_told_when_to_come_back() {
    let mut options = options();
    options.limits.handshakes_per_second_max = 1;
    let site = Site::start_with(options).await;
    for _ in 0..20 {
        let (head, _) = ask(&site, "/echo", "").await;
        assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
    }
    let mut open = Vec::new();
    while let Ok(ws) = sockeye::connect(&site.echo_url()).await {
        open.push(ws);
    }
    let (head, body) = ask(&site, "/echo", "").await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    assert!(body.contains("faster than it may, 1 in a second"), "{body}");

    let (mut options, file) = with_secret();
    options.limits.connections_per_user_max = 1;
    let site = Site::start_with(options).await;
    drop(file);
    let claims = json!({"sub": "ann", "exp": 9_999_999_999_u64});
    let token = sign(SECRET, &json!({"alg": "HS256"}), &claims);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let (head, _) = ask(&site, "/chat", &bearer).await;
    assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
    let _first = open_with(&site, "/chat", &token).await.unwrap();
    let (head, body) = ask(&site, "/chat", &bearer).await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert!(body.contains("this user has as many WebSockets"), "{body}");
}

/// If this fails, pages of a server that goes down do not leave it alone.
#[tokio::test]
async fn page_of_a_server_that_drains_is_told_when_to_come_back() {
    let mut options = options();
    options.drain.delay = Duration::from_secs(3600);
    let mut site = Site::start_with(options).await;
    site.tell_to_stop();
    site.until_not_ready().await;
    let (head, _) = ask(&site, "/chat", "").await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert_eq!(header(&head, "retry-after"), Some("5"));
    site.insist();
    site.stop().await;
}

/// If this fails, tokens are tried one after the other by asking, and nobody hears of it.
#[tokio::test]
async fn token_that_is_refused_is_counted_also_where_somebody_only_asks() {
    let (mut options, file) = with_secret();
    options.metrics.listen = Some("127.0.0.1:0".parse().unwrap());
    let site = Site::start_with(options).await;
    drop(file);
    let (head, _) = ask(&site, "/chat", "Authorization: Bearer forged\r\n").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let (_, text) = site.get_metrics("/metrics").await;
    assert!(text.contains("sockeye_server_denied_total 1\n"), "{text}");
}

/// What a page that asks is to see of an answer: the status, when to come back, which bound it was,
/// and the words.
fn told((head, body): (String, String)) -> [String; 4] {
    let status = head.lines().next().unwrap_or_default().to_owned();
    let value = |name| header(&head, name).unwrap_or_default().to_owned();
    [status, value("retry-after"), value("sockeye-limit"), body]
}

/// If this fails, a page that asks is told another reason than the one that its upgrade was refused
/// for, where several hold: the steps are not the same ones in the same order.
#[tokio::test]
async fn whoever_asks_is_told_what_the_upgrade_was_told() {
    const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let (mut options, file) = with_secret();
    options.proxy.trusted = vec!["127.0.0.1".parse().unwrap()];
    options.limits.connections_per_address_max = 2;
    options.limits.connections_per_user_max = 1;
    options.limits.handshakes_per_second_max = 1;
    let site = Site::start_with(options).await;
    drop(file);
    let claims = json!({"sub": "ann", "exp": 9_999_999_999_u64});
    let good = sign(SECRET, &json!({"alg": "HS256"}), &claims);
    let _first = open_with(&site, "/chat", &good).await.unwrap();
    let url = site.echo_url();
    let mut full = Vec::new();
    for _ in 0..2 {
        let client = sockeye::Client::new(&url).unwrap();
        let client = client.header("X-Forwarded-For", "192.0.2.1").unwrap();
        full.push(client.connect().await.unwrap());
    }
    for (from, token, status, limit) in [
        ("192.0.2.2", &*good, "429", "user"),
        ("192.0.2.2", "forged", "401", ""),
        // An address that is full is told so before its token is looked at.
        ("192.0.2.1", "forged", "429", "connections"),
        // And one in haste before it is found to be full.
        ("192.0.2.1", "forged", "429", "handshakes"),
    ] {
        let headers = format!("X-Forwarded-For: {from}\r\nAuthorization: Bearer {token}\r\n");
        let request = format!("GET /chat HTTP/1.1\r\nHost: a\r\n{UPGRADE}{headers}\r\n");
        let mut upgraded = told(site.ask(&request).await);
        // The last bound is met once the burst is over, which is ten seconds of one each.
        for _ in 0..10 {
            if upgraded[2] != limit {
                upgraded = told(site.ask(&request).await);
            }
        }
        assert!(upgraded[0].starts_with(&format!("HTTP/1.1 {status} ")));
        assert_eq!(upgraded[2], limit, "{upgraded:?}");
        assert_eq!(told(ask(&site, "/chat", &headers).await), upgraded);
    }
}
