//! What clients of the JSON chat may say, and the words for what they may not.

use super::*;

/// If this fails, the articles' scripts are not understood, or get more than they asked for.
#[test]
fn messages_of_clients_are_read_and_unknown_fields_ignored() {
    let read = |text| read(text).unwrap();
    assert_eq!(
        read(r#"{"type":"username","name":"Ann","id":"7","date":1}"#),
        Incoming::Username("Ann".into())
    );
    assert_eq!(
        read(r#" {"date":1.5,"id":[7],"text":"\u003cb> \ud83d\ude00","type":"message"}"#),
        Incoming::Message {
            text: "<b> 😀".into(),
            key: None
        }
    );
    assert_eq!(
        read(r#"{"type":"username","name":"\ud83d Ann"}"#),
        Incoming::Username("\u{fffd} Ann".into())
    );
    let said = read(r#"{"type":"message","text":"","key":"k"}"#);
    assert!(matches!(said, Incoming::Message { key: Some(key), .. } if &*key == "k"));
    let position = Position {
        epoch: Epoch(u64::MAX),
        offset: 5,
    };
    assert_eq!(
        read(r#"{"type":"resume","epoch":"18446744073709551615","offset":5}"#),
        Incoming::Resume(position)
    );
}

/// If this fails, what is no JSON passes, or its sender cannot find the place.
#[test]
fn what_is_no_json_is_answered_with_the_place() {
    let deep = "[".repeat(200);
    for (text, reason, place) in [
        ("", "EOF while parsing a value at line 1 column 0", (1, 0)),
        (
            "{",
            "EOF while parsing an object at line 1 column 1",
            (1, 1),
        ),
        ("{\n\"a\" 1}", "expected `:` at line 2 column 5", (2, 5)),
        ("{} {}", "trailing characters at line 1 column 4", (1, 4)),
        (
            &deep,
            "recursion limit exceeded at line 1 column 128",
            (1, 128),
        ),
        ("[1e999]", "number out of range at line 1 column 6", (1, 6)),
        ("{'a':1}", "key must be a string at line 1 column 2", (1, 2)),
        (
            "nul",
            "EOF while parsing a value at line 1 column 3",
            (1, 3),
        ),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.to_string(), format!("no JSON: {reason}"));
        let told = (fault.field(), fault.place(), fault.code());
        assert_eq!(told, (None, Some(place), 107), "{text}");
    }
    // What is mended before it is read has its place where the client has it.
    let half = read(r#"{"\ud800":"\ud800" 1}"#).unwrap_err();
    assert_eq!(half.place(), Some((1, 20)), "{half}");
}

/// If this fails, a message of the wrong form passes, or its sender cannot find the field.
#[test]
fn what_has_another_form_is_answered_with_the_field() {
    for (text, reason, field) in [
        ("[]", "an array, a message is an object", None),
        ("null", "null, a message is an object", None),
        ("{}", "`type` is missing", Some("type")),
        (
            r#"{"type":1}"#,
            "`type` is a whole number, not a string",
            Some("type"),
        ),
        (
            r#"{"type":"no\nne"}"#,
            "type `no\nne` is not known",
            Some("type"),
        ),
        (r#"{"type":"username"}"#, "`name` is missing", Some("name")),
        (
            r#"{"type":"username","name":{}}"#,
            "`name` is an object, not a string",
            Some("name"),
        ),
        (
            r#"{"type":"message","text":true}"#,
            "`text` is a boolean, not a string",
            Some("text"),
        ),
        (
            r#"{"type":"message","text":"","key":null}"#,
            "`key` is null, not a string",
            Some("key"),
        ),
        (
            r#"{"type":"resume","epoch":"x"}"#,
            "`epoch` is another string, not a number in a string",
            Some("epoch"),
        ),
        (
            r#"{"type":"resume","epoch":"1"}"#,
            "`offset` is missing",
            Some("offset"),
        ),
        (
            r#"{"type":"message","text":-1}"#,
            "`text` is a number, not a string",
            Some("text"),
        ),
        (
            r#"{"type":"resume","epoch":"1","offset":-1}"#,
            "`offset` is a number, not a whole number from 0 on",
            Some("offset"),
        ),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.to_string(), reason);
        assert_eq!(
            (fault.field(), fault.place(), fault.code()),
            (field, None, 107),
            "{text}"
        );
    }
}

/// If this fails, one message costs more memory or a longer answer than it may.
#[test]
fn lengths_are_bounded() {
    let long = " ".repeat(MESSAGE_LEN_MAX + 1);
    assert_eq!(read(&long).unwrap_err().code(), 106);
    let key = "k".repeat(KEY_LEN_MAX + 1);
    let long = read(&format!(r#"{{"type":"message","text":"","key":"{key}"}}"#));
    let fault = long.unwrap_err();
    assert_eq!(fault.to_string(), "key of 65 bytes, at most 64 are allowed");
    assert_eq!((fault.code(), fault.field()), (106, Some("key")));
    let unknown = read(&format!(r#"{{"type":"{key}"}}"#)).unwrap_err();
    assert!(matches!(unknown, Fault::Type { found } if found.len() == QUOTE_CHARS_MAX));
}
