//! The hub's bounds as a client meets them (`settings`, `chat::terms`): each is named with its
//! number, and is over when there is room again.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::time::Duration;

use serde_json::{Value, json};
use sockeye::WebSocket;

use crate::chat::text;
use crate::site::{Site, options};

async fn until(ws: &mut WebSocket, kind: &str) -> Value {
    loop {
        let message: Value = serde_json::from_str(&text(ws).await).unwrap();
        if message["type"] == kind {
            return message;
        }
    }
}

async fn say(ws: &mut WebSocket, what: Value) {
    ws.send(what.to_string()).await.unwrap();
}

/// If this fails, somebody who finds a room full is told nothing that helps, or no number that a
/// program can read, is asked for a name that he said, or never gets in although others left.
#[tokio::test]
async fn full_room_says_its_number_and_lets_in_when_somebody_left() {
    let mut options = options();
    options.hub.members_max = 2;
    options.hub.presence_grace = Duration::ZERO;
    let site = Site::start_with(options).await;
    let mut people = Vec::new();
    for name in ["Ann", "Bob", "Eve"] {
        let url = format!("ws://{}/chat/big", site.address);
        let mut ws = sockeye::connect(&url).await.unwrap();
        say(&mut ws, json!({"type": "username", "name": name})).await;
        people.push(ws);
        if people.len() < 3 {
            until(people.last_mut().unwrap(), "named").await;
        }
    }
    let [ann, bob, eve] = &mut people[..] else {
        unreachable!("three came in");
    };
    let full = json!("room `big` is full: at most 2 people have a name in it");
    for _ in 0..2 {
        let error = until(eve, "error").await;
        assert_eq!((&error["reason"], &error["code"]), (&full, &json!(106)));
        assert_eq!(
            (&error["field"], &error["people_max"]),
            (&json!("name"), &json!(2))
        );
        say(eve, json!({"type": "message", "text": "hello"})).await;
    }
    let error = until(eve, "error").await;
    assert_eq!((&error["reason"], &error["people_max"]), (&full, &json!(2)));
    // She reads all the same.
    say(ann, json!({"type": "message", "text": "anybody?"})).await;
    assert_eq!(until(eve, "message").await["text"], "anybody?");
    bob.close(None, "").await.unwrap();
    while until(eve, "userlist").await["users"] != json!(["Ann"]) {}
    say(eve, json!({"type": "username", "name": "Eve"})).await;
    assert_eq!(until(eve, "named").await["name"], "Eve");
    say(eve, json!({"type": "message", "text": "hello"})).await;
    assert_eq!(until(ann, "message").await["text"], "anybody?");
    assert_eq!(until(ann, "message").await["text"], "hello");
}
