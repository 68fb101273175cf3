//! The JSON chat where the document's transcripts do not go: haste, faults of the hub, slow
//! readers, rooms at their bounds. Covers `session`, `naming` and `outgoing`.

use std::time::Duration;

use crate::support::hall::Hall;
use serde_json::Value;
use sockeye_dialect::Frame;
use sockeye_dialect::chat::{Options, Protocol};
use sockeye_dialect::limits::{
    FAULTS_MAX, JOIN_WAIT, KEY_LEN_MAX, NAME_CHARS_MAX, NAME_DIGIT_MAX, RETRY_WAIT, TEXT_CHARS_MAX,
    UNNAMED_MESSAGES_MAX, USER_LIST_LEN_MAX,
};
use sockeye_hub::limits::PRESENCE_GRACE;
use sockeye_hub::{FanoutOptions, SessionId};

fn hall() -> Hall {
    Hall::new(Options::default())
}

fn connect(hall: &mut Hall) -> SessionId {
    hall.open(Protocol::Json, "lobby")
}

fn enter(hall: &mut Hall, name: &str) -> SessionId {
    let session = connect(hall);
    say(hall, session, &[("type", "username"), ("name", name)]);
    session
}

fn say(hall: &mut Hall, session: SessionId, fields: &[(&str, &str)]) {
    let fields = fields
        .iter()
        .map(|(field, text)| ((*field).to_owned(), Value::from(*text)));
    hall.say(session, &Value::Object(fields.collect()).to_string());
}

fn tell(hall: &mut Hall, session: SessionId, text: &str) {
    say(hall, session, &[("type", "message"), ("text", text)]);
}

/// Everything that a client got since the last look.
fn got(hall: &mut Hall, session: SessionId) -> Vec<Value> {
    let mut got = Vec::new();
    while let Some(frame) = hall.next(session) {
        match frame {
            Frame::Text(text) => got.push(serde_json::from_str(&text).unwrap()),
            Frame::Binary(bytes) => panic!("{} bytes", bytes.len()),
        }
    }
    got
}

/// One field of all that a client got of one type.
fn fields(got: &[Value], kind: &str, field: &str) -> Vec<String> {
    let of_kind = got.iter().filter(|message| message["type"] == kind);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    of_kind.map(|message| text(&message[field])).collect()
}

fn heard(hall: &mut Hall, session: SessionId) -> Vec<String> {
    fields(&got(hall, session), "message", "text")
}

/// If this fails, what people say is taken for markup somewhere on its way.
#[test]
fn text_and_names_of_any_script_arrive_as_they_were_sent() {
    let mut hall = hall();
    let names = [
        "<script>alert(1)</script>",
        "李小龍",
        "می\u{200c}خواهم",
        "\"\\/&amp;",
    ];
    let sessions: Vec<SessionId> = names.iter().map(|name| enter(&mut hall, name)).collect();
    let texts = [
        "<b>&lt;",
        "\u{2028}\u{0}\u{1f}\"\\",
        "👩\u{200d}🚀 привет",
        "\u{202e}x",
    ];
    for (session, text) in sessions.iter().zip(texts) {
        tell(&mut hall, *session, text);
    }
    let got = got(&mut hall, sessions[0]);
    assert_eq!(fields(&got, "message", "text"), texts);
    assert_eq!(fields(&got, "message", "name")[1..], names[1..]);
}

/// If this fails, two people share a name, or somebody gets none.
#[test]
fn as_many_as_want_a_name_get_one_of_their_own() {
    let mut hall = hall();
    let count = u64::from(NAME_DIGIT_MAX) + 3;
    let sessions: Vec<SessionId> = (0..count).map(|_| enter(&mut hall, "Ann")).collect();
    let mut names = Vec::new();
    for session in sessions {
        names.extend(fields(&got(&mut hall, session), "named", "name"));
    }
    let last = format!("Ann{count}");
    assert_eq!(
        (&*names[0], &*names[1], names.last()),
        ("Ann", "Ann2", Some(&last))
    );
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), all as u64), (all, count));
}

