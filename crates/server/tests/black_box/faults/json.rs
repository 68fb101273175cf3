//! Bad JSON of every kind in the JSON chat: a table of what is sent and what is answered.

use super::{ROOM, lively};
use crate::person::{Pair, Person};
use crate::site::Site;

/// What is sent, and of the answer: its code, its field, and words of its reason.
const BAD: &[(&str, u16, Option<&str>, &str)] = &[
    // No JSON.
    ("", 107, None, "EOF while parsing a value"),
    (" \n\t", 107, None, "EOF while parsing a value"),
    ("\0", 107, None, "no JSON"),
    ("\u{feff}{}", 107, None, "no JSON"),
    ("nonsense", 107, None, "no JSON"),
    ("{", 107, None, "EOF while parsing an object"),
    (
        r#"{"type":"message","text":"a""#,
        107,
        None,
        "EOF while parsing",
    ),
    (r#"{"type":"message","text":"a"}}"#, 107, None, "trailing"),
    (r#"{"type":"message","text":"a"} {}"#, 107, None, "trailing"),
    (
        r#"{"type":"message","text":"a",}"#,
        107,
        None,
        "trailing comma",
    ),
    ("{'type':'message'}", 107, None, "no JSON"),
    (r#"{type:"message"}"#, 107, None, "no JSON"),
    (
        r#"{"type":"message","text":"\x41"}"#,
        107,
        None,
        "invalid escape",
    ),
    (
        "{\"type\":\"message\",\"text\":\"a\nb\"}",
        107,
        None,
        "control character",
    ),
    (r#"{"type":NaN}"#, 107, None, "no JSON"),
    (r#"{"type":1e999}"#, 107, None, "number out of range"),
    (r#"{"type":01}"#, 107, None, "no JSON"),
    ("/* */ {}", 107, None, "no JSON"),
    // JSON that is no object.
    ("null", 107, None, "null, a message is an object"),
    ("true", 107, None, "a boolean, a message is an object"),
    ("7", 107, None, "a whole number, a message is an object"),
    ("-0.5", 107, None, "a number, a message is an object"),
    (
        r#""message""#,
        107,
        None,
        "a string, a message is an object",
    ),
    ("[]", 107, None, "an array, a message is an object"),
    // An object that is no message.
    ("{}", 107, Some("type"), "`type` is missing"),
    (
        r#"{"Type":"message"}"#,
        107,
        Some("type"),
        "`type` is missing",
    ),
    (r#"{"type":null}"#, 107, Some("type"), "`type` is null"),
    (
        r#"{"type":7}"#,
        107,
        Some("type"),
        "`type` is a whole number",
    ),
    (
        r#"{"type":["message"]}"#,
        107,
        Some("type"),
        "`type` is an array",
    ),
    (r#"{"type":""}"#, 107, Some("type"), "type `` is not known"),
    (
        r#"{"type":"Message"}"#,
        107,
        Some("type"),
        "type `Message` is not known",
    ),
    (r#"{"type":"__proto__"}"#, 107, Some("type"), "is not known"),
    (
        r#"{"type":"message","type":"x"}"#,
        107,
        Some("type"),
        "type `x` is not known",
    ),
    // A message with a field that is wrong.
    (
        r#"{"type":"message"}"#,
        107,
        Some("text"),
        "`text` is missing",
    ),
    (
        r#"{"type":"message","text":null}"#,
        107,
        Some("text"),
        "`text` is null",
    ),
    (
        r#"{"type":"message","text":{}}"#,
        107,
        Some("text"),
        "`text` is an object",
    ),
    (
        r#"{"type":"message","text":""}"#,
        107,
        Some("text"),
        "empty text",
    ),
    (
        r#"{"type":"message","text":"a","key":1}"#,
        107,
        Some("key"),
        "`key` is a whole number",
    ),
    (
        r#"{"type":"message","text":"a","key":null}"#,
        107,
        Some("key"),
        "`key` is null",
    ),
    (
        r#"{"type":"username"}"#,
        107,
        Some("name"),
        "`name` is missing",
    ),
    (
        r#"{"type":"username","name":["a"]}"#,
        107,
        Some("name"),
        "`name` is an array",
    ),
    (
        r#"{"type":"resume"}"#,
        107,
        Some("epoch"),
        "`epoch` is missing",
    ),
    (
        r#"{"type":"resume","epoch":1}"#,
        107,
        Some("epoch"),
        "`epoch` is a whole number",
    ),
    (
        r#"{"type":"resume","epoch":"-1","offset":0}"#,
        107,
        Some("epoch"),
        "another string",
    ),
    (
        r#"{"type":"resume","epoch":"1"}"#,
        107,
        Some("offset"),
        "`offset` is missing",
    ),
    (
        r#"{"type":"resume","epoch":"1","offset":-1}"#,
        107,
        Some("offset"),
        "a number",
    ),
    (
        r#"{"type":"resume","epoch":"1","offset":1e30}"#,
        107,
        Some("offset"),
        "a number",
    ),
    (
        r#"{"type":"resume","epoch":"1","offset":0}"#,
        107,
        None,
        "comes before everything else",
    ),
];

/// If this fails, a client in error is cut off without a word, told something else than what is
/// wrong, or takes its room with it.
#[tokio::test]
async fn bad_json_of_every_kind_is_answered_in_words_while_others_talk() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let mut broken = Person::connect(&site, ROOM, "json").await;
    broken.sign_in("broken").await;
    let (arrays, objects) = ("[".repeat(10_000), r#"{"a":"#.repeat(5000));
    let fields = format!("{{{}", r#""text":"x","#.repeat(2500));
    let long_key = "k".repeat(65);
    let key = format!(r#"{{"type":"message","text":"a","key":"{long_key}"}}"#);
    let text = format!(r#"{{"type":"message","text":"{}"}}"#, "x".repeat(2001));
    let long = format!(r#"{{"type":"message","text":"{}"}}"#, "x".repeat(32_768));
    let made: [(&str, u16, Option<&str>, &str); 6] = [
        (&arrays, 107, None, "recursion limit exceeded"),
        (&objects, 107, None, "recursion limit exceeded"),
        (&fields, 107, None, "EOF while parsing"),
        (&key, 106, Some("key"), "key of 65 bytes, at most 64"),
        (
            &text,
            106,
            Some("text"),
            "text of 2001 characters, at most 2000",
        ),
        (&long, 106, None, "bytes, at most 32768 are allowed"),
    ];
    for (bad, code, field, reason) in BAD.iter().chain(&made) {
        broken.0.send(*bad).await.unwrap();
        let error = broken.until("error").await;
        let said = error["reason"].as_str().unwrap();
        assert_eq!(error["code"], *code, "{bad:.60}: {error}");
        assert_eq!(error["field"].as_str(), *field, "{bad:.60}: {error}");
        assert!(said.contains(reason), "{bad:.60}: {error}");
        assert!(said.len() < 200, "{bad:.60}: {error}");
        // What is right ends a row of faults.
        pair.talk().await;
        let good = serde_json::json!({"type": "message", "text": "still here"});
        broken.say(&good).await;
        while broken.until("message").await["text"] != "still here" {}
    }
    // A page knows by the key which of its messages it has to show as not sent.
    for text in [String::new(), "x".repeat(2001)] {
        let message = serde_json::json!({"type": "message", "text": text, "key": "k1"});
        broken.say(&message).await;
        assert_eq!(broken.until("error").await["key"], "k1");
    }
    broken.0.send(vec![0, 255]).await.unwrap();
    assert_eq!(broken.until("error").await["code"], 107);
    pair.talk().await;
}

/// If this fails, a client that sends nothing but nonsense goes on for ever.
#[tokio::test]
async fn nonsense_in_a_row_ends_its_sender_with_3501_while_others_talk() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let mut broken = Person::connect(&site, ROOM, "json").await;
    for _ in 0..64 {
        broken.0.send("nonsense").await.unwrap();
        pair.talk().await;
    }
    while broken.0.recv().await.unwrap().is_some() {}
    assert_eq!(broken.0.close_event().unwrap().code.number(), 3501);
    pair.talk().await;
}

/// If this fails, bytes that are no text reach others, or are answered as if they were.
#[tokio::test]
async fn text_that_is_no_utf_8_is_closed_with_1007_while_others_talk() {
    let site = Site::start_with(lively()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    for bytes in [
        &b"\xff"[..],
        b"{\"type\":\"\xed\xa0\x80\"}",
        b"\xc0\x80",
        b"\xf5",
    ] {
        let code = super::readers::close_code_of_text(&site, ROOM, bytes).await;
        assert_eq!(code, 1007, "{bytes:?}");
        pair.talk().await;
    }
}
