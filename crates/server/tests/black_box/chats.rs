//! Each of the chats over real sockets, as its article's page speaks it (`chat`, `routes`), and as
//! nobody should. `crates/dialect` has the protocols in detail.

use std::time::Duration;

use serde_json::{Value, json};
use sockeye::{Client, CloseCode, Message};

use crate::chat::{join, text};
use crate::person::Person;
use crate::site::{Site, options};

/// If this fails, MDN's page shows nobody, two people have one name, or one that left stays.
#[tokio::test]
async fn json_chat_has_unique_names_a_list_and_messages_with_a_date() {
    let site = Site::start().await;
    let mut ann = Person::connect(&site, "/chat", "json").await;
    assert_eq!(ann.sign_in("Ann").await, "Ann");
    ann.until_users(&["Ann"]).await;
    let mut other = Person::connect(&site, "/chat", "json").await;
    other.say(&json!({"type": "username", "name": "ann"})).await;
    let rejected = other.until("rejectusername").await;
    assert_eq!(
        (&rejected["name"], &rejected["asked"]),
        (&json!("ann2"), &json!("ann"))
    );
    ann.until_users(&["Ann", "ann2"]).await;
    let message = json!({"type": "message", "text": "<b>hi</b>", "id": 1, "date": 2});
    other.say(&message).await;
    for person in [&mut ann, &mut other] {
        let heard = person.until("message").await;
        assert_eq!(
            (&heard["name"], &heard["text"]),
            (&json!("ann2"), &json!("<b>hi</b>"))
        );
        assert!(heard["date"].as_u64().unwrap() > 1_700_000_000_000);
    }
    other.0.close(None, "").await.unwrap();
    ann.until_users(&["Ann"]).await;
}

/// If this fails, the article's script finds no chat at the address that stands in it, or its
/// browser fails the connection as nobody speaks the protocols it made up.
#[tokio::test]
async fn scripts_of_the_articles_find_their_server() {
    let site = Site::start().await;
    let mut mdn = Person::connect(&site, "/socketserver", "protocolOne").await;
    mdn.sign_in("mdn").await;
    mdn.say(&json!({"type": "message", "text": "x", "id": 0, "date": 0}))
        .await;
    assert_eq!(mdn.until("message").await["text"], "x");
    join(&site, "/article/websocket/chat/ws", "javascript.info").await;
    let client = Client::new(&format!("ws://{}/chat", site.address)).unwrap();
    let both = client.protocols(["soap", "json"]).unwrap();
    let ws = both.connect().await.unwrap();
    assert_eq!(ws.protocol(), Some("json"));
}

/// If this fails, the nickname chat is not where its page comes from, or the page is not there.
#[tokio::test]
async fn nickname_chat_is_at_the_address_of_its_page() {
    let site = Site::start().await;
    let (head, _) = site.get("/").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let mut nick = join(&site, "/", "nick: I am; that").await;
    let mut other = join(&site, "/", "Джон: who").await;
    assert_eq!(text(&mut nick).await, "Джон: who is here");
    nick.send("no nickname at all").await.unwrap();
    assert!(text(&mut nick).await.starts_with("* 107: "));
    nick.send("nick: hello").await.unwrap();
    assert_eq!(text(&mut nick).await, "nick: hello");
    assert_eq!(text(&mut other).await, "nick: hello");
}

/// If this fails, the greeting server of the article greets nobody, never closes, or only serves
/// pages of our own.
#[tokio::test]
async fn greeting_server_greets_and_closes_cleanly_for_pages_of_any_origin() {
    let mut options = options();
    options.chat.dialects.greeting_delay = Duration::from_millis(1);
    let site = Site::start_with(options).await;
    for path in ["/demo/hello", "/article/websocket/demo/hello"] {
        let client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
        let mut ws = client.origin("null").unwrap().connect().await.unwrap();
        ws.send("Меня зовут Джон").await.unwrap();
        assert_eq!(text(&mut ws).await, "Привет с сервера, Джон!");
        assert_eq!(ws.recv().await.unwrap(), None);
        let end = ws.close_event().unwrap();
        assert_eq!((end.code, end.was_clean), (CloseCode::NORMAL, true));
    }
}

