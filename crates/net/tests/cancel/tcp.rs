//! Connecting over TCP (`client`): the sockets of dropped attempts are closed. Accepting over it
//! (`tcp`): no connection is lost. The clock runs, as the kernel does not wait for one that stands
//! still.

use sockeye::Client;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::knife::{Case, Clock, Knife, play};
use crate::opening::answer;

pub(crate) const CASES: &[Case] = cases! {
    "Client::connect" => connect_by_client,
    "accept_tcp" => accept_tcp,
    "connect" => connect,
};

#[test]
fn connect_dropped_at_any_poll_closes_its_socket() {
    play(CASES, Clock::Real, 1);
}

/// A server that answers whoever asks; once told to stop it answers how many did, after the last
/// connection ended.
struct Server {
    url: String,
    stop: tokio::sync::oneshot::Sender<()>,
    served: JoinHandle<usize>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/chat", listener.local_addr().unwrap());
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let served = tokio::spawn(async move {
            let mut serving = JoinSet::new();
            loop {
                tokio::select! {
                    biased;
                    accepted = listener.accept() => {
                        serving.spawn(answer(accepted.unwrap().0));
                    }
                    _ = &mut stopped => break,
                }
            }
            let requests = serving.join_all().await;
            requests.into_iter().flatten().count()
        });
        Self { url, stop, served }
    }

    /// Waits until every connection is at its end.
    async fn end(self) {
        self.stop.send(()).unwrap();
        assert!(self.served.await.unwrap() >= 1);
    }
}

async fn connect(knife: Knife) {
    let server = Server::start().await;
    drop(again!(knife, sockeye::connect(&server.url)).unwrap());
    server.end().await;
}

async fn connect_by_client(knife: Knife) {
    let server = Server::start().await;
    let client = Client::new(&server.url).unwrap();
    drop(again!(knife, client.clone().connect()).unwrap());
    server.end().await;
}

async fn accept_tcp(knife: Knife) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connecting = tokio::spawn(TcpStream::connect(address));
    let report = |error| unreachable!("{error}");
    let (_, from) = again!(knife, sockeye::accept_tcp(&listener, report));
    let client = connecting.await.unwrap().unwrap();
    assert_eq!(client.local_addr().unwrap(), from);
}
