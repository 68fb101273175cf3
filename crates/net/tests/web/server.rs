//! A server by hand: what it gets and what it sends, byte for byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::open::answer_to;
use crate::support::peer::Peer;
use crate::support::wire::{CLOSE, Frame, unmasked};

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What `future` comes to, which it must.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it is to happen")
}

/// A listener on a port of its own.
pub(crate) struct Server(TcpListener);

impl Server {
    pub(crate) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// The URL of its root.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}/", self.address())
    }

    /// The next client, and nothing said yet.
    pub(crate) async fn next(&self) -> Peer<TcpStream> {
        Peer::new(soon(self.0.accept()).await.unwrap().0)
    }

    /// The next client, let in with `headers` besides those that must be, and what it asked.
    pub(crate) async fn open_with(&self, headers: &str) -> (Peer<TcpStream>, String) {
        let mut peer = self.next().await;
        let request = peer.head().await;
        peer.send(answer_to(&request, headers).as_bytes()).await;
        (peer, request)
    }

    /// The next client, let in.
    pub(crate) async fn open(&self) -> Peer<TcpStream> {
        self.open_with("").await.0
    }
}

/// Takes frames up to the Close, and answers that with the same.
pub(crate) async fn until_closed(mut peer: Peer<TcpStream>) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some(frame) = peer.frame().await {
        let is_close = frame.first == CLOSE;
        frames.push(frame);
        if is_close {
            let answer = frames.last().map(|frame| frame.payload.clone());
            peer.send(&unmasked(CLOSE, &answer.unwrap_or_default()))
                .await;
            break;
        }
    }
    frames
}

/// A Close as a server sends it.
pub(crate) fn close_frame(code: u16, reason: &str) -> Vec<u8> {
    let body = [&code.to_be_bytes(), reason.as_bytes()].concat();
    unmasked(CLOSE, &body)
}
