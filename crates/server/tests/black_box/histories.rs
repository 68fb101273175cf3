//! Random histories over real sockets and both worker threads: people talk, leave without a word,
//! and come back. What each must hear is known from the offsets alone (`node`, `hub`).
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use serde_json::{Value, json};
use sockeye::WebSocket;

use crate::chat::text;
use crate::dice::Dice;
use crate::site::{Site, options};

/// Somebody who checks all that he hears.
struct Listener {
    ws: WebSocket,
    /// What he has: everything up to this offset of the epoch.
    epoch: String,
    offset: u64,
    said: u64,
}

impl Listener {
    /// Joins a room, from `seen` on if that says something.
    async fn join(site: &Site, room: &str, name: usize, seen: Option<(&str, u64)>) -> Self {
        let url = format!("ws://{}/chat/{room}", site.address);
        let mut ws = sockeye::connect(&url).await.unwrap();
        if let Some((epoch, offset)) = seen {
            let resume = json!({"type": "resume", "epoch": epoch, "offset": offset});
            ws.send(resume.to_string()).await.unwrap();
        }
        let sign_in = json!({"type": "username", "name": format!("n{name}")});
        ws.send(sign_in.to_string()).await.unwrap();
        let joined = loop {
            let message: Value = serde_json::from_str(&text(&mut ws).await).unwrap();
            if message["type"] == "joined" {
                break message;
            }
        };
        let mut offset = joined["offset"].as_u64().unwrap();
        if let Some((_, seen)) = seen {
            assert_eq!(joined["recovered"], true, "{joined}");
            offset = seen;
        }
        let epoch = joined["epoch"].as_str().unwrap().to_owned();
        let said = 0;
        Self {
            ws,
            epoch,
            offset,
            said,
        }
    }

    async fn say(&mut self, who: usize) {
        self.said += 1;
        let text = format!("{who} {}", self.said);
        let message = json!({"type": "message", "text": text});
        self.ws.send(message.to_string()).await.unwrap();
    }

    /// Hears until `offset`, with nothing left out and nothing twice.
    async fn hear(&mut self, offset: u64, heard: &mut Vec<(u64, String)>) {
        while self.offset < offset {
            let message: Value = serde_json::from_str(&text(&mut self.ws).await).unwrap();
            assert_ne!(message["type"], "error", "{message}");
            if message["type"] == "message" {
                let next = message["offset"].as_u64().unwrap();
                assert_eq!(
                    (next, &message["epoch"]),
                    (self.offset + 1, &json!(self.epoch))
                );
                self.offset = next;
                heard.push((next, message["text"].as_str().unwrap().to_owned()));
            }
        }
    }
}

/// If this fails, somebody on one of the threads misses a message, hears one twice, or hears
/// another one than the others at the same place.
#[tokio::test]
async fn everybody_hears_the_same_stream_without_a_hole() {
    for seed in [
        0x9e37_79b9_7f4a_7c15,
        0x2545_f491_4f6c_dd1d,
        0xd1b5_4a32_d192_ed03,
        7,
    ] {
        hear_one_stream(seed).await;
    }
}

async fn hear_one_stream(seed: u64) {
    const PEOPLE: usize = 8;
    const STEPS: usize = 300;
    let mut options = options();
    options.chat.messages_per_second_max = 100_000;
    options.chat.dialects.json_history_len = 0;
    options.chat.history_len_max = 1000;
    options.limits.handshakes_per_second_max = 10_000;
    let site = Site::start_with(options).await;
    let mut dice = Dice(seed);
    let mut people = Vec::new();
    for name in 0..PEOPLE {
        people.push(Listener::join(&site, "room", name, None).await);
    }
    let mut published = people[0].offset;
    let mut stream = Vec::new();
    let mut heard = vec![Vec::new(); PEOPLE];
    for _ in 0..STEPS {
        let who = dice.roll() % 8;
        match dice.roll() % 10 {
            // Gone without a word, and back with what he saw last.
            0 => {
                let (epoch, offset) = (people[who].epoch.clone(), people[who].offset);
                let said = people[who].said;
                let back = Listener::join(&site, "room", who + 10, Some((&epoch, offset))).await;
                let gone = std::mem::replace(&mut people[who], Listener { said, ..back });
                gone.ws.abort();
            }
            1 | 2 => people[who].hear(published, &mut heard[who]).await,
            _ => {
                people[who].say(who).await;
                published += 1;
                // Whoever breaks off next must not take this with him.
                people[who].hear(published, &mut heard[who]).await;
            }
        }
    }
    for (who, person) in people.iter_mut().enumerate() {
        person.hear(published, &mut heard[who]).await;
        stream.append(&mut heard[who]);
    }
    stream.sort();
    stream.dedup();
    let offsets: Vec<u64> = stream.iter().map(|(offset, _)| *offset).collect();
    let first = offsets[0];
    assert_eq!(offsets, (first..=published).collect::<Vec<_>>());
}
