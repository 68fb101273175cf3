//! The transcripts of the docs over real sockets: each client gets the messages that stand there,
//! in their order (`chat`, `node`). Numbers that a server chooses stand for others here, times are
//! left out, and whoever has to wait there waits for what comes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what does not work here fails the test that wants it"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sockeye::{Client, Message, WebSocket};

use crate::site::Site;
use crate::tokens::{SECRET, sign, with_secret};

/// Longest wait for one message, which is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the document calls by one name and the server by another: epochs and clients.
#[derive(Debug, Default)]
struct Numbers(BTreeMap<(&'static str, String), Value>);

impl Numbers {
    /// A message of the document as this server would say it, in which `got` has the final word on
    /// numbers that are new.
    fn expected(&mut self, line: &str, got: &Value) -> Value {
        let mut message: Value = serde_json::from_str(line).unwrap();
        for field in ["id", "epoch"] {
            let Some(name) = message[field].as_str() else {
                continue;
            };
            let known = self.0.entry((field, name.to_owned()));
            let value = known.or_insert_with(|| got[field].clone());
            message[field] = value.clone();
        }
        message["date"] = got["date"].clone();
        message
    }

    /// What a client sends, with the epoch of this server where the document has one.
    fn said(&self, line: &str) -> String {
        let Ok(mut message) = serde_json::from_str::<Value>(line) else {
            return line.to_owned();
        };
        let epoch = message["epoch"].as_str().unwrap_or_default().to_owned();
        let Some(known) = self.0.get(&("epoch", epoch)) else {
            return line.to_owned();
        };
        message["epoch"] = known.clone();
        message.to_string()
    }
}

/// The blocks of a document with this info string.
fn blocks<'a>(document: &'a str, info: &str) -> Vec<Vec<&'a str>> {
    let begin = format!("```{info}\n");
    let rest = document.split(begin.as_str()).skip(1);
    rest.map(|rest| rest.split("```").next().unwrap().lines().collect())
        .collect()
}

async fn connect(site: &Site, path: &str, name: Option<&str>) -> WebSocket {
    let mut client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
    if let Some(name) = name {
        let claims = json!({"sub": name, "name": name, "exp": 9_999_999_999_u64});
        let bearer = format!("Bearer {}", sign(SECRET, &json!({"alg": "HS256"}), &claims));
        client = client.header("Authorization", &bearer).unwrap();
    }
    client.connect().await.unwrap()
}

/// Waits until so many are in their room.
async fn until_inside(site: &Site, people: usize) {
    let line = format!("sockeye_hub_subscriptions {people}\n");
    while !site.get_metrics("/metrics").await.1.contains(&line) {}
}

async fn receive(ws: &mut WebSocket, line: &str) -> Option<String> {
    let received = tokio::time::timeout(PATIENCE, ws.recv()).await;
    match received.unwrap_or_else(|_| panic!("nothing came for {line}")) {
        Ok(Some(Message::Text(text))) => Some(text.to_string()),
        Ok(None) => None,
        other => panic!("{other:?} for {line}"),
    }
}

async fn play(path: &str, lines: &[&str]) {
    let (mut options, file) = with_secret();
    options.metrics.listen = Some("127.0.0.1:0".parse().unwrap());
    options.hub.presence_grace = Duration::from_millis(50);
    options.chat.dialects.greeting_delay = Duration::from_millis(500);
    let site = Site::start_with(options).await;
    drop(file);
    let mut numbers = Numbers::default();
    let mut people: BTreeMap<&str, WebSocket> = BTreeMap::new();
    for line in lines {
        let (who, what) = line.split_once(' ').unwrap();
        if let Some(name) = what.strip_prefix("connects") {
            let ws = connect(&site, path, name.strip_prefix(" as ")).await;
            people.insert(who, ws);
            if path == "/ws" || path == "/nick" {
                // These say nothing to whoever comes in.
                until_inside(&site, people.len()).await;
            }
            continue;
        }
        // What comes then is waited for in the next line.
        if what == "s pass" {
            continue;
        }
        let ws = people.get_mut(who).unwrap();
        if let Some(expected) = what.strip_prefix("< ") {
            let got = receive(ws, line)
                .await
                .unwrap_or_else(|| panic!("closed for {line}"));
            if path == "/chat" {
                let got: Value = serde_json::from_str(&got).unwrap();
                assert_eq!(numbers.expected(expected, &got), got, "{line}");
            } else {
                assert_eq!(got, expected);
            }
        } else if let Some(text) = what.strip_prefix("> ") {
            ws.send(numbers.said(text)).await.unwrap();
        } else if let Some(expected) = what.strip_prefix("is closed ") {
            assert_eq!(receive(ws, line).await, None);
            let event = ws.close_event().unwrap();
            assert_eq!(
                format!("{} {}", event.code.number(), event.reason),
                expected
            );
        } else {
            match what {
                "leaves" => drop(ws.close(None, "").await.unwrap()),
                "sends bytes" => ws.send(b"bytes".to_vec()).await.unwrap(),
                "sends nothing" => ws.send("").await.unwrap(),
                other => panic!("{other}"),
            }
        }
    }
}

/// If this fails, whoever writes a client by the docs meets another server than they tell of.
#[tokio::test]
async fn transcripts_of_the_docs_are_what_the_server_says() {
    const PAGES: [&str; 3] = [
        include_str!("../../../../docs/chat-json.md"),
        include_str!("../../../../docs/chat-names.md"),
        include_str!("../../../../docs/chat-protocols.md"),
    ];
    let mut played = 0;
    for (info, path) in [
        ("text json", "/chat"),
        ("text plain", "/ws"),
        ("text nick", "/nick"),
        ("text greeting", "/demo/hello"),
    ] {
        for lines in PAGES.iter().flat_map(|page| blocks(page, info)) {
            // A loss between the server's parts cannot be had from outside.
            if !lines.contains(&"something is lost") {
                play(path, &lines).await;
                played += 1;
            }
        }
    }
    assert!(played >= 9, "{played}");
}
