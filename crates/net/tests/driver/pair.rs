//! `pair`: two ordinary connections, whose time is the runtime's.

use std::time::Duration;

use sockeye::limits::{PIPE_LEN, QUEUE_LEN_HIGH};
use sockeye::{CloseCode, Keepalive, Message, PreparedMessage, SlowReceiver, broadcast, pair};
use sockeye::{Payload, pair_with};
use tokio::time::Instant;

use crate::support::open::config;
use crate::support::poll::{poll_and_drop, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn pair_sends_both_ways_and_closes_clean() {
    let (mut client, mut server) = pair();
    let large = Payload::from(vec![7; 1 << 20]);
    let serving = tokio::spawn(async move {
        while let Some(message) = server.recv().await.unwrap() {
            server.send(message).await.unwrap();
        }
        server.close_event().unwrap()
    });
    for message in [
        Message::from("hello"),
        Message::from(large),
        Message::from(""),
    ] {
        client.send(message.clone()).await.unwrap();
        assert_eq!(client.recv().await.unwrap(), Some(message));
    }
    let event = client.close(Some(3000.into()), "done").await.unwrap();
    assert!(event.was_clean);
    let event = serving.await.unwrap();
    assert_eq!((event.code, &*event.reason), (3000.into(), "done"));
}

#[tokio::test(start_paused = true)]
async fn pair_has_the_bounds_of_any_connection() {
    let (mut client, server) = pair_with(&config(|config| config.message_len_max = 100_000));
    let mut sent = 0;
    while client.try_send(vec![0; 1000]).is_ok() {
        sent += 1000;
    }
    let bound = PIPE_LEN + QUEUE_LEN_HIGH;
    assert!((bound - 2000..bound + 2000).contains(&sent), "{sent}");
    drop(server);

    let (mut client, mut server) = pair_with(&config(|config| config.message_len_max = 1000));
    client.send(vec![0; 1001]).await.unwrap();
    assert!(server.recv().await.unwrap_err().is_limit());
    assert_eq!(client.recv().await.unwrap(), None);
    assert_eq!(client.close_event().unwrap().code, 1009.into());
}

#[tokio::test(start_paused = true)]
async fn pair_keeps_itself_alive_for_an_hour_in_no_time() {
    let (mut client, mut server) = pair();
    let start = Instant::now();
    let hour = tokio::time::timeout(3600 * SECOND, async {
        tokio::join!(client.recv(), server.recv())
    });
    assert!(hour.await.is_err(), "nothing came, and nothing failed");
    assert_eq!(start.elapsed(), 3600 * SECOND);
    assert!(client.latency().is_some() || server.latency().is_some());
}

#[tokio::test(start_paused = true)]
async fn pair_whose_server_never_reads_fails_the_client_in_virtual_time() {
    let config = config(|config| {
        config.keepalive = Some(Keepalive {
            interval: SECOND,
            timeout: SECOND,
        });
    });
    let (mut client, _server) = pair_with(&config);
    let start = Instant::now();
    assert!(client.recv().await.unwrap_err().is_timeout());
    // The server's own Ping after one second was the last sign of life.
    assert_eq!(start.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn pair_aborted_or_dropped_tells_the_other_side_which() {
    let (client, mut server) = pair();
    client.abort();
    assert!(server.recv().await.unwrap_err().is_lost());
    assert_eq!(server.close_event().unwrap().code, CloseCode::ABNORMAL);
    let (client, mut server) = pair();
    drop(client);
    assert_eq!(server.recv().await.unwrap(), None);
    assert_eq!(server.close_event().unwrap().code, CloseCode::GOING_AWAY);
}

#[tokio::test(start_paused = true)]
async fn pairs_are_a_room_to_broadcast_to() {
    let mut pairs: Vec<_> = (0..100).map(|_| pair()).collect();
    let senders: Vec<_> = pairs.iter().map(|(_, server)| server.sender()).collect();
    let news = PreparedMessage::new("news");
    assert_eq!(broadcast(&senders, &news, SlowReceiver::Skip).sent, 100);
    for (client, _) in &mut pairs {
        assert_eq!(client.recv().await.unwrap().as_ref(), Some(news.message()));
        assert!(poll_and_drop(client.recv(), 2).await.is_none());
    }
    settle().await;
}
