//! How long an opening over real TCP waits for a peer that says nothing. The clock is stopped only
//! when there is nothing to wait for but it, so that no byte on its way is overtaken. The runtime's
//! timers count in milliseconds, so whole seconds are compared.

use std::time::Duration;

use sockeye::limits::OPEN_TIMEOUT;
use sockeye::{Acceptor, Client, Keepalive, Phase};
use tokio::io::{AsyncReadExt, duplex};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, pause};

use crate::support::open::config;
use crate::support::peer::{Peer, tcp_pair};

fn client_of(listener: &TcpListener) -> Client {
    let address = listener.local_addr().unwrap();
    Client::new(&format!("ws://{address}/")).unwrap()
}

#[tokio::test]
async fn client_of_a_server_that_accepts_and_says_nothing_names_the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connecting = tokio::spawn(client_of(&listener).connect());
    let mut silent = Peer::new(listener.accept().await.unwrap().0);
    silent.head().await;
    pause();
    let start = Instant::now();
    let error = connecting.await.unwrap().unwrap_err();
    // What passed before the clock stopped counts as well.
    assert!(start.elapsed().as_secs() <= OPEN_TIMEOUT.as_secs());
    assert_eq!(error.timeout_phase(), Some(Phase::Handshake));
    assert!(error.is_timeout() && !error.is_lost() && !error.is_peer_fault());
    assert_eq!(error.to_string(), "the opening handshake took too long");
    assert!(silent.frame().await.is_none(), "TCP was closed");
}

/// Linux drops the first packet of a connection that finds the queue of the listening socket full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn client_of_a_server_that_does_not_accept_names_tcp() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _queued = TcpStream::connect(address).await.unwrap();
    pause();
    let start = Instant::now();
    let error = client_of(&listener).connect().await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), OPEN_TIMEOUT.as_secs());
    assert_eq!(error.timeout_phase(), Some(Phase::Connect));
    assert!(error.is_timeout() && !error.is_lost());
    assert_eq!(
        error.to_string(),
        "opening the TCP connection took too long"
    );
}

#[tokio::test]
async fn server_of_a_client_that_connects_and_says_nothing_hangs_up() {
    // RFC 6455 §7.2.2-1 TEST
    let (accepted, mut silent) = tcp_pair().await;
    pause();
    let start = Instant::now();
    let error = sockeye::accept(accepted).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), OPEN_TIMEOUT.as_secs());
    assert_eq!(error.timeout_phase(), Some(Phase::Handshake));
    assert!(error.is_timeout() && !error.is_lost() && !error.is_peer_fault());
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
}

/// Fails if a time that is too long for a clock, as who means "never" writes it, panics where it is
/// added to the time of day.
#[tokio::test]
async fn both_sides_with_all_the_time_in_the_world_open_and_close() {
    let config = config(|config| {
        config.close_timeout = Duration::MAX;
        config.keepalive = Some(Keepalive {
            interval: Duration::MAX,
            timeout: Duration::MAX,
        });
    });
    let (near, far) = duplex(1024);
    let client = Client::new("ws://example.com/").unwrap();
    let client = client.config(config.clone()).open_timeout(Duration::MAX);
    let acceptor = Acceptor::default()
        .config(config)
        .open_timeout(Duration::MAX);
    let (client, server) = tokio::join!(client.connect_over(near), acceptor.accept(far));
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    let (event, received) = tokio::join!(client.close(None, ""), server.recv());
    assert!(event.unwrap().was_clean && received.unwrap().is_none());
}
