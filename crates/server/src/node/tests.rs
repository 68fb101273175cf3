//! Two worker threads' nodes, of which one is too busy to look into its mailbox until that is full:
//! those concerned get their stated fate, over real sockets, and nobody else notices.

use serde_json::{Value, json};
use sockeye::{Acceptor, Client, Message, Stream, WebSocket};
use sockeye_dialect::chat::Protocol;
use sockeye_hub::{ChannelName, Permissions, Refusal, Ticket, ToOwner, ToWorker, WorkerId};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::mailbox::Mail;
use super::*;
use crate::chat::terms;
use crate::engine::{EngineOptions, Memory};
use crate::limits::{MAILBOX_LEN_MAX, SHORT_WALK_MAX};

/// A server's hub of two threads, whose rounds the test stops and lets go on.
struct Pair {
    hub: Hub,
    nodes: [Arc<Node>; 2],
    rounds: [JoinHandle<()>; 2],
}

impl Pair {
    fn new() -> Self {
        let options = Options::default();
        let engine = Arc::new(Memory::new(&EngineOptions::default()));
        let hub = Hub::new(2, engine, terms::terms(&options), &options);
        let nodes = [0, 1].map(|number| Node::new(&hub, number, Arc::new(Counters::new())));
        let rounds = [0, 1].map(|at: usize| tokio::spawn(Arc::clone(&nodes[at]).run()));
        Self { hub, nodes, rounds }
    }

    /// Makes no rounds on a thread, and fills its mailbox with mail that changes nothing.
    async fn block(&mut self, at: usize) {
        self.rounds[at].abort();
        assert!((&mut self.rounds[at]).await.unwrap_err().is_cancelled());
        let ticket = Ticket(u64::MAX);
        let mail = |_| match at {
            0 => Mail::Worker(ToWorker::NotJoined {
                ticket,
                refused: Refusal::Unavailable.into(),
            }),
            _ => Mail::Owner(ToOwner::Leave {
                worker: WorkerId(0),
                ticket,
                channel: room(at, "nobody"),
            }),
        };
        self.hub.mailboxes[at].post(&mut (0..MAILBOX_LEN_MAX).map(mail).collect());
    }

    fn go_on(&mut self, at: usize) {
        self.rounds[at] = tokio::spawn(Arc::clone(&self.nodes[at]).run());
    }

    /// Somebody whose connection is on thread `at` enters a room and has a name.
    async fn enter(&self, at: usize, room: &ChannelName, name: &str) -> Person {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = Client::new(&format!("ws://{address}/")).unwrap();
        let ours = TcpStream::connect(address).await.unwrap();
        let (theirs, _) = listener.accept().await.unwrap();
        let (acceptor, stream) = (Acceptor::default(), Stream::boxed(theirs));
        let (ws, peer) = tokio::join!(acceptor.accept(stream), client.connect_over(ours));
        let (mut ws, peer) = (ws.unwrap(), peer.unwrap());
        let newcomer = Newcomer {
            sender: ws.sender(),
            protocol: Protocol::Json,
            room: room.clone(),
            user: None,
            name: None,
            permissions: Permissions::all(),
            expires_at: None,
        };
        let talk = self.nodes[at].begin(newcomer).unwrap();
        tokio::spawn(async move {
            while let Ok(Some(message)) = ws.recv().await {
                talk.hear(&message);
            }
        });
        let mut person = Person(peer);
        person.send(json!({"type": "username", "name": name})).await;
        person.until("named").await;
        person
    }
}

struct Person(WebSocket);

impl Person {
    async fn send(&mut self, what: Value) {
        self.0.send(what.to_string()).await.unwrap();
    }

    async fn say(&mut self, text: &str) {
        self.send(json!({"type": "message", "text": text})).await;
    }

    async fn until(&mut self, kind: &str) -> Value {
        loop {
            let Some(Message::Text(text)) = self.0.recv().await.unwrap() else {
                panic!("closed while waiting for {kind}");
            };
            let value: Value = serde_json::from_str(&text).unwrap();
            if value["type"] == kind {
                return value;
            }
        }
    }

