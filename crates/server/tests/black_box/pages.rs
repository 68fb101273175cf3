//! What a browser or `curl` gets, over real sockets.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use crate::site::{Site, header, options};

/// A browser would run or frame what it should not.
#[tokio::test]
async fn every_page_has_its_type_and_the_headers_that_protect_it() {
    let site = Site::start().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/demo/chat", "text/html; charset=utf-8"),
        ("/demo/echo", "text/html; charset=utf-8"),
        ("/demo/greeting", "text/html; charset=utf-8"),
        ("/demo/nick", "text/html; charset=utf-8"),
        ("/demo/plain", "text/html; charset=utf-8"),
        ("/assets/chat.css", "text/css; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/echo.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/?from=somewhere", "text/html; charset=utf-8"),
    ] {
        let (head, body) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {head}");
        assert_eq!(header(&head, "content-type"), Some(content_type), "{path}");
        assert_eq!(header(&head, "x-content-type-options"), Some("nosniff"));
        assert!(
            header(&head, "cache-control")
                .unwrap()
                .ends_with("no-cache")
        );
        let policy = header(&head, "content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!body.is_empty(), "{path}");
    }
}

/// Where `link` leads that stands in the file at `path`.
fn resolve(path: &str, link: &str) -> String {
    let (mut folder, _) = path.rsplit_once('/').unwrap();
    let mut rest = link;
    while let Some(after) = rest.strip_prefix("../") {
        (folder, _) = folder.rsplit_once('/').expect("no link leaves the server");
        rest = after;
    }
    format!("{folder}/{}", rest.trim_start_matches("./"))
}

/// A page would lack a script or a style.
#[tokio::test]
async fn pages_load_only_what_the_server_has() {
    let site = Site::start().await;
    let mut to_look_at = vec!["/".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = to_look_at.pop() {
        let (head, body) = site.get(&path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {head}");
        for part in body.split('"').skip(1).step_by(2) {
            let is_relative = part.starts_with("./") || part.starts_with("../");
            let linked = resolve(&path, part);
            let is_new = linked != path && !seen.contains(&linked) && !to_look_at.contains(&linked);
            let is_web_socket = ["/echo", "/frames"].contains(&linked.as_str());
            if is_relative && is_new && !is_web_socket {
                to_look_at.push(linked);
            }
        }
        seen.push(path);
    }
    for path in [
        "/demo/chat",
        "/demo/echo",
        "/assets/chat_room.js",
        "/assets/frames/words.js",
        "/assets/icon.svg",
    ] {
        assert!(seen.iter().any(|known| known == path), "{path}: {seen:?}");
    }
}

/// The policy in the headers would break the page.
#[tokio::test]
async fn pages_hold_no_inline_script_or_style() {
    let site = Site::start().await;
    for path in [
        "/",
        "/demo/chat",
        "/demo/echo",
        "/demo/frames",
        "/demo/greeting",
        "/demo/nick",
        "/demo/plain",
    ] {
        let (_, body) = site.get(path).await;
        for forbidden in ["<style", "style=", "onclick=", "javascript:", "<script>"] {
            assert!(!body.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

/// Each visit would load everything once more.
#[tokio::test]
async fn page_that_did_not_change_is_not_sent_again() {
    let site = Site::start().await;
    let (head, _) = site.get("/assets/style.css").await;
    let tag = header(&head, "etag").unwrap();
    for known in [
        tag.to_owned(),
        format!("\"other\", W/{tag}"),
        "*".to_owned(),
    ] {
        let request = format!(
            "GET /assets/style.css HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             If-None-Match: {known}\r\n\r\n"
        );
        let (head, body) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 304 Not Modified\r\n"), "{head}");
        assert_eq!((header(&head, "etag"), body.as_str()), (Some(tag), ""));
    }
    let request = "GET /assets/style.css HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
                   If-None-Match: \"other\"\r\n\r\n";
    let (head, _) = site.ask(request).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
}

/// Who asks with HEAD would be told something else than with GET, or get a body.
#[tokio::test]
async fn head_gets_the_headers_of_get_without_its_body() {
    let site = Site::start().await;
    let (_, page) = site.get("/demo/echo").await;
    let request = "HEAD /demo/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (head, body) = site.ask(request).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(
        header(&head, "content-length"),
        Some(page.len().to_string().as_str())
    );
    assert_eq!(body, "");
}

/// A typing error would end in an empty page.
#[tokio::test]
async fn address_without_anything_is_404_in_words() {
    let site = Site::start().await;
    for path in [
        "/nothing",
        "/demo/echo/",
        "/assets/",
        "/../Cargo.toml",
        "//",
    ] {
        let (head, body) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
        assert_eq!(header(&head, "cache-control"), Some("no-store"));
        assert!(body.contains("nothing at this address"), "{body}");
    }
}

/// If this fails, a person who mistyped an address gets a bare line, or a page without its style.
#[tokio::test]
async fn address_without_anything_is_a_page_for_browsers() {
    let mut options = options();
    options.base = "/talk".parse().unwrap();
    let site = Site::start_with(options).await;
    let deep = format!("/talk{}", "/x".repeat(40));
    for (path, way) in [
        // Relative, as a proxy may have taken something off in front.
        ("/talk/nothing", "."),
        ("/talk/nothing/at/all", "../.."),
        ("/talk//", ".."),
        ("/elsewhere", "/talk"),
        ("/talkative", "/talk"),
        (&deep, "/talk"),
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Accept: text/html,*/*;q=0.8\r\n\r\n"
        );
        let (head, body) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
        assert_eq!(
            header(&head, "content-type"),
            Some("text/html; charset=utf-8")
        );
        let style = format!("href=\"{way}/assets/style.css\"");
        assert!(body.contains(&style), "{path}: {body}");
        assert!(body.contains(&format!("href=\"{way}/\"")), "{path}: {body}");
        assert!(body.contains("ничего нет") && !body.contains('{'), "{body}");
    }
}

/// If this fails, pages let people type what the server then refuses, or the other way round.
#[tokio::test]
async fn limits_are_those_of_the_settings() {
    let mut options = options();
    options.websocket.message_len_max = 5000;
    options.chat.dialects.name_chars_max = 10;
    options.chat.dialects.plain_chars_max = 12;
    options.chat.dialects.text_chars_max = 40;
    let site = Site::start_with(options).await;
    let (head, body) = site.get("/limits").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert_eq!(
        body.trim_end(),
        "{\"message_bytes_max\":5000,\"name_chars_max\":10,\"plain_chars_max\":12,\
         \"room_bytes_max\":128,\"text_chars_max\":40}"
    );
}

/// Who posts to a page would not be told what it takes.
#[tokio::test]
async fn method_that_writes_is_405_and_told_what_is_allowed() {
    let site = Site::start().await;
    for path in ["/", "/echo"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        );
        let (head, body) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 405 Method"), "{path}: {head}");
        assert_eq!(header(&head, "allow"), Some("GET, HEAD"));
        assert!(body.contains("GET and HEAD"), "{body}");
    }
}

/// RFC 9112 §3.2 would be broken.
#[tokio::test]
async fn request_without_host_is_400() {
    let site = Site::start().await;
    let (head, body) = site
        .ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await;
    assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
    assert!(body.contains("Host"), "{body}");
}