/// If this fails, somebody is told that a text is published which nobody ever sees, as somebody
/// else used the same key, or somebody's text is published twice.
#[test]
fn keys_of_two_people_are_two_keys() {
    let mut hall = hall();
    let longest = "𐐀".repeat(NAME_CHARS_MAX);
    let (ann, bob) = (enter(&mut hall, "Ann"), enter(&mut hall, &longest));
    let key = "k".repeat(KEY_LEN_MAX);
    for (session, text) in [(ann, "one"), (bob, "two"), (bob, "three"), (ann, "one")] {
        let said = [("type", "message"), ("text", text), ("key", &*key)];
        say(&mut hall, session, &said);
    }
    hall.leave(ann);
    let ann = enter(&mut hall, "ANN");
    let said = [("type", "message"), ("text", "one"), ("key", &*key)];
    say(&mut hall, ann, &said);
    let bob = got(&mut hall, bob);
    assert_eq!(fields(&bob, "message", "text"), ["one", "two"]);
    assert_eq!(fields(&bob, "accepted", "offset"), ["2", "2"]);
    assert_eq!(fields(&got(&mut hall, ann), "accepted", "offset"), ["1"]);
}

/// If this fails, whom the server knows is told two reasons for its name, or one that is none.
#[test]
fn who_is_known_is_told_one_true_reason() {
    let long = "n".repeat(40);
    let too_long = format!("name of 40 characters, at most {NAME_CHARS_MAX} are allowed");
    for (known, asked, told) in [
        ("Ann Lee", "Eve", ["Ann Lee2", "Ann Lee", "name taken"]),
        ("Ann Lee", "ann lee", ["Ann Lee2", "Ann Lee", "name taken"]),
        ("Bob", "Eve", ["Bob", "Eve", "the server knows who you are"]),
        (&*long, "Eve", ["Guest", &long[..32], &*too_long]),
        (
            "Bob\u{202e}",
            "Bob\u{202e}",
            [
                "Guest",
                "Bob\u{202e}",
                "name with U+202E, which cannot be seen",
            ],
        ),
    ] {
        let mut hall = hall();
        enter(&mut hall, "Ann Lee");
        let session = hall.open_as(Protocol::Json, "lobby", Some(known));
        say(&mut hall, session, &[("type", "username"), ("name", asked)]);
        hall.pass(JOIN_WAIT);
        let got = got(&mut hall, session);
        let rejected = ["name", "asked", "reason"];
        let rejected = rejected.map(|field| fields(&got, "rejectusername", field));
        let told = told.map(|text| vec![text.to_owned()]);
        assert_eq!(rejected, told, "{known:?} asks for {asked:?}");
        assert_eq!(fields(&got, "named", "name"), rejected[0]);
    }
}

/// If this fails, who asks for the name that the server knows it by is told that it may not have
/// it, or never gets it once it is free.
#[test]
fn who_is_known_gets_its_own_name_once_it_is_free() {
    let mut hall = hall();
    let other = enter(&mut hall, "Ann");
    let ann = hall.open_as(Protocol::Json, "lobby", Some("Ann"));
    hall.pass(JOIN_WAIT);
    hall.leave(other);
    for _ in 0..2 {
        say(&mut hall, ann, &[("type", "username"), ("name", "ann")]);
    }
    let got = got(&mut hall, ann);
    assert_eq!(fields(&got, "named", "name"), ["Ann2", "Ann", "Ann"]);
    assert_eq!(fields(&got, "rejectusername", "reason"), ["name taken"]);
}

/// If this fails, nobody hears that somebody else has the name of who was just cut off; or all
/// hear of each short cut of a connection.
#[test]
fn name_of_who_was_cut_off_is_told_when_another_takes_it() {
    let mut hall = hall();
    let watcher = enter(&mut hall, "W");
    for says_resume in [true, false] {
        let bob = enter(&mut hall, "Bob");
        hall.pass(JOIN_WAIT);
        hall.leave(bob);
        got(&mut hall, watcher);
        let again = connect(&mut hall);
        if says_resume {
            let resume = r#"{"type":"resume","epoch":"1","offset":0}"#;
            hall.say(again, resume);
        }
        say(&mut hall, again, &[("type", "username"), ("name", "Bob")]);
        let told = got(&mut hall, watcher);
        let expected: &[&str] = if says_resume { &[] } else { &["Bob"] };
        assert_eq!(fields(&told, "username", "name"), expected);
        // Only the first name of a session is that of who was cut off.
        let eve = enter(&mut hall, "Eve");
        hall.leave(eve);
        say(&mut hall, again, &[("type", "username"), ("name", "Eve")]);
        let told = got(&mut hall, watcher);
        assert_eq!(fields(&told, "username", "name"), ["Eve", "Eve"]);
        hall.leave(again);
        hall.pass(PRESENCE_GRACE);
    }
}

