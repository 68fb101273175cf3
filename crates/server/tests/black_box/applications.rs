//! Which applications stand at which addresses, where the options say so: `routes`, `placement`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sockeye::{Client, WebSocket};
use sockeye_server::{Options, Server};

use crate::site::{Site, options};

fn placed(texts: &[&str]) -> Options {
    let mut options = options();
    options.applications = texts.iter().map(|text| text.parse().unwrap()).collect();
    options
}

async fn open(site: &Site, path: &str, subprotocol: &str) -> WebSocket {
    let client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
    let client = client.protocols([subprotocol]).unwrap();
    client.connect().await.unwrap()
}

/// Clients of tutorials that expect an echo at `/`, or at an address of their own, would need
/// another server.
#[tokio::test]
async fn application_stands_where_the_options_place_it() {
    let site = Site::start_with(placed(&["/=echo", "/socketserver=echo", "/resource=echo"])).await;
    for path in ["/", "/socketserver", "/resource"] {
        let mut ws = open(&site, path, "protocolOne").await;
        assert_eq!(ws.protocol(), Some("protocolOne"), "{path}");
        ws.send("no chat of ours says this").await.unwrap();
        let back = ws.recv().await.unwrap().unwrap();
        assert_eq!(back.as_text(), Some("no chat of ours says this"), "{path}");
    }
    // The page stays.
    let (head, _) = site.get("/").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    // As does what was not placed.
    let mut ws = open(&site, "/demo/hello", "a").await;
    ws.send("Anna").await.unwrap();
    let greeting = ws.recv().await.unwrap().unwrap();
    assert_ne!(greeting.as_text(), Some("Anna"));
}

/// A server without the rooms of a chat that was placed at an address of its own, or with rooms of
/// one that has none.
#[tokio::test]
async fn placed_chats_have_rooms_and_echoes_have_none() {
    let mut options = placed(&["/here=plain", "/ws=echo"]);
    // Nothing tells a client that it is in: who comes late is told what was said before.
    options.chat.dialects.plain_history_len = 1;
    let site = Site::start_with(options).await;
    let (mut one, mut other) = (
        open(&site, "/here/room", "a").await,
        open(&site, "/here/room", "a").await,
    );
    one.send("to the room").await.unwrap();
    for ws in [&mut one, &mut other] {
        let message = ws.recv().await.unwrap().unwrap();
        assert_eq!(message.as_text(), Some("to the room"));
    }
    let url = format!("ws://{}/ws/room", site.address);
    assert!(sockeye::connect(&url).await.unwrap_err().is_refused());
}

/// Whoever watches frames would talk to an echo, and only the log of a browser would say why.
#[test]
fn frame_view_stays_where_it_is() {
    let errors = Server::check(&placed(&["/frames=echo", "/frames=nick"])).unwrap_err();
    let words: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].contains("/frames=echo"), "{words:?}");
    Server::check(&placed(&["/=nick", "/=echo"])).unwrap();
}
