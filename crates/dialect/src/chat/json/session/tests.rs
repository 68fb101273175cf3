//! A session of the JSON chat by itself: answers of the hub that a hub gives seldom.

use super::*;
use crate::act::{Act, Frame};
use crate::chat::Protocol;
use sockeye_hub::{
    Answer, Bound, End, Epoch, Limit, Member, Position, Recovery, Refusal, Refused, SessionId,
    Subscribed, UserId,
};

fn open() -> Json {
    let room = Protocol::Json.channel("lobby").unwrap();
    let mut json = Json::new(&Options::default(), Seat::new(SessionId(7), room));
    run(&mut json, |json, acts| json.open(at(0), acts));
    json
}

fn at(seconds: u64) -> Now {
    Now {
        elapsed: Duration::from_secs(seconds),
        unix_ms: 0,
    }
}

fn run(json: &mut Json, call: impl FnOnce(&mut Json, &mut Acts)) -> Vec<Act> {
    let mut acts = Acts::new();
    call(json, &mut acts);
    acts.drain().collect()
}

fn say(json: &mut Json, text: &str) -> Vec<Act> {
    run(json, |json, acts| json.text(at(1), text, acts))
}

fn notice(json: &mut Json, notice: &Notice) -> Vec<Act> {
    run(json, |json, acts| json.notice(at(2), notice, acts))
}

fn answer(json: &mut Json, request: RequestId, answer: Answer) -> Vec<Act> {
    let channel = json.seat.room.clone();
    let answered = Notice::Answered {
        request,
        channel,
        answer,
    };
    notice(json, &answered)
}

fn ended(json: &mut Json, end: End) -> Vec<Act> {
    let channel = json.seat.room.clone();
    notice(json, &Notice::Ended { channel, end })
}

/// The commands among acts, with the variant's name.
fn commands(acts: &[Act]) -> Vec<(RequestId, &'static str)> {
    let command = |act: &Act| match act {
        Act::Command(request, Command::Subscribe { .. }) => Some((*request, "subscribe")),
        Act::Command(request, Command::Claim { .. }) => Some((*request, "claim")),
        Act::Command(request, Command::Members { .. }) => Some((*request, "members")),
        Act::Command(request, Command::Publish { .. }) => Some((*request, "publish")),
        Act::Command(_, other) => panic!("{other:?}"),
        Act::Frame(_) | Act::Close(_) => None,
    };
    acts.iter().filter_map(command).collect()
}

fn texts(acts: &[Act]) -> Vec<&str> {
    let text = |act| match act {
        &Act::Frame(Frame::Text(ref text)) => Some(&**text),
        _ => None,
    };
    acts.iter().filter_map(text).collect()
}

