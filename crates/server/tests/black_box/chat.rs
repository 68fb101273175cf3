//! The chats over real sockets (`chat`, `node`, `room`): who gets what, in which order, from which
//! room, and how sessions end.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what does not work here fails the test that wants it"
)]

use sockeye::{CloseCode, Message, WebSocket};

use crate::site::Site;

/// A client of the plain chat at this address, once it is sure to be subscribed: it has its own
/// message.
pub(crate) async fn join(site: &Site, path: &str, name: &str) -> WebSocket {
    let mut ws = sockeye::connect(&format!("ws://{}{path}", site.address))
        .await
        .unwrap();
    let hello = Message::from(format!("{name} is here"));
    ws.send(hello.clone()).await.unwrap();
    while ws.recv().await.unwrap().unwrap() != hello {}
    ws
}

/// The next text.
pub(crate) async fn text(ws: &mut WebSocket) -> String {
    match ws.recv().await.unwrap() {
        Some(Message::Text(text)) => text.to_string(),
        other => panic!("{other:?}, {:?}", ws.close_event()),
    }
}

/// If this fails, somebody misses a message, gets one twice or in another order than the others,
/// most likely between the worker threads: the four clients sit on both of them.
#[tokio::test]
async fn everybody_gets_every_message_in_the_same_order() {
    const COUNT: usize = 20;
    let site = Site::start().await;
    let mut clients = Vec::new();
    for name in ["ann", "bob", "eve", "joe"] {
        clients.push(join(&site, "/ws", name).await);
    }
    for ws in &mut clients[..3] {
        // What those said who came later.
        while text(ws).await != "joe is here" {}
    }
    let mut order = Vec::new();
    for number in 0..COUNT {
        for (who, ws) in clients.iter_mut().enumerate() {
            ws.send(format!("{who} {number}")).await.unwrap();
        }
    }
    for ws in &mut clients {
        let mut heard = Vec::new();
        for _ in 0..4 * COUNT {
            heard.push(text(ws).await);
        }
        for who in 0..4 {
            let of_one: Vec<_> = heard
                .iter()
                .filter(|text| text.starts_with(&format!("{who} ")))
                .cloned()
                .collect();
            let sent: Vec<_> = (0..COUNT).map(|number| format!("{who} {number}")).collect();
            assert_eq!(of_one, sent);
        }
        if order.is_empty() {
            order.clone_from(&heard);
        }
        assert_eq!(heard, order);
    }
    drop(clients);
    assert_eq!(site.stop().await.cut_off, 0);
}

/// If this fails, people hear what was said in another room, or two addresses of one room are two.
#[tokio::test]
async fn rooms_are_apart_and_named_by_path_or_query() {
    let site = Site::start().await;
    let mut lobby = join(&site, "/ws", "ann").await;
    let mut path = join(&site, "/ws/%D1%87%D0%B0%D0%B9", "bob").await;
    let mut query = join(&site, "/ws?room=%D1%87%D0%B0%D0%B9", "eve").await;
    assert_eq!(text(&mut path).await, "eve is here");
    path.send("in the room").await.unwrap();
    assert_eq!(text(&mut query).await, "in the room");
    assert_eq!(text(&mut path).await, "in the room");
    lobby.send("in the lobby").await.unwrap();
    assert_eq!(text(&mut lobby).await, "in the lobby");
    query.send("again").await.unwrap();
    assert_eq!(text(&mut path).await, "again");
}

/// If this fails, a server that stops throws away what it took from somebody, or closes without a
/// word.
#[tokio::test]
async fn stopping_delivers_what_was_accepted_and_says_goodbye_to_all() {
    let site = Site::start().await;
    let mut clients = Vec::new();
    for name in ["ann", "bob", "eve", "joe"] {
        clients.push(join(&site, "/ws", name).await);
    }
    let mut talker = clients.remove(0);
    for number in 0..20 {
        talker.send(number.to_string()).await.unwrap();
    }
    // With the first that comes back, all were accepted that one read brought.
    while text(&mut talker).await != "0" {}
    let stopping = tokio::spawn(site.stop());
    let mut next = 1;
    while let Some(message) = talker.recv().await.unwrap() {
        assert_eq!(message, Message::from(next.to_string()));
        next += 1;
    }
    clients.push(talker);
    for ws in &mut clients {
        while ws.recv().await.unwrap().is_some() {}
        let end = ws.close_event().unwrap();
        assert_eq!((end.code, end.was_clean), (CloseCode::GOING_AWAY, true));
    }
    assert_eq!(stopping.await.unwrap().cut_off, 0);
}

/// If this fails, a hostile address makes a channel that nobody can name, or the reason is lost.
#[tokio::test]
async fn room_that_cannot_be_is_refused_with_its_reason() {
    let site = Site::start().await;
    let long = format!("ws://{}/ws/{}", site.address, "x".repeat(200));
    let mut ws = sockeye::connect(&long).await.unwrap();
    assert_eq!(ws.recv().await.unwrap(), None);
    let end = ws.close_event().unwrap();
    assert_eq!(end.code, CloseCode::POLICY_VIOLATION);
    assert!(end.reason.contains("200 bytes"), "{}", end.reason);
    let url = format!("ws://{}/ws/%ff", site.address);
    let error = sockeye::connect(&url).await.unwrap_err();
    assert_eq!(error.response().unwrap().head.status(), 400);
}
