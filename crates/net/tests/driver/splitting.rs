//! `split`: two halves in two tasks, and many senders in many. Messages arrive whole, and those of
//! one sender in its order.

use std::collections::HashMap;

use sockeye::{Client, PreparedMessage, WebSocket};
use tokio::io::duplex;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::peer::{Peer, tcp_pair};
use crate::support::wire::{CLOSE, PING, TEXT};

const SENDERS: u32 = 16;
const MESSAGES: u32 = 200;

/// A message that shows whether it is whole: who, which, and a body of a length and content that
/// follow from them.
fn message(sender: u32, number: u32) -> Vec<u8> {
    let len = usize::try_from((sender * 7919 + number * 104_729) % 20_000).unwrap();
    let byte = u8::try_from((sender * 31 + number) % 256).unwrap();
    let mut message = [sender.to_be_bytes(), number.to_be_bytes()].concat();
    message.resize(8 + len, byte);
    message
}

fn number_at(payload: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(*payload[at..].first_chunk().unwrap())
}

async fn connected() -> (WebSocket<TcpStream>, WebSocket<TcpStream>) {
    let (accepted, connecting) = tcp_pair().await;
    let client = Client::new("ws://localhost/").unwrap();
    let (server, client) =
        tokio::join!(sockeye::accept(accepted), client.handshake_over(connecting));
    (server.unwrap(), client.unwrap())
}

async fn many_senders_keep_their_order_and_their_messages_whole() {
    let (server, client) = connected().await;
    let (sender, receiver) = client.split();
    let mut tasks = JoinSet::new();
    for id in 0..SENDERS {
        let sender = sender.clone();
        tasks.spawn(async move {
            for number in 0..MESSAGES {
                let message = message(id, number);
                if number % 3 == 0 {
                    sender.feed(message).await.unwrap();
                } else {
                    sender.send(message).await.unwrap();
                }
            }
        });
    }
    drop(sender);
    let receiving = tokio::spawn(async move {
        let mut server = server;
        let mut next: HashMap<u32, u32> = HashMap::new();
        for _ in 0..SENDERS * MESSAGES {
            let received = server.recv().await.unwrap().unwrap();
            let payload = received.payload();
            let (id, number) = (number_at(payload, 0), number_at(payload, 4));
            assert!(**payload == message(id, number), "not whole");
            let next = next.entry(id).or_default();
            assert_eq!(*next, number, "sender {id}");
            *next += 1;
        }
    });
    while let Some(sent) = tasks.join_next().await {
        sent.unwrap();
    }
    receiving.await.unwrap();
    drop(receiver);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn client_with_many_senders_on_many_threads_mixes_nothing() {
    many_senders_keep_their_order_and_their_messages_whole().await;
}

#[tokio::test]
async fn client_with_many_senders_on_one_thread_mixes_nothing() {
    many_senders_keep_their_order_and_their_messages_whole().await;
}

/// A text of letters that say who sent it; its length decides how it is queued and framed.
fn text(sender: u8, number: usize) -> String {
    const LENS: [usize; 5] = [0, 125, 126, 9000, 150_000];
    let letter = char::from(b'a' + sender);
    let letters = letter.to_string().repeat(LENS[number % LENS.len()]);
    format!("{letter}{number} {letters}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn server_with_every_kind_of_send_on_many_threads_writes_whole_frames() {
    const COUNT: usize = 60;
    let (accepted, connected) = tcp_pair().await;
    let (server, mut peer) = tokio::join!(sockeye::accept(accepted), Peer::open(connected));
    let (sender, receiver) = server.unwrap().split();
    let mut tasks = JoinSet::new();
    for id in 0..8_u8 {
        let sender = sender.clone();
        tasks.spawn(async move {
            for number in 0..COUNT {
                let text = text(id, number);
                match id % 4 {
                    0 => sender.send(text).await.unwrap(),
                    1 => sender.feed(text).await.unwrap(),
                    2 => {
                        let prepared = PreparedMessage::new(text);
                        sender.send_prepared(&prepared).await.unwrap();
                    }
                    _ => {
                        while sender.try_send(text.as_str()).is_err() {
                            sender.writable().await.unwrap();
                        }
                    }
                }
                sender.ping(&[id]).await.unwrap();
            }
        });
    }
    drop((sender, receiver));
    // Read by hand: a frame inside of another would be no frame.
    let mut next = [0; 8];
    let mut pings = 0;
    loop {
        let frame = peer.frame().await.unwrap();
        match frame.first {
            TEXT => {
                let id = frame.payload[0] - b'a';
                let number = &mut next[usize::from(id)];
                assert!(frame.payload == text(id, *number).as_bytes(), "{frame:?}");
                *number += 1;
            }
            PING => pings += 1,
            CLOSE => break,
            _ => unreachable!("nobody sent this: {frame:?}"),
        }
    }
    assert_eq!((next, pings), ([COUNT; 8], 8 * COUNT));
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn server_and_client_that_flood_each_other_from_two_tasks_each_never_lock_up() {
    let (server, client) = connected().await;
    let mut tasks = JoinSet::new();
    for ws in [server, client] {
        let (sender, mut receiver) = ws.split();
        let sending = tokio::spawn(async move {
            for number in 0..2000 {
                sender.send(message(1, number)).await.unwrap();
            }
            sender
        });
        tasks.spawn(async move {
            for number in 0..2000 {
                let received = receiver.recv().await.unwrap().unwrap();
                assert!(**received.payload() == message(1, number));
            }
            drop(sending.await.unwrap());
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn server_halves_over_a_narrow_pipe_work_at_the_same_time() {
    let (ours, theirs) = duplex(100);
    let client = Client::new("ws://localhost/").unwrap();
    let (server, client) = tokio::join!(sockeye::accept(ours), client.handshake_over(theirs));
    let mut tasks = JoinSet::new();
    for ws in [server.unwrap(), client.unwrap()] {
        let (sender, mut receiver) = ws.split();
        tasks.spawn(async move {
            for number in 0..20 {
                sender.send(message(2, number)).await.unwrap();
            }
        });
        tasks.spawn(async move {
            for number in 0..20 {
                let received = receiver.recv().await.unwrap().unwrap();
                assert!(**received.payload() == message(2, number));
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}