/// If this fails, two people in a room have names that are the same pixel for pixel.
#[test]
fn name_in_another_form_of_unicode_is_the_same_and_told_in_nfc() {
    for (first, second, told) in [
        ("Андрей", "Андреи\u{306}", "Андрей2"),
        ("Jose\u{301}", "José", "José2"),
    ] {
        let mut hall = hall();
        enter(&mut hall, first);
        let second = enter(&mut hall, second);
        assert_eq!(fields(&got(&mut hall, second), "named", "name"), [told]);
    }
}

/// If this fails, a longest name that is taken leaves its owner without any.
#[test]
fn longest_name_still_gets_digits() {
    let mut hall = hall();
    let longest = "𐐀".repeat(NAME_CHARS_MAX);
    enter(&mut hall, &longest);
    let second = enter(&mut hall, &longest);
    tell(&mut hall, second, "hi");
    let got = got(&mut hall, second);
    assert_eq!(fields(&got, "named", "name"), [format!("{longest}2")]);
    assert_eq!(fields(&got, "message", "name"), [format!("{longest}2")]);
}

/// If this fails, a script that does not wait for its name loses what it says, or takes memory
/// without end.
#[test]
fn messages_wait_for_the_name_up_to_their_bound() {
    let mut hall = hall();
    hall.engine.is_down = true;
    let ann = enter(&mut hall, "Ann");
    for number in 0..UNNAMED_MESSAGES_MAX + 2 {
        tell(&mut hall, ann, &number.to_string());
    }
    let before = got(&mut hall, ann);
    assert_eq!(fields(&before, "error", "code"), ["100", "121", "121"]);
    hall.engine.is_down = false;
    hall.pass(RETRY_WAIT);
    let heard = heard(&mut hall, ann);
    assert_eq!(heard.len(), UNNAMED_MESSAGES_MAX);
    assert_eq!((&*heard[0], heard.last().unwrap().as_str()), ("0", "15"));
}

/// If this fails, a hub that was busy for a moment leaves people outside, or a message that it did
/// not take is lost in silence.
#[test]
fn what_the_hub_does_not_take_is_said_and_tried_again() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    got(&mut hall, ann);
    hall.engine.is_down = true;
    say(
        &mut hall,
        ann,
        &[("type", "message"), ("text", "x"), ("key", "k")],
    );
    let refused = got(&mut hall, ann);
    assert_eq!(fields(&refused, "error", "key"), ["k"]);
    assert_eq!(fields(&refused, "error", "reason"), ["not available now"]);
    hall.engine.is_down = false;
    say(
        &mut hall,
        ann,
        &[("type", "message"), ("text", "x"), ("key", "k")],
    );
    let taken = got(&mut hall, ann);
    assert_eq!(fields(&taken, "accepted", "key"), ["k"]);
    assert_eq!(fields(&taken, "message", "text"), ["x"]);
}

/// If this fails, somebody speaks faster than the hub lets them and is not told when to go on.
#[test]
fn haste_is_answered_with_when_to_go_on() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    got(&mut hall, ann);
    // Her name was one of the 30 that are a burst.
    for number in 0..30 {
        tell(&mut hall, ann, &number.to_string());
    }
    let got = got(&mut hall, ann);
    assert_eq!(fields(&got, "message", "text").len(), 29);
    assert_eq!(fields(&got, "error", "code"), ["111"]);
    assert_eq!(fields(&got, "error", "retry_after_ms"), ["100"]);
    assert_eq!(hall.closed(ann), None);
}

/// If this fails, who changes names faster than the hub lets them keeps an old one, or has none
/// after a gap.
#[test]
fn name_that_came_too_fast_is_claimed_as_soon_as_it_may_be() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    for number in 0..30 {
        tell(&mut hall, ann, &number.to_string());
    }
    hall.lose(&Protocol::Json.channel("lobby").unwrap());
    got(&mut hall, ann);
    hall.say(ann, r#"{"type":"resume","epoch":"1","offset":29}"#);
    tell(&mut hall, ann, "waits");
    assert_eq!(fields(&got(&mut hall, ann), "named", "name"), [""; 0]);
    hall.pass(Duration::from_millis(200));
    let got = got(&mut hall, ann);
    assert_eq!(fields(&got, "named", "name"), ["Ann"]);
    // What waited for the name is too fast in turn, and is said to be.
    assert_eq!(fields(&got, "error", "code"), ["111"]);
    hall.pass(Duration::from_secs(1));
    assert_eq!(hall.closed(ann), None);
}

