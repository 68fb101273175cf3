//! Opening a connection from either side (`client`, `server`, `incoming`): a dropped attempt lets
//! go of its transport at once and leaves nothing behind, and the next one works.

use sockeye::{Acceptor, Client, Incoming, Result, Stream, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::{JoinHandle, yield_now};

use crate::hesitant::{Hesitant, Watch, hesitant};
use crate::knife::{Case, Clock, Knife, play};
use crate::support::open::{REQUEST, answer_to};

pub(crate) const CASES: &[Case] = cases! {
    "Acceptor::accept" => accept,
    "Acceptor::read_request" => read_request,
    "Client::connect_with" => connect_with,
    "Client::handshake_over" => handshake_over,
    "Opening::accept" => opening_accept,
    "Opening::refuse" => opening_refuse,
    "accept" => accept_with_the_defaults,
};

/// Bytes that the transport moves at once.
const LEN_MAX: usize = 20;

#[test]
fn opening_dropped_at_any_poll_leaves_nothing_behind() {
    play(CASES, Clock::Virtual, 8);
}

/// A transport for the library whose client asks for a WebSocket, and what it gets until the end.
fn asked() -> (Hesitant, Watch, JoinHandle<String>) {
    let (near, mut far, watch) = hesitant(LEN_MAX);
    let heard = tokio::spawn(async move {
        // It may have left by now.
        let _ = far.write_all(REQUEST.as_bytes()).await;
        read_all(far).await
    });
    (near, watch, heard)
}

/// A transport for the library whose server answers, and the request that came, if all of it did.
fn answered() -> (Hesitant, Watch, JoinHandle<Option<String>>) {
    let (near, far, watch) = hesitant(LEN_MAX);
    (near, watch, tokio::spawn(answer(far)))
}

/// Answers one request, and stays until the client says something more or leaves.
pub(crate) async fn answer(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    let request = String::from_utf8(request).unwrap();
    // It may have left by now.
    let _ = stream.write_all(answer_to(&request, "").as_bytes()).await;
    let _ = stream.flush().await;
    // Its Close, or its end. This side goes with either.
    let _ = stream.read_u8().await;
    Some(request)
}

async fn read_all(mut stream: DuplexStream) -> String {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    String::from_utf8_lossy(&all).into_owned()
}

/// Accepts in the way of `call` until it was not dropped.
macro_rules! accept_again {
    ($knife:ident, |$near:ident| $call:expr) => {
        loop {
            let ($near, watch, heard) = asked();
            if let Some(opened) = $knife.cut($call).await {
                let ws: WebSocket<Hesitant> = opened.unwrap();
                drop(ws);
                let heard = heard.await.unwrap();
                assert!(heard.starts_with("HTTP/1.1 101 "), "{heard}");
                break;
            }
            assert!(watch.is_gone());
            // Its end came: nobody holds the connection.
            heard.await.unwrap();
        }
    };
}

async fn accept(knife: Knife) {
    let acceptor = Acceptor::default();
    accept_again!(knife, |near| acceptor.accept(near));
}

async fn accept_with_the_defaults(knife: Knife) {
    accept_again!(knife, |near| sockeye::accept(near));
}

async fn read_request(knife: Knife) {
    let acceptor = Acceptor::default();
    accept_again!(knife, |near| async {
        let Incoming::WebSocket(opening) = acceptor.read_request(near).await? else {
            unreachable!("the request asks for a WebSocket");
        };
        opening.accept().await
    });
}

/// A request that was read, and waits for its answer.
async fn read(near: Hesitant) -> sockeye::Opening<Hesitant> {
    let incoming = Acceptor::default().read_request(near).await;
    let Ok(Incoming::WebSocket(opening)) = incoming else {
        unreachable!("the request asks for a WebSocket: {incoming:?}");
    };
    opening
}

async fn opening_accept(knife: Knife) {
    loop {
        let (near, watch, heard) = asked();
        let opening = read(near).await;
        if let Some(opened) = knife.cut(opening.accept()).await {
            drop(opened.unwrap());
            assert!(heard.await.unwrap().starts_with("HTTP/1.1 101 "));
            break;
        }
        assert!(watch.is_gone());
        heard.await.unwrap();
    }
}

async fn opening_refuse(knife: Knife) {
    loop {
        let (near, watch, heard) = asked();
        let opening = read(near).await;
        let refused = knife.cut(opening.refuse(404, &[], b"nothing here")).await;
        let Some(refused) = refused else {
            assert!(watch.is_gone());
            heard.await.unwrap();
            continue;
        };
        refused.unwrap();
        let heard = heard.await.unwrap();
        assert!(heard.ends_with("nothing here"), "{heard}");
        while !watch.is_gone() {
            // The client left, which the task that waits for that learns next.
            yield_now().await;
        }
        break;
    }
}

/// Connects in the way of `call` until it was not dropped.
macro_rules! connect_again {
    ($knife:ident, |$near:ident| $call:expr) => {
        loop {
            let ($near, watch, request) = answered();
            if let Some(opened) = $knife.cut($call).await {
                drop(opened.unwrap());
                assert!(request.await.unwrap().is_some());
                break;
            }
            assert!(watch.is_gone());
            request.await.unwrap();
        }
    };
}

async fn handshake_over(knife: Knife) {
    let client = Client::new("ws://example.com/chat").unwrap();
    connect_again!(knife, |near| client.clone().handshake_over(near));
}

async fn connect_with(knife: Knife) {
    let client = Client::new("ws://example.com/chat").unwrap();
    connect_again!(knife, |near| async {
        let connecting = client.clone().connect_with(|_| async {
            yield_now().await;
            Ok(near)
        });
        let opened: Result<WebSocket<Stream<Hesitant>>> = connecting.await;
        opened
    });
}
