//! Hostile names: each is refused with its reason or shown as it is, and nobody's own is touched.

use serde_json::json;

use super::{ROOM, lively};
use crate::person::{Pair, Person};
use crate::site::Site;

/// If this fails, a name hides, takes another one's place, or floods the list.
#[tokio::test]
async fn hostile_name_is_refused_with_its_reason_while_others_talk() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let long = "x".repeat(10 * 1024);
    let flood = format!("A{}", "\u{301}".repeat(23));
    for (asked, code, reason) in [
        ("", 107, "empty name"),
        (" \t\n\u{2003}", 107, "empty name"),
        ("\u{200c}\u{200d}\u{fe0f}\u{34f}", 107, "empty name"),
        ("\u{200b}\u{200b}", 107, "U+200B, which cannot be seen"),
        ("\u{3164}", 107, "U+3164, which cannot be seen"),
        ("\u{feff}", 107, "U+FEFF, which cannot be seen"),
        ("a\u{0}b", 107, "U+0000, which cannot be seen"),
        ("a\u{1b}[2J", 107, "U+001B, which cannot be seen"),
        ("a\u{7f}", 107, "U+007F, which cannot be seen"),
        ("a\u{9b}", 107, "U+009B, which cannot be seen"),
        ("\u{202e}nnA", 107, "U+202E, which cannot be seen"),
        ("Ann\u{2066}", 107, "U+2066, which cannot be seen"),
        ("Ann\u{200f}", 107, "U+200F, which cannot be seen"),
        ("\u{e0041}\u{e0042}", 107, "U+E0041, which cannot be seen"),
        (&*flood, 107, "marks upon one character, at most"),
        ("\u{301}\u{302}", 107, "marks upon one character, at most"),
        (&*long, 106, "name of 10240 characters, at most 24"),
        // Somebody else's, as people see it.
        ("Ann", 122, "name taken"),
        ("  aNN ", 122, "name taken"),
        ("A\u{200d}nn", 122, "name taken"),
    ] {
        let mut hostile = Person::connect(&site, ROOM, "json").await;
        hostile
            .say(&json!({"type": "username", "name": asked}))
            .await;
        // Before its name is a name, so that one that was taken as it is fails the test.
        let rejected = hostile.until_either("rejectusername", "named").await;
        assert_eq!(rejected["type"], "rejectusername", "{asked:.40?}");
        let said = rejected["reason"].as_str().unwrap();
        assert_eq!(rejected["code"], code, "{asked:.40?}: {rejected}");
        assert!(said.contains(reason), "{asked:.40?}: {rejected}");
        assert!(rejected.to_string().len() < 600, "{asked:.40?}: {rejected}");
        let name = hostile.until("named").await["name"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_ne!(name, "Ann");
        pair.talk().await;
    }
}

/// If this fails, markup in a name or a text is altered here, and a page that trusts that has a
/// hole: it is data on the wire, which pages put into text nodes.
#[tokio::test]
async fn markup_and_scripts_are_data_in_names_and_texts() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    for markup in [
        "<b>Ann</b>",
        "<img src=x onerror=a()>",
        "</script><script>",
        "\"'><svg onload=a()>",
        "${a}{{b}}%s",
        "'; DROP TABLE users;--",
        "𝕬𝖓𝖓 🏳️‍🌈",
    ] {
        let mut writer = Person::connect(&site, ROOM, "json").await;
        assert_eq!(writer.sign_in(markup).await, markup);
        writer
            .say(&json!({"type": "message", "text": markup}))
            .await;
        loop {
            let heard = pair.until("message").await;
            if heard["name"] == markup {
                assert_eq!(heard["text"], markup);
                break;
            }
        }
        pair.talk().await;
    }
}
