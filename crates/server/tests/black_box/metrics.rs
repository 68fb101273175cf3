//! `/metrics`, from outside: where it is and is not, who may read it, and that it counts what was
//! done (`metrics`, `stats`, `post`).

use crate::scratch::Scratch;
use crate::site::{Site, header, options};

const TOKEN: &str = "a token that nobody guesses, of 41 bytes";

/// Everybody could read what was meant for who runs the server.
#[tokio::test]
async fn metrics_are_not_there_unless_somebody_says_where() {
    let site = Site::start().await;
    let (head, _) = site.get("/metrics").await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    assert!(site.metrics.is_none());
}

/// A dashboard would show less or more than was done.
#[tokio::test]
async fn metrics_at_a_place_of_their_own_count_what_was_done() {
    let mut options = options();
    options.metrics.listen = Some("127.0.0.1:0".parse().unwrap());
    let site = Site::start_with(options).await;
    let mut ws = sockeye::connect(&site.echo_url()).await.unwrap();
    for text in ["one", "three"] {
        ws.send(text).await.unwrap();
        assert!(ws.recv().await.unwrap().is_some());
    }
    site.get("/nothing").await;
    let sent = "sockeye_server_messages_total{direction=\"sent\"} 2\n";
    let (head, text) = loop {
        // What was sent is counted a moment after it is here, and a request until it is over.
        let (head, text) = site.get_metrics("/metrics").await;
        if text.contains(sent) && text.contains("sockeye_server_websockets 1\n") {
            break (head, text);
        }
    };
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let content_type = header(&head, "content-type").unwrap();
    assert!(
        content_type.starts_with("text/plain; version=0.0.4"),
        "{head}"
    );
    for line in [
        "sockeye_server_opened_total 1",
        "sockeye_server_messages_total{direction=\"received\"} 2",
        "sockeye_server_message_bytes_total{direction=\"received\"} 8",
        "sockeye_server_responses_total{status=\"1xx\"} 1",
        "sockeye_server_responses_total{status=\"4xx\"} 1",
        "sockeye_server_ready 1",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    for path in ["/ready", "/health"] {
        let (head, _) = site.get_metrics(path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    }
    let (head, _) = site.get_metrics("/").await;
    assert!(
        head.starts_with("HTTP/1.1 404 "),
        "nothing else is there: {head}"
    );
    let (head, _) = site.get("/metrics").await;
    assert!(
        head.starts_with("HTTP/1.1 404 "),
        "nor are they elsewhere: {head}"
    );
}

/// Whoever guesses would read them, or somebody who has the token would not.
#[tokio::test]
async fn metrics_at_the_public_place_need_the_token() {
    let token = Scratch::of(TOKEN.as_bytes());
    let mut options = options();
    options.metrics.token_file = Some(token.path().to_owned());
    let site = Site::start_with(options).await;
    for (authorization, status) in [
        ("X: x".to_owned(), "401"),
        (format!("Authorization: Bearer {TOKEN}x"), "401"),
        (format!("Authorization: Basic {TOKEN}"), "401"),
        // As for all tokens here: of two, a proxy may have looked at the other one.
        (
            format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer x"),
            "401",
        ),
        (format!("Authorization: Bearer {TOKEN}"), "200"),
        (format!("Authorization: bearer {TOKEN}"), "200"),
    ] {
        let request = format!(
            "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{authorization}\r\n\r\n"
        );
        let (head, body) = site.ask(&request).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert_eq!(status == "200", body.contains("sockeye_server_ready"));
        assert_eq!(header(&head, "cache-control"), Some("no-store"));
    }
}