/// If this fails, a page that comes back shows a part of what it missed, or takes a part for all.
#[tokio::test]
async fn client_that_comes_back_gets_exactly_what_it_missed_or_is_told() {
    let mut options = options();
    options.chat.history_len_max = 5;
    let site = Site::start_with(options).await;
    let mut talker = Person::connect(&site, "/chat", "json").await;
    talker.sign_in("talker").await;
    let mut seen = Value::Null;
    for number in 0..2 {
        let text = number.to_string();
        talker.say(&json!({"type": "message", "text": text})).await;
        seen = talker.until("message").await;
    }
    for (missed, is_recovered) in [(2..5, true), (5..9, true), (9..20, false)] {
        for number in missed.clone() {
            let text = number.to_string();
            talker.say(&json!({"type": "message", "text": text})).await;
        }
        let mut last = seen.clone();
        for number in missed.clone() {
            last = talker.until("message").await;
            assert_eq!(last["text"], number.to_string());
        }
        let mut back = Person::connect(&site, "/chat", "json").await;
        let (epoch, offset) = (&seen["epoch"], &seen["offset"]);
        back.say(&json!({"type": "resume", "epoch": epoch, "offset": offset}))
            .await;
        let joined = back.until("joined").await;
        assert_eq!(joined["recovered"], is_recovered, "{missed:?}");
        // Or the newest that the room still has.
        let told = if is_recovered { missed } else { 15..20 };
        for number in told {
            assert_eq!(back.next().await["text"], number.to_string());
        }
        // Nothing of before comes after that: what is next is live.
        talker
            .say(&json!({"type": "message", "text": "live"}))
            .await;
        assert_eq!(back.until("message").await["text"], "live");
        seen = talker.until("message").await;
        assert_eq!(last["epoch"], seen["epoch"]);
    }
}

/// If this fails, one client makes the server hold what it declares, or floods its room.
#[tokio::test]
async fn whoever_sends_too_much_is_refused_or_ended_and_others_go_on() {
    let mut options = options();
    options.websocket.message_len_max = 64 * 1024;
    options.chat.messages_per_second_max = 1;
    let site = Site::start_with(options).await;
    let mut quiet = Person::connect(&site, "/chat", "json").await;
    quiet.sign_in("quiet").await;
    let mut loud = Person::connect(&site, "/chat", "json").await;
    loud.sign_in("loud").await;
    for number in 0..4 {
        let key = number.to_string();
        loud.say(&json!({"type": "message", "text": "me", "key": key}))
            .await;
    }
    // Three at once, of which the name was one.
    let error = loud.until("error").await;
    assert_eq!((&error["code"], &error["key"]), (&json!(111), &json!("2")));
    assert!(error["retry_after_ms"].as_u64().unwrap() <= 1000);
    let mut huge = Person::connect(&site, "/chat", "json").await;
    huge.0.send("x".repeat(65 * 1024)).await.unwrap();
    let end = loop {
        match huge.0.recv().await.unwrap() {
            Some(_) => {}
            None => break huge.0.close_event().unwrap(),
        }
    };
    assert_eq!(end.code, CloseCode::MESSAGE_TOO_BIG);
    quiet
        .say(&json!({"type": "message", "text": "still here"}))
        .await;
    while quiet.until("message").await["text"] != "still here" {}
}

/// If this fails, a page of another site talks in its visitor's name.
#[tokio::test]
async fn chats_are_for_pages_of_our_own_host_and_those_that_are_allowed() {
    let mut options = options();
    options.origins.allowed = vec!["https://friend.example".parse().unwrap()];
    let site = Site::start_with(options).await;
    for path in ["/", "/chat", "/nick", "/socketserver", "/ws", "/ws/room"] {
        for (origin, is_welcome) in [
            ("https://foe.example", false),
            ("null", false),
            ("https://friend.example", true),
        ] {
            let client = Client::new(&format!("ws://{}{path}", site.address)).unwrap();
            let opened = client.origin(origin).unwrap().connect().await;
            let status = opened.map_err(|error| error.response().unwrap().head.status());
            assert_eq!(
                status.err(),
                (!is_welcome).then_some(403),
                "{path} {origin}"
            );
        }
    }
}

/// If this fails, whoever runs a server with named rooms finds people in others.
#[tokio::test]
async fn only_rooms_of_the_list_are_there_if_there_is_one() {
    let mut options = options();
    options.chat.rooms = ["tea".to_owned()].into();
    let site = Site::start_with(options).await;
    join(&site, "/ws", "in the lobby").await;
    join(&site, "/ws/tea", "in the room").await;
    let mut ws = sockeye::connect(&format!("ws://{}/ws/coffee", site.address))
        .await
        .unwrap();
    assert_eq!(ws.recv().await.unwrap(), None::<Message>);
    let end = ws.close_event().unwrap();
    assert_eq!(end.code, CloseCode::POLICY_VIOLATION);
    assert_eq!(&*end.reason, "there is no such room: coffee");
}

/// If this fails, an address that names no room gives a Close that cannot be sent, or does not say
/// which room and what is wrong with it.
#[tokio::test]
async fn room_that_cannot_be_is_told_as_far_as_a_close_has_room() {
    let site = Site::start_with(options()).await;
    for (room, expected) in [
        (
            "a%0Ab".to_owned(),
            "this can be no room, control character at byte 1 of a name: a\\nb",
        ),
        (
            "%D1%87".repeat(100),
            "this can be no room, name of 200 bytes, at most 128 are allowed: ччч",
        ),
    ] {
        let address = format!("ws://{}/ws/{room}", site.address);
        let mut ws = sockeye::connect(&address).await.unwrap();
        assert_eq!(ws.recv().await.unwrap(), None::<Message>);
        let end = ws.close_event().unwrap();
        assert_eq!(end.code, CloseCode::POLICY_VIOLATION);
        assert!(end.reason.starts_with(expected), "{}", end.reason);
    }
}
