//! A peer that speaks raw bytes over any stream: TCP or a pipe in memory.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::open::REQUEST;
use super::wire::{Frame, take_frame};

/// How long a test over real sockets waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The peer, with what it read and nobody looked at.
pub(crate) struct Peer<S> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }

    /// Opens a WebSocket as a client does.
    pub(crate) async fn open(stream: S) -> Self {
        let mut peer = Self::new(stream);
        peer.send(REQUEST.as_bytes()).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        peer
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The head of a handshake.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.read.drain(..end + 4).collect();
                return String::from_utf8(head).unwrap();
            }
            assert!(self.more().await, "the stream ended inside a head");
        }
    }

    /// The next `len` bytes.
    pub(crate) async fn bytes(&mut self, len: usize) -> Vec<u8> {
        while self.read.len() < len {
            assert!(self.more().await, "the stream ended too early");
        }
        self.read.drain(..len).collect()
    }

    /// The next frame, or `None` at the end of the stream.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = take_frame(&mut self.read) {
                return Some(frame);
            }
            if !self.more().await {
                assert!(self.read.is_empty(), "the stream ended inside a frame");
                return None;
            }
        }
    }

    /// Reads once; `false` at the end. A reset counts as an end: what was sent had arrived before.
    async fn more(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.read);
        let read = tokio::time::timeout(PATIENCE, read).await;
        read.expect("the library was to send something")
            .unwrap_or(0)
            > 0
    }
}

/// Both ends of a TCP connection on this machine: the accepted one first.
pub(crate) async fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connecting = TcpStream::connect(listener.local_addr().unwrap());
    let (accepted, connected) = tokio::join!(listener.accept(), connecting);
    (accepted.unwrap().0, connected.unwrap())
}
