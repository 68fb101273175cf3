//! The process of the receivers: it opens WebSockets by hand, reads and counts. Owns when nothing
//! is on its way to them.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bench_meter::allow_files;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// The first word of the process: `receive COUNT ADDRESS CONTROL`.
pub(crate) const WORD: &str = "receive";

/// All of them offer compression; whoever does not want it does not look.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

/// So long nothing came: then nothing is on its way.
const QUIET: Duration = Duration::from_millis(2);

/// Is the process of the receivers if it was started as that, and tells so at its end. Every bench
/// begins with it.
///
/// # Errors
/// If a word is missing, or a connection fails.
pub fn receive_if_asked() -> Result<bool, Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_none_or(|word| word != WORD) {
        return Ok(false);
    }
    let [_, count, address, control] = &words[..] else {
        return Err("receive COUNT ADDRESS CONTROL".into());
    };
    allow_files()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(receive(count.parse()?, address.parse()?, control.parse()?))?;
    Ok(true)
}

async fn receive(count: usize, address: SocketAddr, control: SocketAddr) -> io::Result<()> {
    let mut control = BufStream::new(TcpStream::connect(control).await?);
    let bytes = Arc::new(AtomicUsize::new(0));
    for _ in 0..count {
        let mut stream = open(address).await?;
        let bytes = Arc::clone(&bytes);
        tokio::spawn(async move {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(len @ 1..) = stream.read(&mut buffer).await {
                bytes.fetch_add(len, Ordering::Relaxed);
            }
        });
    }
    let mut question = String::new();
    while control.read_line(&mut question).await? > 0 {
        wait_until_quiet(&bytes).await;
        control.write_all(b"quiet\n").await?;
        control.flush().await?;
    }
    Ok(())
}

async fn wait_until_quiet(bytes: &AtomicUsize) {
    let mut before = None;
    loop {
        let now = bytes.load(Ordering::Relaxed);
        if before.replace(now) == Some(now) {
            return;
        }
        tokio::time::sleep(QUIET).await;
    }
}

/// What ends the answer's head.
const END: &[u8] = b"\r\n\r\n";

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(REQUEST.as_bytes()).await?;
    let mut head = Vec::new();
    // The first messages may be right behind it already; they were for nobody's count.
    while !head.windows(END.len()).any(|bytes| bytes == END) {
        if stream.read_buf(&mut head).await? == 0 {
            return Err(io::Error::other("no answer"));
        }
    }
    Ok(stream)
}
