//! No text panics a session, and no order of events breaks what a chat promises.

use crate::dice::Dice;
use crate::seeds;
use crate::support::hall::Hall;
use crate::support::hostile::{Tally, play};
use sockeye_dialect::chat::{Options, Protocol};

const EVENINGS: u64 = 1200;

/// How often each thing worth checking has to come up in all of them.
const TIMES_MIN: usize = 100;

/// If this fails, an evening that was worth keeping breaks a promise, whole or cut off anywhere.
#[test]
fn committed_evenings_keep_every_promise() {
    for bytes in seeds::read("chat") {
        for end in 0..=bytes.len() {
            play(&bytes[..end]);
        }
    }
}

/// If this fails, a chat breaks one of its promises in some order of events; the seed is printed.
#[test]
fn random_evenings_keep_every_promise() {
    let mut tallies = Vec::new();
    for seed in 0..EVENINGS {
        let mut dice = Dice(seed);
        let len = dice.roll() % 600;
        let bytes: Vec<u8> = (0..len).map(|_| dice.roll().to_le_bytes()[0]).collect();
        let Ok(tally) = std::panic::catch_unwind(|| play(&bytes)) else {
            panic!("evening of seed {seed}");
        };
        tallies.push(tally);
    }
    let times = |what: fn(&Tally) -> usize| tallies.iter().map(what).sum::<usize>();
    for (what, times) in [
        ("messages", times(|tally| tally.messages)),
        ("named", times(|tally| tally.named)),
        ("rejected", times(|tally| tally.rejected)),
        ("recovered", times(|tally| tally.recovered)),
        ("lost", times(|tally| tally.lost)),
        ("ended", times(|tally| tally.ended)),
        ("errors", times(|tally| tally.errors)),
        ("lines", times(|tally| tally.lines)),
        ("closed", times(|tally| tally.closed)),
    ] {
        println!("{what}: {times}");
        assert!(times >= TIMES_MIN, "{what} came up {times} times only");
    }
}

/// If this fails, a message that was damaged on its way panics a session or is left without an
/// answer.
#[test]
fn damaged_messages_are_answered() {
    let whole = [
        r#"{"type":"username","name":"Ann \ud83d\ude00"}"#,
        r#"{"type":"message","text":"h\u0069 😀","key":"k"}"#,
        r#"{"type":"resume","epoch":"1","offset":1}"#,
        "Меня зовут Джон",
        "Ann: 😀",
    ];
    let mut damaged: Vec<String> = Vec::new();
    for text in whole {
        let ends = text.char_indices().map(|(end, _)| text[..end].to_owned());
        damaged.extend(ends);
        for (at, character) in text.char_indices() {
            for other in ["", "\"", "\\", "{", "]", "\u{0}", "é", "9"] {
                let rest = &text[at + character.len_utf8()..];
                damaged.push(format!("{}{other}{rest}", &text[..at]));
            }
        }
    }
    for text in damaged {
        for protocol in Protocol::ALL {
            let mut hall = Hall::new(Options::default());
            let session = hall.open(protocol, "lobby");
            while hall.next(session).is_some() {}
            hall.say(session, &text);
            let is_answered = hall.next(session).is_some() || hall.closed(session).is_some();
            assert!(is_answered, "{protocol:?} says nothing to {text:?}");
        }
    }
}
