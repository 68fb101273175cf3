//! A server of our own for a test, and the plainest of HTTP clients.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::future::pending;
use std::net::SocketAddr;
use std::num::NonZeroUsize;

use sockeye_server::options::{Listen, Threads};
use sockeye_server::{Drained, Options, Place, Server};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is stopped or dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) places: Vec<Place>,
    pub(crate) metrics: Option<Place>,
    stop: Option<oneshot::Sender<()>>,
    insist: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<Drained>>,
}

/// Two threads on any free port.
pub(crate) fn options() -> Options {
    let mut options = Options::default();
    options.listen = vec![Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)))];
    options.threads = Threads::Fixed(NonZeroUsize::MIN.saturating_add(1));
    options
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::start_with(options()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let server = Server::bind(options).await.unwrap();
        let places = server.places().to_vec();
        let metrics = server.metrics_place().cloned();
        let (stop, stopped) = oneshot::channel();
        let (insist, insisted) = oneshot::channel();
        let server = tokio::spawn(server.run(told(stopped), insisted_on(insisted)));
        Self {
            address: places[0].address().unwrap(),
            places,
            metrics,
            stop: Some(stop),
            insist: Some(insist),
            server,
        }
    }

    pub(crate) fn echo_url(&self) -> String {
        format!("ws://{}/echo", self.address)
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Head and body of the answer to `request`, which asks for the connection's end.
    pub(crate) async fn ask(&self, request: &str) -> (String, String) {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut stream).await
    }

    pub(crate) async fn get(&self, path: &str) -> (String, String) {
        self.ask(&request_for(path)).await
    }

    /// What is asked of the place where metrics are.
    pub(crate) async fn get_metrics(&self, path: &str) -> (String, String) {
        let address = self.metrics.as_ref().and_then(Place::address);
        let mut stream = TcpStream::connect(address.unwrap()).await.unwrap();
        let request = request_for(path);
        stream.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut stream).await
    }

    /// Waits until `/ready` says no; gives the head of that answer.
    pub(crate) async fn until_not_ready(&self) -> String {
        loop {
            let (head, _) = self.get("/ready").await;
            if !head.starts_with("HTTP/1.1 200 ") {
                return head;
            }
        }
    }

    /// Tells the server to stop.
    pub(crate) fn tell_to_stop(&mut self) {
        self.stop = None;
    }

    /// Tells it to stop at once.
    pub(crate) fn insist(&mut self) {
        if let Some(insist) = self.insist.take() {
            insist.send(()).unwrap();
        }
    }

    /// Has the server stop, and waits until it did.
    pub(crate) async fn stop(mut self) -> Drained {
        self.tell_to_stop();
        self.server.await.unwrap().unwrap()
    }
}

/// Ready when it is told to stop, or the test is over.
async fn told(stopped: oneshot::Receiver<()>) {
    let _ = stopped.await;
}

/// Ready when it is told to stop at once.
async fn insisted_on(insisted: oneshot::Receiver<()>) {
    if insisted.await.is_err() {
        pending::<()>().await;
    }
}

/// Asks for `path`, and for the connection's end.
fn request_for(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
}

/// Head and body of what comes until the end.
pub(crate) async fn read_answer(stream: &mut (impl AsyncRead + Unpin)) -> (String, String) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (format!("{head}\r\n"), body.to_owned())
}

/// The value of the header `name` (in small letters).
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
