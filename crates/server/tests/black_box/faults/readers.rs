//! Readers that are slow, and those that never read: what they are owed is bounded, and the room
//! goes on. `chat` has the same, and peers that are gone without a word, with a clock that stands
//! still.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::time::Duration;

use serde_json::json;
use sockeye::{Client, Message};
use sockeye_server::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{ROOM, lively};
use crate::echo::upgrade;
use crate::person::{Pair, Person};
use crate::site::Site;

/// One whose clients may be owed little, and are let go of soon when they do not answer a Close.
fn impatient() -> Options {
    let mut options = lively();
    options.chat.queue_len_max = 64 * 1024;
    options.websocket.compress = false;
    options.websocket.close_timeout = Duration::from_millis(100);
    options
}

/// A connection for which the kernel keeps little that was not read.
async fn narrow(site: &Site) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(site.address).await.unwrap()
}

/// The head that asks for a WebSocket at `path`.
fn upgrade_at(path: &str) -> String {
    upgrade().replace("/echo", path)
}

/// A frame of a client, of a text that is no longer than its short form.
fn frame(text: &[u8]) -> Vec<u8> {
    let len = u8::try_from(text.len()).unwrap();
    assert!(len < 126);
    let mut frame = vec![0x81, 0x80 | len, 0, 0, 0, 0];
    frame.extend(text);
    frame
}

/// The code that the server closes with after a text of these bytes.
pub(super) async fn close_code_of_text(site: &Site, path: &str, bytes: &[u8]) -> u16 {
    let mut stream = site.connect().await;
    stream.write_all(upgrade_at(path).as_bytes()).await.unwrap();
    stream.write_all(&frame(bytes)).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let head = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    // Of the frames behind the head, none of which is long, the one that is a Close.
    let mut rest = &all[head + 4..];
    while rest[0] != 0x88 {
        rest = &rest[2 + usize::from(rest[1])..];
    }
    u16::from_be_bytes([rest[2], rest[3]])
}

/// If this fails, somebody who never reads fills memory, stays in the list, or holds up the room.
#[tokio::test]
async fn dead_reader_is_let_go_of_and_the_list_says_so_while_others_talk() {
    let site = Site::start_with(impatient()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let mut dead = narrow(&site).await;
    dead.write_all(upgrade_at(ROOM).as_bytes()).await.unwrap();
    let name = br#"{"type":"username","name":"dead"}"#;
    dead.write_all(&frame(name)).await.unwrap();
    let has_dead = |users: &serde_json::Value| {
        let users = users["users"].as_array().unwrap();
        users.iter().any(|user| user == "dead")
    };
    while !has_dead(&pair.until("userlist").await) {}
    let listening = async {
        // It says every step of the way: the list comes when the name is free, and not before.
        let mut onlooker = Person::connect(&site, ROOM, "json").await;
        onlooker.sign_in("onlooker").await;
        while has_dead(&onlooker.until("userlist").await) {}
    };
    let talking = async {
        loop {
            pair.talk_long().await;
        }
    };
    tokio::select! {
        () = listening => {}
        () = talking => {}
    }
    pair.talk().await;
    drop(dead);
}

/// If this fails, one who reads slowly has a gap in what he heard, and no code that tells him so.
#[tokio::test]
async fn slow_reader_gets_all_up_to_a_close_of_3008_while_others_talk() {
    let mut options = impatient();
    options.chat.dialects.plain_chars_max = 2000;
    // It is waited for: it reads late, and then all of it.
    options.websocket.close_timeout = Duration::from_secs(60);
    let site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let client = Client::new(&format!("ws://{}/ws/square", site.address)).unwrap();
    let mut slow = client.connect_over(narrow(&site).await).await.unwrap();
    slow.send("here").await.unwrap();
    assert_eq!(slow.recv().await.unwrap(), Some(Message::from("here")));
    let mut talker = sockeye::connect(&format!("ws://{}/ws/square", site.address))
        .await
        .unwrap();
    // More than the kernel keeps for both ends together.
    for number in 0..8000 {
        let text = format!("{number:1500}");
        talker.send(text.clone()).await.unwrap();
        while talker.recv().await.unwrap().unwrap() != Message::from(text.clone()) {}
        if number % 100 == 0 {
            pair.talk().await;
        }
    }
    let mut next = 0;
    while let Some(message) = slow.recv().await.unwrap() {
        assert_eq!(message, Message::from(format!("{next:1500}")));
        next += 1;
    }
    assert_eq!(slow.close_event().unwrap().code.number(), 3008);
    assert!((1..8000).contains(&next), "{next}");
    pair.talk().await;
}

/// If this fails, one who declares more than he may send, or sends it, has the server hold it.
#[tokio::test]
async fn oversize_messages_are_refused_or_ended_while_others_talk() {
    let mut options = lively();
    options.websocket.message_len_max = 64 * 1024;
    let site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let mut person = Person::connect(&site, ROOM, "json").await;
    person.sign_in("loud").await;
    let text = "x".repeat(40_000);
    person.say(&json!({"type": "message", "text": text})).await;
    assert_eq!(person.until("error").await["code"], 106);
    pair.talk().await;
    person.0.send("x".repeat(65 * 1024)).await.unwrap();
    while person.0.recv().await.unwrap().is_some() {}
    assert_eq!(person.0.close_event().unwrap().code.number(), 1009);
    pair.talk().await;
}
