//! Random histories of rooms over real sockets and both worker threads, beside the order of
//! messages (`histories`): who is there, quotas, slow readers, and histories that are gone (`node`,
//! `hub`).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sockeye::Message;

use crate::dice::Dice;
use crate::person::Person;
use crate::site::{Site, options};

async fn enter(site: &Site, room: &str, name: &str) -> Person {
    let mut person = Person::connect(site, &format!("/chat/{room}"), "json").await;
    assert_eq!(person.sign_in(name).await, name);
    person
}

/// Somebody who comes back to what he saw last.
async fn come_back(site: &Site, epoch: &Value, seen: u64) -> Person {
    let mut person = Person::connect(site, "/chat/room", "json").await;
    person
        .say(&json!({"type": "resume", "epoch": epoch, "offset": seen}))
        .await;
    person
}

/// If this fails, who came or went is not in somebody's list, on either thread, or a name that is
/// free again is not given.
#[tokio::test]
async fn everybody_ends_up_with_the_list_of_those_who_are_there() {
    const NAMES: usize = 6;
    const STEPS: usize = 40;
    let mut options = options();
    options.hub.presence_grace = Duration::ZERO;
    options.limits.handshakes_per_second_max = 10_000;
    let site = Site::start_with(options).await;
    for seed in [3, 0x2545_f491_4f6c_dd1d, 0x9e37_79b9_7f4a_7c15] {
        let room = format!("room{seed}");
        let mut dice = Dice(seed);
        let mut watcher = enter(&site, &room, "watcher").await;
        let mut people: BTreeMap<String, Person> = BTreeMap::new();
        for _ in 0..STEPS {
            let name = format!("n{}", dice.roll() % NAMES);
            match people.remove(&name) {
                // Half of them say goodbye.
                Some(mut person) if dice.roll() % 2 == 0 => {
                    drop(person.0.close(None, "").await.unwrap());
                }
                Some(person) => person.0.abort(),
                None => {
                    let person = enter(&site, &room, &name).await;
                    people.insert(name, person);
                }
            }
            // The name is free for all once the others are told.
            let mut there: Vec<&str> = people.keys().map(String::as_str).collect();
            there.push("watcher");
            while watcher.until("userlist").await["users"] != json!(there) {}
        }
        let mut there: Vec<String> = people.keys().cloned().collect();
        there.push("watcher".into());
        for (name, person) in &mut people {
            person.say(&json!({"type": "message", "text": name})).await;
            let mut last = Value::Null;
            loop {
                let message = person.next().await;
                match message["type"].as_str() {
                    Some("userlist") => last = message["users"].clone(),
                    Some("message") if message["text"] == **name => break,
                    _ => {}
                }
            }
            assert_eq!(last, json!(there), "{name}");
        }
    }
}

/// If this fails, a history that is gone is said to be recovered, or one that is there is not, or
/// what follows is not what was promised.
#[tokio::test]
async fn recovery_says_whether_everything_is_there() {
    const KEPT: u64 = 10;
    let mut options = options();
    options.chat.history_len_max = KEPT.try_into().unwrap();
    options.chat.messages_per_second_max = 100_000;
    options.limits.handshakes_per_second_max = 10_000;
    let site = Site::start_with(options).await;
    let mut talker = enter(&site, "room", "talker").await;
    let mut dice = Dice(11);
    let (mut top, mut epoch) = (0_u64, Value::Null);
    let (mut kept, mut gone) = (0, 0);
    for step in 0..40 {
        for _ in 0..=dice.roll() % 4 {
            talker
                .say(&json!({"type": "message", "text": format!("{step}")}))
                .await;
            let message = talker.until("message").await;
            assert_eq!(message["offset"], top + 1);
            (top, epoch) = (top + 1, message["epoch"].clone());
        }
        let seen = top.saturating_sub(u64::try_from(dice.roll()).unwrap() % (2 * KEPT));
        let mut ws = come_back(&site, &epoch, seen).await;
        let joined = ws.until("joined").await;
        let is_there = top - seen <= KEPT;
        assert_eq!(
            (&joined["recovered"], &joined["offset"]),
            (&json!(is_there), &json!(top))
        );
        kept += usize::from(is_there);
        gone += usize::from(!is_there);
        // All that was missed, or all that there is.
        for offset in seen.max(top.saturating_sub(KEPT)) + 1..=top {
            assert_eq!(ws.until("message").await["offset"], offset);
        }
        // What comes next is live, and the next one.
        talker
            .say(&json!({"type": "message", "text": "live"}))
            .await;
        top += 1;
        for ws in [&mut ws, &mut talker] {
            assert_eq!(ws.until("message").await["offset"], top);
        }
    }
    assert!(kept > 5 && gone > 5, "{kept} {gone}");
}