    async fn hear(&mut self, text: &str) {
        assert_eq!(self.until("message").await["text"], text);
    }
}

/// A room that thread `at` of two owns.
fn room(at: usize, name: &str) -> ChannelName {
    let rooms = (0..).map(|number| Protocol::Json.channel(&format!("{name}{number}")).unwrap());
    rooms.into_iter().find(|room| room.shard(2) == at).unwrap()
}

/// If this fails, whoever says something in a room whose thread is too busy waits for ever or
/// believes that it was said, or rooms of other threads wait with it.
#[tokio::test]
async fn publication_to_a_full_mailbox_is_refused_and_others_talk() {
    let mut pair = Pair::new();
    let (far, near) = (room(1, "far"), room(0, "near"));
    let mut ann = pair.enter(0, &far, "Ann").await;
    let mut bob = pair.enter(0, &near, "Bob").await;
    let mut cid = pair.enter(0, &near, "Cid").await;
    pair.block(1).await;
    ann.say("refused").await;
    let error = ann.until("error").await;
    assert_eq!(error["code"], Refusal::Unavailable.code(), "{error}");
    bob.say("meanwhile").await;
    bob.hear("meanwhile").await;
    cid.hear("meanwhile").await;
    pair.go_on(1);
    // What was refused was not said, and once there is room all is as before.
    pair.nodes[1].rounds.notified().await;
    ann.say("taken").await;
    ann.hear("taken").await;
}

/// If this fails, who is on a thread that is too busy misses what is said without being told, or
/// rooms of other threads wait with it.
#[tokio::test]
async fn news_to_a_full_mailbox_are_a_gap_that_is_recovered_and_others_talk() {
    let mut pair = Pair::new();
    let (shared, other) = (room(1, "shared"), room(1, "other"));
    let mut ann = pair.enter(0, &shared, "Ann").await;
    let mut bob = pair.enter(1, &shared, "Bob").await;
    let mut cid = pair.enter(1, &other, "Cid").await;
    bob.say("before").await;
    bob.hear("before").await;
    let seen = ann.until("message").await;
    assert_eq!(seen["text"], "before");
    pair.block(0).await;
    for text in ["missed", "as well"] {
        bob.say(text).await;
        bob.hear(text).await;
        cid.say(text).await;
        cid.hear(text).await;
    }
    pair.go_on(0);
    assert_eq!(
        ann.until("ended").await["code"],
        sockeye_hub::End::Gap.code()
    );
    let (epoch, offset) = (&seen["epoch"], &seen["offset"]);
    ann.send(json!({"type": "resume", "epoch": epoch, "offset": offset}))
        .await;
    for text in ["missed", "as well"] {
        ann.hear(text).await;
    }
    assert_eq!(pair.nodes[0].counters.value(Count::Lost), 1);
    bob.say("after").await;
    ann.hear("after").await;
}

/// If this fails, a small room waits for another task with each word, or a large one never hears
/// what its speaker left for that task.
#[tokio::test]
async fn small_room_is_told_at_once_and_a_large_one_in_a_round_of_its_own() {
    let mut pair = Pair::new();
    let (small, large) = (room(0, "small"), room(0, "large"));
    let mut ann = pair.enter(0, &small, "Ann").await;
    let mut bob = pair.enter(0, &small, "Bob").await;
    let mut crowd = Vec::new();
    for number in 0..=SHORT_WALK_MAX {
        crowd.push(pair.enter(0, &large, &format!("Cid {number}")).await);
    }
    pair.rounds[0].abort();
    assert!((&mut pair.rounds[0]).await.unwrap_err().is_cancelled());
    ann.say("at once").await;
    bob.hear("at once").await;
    crowd[0].say("in a round").await;
    pair.go_on(0);
    for person in &mut crowd {
        person.hear("in a round").await;
    }
}
