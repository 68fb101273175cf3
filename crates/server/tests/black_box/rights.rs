//! What a token's `permissions` leave out in a room that it opens, over sockets: each action on its
//! own (`grants`, and the hub's `permission`).

#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use serde_json::{Map, Value, json};

use crate::chat::text;
use crate::person::Person;
use crate::site::Site;
use crate::tokens::{SECRET, open_with, sign, with_secret};

/// A token that permits these actions in all rooms.
fn token(actions: &[&str]) -> String {
    let all = |action: &&str| ((*action).to_owned(), json!(["*"]));
    let permissions: Map<String, Value> = actions.iter().map(all).collect();
    let claims = json!({
        "sub": "reader",
        "name": "Reader",
        "exp": 9_999_999_999_u64,
        "permissions": permissions,
    });
    sign(SECRET, &json!({"alg": "HS256"}), &claims)
}

async fn site() -> Site {
    let (options, file) = with_secret();
    let site = Site::start_with(options).await;
    drop(file);
    site
}

/// Somebody without a token, who said `old` in the room; and the wish to have all since it began.
async fn speaker(site: &Site) -> (Person, Value) {
    let mut ann = Person::connect(site, "/chat/tea", "json").await;
    ann.sign_in("Ann").await;
    ann.say(&json!({"type": "message", "text": "old"})).await;
    let epoch = ann.until("message").await["epoch"].clone();
    let resume = json!({"type": "resume", "epoch": epoch, "offset": 0});
    (ann, resume)
}

/// Somebody with a token for these actions who joins with `first`, and all that he is told until
/// somebody else came and said something.
async fn hears(site: &Site, actions: &[&str], first: &Value) -> Vec<Value> {
    let socket = open_with(site, "/chat/tea", &token(actions)).await.unwrap();
    let mut reader = Person(socket);
    reader.say(first).await;
    let (mut heard, mut is_named, mut is_listed) = (Vec::new(), false, false);
    while !is_named || !is_listed {
        let message = reader.next().await;
        is_named |= message["type"] == "named";
        is_listed |= message["type"] == "userlist" || message["type"] == "error";
        heard.push(message);
    }
    let mut bob = Person::connect(site, "/chat/tea", "json").await;
    bob.sign_in("Bob").await;
    bob.say(&json!({"type": "message", "text": "new"})).await;
    while heard.last().is_none_or(|last| last["text"] != "new") {
        heard.push(reader.next().await);
    }
    heard
}

fn texts(heard: &[Value]) -> Vec<&str> {
    let texts = heard.iter().filter_map(|message| message["text"].as_str());
    texts.collect()
}

fn count(heard: &[Value], kind: &str) -> usize {
    heard
        .iter()
        .filter(|message| message["type"] == kind)
        .count()
}

/// What somebody with a token for these actions is told who signs in, or who wants all since the
/// room began.
async fn hears_of(actions: &[&str], resumes: bool) -> Vec<Value> {
    let site = site().await;
    let (_ann, resume) = speaker(&site).await;
    let hello = json!({"type": "username", "name": "Reader"});
    hears(&site, actions, if resumes { &resume } else { &hello }).await
}

/// If this fails, a token that lets somebody hear a room lets him read what was said before.
#[tokio::test]
async fn without_history_nothing_of_before_is_told_on_joining_or_coming_back() {
    for (has_history, resumes, recovered) in [
        (false, false, Value::Null),
        (false, true, json!(false)),
        (true, false, Value::Null),
        (true, true, json!(true)),
    ] {
        let mut actions = vec!["subscribe", "presence"];
        actions.extend(has_history.then_some("history"));
        let heard = hears_of(&actions, resumes).await;
        let expected: &[&str] = if has_history {
            &["old", "new"]
        } else {
            &["new"]
        };
        assert_eq!(texts(&heard), expected, "{actions:?} {resumes}");
        let joined = heard.iter().find(|message| message["type"] == "joined");
        assert_eq!(joined.unwrap()["recovered"], recovered, "{actions:?}");
        assert_eq!(count(&heard, "error"), 0, "{heard:?}");
    }
}

/// If this fails, a token that lets somebody hear a room lets him see who is there, or he waits for
/// a list in vain.
#[tokio::test]
async fn without_presence_nobody_is_listed_or_announced_and_the_client_is_told_so() {
    for has_presence in [false, true] {
        let mut actions = vec!["subscribe", "history"];
        actions.extend(has_presence.then_some("presence"));
        let heard = hears_of(&actions, false).await;
        assert_eq!(texts(&heard), ["old", "new"]);
        assert_eq!(count(&heard, "userlist") > 0, has_presence, "{heard:?}");
        assert_eq!(count(&heard, "username") > 0, has_presence, "{heard:?}");
        let errors: Vec<_> = heard
            .iter()
            .filter(|message| message["type"] == "error")
            .map(|error| (&error["code"], &error["action"], &error["reason"]))
            .collect();
        let denied = (
            &json!(103),
            &json!("presence"),
            &json!("permission denied: presence"),
        );
        let expected = if has_presence { vec![] } else { vec![denied] };
        assert_eq!(errors, expected);
    }
}

/// If this fails, whoever may only read a room speaks in it, or does not learn why he cannot.
#[tokio::test]
async fn without_publish_each_chat_says_so_in_its_words() {
    let site = site().await;
    let token = token(&["subscribe", "history", "presence"]);
    let mut reader = Person(open_with(&site, "/chat/tea", &token).await.unwrap());
    reader.until("named").await;
    reader
        .say(&json!({"type": "message", "text": "x", "key": "k"}))
        .await;
    let error = reader.until("error").await;
    let told = ["code", "action", "key"].map(|field| error[field].clone());
    assert_eq!(told, [json!(103), json!("publish"), json!("k")]);
    let mut nick = open_with(&site, "/nick/tea", &token).await.unwrap();
    nick.send("Ann: x").await.unwrap();
    let line = text(&mut nick).await;
    assert_eq!(line, "* 103 publish: permission denied: publish");
    let mut plain = open_with(&site, "/ws/tea", &token).await.unwrap();
    plain.send("x").await.unwrap();
    assert_eq!(plain.recv().await.unwrap(), None);
    assert_eq!(plain.close_event().unwrap().code.number(), 3503);
}
