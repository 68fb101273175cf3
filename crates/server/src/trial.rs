//! Rooms with everybody in them, for measurements: what the server does for a publication, on the
//! real parts, without HTTP around them. Nothing of the server uses it.

use std::sync::Arc;

use sockeye::{Message, WebSocket};
use sockeye_dialect::chat::Protocol;
use sockeye_hub::{Cause, ChannelName, Close, Payload, Permissions, Publication, Refused, Rules};
use tokio::task::yield_now;

use crate::chat::terms;
use crate::clock::Clock;
use crate::engine::{Engine, EngineOptions, Memory};
use crate::node::{Hub, Newcomer, Node, Talk};
use crate::options::Options;
use crate::stats::{Count, Counters};

/// More messages per second than anybody can measure.
const MESSAGES_PER_SECOND: u32 = 1_000_000;

/// Rooms of the plain chat, on one thread.
#[derive(Debug)]
pub struct Trial {
    node: Arc<Node>,
    engine: Arc<Memory>,
    rules: Arc<Rules>,
    counters: Arc<Counters>,
    /// By their numbers.
    rooms: Vec<Room>,
}

#[derive(Debug)]
struct Room {
    channel: ChannelName,
    /// Who is there.
    talks: Vec<Talk>,
}

impl Default for Trial {
    fn default() -> Self {
        Self::new()
    }
}

impl Trial {
    /// An empty one. [`run`](Self::run) has to be driven on the runtime of all its connections.
    pub fn new() -> Self {
        let mut options = Options::default();
        options.chat.messages_per_second_max = MESSAGES_PER_SECOND;
        options.chat.dialects.plain_chars_max = sockeye_dialect::limits::TEXT_CHARS_MAX;
        let engine = Arc::new(Memory::new(&EngineOptions::default()));
        let terms = terms::terms(&options);
        let rules = Arc::clone(&terms.owner.rules);
        let counters = Arc::new(Counters::new());
        let hub = Hub::new(1, Arc::<Memory>::clone(&engine), terms, &options);
        Self {
            node: Node::new(&hub, 0, Arc::clone(&counters)),
            engine,
            rules,
            counters,
            rooms: Vec::new(),
        }
    }

    /// What makes the rounds, for ever.
    ///
    /// # Cancel safety
    /// Without it nothing is sent any more.
    pub fn run(&self) -> impl Future<Output = ()> + Send + use<> {
        Arc::clone(&self.node).run()
    }

    /// Lets somebody into the room with this number, who is subscribed once this is ready. Rooms
    /// are numbered from 0 without gaps.
    ///
    /// # Errors
    /// If there is no room for more.
    ///
    /// # Cancel safety
    /// A dropped future may have let them in.
    pub async fn enter(&mut self, ws: &WebSocket, room: usize) -> Result<(), Cause> {
        let channel = Protocol::Plain.channel(&format!("trial-{room}"));
        let channel = channel.map_err(|_| Cause::from(Close::ServerError))?;
        let talk = self.node.begin(Newcomer {
            sender: ws.sender(),
            protocol: Protocol::Plain,
            room: channel.clone(),
            user: None,
            name: None,
            permissions: Permissions::all(),
            expires_at: None,
        })?;
        talk.settle().await;
        if let Some(room) = self.rooms.get_mut(room) {
            room.talks.push(talk);
        } else {
            let talks = vec![talk];
            self.rooms.push(Room { channel, talks });
        }
        Ok(())
    }

    /// Publishes something into each room `times` times at once, as who is no client: through the
    /// engine, which gives it its place and keeps it. Waits until all connections were given it; it
    /// may still wait there for room in the kernel.
    ///
    /// # Errors
    /// If there is no room for it.
    ///
    /// # Cancel safety
    /// A dropped future may have published it.
    pub async fn publish(&self, text: &str, times: usize) -> Result<(), Refused> {
        let expected = self.deliveries_with(times);
        for room in &self.rooms {
            for _ in 0..times {
                let payload = Payload::Text(text.into());
                let publication = Publication::new(payload, Clock::wall_ms());
                let options = Arc::clone(self.rules.of(&room.channel));
                self.engine
                    .publish(&room.channel, publication.into(), options)
                    .await?;
            }
        }
        self.until_delivered(expected).await;
        Ok(())
    }

    /// Has the one who came first into each room say something `times` times at once, and waits
    /// until all connections were given it. It may still wait there for room in the kernel.
    ///
    /// # Cancel safety
    /// A dropped future may have said it.
    pub async fn say(&self, text: &Message, times: usize) {
        let expected = self.deliveries_with(times);
        for talk in self.rooms.iter().filter_map(|room| room.talks.first()) {
            for _ in 0..times {
                talk.hear(text);
            }
        }
        self.until_delivered(expected).await;
    }

    /// How many there are once everybody was given so many more.
    fn deliveries_with(&self, times: usize) -> u64 {
        let people: usize = self.rooms.iter().map(|room| room.talks.len()).sum();
        let more = u64::try_from(people.saturating_mul(times)).unwrap_or(u64::MAX);
        self.counters.value(Count::Deliveries).saturating_add(more)
    }

    async fn until_delivered(&self, expected: u64) {
        while self.counters.value(Count::Deliveries) < expected {
            yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye::{Acceptor, Client, Stream};
    use tokio::io::duplex;

    /// If this fails, what is measured is not what is sent.
    #[tokio::test]
    async fn everybody_in_each_room_is_given_what_is_said_there() {
        let mut trial = Trial::new();
        tokio::spawn(trial.run());
        let mut peers = Vec::new();
        for room in [0, 0, 0, 1, 1] {
            let (ours, theirs) = duplex(4096);
            let client = Client::new("ws://localhost/").unwrap();
            let (acceptor, stream) = (Acceptor::default(), Stream::boxed(theirs));
            let (ws, peer) = tokio::join!(acceptor.accept(stream), client.connect_over(ours));
            let (ws, peer) = (ws.unwrap(), peer.unwrap());
            trial.enter(&ws, room).await.unwrap();
            peers.push((ws, peer));
        }
        let text = Message::from("x".repeat(92));
        trial.say(&text, 8).await;
        let published = trial.publish(text.as_text().unwrap(), 8).await;
        published.unwrap();
        for (_, peer) in &mut peers {
            for _ in 0..16 {
                assert_eq!(peer.recv().await.unwrap(), Some(text.clone()));
            }
        }
    }
}