/// If this fails, a client that sends nothing but nonsense is answered for ever.
#[test]
fn faults_in_a_row_end_the_session_and_others_do_not() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    for _ in 0..2 {
        for _ in 1..FAULTS_MAX {
            hall.say(ann, "nonsense");
        }
        assert_eq!(hall.closed(ann), None);
        tell(&mut hall, ann, "sense");
    }
    for _ in 0..FAULTS_MAX {
        hall.say(ann, "nonsense");
    }
    assert_eq!(
        hall.closed(ann).unwrap().to_string(),
        "3501 bad request: at most 64 messages in a row that are none of this chat's"
    );
}

/// If this fails, texts are cut or refused at another length than the document says.
#[test]
fn text_may_be_as_long_as_it_may() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    got(&mut hall, ann);
    let longest = "😀".repeat(TEXT_CHARS_MAX);
    tell(&mut hall, ann, &longest);
    tell(&mut hall, ann, &format!("{longest}!"));
    let got = got(&mut hall, ann);
    assert_eq!(fields(&got, "message", "text"), [longest]);
    let reason = "text of 2001 characters, at most 2000 are allowed";
    assert_eq!(fields(&got, "error", "reason"), [reason]);
    assert_eq!(fields(&got, "error", "field"), ["text"]);
}

/// If this fails, a page that was cut off shows a message twice, or not at all.
#[test]
fn who_resumes_gets_exactly_what_was_missed() {
    let mut hall = hall();
    let (ann, bob) = (enter(&mut hall, "Ann"), enter(&mut hall, "Bob"));
    tell(&mut hall, ann, "1");
    let seen = got(&mut hall, bob);
    let last = seen
        .iter()
        .rev()
        .find(|message| message["type"] == "message")
        .unwrap();
    let resume = serde_json::json!({
        "type": "resume", "epoch": last["epoch"], "offset": last["offset"],
    });
    hall.leave(bob);
    tell(&mut hall, ann, "2");
    tell(&mut hall, ann, "3");
    let bob = connect(&mut hall);
    hall.say(bob, &resume.to_string());
    say(&mut hall, bob, &[("type", "username"), ("name", "Bob")]);
    tell(&mut hall, ann, "4");
    let back = got(&mut hall, bob);
    assert_eq!(fields(&back, "joined", "recovered"), ["true"]);
    assert_eq!(fields(&back, "message", "text"), ["2", "3", "4"]);
    assert_eq!(fields(&back, "named", "name"), ["Bob"]);
    let watched = got(&mut hall, ann);
    let signed_in = fields(&watched, "username", "name");
    assert_eq!(signed_in, ["Ann", "Bob"], "a reload is told to everybody");
    hall.engine
        .restart(&Protocol::Json.channel("lobby").unwrap());
    let eve = connect(&mut hall);
    hall.say(eve, &resume.to_string());
    let lost = got(&mut hall, eve);
    assert_eq!(fields(&lost, "joined", "recovered"), ["false"]);
    assert_eq!(fields(&lost, "message", "text"), [""; 0]);
}