/// Joins with a name that is claimed; gives the claim.
fn join(json: &mut Json) -> RequestId {
    let said = say(json, r#"{"type":"username","name":"Ann"}"#);
    let [(request, "subscribe")] = commands(&said)[..] else {
        panic!("{said:?}");
    };
    joined(json, request)
}

fn joined(json: &mut Json, request: RequestId) -> RequestId {
    let subscribed = Subscribed {
        request: Some(request),
        channel: json.seat.room.clone(),
        position: Position::start(Epoch(1)),
        recovery: Recovery::NotAsked,
        replay: Vec::new(),
    };
    let acts = notice(json, &Notice::Subscribed(subscribed));
    let [(_, "members"), (claim, "claim")] = commands(&acts)[..] else {
        panic!("{acts:?}");
    };
    claim
}

/// What the hub says where so many members are all that there may be.
fn full_of(max: usize) -> Answer {
    let limit = Limit::Members;
    Bound { limit, max }.into()
}

fn member() -> Member {
    Member {
        user: UserId::new("ann").unwrap(),
        info: "Ann".into(),
    }
}

/// If this fails, somebody who may not be in a room is left in the dark, or asks for ever.
#[test]
fn room_that_is_denied_closes_and_one_that_is_busy_is_asked_again() {
    let mut json = open();
    let said = say(&mut json, r#"{"type":"resume","epoch":"1","offset":5}"#);
    let (request, _) = commands(&said)[0];
    let wait = Duration::from_secs(9);
    let busy = Refused::until(Refusal::TooManyRequests, wait).into();
    let told = answer(&mut json, request, busy);
    assert!(texts(&told)[0].contains(r#""retry_after_ms":9000"#));
    assert_eq!(json.due(), Some(Duration::from_secs(11)));
    assert_eq!(
        commands(&say(&mut json, r#"{"type":"username","name":"Ann"}"#)),
        []
    );
    let again = run(&mut json, |json, acts| json.tick(at(11), acts));
    let [Act::Command(request, Command::Subscribe { start, .. })] = &again[..] else {
        panic!("{again:?}");
    };
    assert!(matches!(start, Start::AfterOrLast { since, .. } if since.offset == 5));
    let told = answer(&mut json, *request, Refusal::Denied.into());
    assert!(matches!(told.last(), Some(Act::Close(close)) if close.code() == 3503));
}

/// If this fails, a client whose replay was too much asks for everything twice.
#[test]
fn beginning_that_is_told_again_asks_for_nothing_again() {
    let mut json = open();
    let claim = join(&mut json);
    let again = Notice::Subscribed(Subscribed {
        request: None,
        channel: json.seat.room.clone(),
        position: Position::start(Epoch(1)),
        recovery: Recovery::Lost,
        replay: Vec::new(),
    });
    let told = notice(&mut json, &again);
    assert_eq!(commands(&told), []);
    assert!(texts(&told)[0].contains(r#""recovered":false"#));
    let told = answer(&mut json, claim, Answer::Claimed(member()));
    assert!(texts(&told)[0].contains(r#""name":"Ann""#));
}

/// If this fails, what was said to wait for a name is lost in silence when there is none.
#[test]
fn messages_that_wait_for_a_refused_name_are_refused_one_by_one() {
    let mut json = open();
    let claim = join(&mut json);
    for key in ["1", "2"] {
        let said = format!(r#"{{"type":"message","text":"x","key":"{key}"}}"#);
        assert_eq!(say(&mut json, &said), []);
    }
    let told = answer(&mut json, claim, full_of(10_000));
    let told = texts(&told);
    assert!(
        told.iter().all(|text| text.contains(r#""code":106"#)),
        "{told:?}"
    );
    assert!(told[1].contains(r#""key":"1""#) && told[2].contains(r#""key":"2""#));
    let said = say(&mut json, r#"{"type":"message","text":"x"}"#);
    let full = "room `lobby` is full: at most 10000 people have a name in it";
    assert!(told.iter().all(|text| text.contains(full)), "{told:?}");
    assert!(texts(&said)[0].contains(full) && texts(&said)[0].contains(r#""field":"name""#));
}

/// If this fails, what a client said before it left is dropped while its name is on the way, or the
/// server waits for a client that is gone.
#[test]
fn message_waits_for_its_name_as_long_as_one_may_come() {
    let mut json = open();
    let message = r#"{"type":"message","text":"x"}"#;
    let claim = join(&mut json);
    assert!(!json.is_waiting());
    say(&mut json, message);
    assert!(json.is_waiting());
    let told = answer(&mut json, claim, Answer::Claimed(member()));
    assert!(matches!(commands(&told)[..], [(_, "publish")]));
    assert!(!json.is_waiting());
    for (end, is_waiting) in [(End::Gap, true), (End::Server, false)] {
        let mut json = open();
        join(&mut json);
        say(&mut json, message);
        ended(&mut json, end);
        assert_eq!(json.is_waiting(), is_waiting, "{end:?}");
    }
}

/// If this fails, an end that overtakes a claim costs the name, or an answer comes twice.
#[test]
fn claim_that_meets_the_end_of_the_room_is_made_again_behind_it() {
    for answer_first in [true, false] {
        let mut json = open();
        let claim = join(&mut json);
        let refusal = Answer::from(Refusal::NotSubscribed);
        if answer_first {
            assert_eq!(answer(&mut json, claim, refusal.clone()), []);
        }
        let told = ended(&mut json, End::Gap);
        assert_eq!((texts(&told).len(), told.len()), (1, 1));
        if !answer_first {
            assert_eq!(answer(&mut json, claim, refusal), []);
        }
        assert_eq!(json.due(), Some(Duration::from_secs(3)));
        let again = run(&mut json, |json, acts| json.tick(at(3), acts));
        let [(request, "subscribe")] = commands(&again)[..] else {
            panic!("{again:?}");
        };
        let claim = joined(&mut json, request);
        let told = answer(&mut json, claim, Answer::Claimed(member()));
        assert!(texts(&told)[0].contains(r#""type":"named","name":"Ann""#));
    }
}

/// If this fails, somebody who was put out is back by itself after a second.
#[test]
fn who_was_put_out_comes_back_only_by_saying_so() {
    let mut json = open();
    let claim = join(&mut json);
    answer(&mut json, claim, Answer::Claimed(member()));
    let told = ended(&mut json, End::Server);
    assert!(
        texts(&told)[0].contains(r#""code":2000"#) && texts(&told)[0].contains(r#""resume":false"#)
    );
    assert_eq!(json.due(), None);
    assert_eq!(run(&mut json, |json, acts| json.tick(at(99), acts)), []);
    let said = say(&mut json, r#"{"type":"resume","epoch":"1","offset":0}"#);
    assert!(matches!(commands(&said)[..], [(_, "subscribe")]));
}

/// If this fails, a program cannot tell its people which message was too long, and by how much.
#[test]
fn what_is_too_long_is_told_in_numbers_and_by_its_key() {
    let mut json = open();
    let text = "я".repeat(TEXT_CHARS_MAX + 1);
    let said = say(
        &mut json,
        &format!(r#"{{"type":"message","text":"{text}","key":"k7"}}"#),
    );
    let told = r#""field":"text","chars":2001,"chars_max":2000,"key":"k7""#;
    assert!(texts(&said)[0].contains(told), "{said:?}");
    let key = "k".repeat(65);
    let said = say(
        &mut json,
        &format!(r#"{{"type":"message","text":"x","key":"{key}"}}"#),
    );
    let told = r#""field":"key","bytes":65,"bytes_max":64"#;
    assert!(texts(&said)[0].contains(told), "{said:?}");
    let Err(fault) = Name::new("e\u{301}\u{301}\u{301}\u{301}", 24) else {
        panic!("so many marks are too many");
    };
    let said = outgoing::rejectusername(at(1), "Guest", "e", &Reason::Fault(fault));
    let told = r#""marks":4,"marks_max":3"#;
    assert!(
        texts(&[Act::Frame(said.clone())])[0].contains(told),
        "{said:?}"
    );
}

/// If this fails, a page cannot say for how many a room is, or not why what waited is not said.
#[test]
fn full_room_is_told_in_numbers_also_for_what_waited_for_the_name() {
    let mut json = open();
    let claim = join(&mut json);
    say(&mut json, r#"{"type":"message","text":"x","key":"k7"}"#);
    let told = answer(&mut json, claim, full_of(7));
    let told = texts(&told);
    let number = r#""field":"name","people_max":7"#;
    assert!(told[0].contains(number), "{told:?}");
    assert!(
        told[1].contains(&format!(r#"{number},"key":"k7""#)),
        "{told:?}"
    );
}

/// If this fails, a page cannot say which bound was met or how much it allows, or calls a room full
/// that is not.
#[test]
fn bound_is_told_with_its_name_and_number() {
    let mut json = open();
    let claim = join(&mut json);
    let (limit, max) = (Limit::ClaimNames, 3);
    let told = answer(&mut json, claim, Bound { limit, max }.into());
    let code =
        r#"{"type":"error","code":106,"reason":"limit exceeded: at most 3 names in one claim","#;
    let bound = r#""limit":"claim_names","max":3,"date""#;
    let told = texts(&told);
    assert!(
        told[0].starts_with(code) && told[0].contains(bound),
        "{told:?}"
    );
    let said = say(&mut json, r#"{"type":"message","text":"x"}"#);
    assert!(
        texts(&said)[0].contains("say a `username` first"),
        "{said:?}"
    );
}
