//! `Host` as the server takes it from sockets, pages and WebSockets alike (`authority`).

use crate::site::Site;

/// If this fails, a proxy and the server may take a request for different ones.
#[tokio::test]
async fn request_with_several_hosts_or_none_that_can_be_is_400_on_every_path() {
    let site = Site::start().await;
    for path in ["/", "/health", "/me", "/echo", "/chat/tea", "/nothing"] {
        for hosts in [
            "Host: a\r\nHost: b",
            "Host: a\r\nhost: a",
            "Host: me@a",
            "Host: a/b",
            "X: y",
        ] {
            let request = format!("GET {path} HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n");
            let (head, body) = site.ask(&request).await;
            assert!(head.starts_with("HTTP/1.1 400 "), "{path} {hosts} {head}");
            assert!(body.contains("Host"), "{path} {hosts} {body}");
        }
    }
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost: a\r\nConnection: Upgrade";
    for (path, what) in [
        ("/chat/%zz", "hexadecimal"),
        ("/chat/%ff", "UTF-8"),
        ("/chat/x?room=y", "several rooms"),
        ("/ws?room=a&room=b", "several rooms"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\n{upgrade}\r\n\r\n");
        let (head, body) = site.ask(&request).await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{path} {head}");
        assert!(body.contains(what), "{path} {body}");
    }
}
