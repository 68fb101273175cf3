//! Typed messages (`json`): values go and come, and what is no such value is named and kept.

use std::collections::BTreeMap;
use std::error::Error as _;

use serde::{Deserialize, Serialize};
use sockeye::limits::QUEUE_LEN_HIGH;
use sockeye::{JsonError, Message, pair};

use crate::support::open::server;
use crate::support::poll::poll_and_drop;
use crate::support::wire::{BINARY, TEXT, masked, payloads};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Say {
    room: String,
    text: String,
}

fn say(text: &str) -> Say {
    Say {
        room: "pool".to_owned(),
        text: text.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn pair_sends_values_until_it_is_closed() {
    let (mut client, server) = pair();
    let (sender, mut receiver) = server.split();
    for text in ["hello", "", "й \"quoted\""] {
        client.send_json(&say(text)).await.unwrap();
        let said: Say = receiver.recv_json().await.unwrap().unwrap();
        assert_eq!(said, say(text));
        sender.send_json(&said).await.unwrap();
        assert_eq!(client.recv_json().await.unwrap(), Some(said));
    }
    sender.send_json("unsized").await.unwrap();
    assert_eq!(
        client.recv_json().await.unwrap(),
        Some("unsized".to_owned())
    );
    sender.close(None, "").unwrap();
    assert_eq!(client.recv_json::<Say>().await.unwrap(), None);
    assert!(client.send_json(&1).await.is_err_and(|error| {
        matches!(error, JsonError::Connection(error) if error.is_closed())
    }));
}

#[tokio::test(start_paused = true)]
async fn server_sends_json_as_text_and_takes_it_as_either() {
    let (mut ws, script) = server().await;
    ws.send_json(&say("a")).await.unwrap();
    let frames = script.take_frames();
    assert_eq!(frames[0].first, TEXT);
    assert_eq!(frames[0].payload, br#"{"room":"pool","text":"a"}"#);
    script.bytes(masked(BINARY, &frames[0].payload));
    assert_eq!(ws.recv_json().await.unwrap(), Some(say("a")));
}

#[tokio::test(start_paused = true)]
async fn server_names_what_is_wrong_keeps_the_message_and_goes_on() {
    let (mut ws, script) = server().await;
    for (text, wrong) in [
        (
            r#"{"room":"pool"}"#,
            "missing field `text` at line 1 column 15",
        ),
        ("{", "EOF while parsing"),
        (r#"{"room":"pool","text":7}"#, "invalid type: integer `7`"),
        (r#"{"room":"a","text":"b"} x"#, "trailing characters"),
        ("", "EOF while parsing"),
    ] {
        script.bytes(masked(TEXT, text.as_bytes()));
        let error = ws.recv_json::<Say>().await.unwrap_err();
        assert_eq!(error.message(), Some(&Message::from(text)));
        let shown = format!("a message of {} bytes is not the JSON of ", text.len());
        assert!(error.to_string().starts_with(&shown), "{error}");
        assert!(error.to_string().ends_with("::Say"), "{error}");
        let source = error.source().unwrap().to_string();
        assert!(source.contains(wrong), "{source}");
    }
    script.bytes(masked(TEXT, b"7"));
    assert_eq!(ws.recv_json::<u8>().await.unwrap(), Some(7));
}

#[tokio::test(start_paused = true)]
async fn server_sends_nothing_for_a_value_without_json() {
    let (mut ws, script) = server().await;
    let keys = BTreeMap::from([(vec![1], 2)]);
    let error = ws.send_json(&keys).await.unwrap_err();
    assert!(matches!(error, JsonError::Encode { .. }), "{error:?}");
    assert!(error.message().is_none() && error.source().is_some());
    assert!(error.to_string().contains("BTreeMap"), "{error}");
    assert_eq!(script.take_written(), b"");
}

#[tokio::test(start_paused = true)]
async fn server_json_dropped_while_it_waits_loses_and_doubles_nothing() {
    let (mut ws, script) = server().await;
    let wire = masked(TEXT, br#"{"room":"pool","text":"slow"}"#);
    for byte in wire.chunks(1) {
        assert!(poll_and_drop(ws.recv_json::<Say>(), 3).await.is_none());
        script.bytes(byte);
    }
    assert_eq!(ws.recv_json().await.unwrap(), Some(say("slow")));
    script.take_up_to(Some(0));
    ws.send(vec![0; QUEUE_LEN_HIGH]).await.unwrap();
    assert!(poll_and_drop(ws.send_json("dropped"), 3).await.is_none());
    script.take_up_to(None);
    ws.send_json("kept").await.unwrap();
    assert_eq!(payloads(&script.take_frames())[1..], [b"\"kept\""]);
}