/// If this fails, one who is too fast has more said than he may, is not told which of it was not,
/// or costs somebody else a message.
#[tokio::test]
async fn who_is_too_fast_is_told_of_each_message_that_nobody_hears() {
    const COUNT: u64 = 60;
    let mut options = options();
    options.chat.messages_per_second_max = 1;
    options.chat.dialects.json_history_len = 0;
    let site = Site::start_with(options).await;
    for seed in [1, 2, 3] {
        let room = format!("fast{seed}");
        let mut listener = enter(&site, &room, "listener").await;
        let mut hasty = enter(&site, &room, "hasty").await;
        for number in 0..COUNT {
            let message = json!({"type": "message", "text": "x", "key": number.to_string()});
            hasty.0.feed(message.to_string()).await.unwrap();
        }
        hasty.0.flush().await.unwrap();
        let (mut accepted, mut refused) = (0, 0);
        while accepted + refused < COUNT {
            let message = hasty.next().await;
            match message["type"].as_str() {
                Some("accepted") => accepted += 1,
                Some("error") => {
                    assert_eq!(message["code"], 111, "{message}");
                    assert!(message["retry_after_ms"].as_u64().unwrap() > 0, "{message}");
                    assert!(message["key"].is_string(), "{message}");
                    refused += 1;
                }
                _ => {}
            }
        }
        // A burst of three, of which the name was one; a slow machine may see more seconds.
        assert!((2..=10).contains(&accepted), "{accepted}");
        listener
            .say(&json!({"type": "message", "text": "end"}))
            .await;
        let mut heard = 0;
        while listener.until("message").await["text"] != "end" {
            heard += 1;
        }
        assert_eq!(heard, accepted);
    }
}

/// If this fails, one who does not read holds the others up, is not ended, or has missed something
/// for good when he comes back.
#[tokio::test]
async fn slow_one_is_ended_and_comes_back_to_all_that_was_said() {
    const LEN: usize = 2000;
    const QUEUE: usize = 64 * 1024;
    let mut options = options();
    options.chat.queue_len_max = QUEUE;
    options.chat.messages_per_second_max = 100_000;
    options.chat.history_len_max = 10_000;
    options.hub.room_history_len_max = 64 << 20;
    options.websocket.queue_len_max = 4096;
    options.websocket.compress = false;
    options.hub.presence_grace = Duration::ZERO;
    let site = Site::start_with(options).await;
    let mut slow = enter(&site, "room", "slow").await;
    let mut quick = enter(&site, "room", "quick").await;
    let mut talker = enter(&site, "room", "talker").await;
    let mut top = 0;
    // Until the buffers of both kernels and the queue are full: the list says that he is gone.
    loop {
        talker
            .say(&json!({"type": "message", "text": "x".repeat(LEN)}))
            .await;
        top += 1;
        assert_eq!(talker.until("message").await["offset"], top);
        let mut is_gone = false;
        loop {
            let message = quick.next().await;
            match message["type"].as_str() {
                Some("message") => {
                    assert_eq!(message["offset"], top);
                    break;
                }
                Some("userlist") => is_gone |= message["users"] == json!(["quick", "talker"]),
                _ => {}
            }
        }
        if is_gone {
            break;
        }
        assert!(top < 20_000, "nobody is slow");
    }
    let (mut seen, mut epoch) = (0, Value::Null);
    while let Some(Message::Text(text)) = slow.0.recv().await.unwrap() {
        let message: Value = serde_json::from_str(&text).unwrap();
        if message["type"] == "message" {
            assert_eq!(message["offset"], seen + 1);
            (seen, epoch) = (seen + 1, message["epoch"].clone());
        }
    }
    assert_eq!(slow.0.close_event().unwrap().code.number(), 3008);
    assert!(seen > 0 && seen < top, "{seen} of {top}");
    let mut back = come_back(&site, &epoch, seen).await;
    let joined = back.until("joined").await;
    assert_eq!(joined["recovered"], true, "{seen} of {top}");
    for offset in seen + 1..=top {
        assert_eq!(back.until("message").await["offset"], offset);
    }
}
