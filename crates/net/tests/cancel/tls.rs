//! TLS from both sides (`tls`), and the transports that the library makes: `stream`, `rewound`.

use std::sync::LazyLock;

use sockeye::{Acceptor, Client, ClientTls, Incoming, Rewound, ServerTls, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::authority::Authority;
use crate::hesitant::{Hesitant, hesitant};
use crate::knife::{Case, Clock, Knife, play};
use crate::opening::answer;

pub(crate) const CASES: &[Case] = cases! {
    "AsyncRead for Rewound" => rewound,
    "AsyncRead for Stream" => stream_read,
    "AsyncWrite for Rewound" => rewound,
    "AsyncWrite for Stream" => stream_write,
    "Client::connect_over" => connect_over,
    "ClientTls::connect" => connect,
    "ServerTls::accept" => accept,
};

/// Bytes that the transport moves at once.
const LEN_MAX: usize = 100;

const NAME: &str = "chat.example";

/// Both sides of TLS, with a certificate that one has and the other trusts.
static FRIENDS: LazyLock<(ClientTls, ServerTls)> = LazyLock::new(|| {
    let authority = Authority::new();
    let identity = authority.issue(NAME);
    let client = ClientTls::new().roots_pem(authority.root.as_bytes());
    let server = ServerTls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes());
    (client.unwrap(), server.unwrap())
});

#[test]
fn tls_dropped_at_any_poll_loses_no_byte_and_leaves_nothing_behind() {
    play(CASES, Clock::Virtual, 8);
}

async fn connect(knife: Knife) {
    let (client, server) = &*FRIENDS;
    let far = |far| async move { server.accept(far).await };
    shake(&knife, |near| client.connect(NAME, near), far).await;
}

async fn accept(knife: Knife) {
    let (client, server) = &*FRIENDS;
    let far = |far| async move { client.connect(NAME, far).await };
    shake(&knife, |near| server.accept(near), far).await;
}

/// Shakes hands until `near` was not dropped; `far` does its part each time.
async fn shake<N, F>(knife: &Knife, near: impl Fn(Hesitant) -> N, far: impl Fn(DuplexStream) -> F)
where
    N: Future<Output = sockeye::Result<Stream<Hesitant>>>,
    F: Future<Output = sockeye::Result<Stream<DuplexStream>>> + Send + 'static,
{
    loop {
        let (ours, theirs, watch) = hesitant(LEN_MAX);
        let shaken = tokio::spawn(far(theirs));
        if let Some(stream) = knife.cut(near(ours)).await {
            assert!(stream.unwrap().is_tls());
            shaken.await.unwrap().unwrap();
            break;
        }
        assert!(watch.is_gone());
        // It ends for the other side as well, finished or not.
        let _ = shaken.await.unwrap();
    }
}

async fn connect_over(knife: Knife) {
    let (tls, server) = &*FRIENDS;
    let client = Client::new(&format!("wss://{NAME}/chat")).unwrap();
    let client = client.tls(tls.clone());
    loop {
        let (near, far, watch) = hesitant(LEN_MAX);
        let server = server.clone();
        let request = tokio::spawn(async move {
            let stream = server.accept(far).await.ok()?;
            answer(stream).await
        });
        if let Some(ws) = knife.cut(client.clone().connect_over(near)).await {
            drop(ws.unwrap());
            assert!(request.await.unwrap().is_some());
            break;
        }
        assert!(watch.is_gone());
        request.await.unwrap();
    }
}

/// The library's side of an open TLS connection, and the peer's.
async fn secured() -> (Stream<Hesitant>, Stream<DuplexStream>) {
    let (client, server) = &*FRIENDS;
    let (near, far, _) = hesitant(LEN_MAX);
    let (near, far) = tokio::join!(client.connect(NAME, near), server.accept(far));
    (near.unwrap(), far.unwrap())
}

fn bytes() -> Vec<u8> {
    (0..2000_u32).map(|n| (n % 251) as u8).collect()
}

async fn stream_read(knife: Knife) {
    let (mut near, mut far) = secured().await;
    let writing = tokio::spawn(async move {
        far.write_all(&bytes()).await.unwrap();
        far.shutdown().await.unwrap();
    });
    let mut read = Vec::new();
    while again!(knife, near.read_buf(&mut read)).unwrap() > 0 {}
    assert!(read == bytes(), "{} bytes", read.len());
    writing.await.unwrap();
}

async fn stream_write(knife: Knife) {
    let (mut near, mut far) = secured().await;
    let reading = tokio::spawn(async move {
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        read
    });
    for piece in bytes().chunks(300) {
        let mut rest = piece;
        while !rest.is_empty() {
            let written = again!(knife, near.write(rest)).unwrap();
            rest = &rest[written..];
        }
        again!(knife, near.flush()).unwrap();
    }
    again!(knife, near.shutdown()).unwrap();
    let read = reading.await.unwrap();
    assert!(read == bytes(), "{} bytes", read.len());
}

/// A request for a page, read and given back, and the answer to it.
async fn rewound(knife: Knife) {
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
    let (near, mut far, _) = hesitant(LEN_MAX);
    let asking = tokio::spawn(async move {
        far.write_all(&[REQUEST, &bytes()].concat()).await.unwrap();
        far.shutdown().await.unwrap();
        let mut answer = Vec::new();
        far.read_to_end(&mut answer).await.unwrap();
        answer
    });
    let incoming = Acceptor::default().read_request(near).await.unwrap();
    let Incoming::Http(request) = incoming else {
        unreachable!("it asks for no WebSocket: {incoming:?}");
    };
    let mut near: Rewound<Hesitant> = request.into_transport();
    let mut read = Vec::new();
    while again!(knife, near.read_buf(&mut read)).unwrap() > 0 {}
    assert!(read == [REQUEST, &bytes()].concat());
    let mut rest = read.as_slice();
    while !rest.is_empty() {
        let written = again!(knife, near.write(rest)).unwrap();
        rest = &rest[written..];
    }
    again!(knife, near.flush()).unwrap();
    again!(knife, near.shutdown()).unwrap();
    assert!(asking.await.unwrap() == read);
}