/// If this fails, a gap costs people their name or lets them miss what came meanwhile.
#[test]
fn after_a_gap_a_client_comes_back_under_its_name() {
    let mut hall = hall();
    let (ann, bob) = (enter(&mut hall, "Ann"), enter(&mut hall, "Bob"));
    tell(&mut hall, ann, "1");
    got(&mut hall, bob);
    hall.lose(&Protocol::Json.channel("lobby").unwrap());
    assert_eq!(fields(&got(&mut hall, bob), "ended", "resume"), ["true"]);
    tell(&mut hall, ann, "2");
    hall.pass(JOIN_WAIT / 2);
    hall.say(bob, r#"{"type":"resume","epoch":"1","offset":1}"#);
    tell(&mut hall, bob, "3");
    let back = got(&mut hall, bob);
    assert_eq!(fields(&back, "joined", "recovered"), ["true"]);
    assert_eq!(fields(&back, "named", "name"), ["Bob"]);
    assert_eq!(fields(&back, "message", "text"), ["2", "3"]);
    hall.pass(Duration::from_secs(10));
    assert_eq!(hall.closed(ann).or_else(|| hall.closed(bob)), None);
}

/// If this fails, who only listens is never let in, or is asked to speak first.
#[test]
fn listener_joins_by_itself_and_has_no_name() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    let listener = connect(&mut hall);
    tell(&mut hall, ann, "1");
    hall.pass(JOIN_WAIT);
    tell(&mut hall, ann, "2");
    tell(&mut hall, listener, "3");
    let got = got(&mut hall, listener);
    assert_eq!(fields(&got, "message", "text"), ["1", "2"]);
    assert_eq!(fields(&got, "userlist", "users"), [r#"["Ann"]"#]);
    assert_eq!(fields(&got, "error", "reason"), ["say a `username` first"]);
}

/// If this fails, a large room sends a list of its size to everybody with each change.
#[test]
fn list_of_a_large_room_is_bounded_and_says_how_many_there_are() {
    let mut hall = hall();
    for number in 0..=USER_LIST_LEN_MAX {
        enter(&mut hall, &format!("n{number:04}"));
    }
    let listener = connect(&mut hall);
    hall.pass(JOIN_WAIT);
    let got = got(&mut hall, listener);
    let list = got
        .iter()
        .find(|message| message["type"] == "userlist")
        .unwrap();
    assert_eq!(list["users"].as_array().unwrap().len(), USER_LIST_LEN_MAX);
    assert_eq!(list["count"], USER_LIST_LEN_MAX + 1);
}

/// If this fails, a client that cannot be sent the replay joins twice, or is told that it got it.
#[test]
fn replay_that_is_too_much_is_said_to_be_lost() {
    let fanout = FanoutOptions {
        replay_bytes_max: 5000,
        ..FanoutOptions::default()
    };
    let mut hall = Hall::with(Options::default(), &fanout);
    let ann = enter(&mut hall, "Ann");
    // What is escaped is six times as long in JSON.
    tell(&mut hall, ann, &"\u{1}".repeat(TEXT_CHARS_MAX));
    let late = connect(&mut hall);
    hall.set_room(late, Some(0));
    say(&mut hall, late, &[("type", "username"), ("name", "Late")]);
    hall.lose(&Protocol::Json.channel("lobby").unwrap());
    // The first replay still waits to be sent, and there is no room for another one.
    hall.say(late, r#"{"type":"resume","epoch":"1","offset":0}"#);
    hall.set_room(late, None);
    let got = got(&mut hall, late);
    assert_eq!(fields(&got, "joined", "recovered"), ["null", "false"]);
    assert_eq!(fields(&got, "message", "text").len(), 1);
    assert_eq!(fields(&got, "named", "name"), ["Late", "Late"]);
    assert_eq!(fields(&got, "error", "code"), [""; 0]);
    // Nor was there for the list of who is there, which is asked for again.
    let listed = fields(&got, "userlist", "count").len();
    hall.pass(RETRY_WAIT);
    assert_eq!(
        fields(&self::got(&mut hall, late), "userlist", "count"),
        ["2"],
        "{listed}"
    );
}

/// If this fails, a slow reader's frames come in another order, or twice.
#[test]
fn slow_reader_gets_everything_in_order() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    tell(&mut hall, ann, "1");
    let slow = connect(&mut hall);
    hall.set_room(slow, Some(2));
    say(&mut hall, slow, &[("type", "username"), ("name", "Slow")]);
    tell(&mut hall, ann, "2");
    tell(&mut hall, slow, "3");
    let first = got(&mut hall, slow);
    assert_eq!(first.len(), 3);
    assert_eq!(fields(&first, "message", "text"), ["1"]);
    hall.set_room(slow, None);
    assert_eq!(heard(&mut hall, slow), ["2", "3"]);
}

/// If this fails, rooms are one room.
#[test]
fn rooms_are_apart() {
    let mut hall = hall();
    let ann = enter(&mut hall, "Ann");
    let other = hall.open(Protocol::Json, "кухня");
    say(&mut hall, other, &[("type", "username"), ("name", "Ann")]);
    tell(&mut hall, other, "hi");
    assert_eq!(heard(&mut hall, ann), [""; 0]);
    let got = got(&mut hall, other);
    assert_eq!(fields(&got, "named", "name"), ["Ann"]);
    assert_eq!(fields(&got, "joined", "room"), ["кухня"]);
}
