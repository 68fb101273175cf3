//! Lines to everybody: the plain chat and the nickname chat.

use super::*;
use crate::act::Act;
use crate::chat::Protocol;
use sockeye_hub::{Entry, Epoch, Limit, Operation, Position, Recovery, SessionId, Subscribed};
use std::sync::Arc;

fn options() -> Options {
    Options {
        plain_chars_max: 5,
        plain_history_len: 3,
        name_chars_max: 4,
        text_chars_max: 6,
        ..Options::default()
    }
}

fn plain() -> Lines {
    let room = Protocol::Plain.channel("lobby").unwrap();
    Lines::plain(&options(), Seat::new(SessionId(1), room))
}

fn nick() -> Lines {
    let room = Protocol::Nick.channel("lobby").unwrap();
    Lines::nick(&options(), Seat::new(SessionId(1), room))
}

fn acts(call: impl FnOnce(&mut Acts)) -> Vec<Act> {
    let mut acts = Acts::new();
    call(&mut acts);
    acts.drain().collect()
}

fn say(session: &mut Lines, text: &str) -> Vec<Act> {
    acts(|acts| session.text(Now::default(), text, acts))
}

/// What a session publishes for a text.
fn published(session: &mut Lines, text: &str) -> String {
    match &say(session, text)[..] {
        [Act::Command(_, Command::Publish { publication, .. })] => {
            publication.payload.as_text().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

fn entry(text: &str) -> Arc<Entry> {
    Arc::new(Entry {
        position: Position::start(Epoch(1)),
        publication: Publication::new(Payload::Text(text.into()), 0),
    })
}

fn refused(request: RequestId, why: impl Into<Answer>) -> Notice {
    Notice::Answered {
        request,
        channel: Protocol::Plain.channel("lobby").unwrap(),
        answer: why.into(),
    }
}

/// If this fails, a character is cut in two, or the length counts bytes.
#[test]
fn text_is_cut_between_characters() {
    for (text, expected) in [
        ("", ""),
        ("short", "short"),
        ("longer", "longe"),
        ("привет", "приве"),
        ("😀😀😀😀😀😀", "😀😀😀😀😀"),
    ] {
        assert_eq!(published(&mut plain(), text), expected);
    }
    assert_eq!(cut("é", 0), "");
}

/// If this fails, somebody who joins sees nothing, or what they say reaches nobody.
#[test]
fn session_subscribes_and_publishes_to_its_room() {
    let mut plain = plain();
    let opened = acts(|acts| plain.open(Now::default(), acts));
    let [Act::Command(_, Command::Subscribe { channel, start, .. })] = &opened[..] else {
        panic!("{opened:?}");
    };
    assert_eq!((channel.as_str(), *start), ("plain:lobby", Start::Last(3)));
    let now = Now {
        unix_ms: 7,
        ..Now::default()
    };
    let said = acts(|acts| plain.text(now, "hello there", acts));
    let [
        Act::Command(
            request,
            Command::Publish {
                channels,
                publication,
            },
        ),
    ] = &said[..]
    else {
        panic!("{said:?}");
    };
    assert_eq!(channels, std::slice::from_ref(channel));
    assert_eq!((publication.time_ms, *request), (7, RequestId(1)));
    assert_eq!(plain.due(), None);
}

/// If this fails, history does not look as live messages do.
#[test]
fn replay_and_live_are_the_text_itself() {
    let mut plain = plain();
    let begun = Notice::Subscribed(Subscribed {
        request: Some(SUBSCRIBE),
        channel: plain.seat.room.clone(),
        position: Position::start(Epoch(1)),
        recovery: Recovery::NotAsked,
        replay: vec![entry("<b>1"), entry("2")],
    });
    let replayed = acts(|acts| plain.notice(Now::default(), &begun, acts));
    let text = |text| Act::Frame(Frame::text(text));
    assert_eq!(replayed, [text("<b>1"), text("2")]);
    assert_eq!(encode(&News::Entry(entry("3"))), Some(Frame::text("3")));
}

/// If this fails, a message is lost and its sender not told.
#[test]
fn whatever_goes_wrong_closes_the_plain_chat() {
    let mut plain = plain();
    let refusal = refused(RequestId(1), Refusal::TooManyRequests);
    let denied = refused(RequestId(1), Operation::Publish);
    let ended = Notice::Ended {
        channel: plain.seat.room.clone(),
        end: sockeye_hub::End::Gap,
    };
    for (notice, code) in [(refusal, 3013), (denied, 3503), (ended, 3011)] {
        let acts = acts(|acts| plain.notice(Now::default(), &notice, acts));
        assert!(matches!(&acts[..], [Act::Close(close)] if close.code() == code));
    }
    let acts = acts(|acts| plain.binary(Now::default(), b"x", acts));
    assert!(matches!(&acts[..], [Act::Close(close)] if close.code() == 1003));
}

/// If this fails, the nickname chat alters what people say.
#[test]
fn line_with_a_nickname_goes_to_everybody_as_it_is() {
    for line in ["Ann: hi", "Ann:  : ", "Анна: <b>чай"] {
        assert_eq!(published(&mut nick(), line), line);
    }
}

/// If this fails, a nickname says a line of its own, such as the server's, or is two for the eye.
#[test]
fn nickname_is_told_as_a_name() {
    for (line, told) in [
        ("A\n* 1: hi", "A * 1: hi"),
        ("\u{2028}A \u{3000}b\t: hi\n", "A b: hi\n"),
        ("и\u{306}: hi", "й: hi"),
    ] {
        let mut nick = nick();
        nick.form = Form::Nick {
            name_chars_max: 9,
            text_chars_max: 9,
        };
        assert_eq!(published(&mut nick, line), told, "{line:?}");
    }
}

/// If this fails, hostile lines get through, or their sender is not told why they do not.
#[test]
fn line_that_is_not_taken_is_answered_to_its_sender() {
    const STAR: &str = "* 107 nick star: a nickname that begins with `*`, as only the server does";
    for (line, answer) in [
        (
            "",
            "* 107: a message is a nickname, a colon, a space and a text",
        ),
        (
            "hi",
            "* 107: a message is a nickname, a colon, a space and a text",
        ),
        (": hi", "* 107 nick: empty name"),
        (
            "Annie: hi",
            "* 106 nick: name of 5 characters, at most 4 are allowed",
        ),
        (
            "A\u{202e}: hi",
            "* 107 nick hidden U+202E: name with U+202E, which cannot be seen",
        ),
        ("* a: hi", STAR),
        (" *: hi", STAR),
        ("\u{200d}\u{2217}a: hi", STAR),
        (
            "Ann: longer!",
            "* 106 text: text of 7 characters, at most 6 are allowed",
        ),
    ] {
        assert_eq!(say(&mut nick(), line), [Act::Frame(Frame::text(answer))]);
    }
    let mut heaped = nick();
    heaped.form = Form::Nick {
        name_chars_max: 9,
        text_chars_max: 9,
    };
    let line = "x\u{301}\u{301}\u{301}\u{301}: hi";
    let told = "* 107 nick marks 3: name with 4 marks upon one character, at most 3 are allowed";
    assert_eq!(say(&mut heaped, line), [Act::Frame(Frame::text(told))]);
    let mut nick = nick();
    let refusal = refused(RequestId(1), Refusal::TooManyRequests);
    let told = acts(|acts| nick.notice(Now::default(), &refusal, acts));
    assert_eq!(told, [Act::Frame(Frame::text("* 111: too many requests"))]);
    let refusal = refused(RequestId(1), Operation::Publish);
    let told = acts(|acts| nick.notice(Now::default(), &refusal, acts));
    let line = "* 103 publish: permission denied: publish";
    assert_eq!(told, [Act::Frame(Frame::text(line))]);
    let (limit, max) = (Limit::Pending, 256);
    let refusal = refused(RequestId(1), Bound { limit, max });
    let told = acts(|acts| nick.notice(Now::default(), &refusal, acts));
    let line = "* 121 pending 256: \
        too much under way: at most 256 commands that wait for an answer";
    assert_eq!(told, [Act::Frame(Frame::text(line))]);
    let refusal = refused(SUBSCRIBE, Refusal::Denied);
    let told = acts(|acts| nick.notice(Now::default(), &refusal, acts));
    assert!(matches!(&told[..], [Act::Close(close)] if close.code() == 3503));
}
