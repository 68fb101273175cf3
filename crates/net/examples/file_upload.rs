//! A file goes up in one message, however large it is: neither side holds more than a piece of it.
//! The server answers with its length and a checksum.
//!
//! `cargo run --release -p sockeye --example file_upload -- FILE`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use std::path::Path;

use sockeye::{Acceptor, Client, DeflateOffer, DeflatePolicy, MessageKind, RecvStream, Transport};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong is either the connection or the disk.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// No upload may fill the disk: the server takes a terabyte.
const UPLOAD_LEN_MAX: u64 = 1 << 40;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let file = std::env::args().nth(1).ok_or("which file?")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/", listener.local_addr()?);
    let copy = std::env::temp_dir().join("file_upload.copy");
    let serving = serve(listener, &copy);
    let uploading = upload(&url, Path::new(&file));
    tokio::select! {
        () = serving => {}
        answer = uploading => println!("{} is a copy of {} bytes", copy.display(), answer?),
    }
    Ok(())
}

/// Takes one upload after another, each of them into the file at `path`.
pub(crate) async fn serve(listener: TcpListener, path: &Path) {
    let acceptor = Acceptor::default().deflate(Some(DeflatePolicy::no_takeover()));
    loop {
        let report = |error| println!("no connection can be accepted: {error}");
        let (stream, address) = sockeye::accept_tcp(&listener, report).await;
        if let Err(error) = receive(&acceptor, stream, path).await {
            println!("the upload from {address} failed: {error}");
        }
    }
}

/// One upload, answered with its length and checksum.
async fn receive(acceptor: &Acceptor, stream: TcpStream, path: &Path) -> Result<()> {
    let mut ws = acceptor.accept(stream).await?;
    let Some(upload) = ws.recv_stream().await? else {
        return Ok(());
    };
    let (len, checksum) = save(upload.limit(UPLOAD_LEN_MAX), path).await?;
    ws.send(format!("{len} {checksum:016x}")).await?;
    // The client closes; what it would still send is of no interest.
    while ws.recv_stream().await?.is_some() {}
    Ok(())
}

/// Writes a message to a file as it comes: its length and checksum.
async fn save<T: Transport>(mut upload: RecvStream<'_, T>, path: &Path) -> Result<(u64, u64)> {
    let mut file = File::create(path).await?;
    let mut checksum = Checksum::default();
    while let Some(chunk) = upload.chunk().await? {
        checksum.add(&chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok((checksum.len, checksum.hash))
}

/// Sends a file as one message: its length, once the server has said the same of it.
pub(crate) async fn upload(url: &str, path: &Path) -> Result<u64> {
    let client = Client::new(url)?.deflate(Some(DeflateOffer::no_takeover()));
    let mut ws = client.connect().await?;
    let mut file = File::open(path).await?;
    let mut piece = vec![0; 64 * 1024];
    let mut checksum = Checksum::default();
    let mut message = ws.send_stream(MessageKind::Binary);
    loop {
        let len = file.read(&mut piece).await?;
        if len == 0 {
            break;
        }
        checksum.add(&piece[..len]);
        message.write(&piece[..len]).await?;
    }
    message.finish().await?;
    let answer = ws.recv().await?.ok_or("the server left")?;
    let expected = format!("{} {:016x}", checksum.len, checksum.hash);
    if answer.as_text() != Some(&expected) {
        return Err(format!("sent {expected}, but the server has {answer:?}").into());
    }
    ws.close(sockeye::CloseCode::NORMAL, "").await?;
    Ok(checksum.len)
}

/// FNV-1a: it finds what got lost or mixed up, not who means ill.
struct Checksum {
    len: u64,
    hash: u64,
}

impl Default for Checksum {
    fn default() -> Self {
        Self {
            len: 0,
            hash: 0xCBF2_9CE4_8422_2325,
        }
    }
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
