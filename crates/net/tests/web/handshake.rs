//! What a socket asks its server for (`dial`, `options`), and what it learns from the answer.

use std::net::SocketAddr;

use sockeye::web::{Event, Options, WebSocket};
use sockeye::{Acceptor, ClientTls, Config, DeflatePolicy, ServerTls};

use crate::authority::Authority;
use crate::journal::{open, open_with};
use crate::server::{Server, soon, until_closed};
use crate::support::open::header;

/// A server would not know a page from a program, or be asked for something else.
#[tokio::test]
async fn request_is_that_of_a_page() {
    // WHATWG websockets §establish-1 §establish-3 §establish-4 §establish-5 §establish-6 TEST
    // WHATWG websockets §establish-7 §establish-8 §establish-10 §establish-13 TEST
    // WHATWG websockets §obtain-1 §obtain-2 §obtain-3 §obtain-6 TEST
    let server = Server::start().await;
    let page = format!("http://{}/rooms/index.html#top", server.address());
    let options = Options::new().base(&page).unwrap();
    let (socket, mut journal) = open_with(&options, "one?user=\u{e9}", ["b", "a"]).unwrap();
    assert_eq!(
        socket.url(),
        format!("{}rooms/one?user=%C3%A9", server.url())
    );
    let chosen = "Sec-WebSocket-Protocol: a\r\n\
        Sec-WebSocket-Extensions: permessage-deflate;server_no_context_takeover\r\n";
    let (peer, request) = server.open_with(chosen).await;
    assert!(
        request.starts_with("GET /rooms/one?user=%C3%A9 HTTP/1.1\r\n"),
        "{request}"
    );
    let host = server.address().to_string();
    let origin = format!("http://{host}");
    for (name, value) in [
        ("Host", host.as_str()),
        ("Origin", &origin),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Protocol", "b, a"),
    ] {
        assert_eq!(header(&request, name), Some(value), "{request}");
    }
    assert_eq!(header(&request, "Sec-WebSocket-Key").unwrap().len(), 24);
    let offer = header(&request, "Sec-WebSocket-Extensions").unwrap();
    assert!(offer.starts_with("permessage-deflate"), "{offer}");
    for absent in ["Referer", "Cookie", "Authorization"] {
        assert_eq!(header(&request, absent), None);
    }

    assert_eq!(
        (socket.protocol(), socket.extensions()),
        (String::new(), String::new())
    );
    assert_eq!(journal.next().await, "open in OPEN");
    assert_eq!(socket.protocol(), "a");
    // As the server said it, not as we would.
    assert_eq!(
        socket.extensions(),
        "permessage-deflate;server_no_context_takeover"
    );
    drop(peer);
}

/// A server that lets only known pages in could not tell that this is none.
#[tokio::test]
async fn origin_is_always_sent() {
    // WHATWG websockets §establish-10 TEST
    let server = Server::start().await;
    let own = format!("http://{}", server.address());
    for (options, origin) in [
        (Options::new(), own.as_str()),
        (Options::new().origin("null").unwrap(), "null"),
        (
            Options::new().origin("https://example.com").unwrap(),
            "https://example.com",
        ),
        (
            Options::new()
                .base("http://a/")
                .unwrap()
                .origin("http://b:81")
                .unwrap(),
            "http://b:81",
        ),
    ] {
        let (_socket, _journal) = open_with(&options, &server.url(), ()).unwrap();
        let (_peer, request) = server.open_with("").await;
        assert_eq!(header(&request, "Origin"), Some(origin));
    }
    for wrong in ["example.com", "http://a/", ""] {
        assert!(
            Options::new().origin(wrong).unwrap_err().is_misuse(),
            "{wrong}"
        );
        assert!(
            Options::new().base("file:///a").unwrap_err().is_misuse(),
            "{wrong}"
        );
    }
}

