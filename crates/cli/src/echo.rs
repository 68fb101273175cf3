//! `sockeye echo`: the echo server that test suites and benches are pointed at. Owns nothing but
//! the loop: it is written on the library's ordinary interface.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use sockeye::{Acceptor, Config, DeflatePolicy, WebSocket};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

pub(crate) const HELP: &str = "\
sockeye echo [FLAGS]: an echo server; every path gives back every message

  --listen ADDR:PORT    where to listen [127.0.0.1:9001]; port 0 takes any
  --threads N           worker threads [1]
  --deflate KIND        agree to permessage-deflate: takeover or no-takeover [off]
  --max-message SIZE    longest message, such as 65536, 64K, 1G [16M]
  --lend                echo from the read buffer, without owned messages
";

/// Most connections whose opening handshake is under way at the same time: each may hold 16 KiB of
/// head for 10 s. Others wait in the kernel's queue.
const HANDSHAKES_MAX: usize = 4096;

/// Connections on their way to a worker.
const HANDOVER_MAX: usize = 64;

/// The flags of `sockeye echo`.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    pub(crate) listen: SocketAddr,
    pub(crate) threads: NonZeroUsize,
    pub(crate) deflate: Option<DeflatePolicy>,
    pub(crate) message_len_max: usize,
    pub(crate) lend: bool,
}

impl Default for Echo {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9001)),
            threads: NonZeroUsize::MIN,
            deflate: None,
            message_len_max: Config::default().message_len_max,
            lend: false,
        }
    }
}

impl Echo {
    /// Serves until the process ends.
    pub(crate) fn run(self) -> io::Result<()> {
        runtime()?.block_on(async {
            let listener = TcpListener::bind(self.listen).await?;
            println!("listening on {}", listener.local_addr()?);
            let service = Service::new(&self);
            if self.threads == NonZeroUsize::MIN {
                service.accept(listener).await
            } else {
                let workers = (0..self.threads.get())
                    .map(|_| start_worker(service.clone()))
                    .collect::<io::Result<Vec<_>>>()?;
                hand_out(listener, &workers).await
            }
        })
    }
}

/// One runtime per thread: a connection never moves.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// A thread that serves the connections it is sent.
fn start_worker(service: Service) -> io::Result<mpsc::Sender<std::net::TcpStream>> {
    let (tx, mut rx) = mpsc::channel::<std::net::TcpStream>(HANDOVER_MAX);
    let runtime = runtime()?;
    std::thread::Builder::new()
        .name("echo".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                while let Some(stream) = rx.recv().await {
                    if let Ok(stream) = TcpStream::from_std(stream) {
                        service.clone().start(stream).await;
                    }
                }
            });
        })?;
    Ok(tx)
}

/// Accepts connections and gives each worker the same number.
async fn hand_out(
    listener: TcpListener,
    workers: &[mpsc::Sender<std::net::TcpStream>],
) -> io::Result<()> {
    for worker in workers.iter().cycle() {
        let stream = accept(&listener).await?.into_std()?;
        worker
            .send(stream)
            .await
            .map_err(|_| io::Error::other("a worker thread ended"))?;
    }
    Ok(())
}

/// The next connection. One that was reset while it waited is no reason to stop.
async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
}

#[derive(Clone, Debug)]
struct Service {
    acceptor: Arc<Acceptor>,
    handshakes: Arc<Semaphore>,
    lend: bool,
}

impl Service {
    fn new(echo: &Echo) -> Self {
        let mut config = Config::default();
        config.message_len_max = echo.message_len_max;
        let acceptor = Acceptor::default()
            .deflate(echo.deflate)
            .config(Arc::new(config));
        Self {
            acceptor: Arc::new(acceptor),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES_MAX)),
            lend: echo.lend,
        }
    }

    async fn accept(self, listener: TcpListener) -> io::Result<()> {
        loop {
            let stream = accept(&listener).await?;
            self.clone().start(stream).await;
        }
    }

    /// Serves `stream` in a task of its own, once there is room for another handshake.
    async fn start(self, stream: TcpStream) {
        let Ok(permit) = Arc::clone(&self.handshakes).acquire_owned().await else {
            return;
        };
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let opened = self.acceptor.accept(stream).await;
            drop(permit);
            // Whatever ended the connection was its client's doing, and the client was told.
            if let Ok(ws) = opened {
                let _ = if self.lend {
                    echo_lent(ws).await
                } else {
                    echo(ws).await
                };
            }
        });
    }
}

async fn echo(mut ws: WebSocket) -> sockeye::Result<()> {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn echo_lent(mut ws: WebSocket) -> sockeye::Result<()> {
    loop {
        let mut outcome = Ok(());
        let received = ws.recv_with(|message, replies| {
            if outcome.is_ok() {
                outcome = replies.send(message.kind(), message.payload());
            }
        });
        if received.await?.is_none() {
            return Ok(());
        }
        outcome?;
    }
}
