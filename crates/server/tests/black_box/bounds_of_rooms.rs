//! The hub's bounds as a client meets them (`settings`, `chat::terms`): each is named with its
//! number, and is over when there is room again.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::json;
use sockeye_server::options::Threads;

use crate::person::Person;
use crate::site::{Site, options};

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
        let mut person = Person::connect(&site, "/chat/big", "json").await;
        person.say(&json!({"type": "username", "name": name})).await;
        if people.len() < 2 {
            person.until("named").await;
        }
        people.push(person);
    }
    let [ann, bob, eve] = &mut people[..] else {
        unreachable!("three came in");
    };
    let full = json!("room `big` is full: at most 2 people have a name in it");
    for _ in 0..2 {
        let error = eve.until("error").await;
        assert_eq!((&error["reason"], &error["code"]), (&full, &json!(106)));
        assert_eq!(
            (&error["field"], &error["people_max"]),
            (&json!("name"), &json!(2))
        );
        eve.say(&json!({"type": "message", "text": "hello"})).await;
    }
    let error = eve.until("error").await;
    assert_eq!((&error["reason"], &error["people_max"]), (&full, &json!(2)));
    // She reads all the same.
    ann.say(&json!({"type": "message", "text": "anybody?"}))
        .await;
    assert_eq!(eve.until("message").await["text"], "anybody?");
    bob.0.close(None, "").await.unwrap();
    while eve.until("userlist").await["users"] != json!(["Ann"]) {}
    eve.say(&json!({"type": "username", "name": "Eve"})).await;
    assert_eq!(eve.until("named").await["name"], "Eve");
    eve.say(&json!({"type": "message", "text": "hello"})).await;
    assert_eq!(ann.until("message").await["text"], "anybody?");
    assert_eq!(ann.until("message").await["text"], "hello");
}

/// If this fails, whoever is refused for a bound of the hub learns neither which nor how much it
/// allows.
#[tokio::test]
async fn bound_of_the_hub_is_told_with_its_name_and_number() {
    let mut options = options();
    options.threads = Threads::Fixed(NonZeroUsize::MIN);
    options.hub.channels_max = 1;
    let site = Site::start_with(options).await;
    let mut ann = Person::connect(&site, "/chat/one", "json").await;
    ann.say(&json!({"type": "username", "name": "Ann"})).await;
    ann.until("named").await;
    let mut bob = Person::connect(&site, "/chat/two", "json").await;
    bob.say(&json!({"type": "username", "name": "Bob"})).await;
    let error = bob.until("error").await;
    let expected = [
        ("code", json!(100)),
        (
            "reason",
            json!("not available now: at most 1 channels with subscribers"),
        ),
        ("limit", json!("channels")),
        ("max", json!(1)),
    ];
    for (field, value) in expected {
        assert_eq!(error[field], value, "{error}");
    }
}
