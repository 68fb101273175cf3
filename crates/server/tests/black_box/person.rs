//! People in the JSON chat: what a client of it does, and two who talk while something goes wrong.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use serde_json::{Value, json};
use sockeye::{Client, WebSocket};

use crate::chat::text;
use crate::site::Site;

/// A client of MDN's chat.
#[derive(Debug)]
pub(crate) struct Person(pub(crate) WebSocket);

impl Person {
    pub(crate) async fn connect(site: &Site, path: &str, subprotocol: &str) -> Self {
        let client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
        let client = client.protocols([subprotocol]).unwrap();
        let mut person = Self(client.connect().await.unwrap());
        assert_eq!(person.0.protocol(), Some(subprotocol));
        assert_eq!(person.next().await["type"], "id");
        person
    }

    /// Signs in; the name that came of it.
    pub(crate) async fn sign_in(&mut self, name: &str) -> String {
        self.say(&json!({"type": "username", "name": name})).await;
        let named = self.until("named").await;
        named["name"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn say(&mut self, what: &Value) {
        self.0.send(what.to_string()).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Value {
        serde_json::from_str(&text(&mut self.0).await).unwrap()
    }

    /// The next message of a type; those before it are passed over.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The next message of one of two types.
    pub(crate) async fn until_either(&mut self, one: &str, other: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == one || message["type"] == other {
                return message;
            }
        }
    }

    /// Waits for the list of exactly these users.
    pub(crate) async fn until_users(&mut self, users: &[&str]) {
        while self.until("userlist").await["users"] != json!(users) {}
    }
}

/// Two people of one room who must not notice anything.
#[derive(Debug)]
pub(crate) struct Pair {
    people: [Person; 2],
    said: usize,
}

impl Pair {
    /// They come into the room at `path`, and have talked.
    pub(crate) async fn meet(site: &Site, path: &str) -> Self {
        let mut people = Vec::new();
        for name in ["Ann", "Bob"] {
            let mut person = Person::connect(site, path, "json").await;
            person.sign_in(name).await;
            people.push(person);
        }
        let people = people.try_into().unwrap();
        let mut pair = Self { people, said: 0 };
        pair.talk().await;
        pair
    }

    /// Each says something that both hear; what others say meanwhile is passed over.
    pub(crate) async fn talk(&mut self) {
        for speaker in 0..2 {
            self.say(speaker, "").await;
        }
    }

    /// As long a text as may be, by one of them.
    pub(crate) async fn talk_long(&mut self) {
        self.say(0, &"я".repeat(1900)).await;
    }

    async fn say(&mut self, speaker: usize, more: &str) {
        self.said += 1;
        let text = format!("sentence {} {more}", self.said);
        let message = json!({"type": "message", "text": text});
        self.people[speaker].say(&message).await;
        for person in &mut self.people {
            while person.until("message").await["text"] != text {}
        }
    }

    /// What the first of them hears of this kind next.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        self.people[0].until(kind).await
    }
}
