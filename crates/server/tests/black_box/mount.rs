//! The server under a path, where a proxy mounts it.

use crate::site::{Site, header, options};

/// The server behind a proxy would answer for addresses of others, or miss its own.
#[tokio::test]
async fn everything_is_below_the_base_and_nothing_beside_it() {
    let mut options = options();
    options.base = "/chat".parse().unwrap();
    let site = Site::start_with(options).await;
    for path in [
        "/chat/",
        "/chat/demo/echo",
        "/chat/assets/style.css",
        "/chat/ready",
    ] {
        let (head, _) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {head}");
    }
    // Those who watch it do not come by the proxy.
    for path in ["/ready", "/health"] {
        let (head, _) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {head}");
    }
    for path in ["/", "/demo/echo", "/chatter", "/chat/chat/"] {
        let (head, _) = site.get(path).await;
        assert!(head.starts_with("HTTP/1.1 404 "), "{path}: {head}");
    }
    let (head, _) = site.get("/chat").await;
    assert!(head.starts_with("HTTP/1.1 308 "), "{head}");
    assert_eq!(header(&head, "location"), Some("/chat/"));
    let url = format!("ws://{}/chat/echo", site.address);
    let mut ws = sockeye::connect(&url).await.unwrap();
    ws.send("here").await.unwrap();
    assert!(ws.recv().await.unwrap().is_some());
}

/// A link that begins with a slash would leave the mount.
#[tokio::test]
async fn pages_link_to_nothing_outside_the_base() {
    let site = Site::start().await;
    for path in ["/", "/demo/echo"] {
        let (_, page) = site.get(path).await;
        for link in ["href=\"/", "src=\"/"] {
            assert!(!page.contains(link), "{path} has {link}");
        }
    }
}
