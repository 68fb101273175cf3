//! Whoever is sent to: a thread that opens WebSockets by hand, reads and counts. Owns nothing of
//! the time that is measured.

use std::io::{self, Error};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// All of them offer compression; whoever does not want it does not look.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

/// So long nothing came: then nothing is on its way.
const QUIET: Duration = Duration::from_millis(2);

/// What the receivers got together.
#[derive(Debug)]
pub struct Receivers {
    bytes: Arc<AtomicUsize>,
}

impl Receivers {
    /// Has `count` of them connect to the listener it gives.
    ///
    /// # Errors
    /// If the system has no address or no runtime for them.
    pub fn start(count: usize) -> io::Result<(Self, tokio::net::TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let bytes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&bytes);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::spawn(move || runtime.block_on(receive(count, address, &counter)));
        let listener = tokio::net::TcpListener::from_std(listener)?;
        Ok((Self { bytes }, listener))
    }

    /// Waits until nothing is on its way to them.
    pub async fn wait_until_quiet(&self) {
        let mut before = None;
        loop {
            let now = self.bytes.load(Ordering::Relaxed);
            if before.replace(now) == Some(now) {
                return;
            }
            tokio::time::sleep(QUIET).await;
        }
    }
}

async fn receive(count: usize, address: SocketAddr, bytes: &Arc<AtomicUsize>) {
    let mut tasks = Vec::with_capacity(count);
    for _ in 0..count {
        // One that cannot be opened shows on the other side, which waits for it.
        let Ok(mut stream) = open(address).await else {
            return;
        };
        let bytes = Arc::clone(bytes);
        tasks.push(tokio::spawn(async move {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(len @ 1..) = stream.read(&mut buffer).await {
                bytes.fetch_add(len, Ordering::Relaxed);
            }
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(REQUEST.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Err(Error::other("no answer"));
        }
    }
    Ok(stream)
}