/// A server behind a password would let nobody in, or credentials would be in the request's line.
#[tokio::test]
async fn credentials_of_the_url_become_a_header() {
    // WHATWG websockets §establish-9 TEST
    let server = Server::start().await;
    let url = format!("ws://Aladdin:open%20sesame@{}/cave?", server.address());
    let (socket, _journal) = open(&url);
    let (_peer, request) = server.open_with("").await;
    assert!(request.starts_with("GET /cave HTTP/1.1\r\n"), "{request}");
    let value = header(&request, "Authorization");
    assert_eq!(value, Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    assert_eq!(socket.url(), url);
}

/// A script with hosts of its own could not be tried against a server here.
#[tokio::test]
async fn host_is_looked_for_where_the_options_say() {
    let server = Server::start().await;
    let options = Options::new().resolve("ws.example.com", 80, server.address());
    let (socket, mut journal) = open_with(&options, "ws://WS.example.com/", ()).unwrap();
    let (_peer, request) = server.open_with("").await;
    assert_eq!(header(&request, "Host"), Some("ws.example.com"));
    assert_eq!(journal.next().await, "open in OPEN");
    assert_eq!(socket.url(), "ws://ws.example.com/");
}

/// A page of `http://app.localhost` would not reach its server, or a resolver be asked for a name
/// whose connections count as safe from listeners.
#[tokio::test]
async fn names_of_localhost_are_this_machine() {
    let server = Server::start().await;
    let port = server.address().port();
    for host in ["localhost", "foo.localhost", "localhost.", "A.b.LOCALHOST"] {
        let (_socket, mut journal) = open(&format!("ws://{host}:{port}/"));
        let (_peer, request) = server.open_with("").await;
        let name = format!("{}:{port}", host.to_lowercase());
        assert_eq!(header(&request, "Host"), Some(&*name));
        assert_eq!(journal.next().await, "open in OPEN");
    }
}

/// A server that answers the offer of browsers, whatever was offered, would not be reached, and
/// `extensions` would not say what it does in a browser.
#[tokio::test]
async fn compression_is_offered_as_by_browsers() {
    // WHATWG websockets §establish-13 TEST
    let server = Server::start().await;
    let (socket, mut journal) = open(&server.url());
    let (_peer, request) = server
        .open_with("Sec-WebSocket-Extensions: permessage-deflate\r\n")
        .await;
    let offer = "permessage-deflate; client_max_window_bits";
    assert_eq!(header(&request, "Sec-WebSocket-Extensions"), Some(offer));
    assert_eq!(journal.next().await, "open in OPEN");
    assert_eq!(socket.extensions(), "permessage-deflate");
}

/// A cache on the way would answer for the server.
#[tokio::test]
async fn caches_are_told_to_stay_out() {
    // WHATWG websockets §establish-7 TEST
    let server = Server::start().await;
    let (_socket, _journal) = open(&server.url());
    let (_peer, request) = server.open_with("").await;
    for name in ["Pragma", "Cache-Control"] {
        assert_eq!(header(&request, name), Some("no-cache"));
    }
}

/// Limits, headers and cookies of a client could not be had for this object.
#[tokio::test]
async fn client_can_be_changed_before_it_connects() {
    let server = Server::start().await;
    let config = std::sync::Arc::new(Config::default());
    let options = Options::new().client(move |client| {
        let client = client.config(std::sync::Arc::clone(&config)).deflate(None);
        client.cookie("session", "abc")?.header("X-Trace", "1")
    });
    let (_socket, _journal) = open_with(&options, &server.url(), ()).unwrap();
    let (_peer, request) = server.open_with("").await;
    assert_eq!(header(&request, "Cookie"), Some("session=abc"));
    assert_eq!(header(&request, "X-Trace"), Some("1"));
    assert_eq!(header(&request, "Sec-WebSocket-Extensions"), None);
}

/// `wss` would go out in the clear, or to whoever has any certificate.
#[tokio::test]
async fn secure_socket_trusts_the_roots_that_it_was_given() {
    // WHATWG websockets §obtain-5 TEST
    let authority = Authority::new();
    let identity = authority.issue("example.com");
    let (certificate, key) = (identity.certificate.as_bytes(), identity.key.as_bytes());
    let server_tls = ServerTls::from_pem(certificate, key).unwrap();
    let server = Server::start().await;
    let trusting = ClientTls::new()
        .roots_pem(authority.root.as_bytes())
        .unwrap();
    for (roots, is_trusted) in [(Some(trusting), true), (None, false)] {
        let place: SocketAddr = server.address();
        let mut options = Options::new().resolve("example.com", 443, place);
        if let Some(roots) = roots {
            options = options.client(move |client| Ok(client.tls(roots.clone())));
        }
        let (socket, mut journal) = open_with(&options, "https://example.com/", ()).unwrap();
        assert_eq!(socket.url(), "wss://example.com/");
        let tcp = server.next().await.stream;
        let serving = async {
            let mut ws = sockeye::accept(server_tls.accept(tcp).await?).await?;
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            sockeye::Result::Ok(())
        };
        let using = async {
            if !is_trusted {
                let lines = journal.until_over().await;
                assert_eq!(
                    lines,
                    ["error in CLOSED", "close in CLOSED 1006 \"\" not clean"]
                );
                return;
            }
            assert_eq!(journal.next().await, "open in OPEN");
            socket.send("hello").unwrap();
            assert_eq!(journal.next().await, "message in OPEN \"hello\"");
            socket.close(None, "").unwrap();
            assert_eq!(journal.next().await, "close in CLOSED 1005 \"\" clean");
        };
        let (served, ()) = soon(async { tokio::join!(serving, using) }).await;
        assert_eq!(served.is_ok(), is_trusted, "{served:?}");
    }
}

/// A page whose URL is the server's own would not find it.
#[tokio::test]
async fn scheme_of_http_reaches_the_same_server() {
    let server = Server::start().await;
    let url = format!("http://{}", server.address());
    let (socket, mut journal) = open(&url);
    let peer = server.open().await;
    assert_eq!(journal.next().await, "open in OPEN");
    assert_eq!(socket.url(), server.url());
    socket.close(None, "").unwrap();
    assert_eq!(until_closed(peer).await.len(), 1);
}

/// The object would not go with the library's own servers: its origin, its offer, its frames.
#[tokio::test]
async fn server_of_this_library_lets_a_socket_in_with_its_defaults() {
    let server = Server::start().await;
    let (socket, mut events) = WebSocket::with_events(&server.url(), ["v2", "v1"]).unwrap();
    let tcp = server.next().await.stream;
    let acceptor = Acceptor::default().protocols(["v1"]).unwrap();
    let acceptor = acceptor.deflate(Some(DeflatePolicy::default()));
    let serving = tokio::spawn(async move {
        let mut ws = acceptor.accept(tcp).await?;
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        sockeye::Result::Ok(ws.close_event())
    });
    let texts = ["a".repeat(100_000), String::new(), "\u{e9}".repeat(3)];
    assert_eq!(soon(events.next()).await, Some(Event::Open));
    assert_eq!(socket.protocol(), "v1");
    assert!(socket.extensions().starts_with("permessage-deflate"));
    for text in &texts {
        socket.send(text).unwrap();
        let Some(Event::Message(message)) = soon(events.next()).await else {
            panic!("the echo of {} bytes", text.len());
        };
        assert_eq!(message.data().as_text(), Some(text.as_str()));
    }
    socket.close(4001, "done").unwrap();
    let Some(Event::Close(close)) = soon(events.next()).await else {
        panic!("a close");
    };
    assert!(close.was_clean && close.code.number() == 4001);
    let served = soon(serving).await.unwrap().unwrap().unwrap();
    assert_eq!((served.code.number(), &*served.reason), (4001, "done"));
}
