//! Chats with people who do anything: a string of bytes is read as what clients, time and faults
//! do. Each frame is checked on the way; at the end all faults are off, and the lists of who is
//! there have to be true.

use std::collections::BTreeSet;
use std::time::Duration;

use super::hall::Hall;
use serde_json::Value;
use sockeye_dialect::Frame;
use sockeye_dialect::chat::{Options, Protocol};
use sockeye_dialect::limits::{PLAIN_CHARS_MAX, TEXT_CHARS_MAX, USER_LIST_LEN_MAX};
use sockeye_hub::SessionId;

const PEOPLE_MAX: usize = 6;
const ROOMS: [&str; 2] = ["a", "b"];
/// Some are the same, some are none.
const NAMES: [&str; 8] = [
    "Ann",
    "aNN",
    " Ann\u{a0}",
    "Ann2",
    "Bob",
    "",
    "x\u{202e}",
    "\u{fe0f}",
];
const KNOWN: [Option<&str>; 4] = [None, None, None, Some("Eve")];
/// What a frame of the JSON chat may be.
const TYPES: [&str; 10] = [
    "id",
    "joined",
    "username",
    "named",
    "rejectusername",
    "userlist",
    "message",
    "accepted",
    "ended",
    "error",
];

/// How often what is worth checking came up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) messages: usize,
    pub(crate) named: usize,
    pub(crate) rejected: usize,
    pub(crate) recovered: usize,
    pub(crate) lost: usize,
    pub(crate) ended: usize,
    pub(crate) errors: usize,
    pub(crate) lines: usize,
    pub(crate) closed: usize,
}

#[derive(Debug)]
struct Person {
    session: SessionId,
    protocol: Protocol,
    room: &'static str,
    known: Option<&'static str>,
    name: Option<String>,
    list: Option<BTreeSet<String>>,
    /// Its place in the room: the epoch, and the offset that the next message follows. Without an
    /// offset the first message is anywhere up to the one after `floor`.
    place: Option<(String, Option<u64>)>,
    floor: u64,
    /// What it said that it saw last.
    asked: Option<(String, u64)>,
    /// Its transport is full at times, so that it knows everything later.
    is_slow: bool,
}

/// The rest of the bytes.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number below `count`; 0 at the end of the bytes.
    fn pick(&mut self, count: usize) -> usize {
        usize::from(self.next().unwrap_or(0)) % count
    }

    /// Any text.
    fn text(&mut self) -> String {
        let len = self.pick(80).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

struct Evening<'a> {
    script: Script<'a>,
    hall: Hall,
    people: Vec<Person>,
    tally: Tally,
    said: usize,
}

/// Plays an evening, and panics where a chat breaks a promise. Gives what came up on the way.
pub(crate) fn play(bytes: &[u8]) -> Tally {
    let options = Options {
        json_history_len: 3,
        plain_history_len: 2,
        ..Options::default()
    };
    let mut evening = Evening {
        script: Script(bytes),
        hall: Hall::new(options),
        people: Vec::new(),
        tally: Tally::default(),
        said: 0,
    };
    while let Some(step) = evening.script.next() {
        evening.step(step);
        evening.look();
    }
    evening.end();
    evening.tally
}

impl Evening<'_> {
    fn step(&mut self, step: u8) {
        match step % 16 {
            0 | 1 => self.open(),
            2 | 3 => self.username(),
            4..=6 => self.message(),
            7 => {
                if let Some(person) = self.person() {
                    self.resume(person);
                }
            }
            8 => self.anything(),
            9 => self.of_a_form(),
            10 => self.leave(),
            11 | 12 => {
                let wait = [1, 100, 1000, 3000, 10_000][self.script.pick(5)];
                self.hall.pass(Duration::from_millis(wait));
            }
            13 => {
                let room = ROOMS[self.script.pick(2)];
                let room = Protocol::Json.channel(room).unwrap();
                match self.script.pick(2) {
                    0 => self.hall.lose(&room),
                    _ => self.hall.engine.restart(&room),
                }
            }
            14 => self.hall.engine.is_down = self.script.pick(4) == 0,
            _ => self.transport(),
        }
    }

    // What people do

    fn open(&mut self) {
        let protocol = Protocol::ALL[self.script.pick(8).min(3)];
        // Most of them are in the JSON chat.
        let protocol = match self.script.pick(3) {
            0 => protocol,
            _ => Protocol::Json,
        };
        let room = ROOMS[self.script.pick(ROOMS.len())];
        let known = KNOWN[self.script.pick(KNOWN.len())];
        let comes_back = self.script.pick(2) == 1;
        if self.people.len() < PEOPLE_MAX {
            let session = self.hall.open_as(protocol, room, known);
            self.people.push(Person {
                session,
                protocol,
                room,
                known,
                name: None,
                list: None,
                place: None,
                floor: 0,
                asked: None,
                is_slow: false,
            });
            if comes_back {
                self.resume(self.people.len() - 1);
            }
        }
    }

    fn person(&mut self) -> Option<usize> {
        let index = self.script.pick(PEOPLE_MAX);
        index.checked_rem(self.people.len())
    }

    fn say(&mut self, person: usize, value: &Value) {
        let session = self.people[person].session;
        self.hall.say(session, &value.to_string());
    }

    fn username(&mut self) {
        let name = match self.script.pick(NAMES.len() + 1) {
            index if index < NAMES.len() => NAMES[index].to_owned(),
            _ => self.script.text(),
        };
        if let Some(person) = self.person() {
            self.say(
                person,
                &serde_json::json!({"type": "username", "name": name}),
            );
        }
    }

    fn message(&mut self) {
        self.said += 1;
        let text = match self.script.pick(8) {
            0 => self.script.text(),
            1 => "x".repeat(TEXT_CHARS_MAX + self.script.pick(2)),
            _ => self.said.to_string(),
        };
        let key = self.script.pick(8);
        let Some(person) = self.person() else {
            return;
        };
        if self.people[person].protocol != Protocol::Json {
            let session = self.people[person].session;
            return self.hall.say(session, &format!("Ann: {text}"));
        }
        let mut message = serde_json::json!({"type": "message", "text": text});
        if key < 2 {
            message["key"] = Value::from(key.to_string());
        }
        self.say(person, &message);
    }

    /// Says what somebody saw last, or what nobody did.
    fn resume(&mut self, person: usize) {
        let (from, kind) = (self.person(), self.script.pick(4));
        let seen = from.and_then(|from| self.people[from].place.clone());
        let (epoch, offset) = match (kind, seen) {
            (0, _) | (_, None) => (kind.to_string(), self.script.pick(9) as u64),
            (_, Some((epoch, offset))) => (epoch, offset.unwrap_or_default()),
        };
        let known = &mut self.people[person];
        if known.place.is_none() && known.asked.is_none() && !known.is_slow {
            known.asked = Some((epoch.clone(), offset));
        }
        let resume = serde_json::json!({"type": "resume", "epoch": epoch, "offset": offset});
        self.say(person, &resume);
    }

    fn anything(&mut self) {
        let (is_text, text) = (self.script.pick(4) > 0, self.script.text());
        let Some(person) = self.person() else {
            return;
        };
        let session = self.people[person].session;
        if is_text {
            self.hall.say(session, &text);
        } else {
            self.hall.say_bytes(session, text.as_bytes());
        }
    }

    /// An object that is a message but for one field.
    fn of_a_form(&mut self) {
        let kind = ["username", "message", "resume", "id"][self.script.pick(4)];
        let field = ["type", "name", "text", "key", "epoch", "offset"][self.script.pick(6)];
        let values = [
            "null",
            "true",
            "-1",
            "1e9",
            "[]",
            "{}",
            "\"\"",
            "\"\\u0000\"",
        ];
        let value = values[self.script.pick(values.len())];
        if let Some(person) = self.person() {
            let session = self.people[person].session;
            let text = format!(r#"{{"type":"{kind}","text":"t","{field}":{value}}}"#);
            self.hall.say(session, &text);
        }
    }

    fn leave(&mut self) {
        if let Some(person) = self.person() {
            let person = self.people.remove(person);
            self.hall.leave(person.session);
        }
    }

    fn transport(&mut self) {
        let room = self.script.pick(8);
        if let Some(person) = self.person() {
            let person = &mut self.people[person];
            person.is_slow = true;
            let room = Some(room).filter(|room| *room > 0);
            self.hall.set_room(person.session, room);
        }
    }

    // What comes of it

    fn look(&mut self) {
        for person in &mut self.people {
            while let Some(frame) = self.hall.next(person.session) {
                let Frame::Text(text) = frame else {
                    panic!("bytes, which nobody published");
                };
                match person.protocol {
                    Protocol::Json => person.look(&text, &mut self.tally),
                    _ => look_at_line(person.protocol, &text, &mut self.tally),
                }
            }
        }
        let hall = &self.hall;
        let before = self.people.len();
        self.people
            .retain(|person| hall.closed(person.session).is_none());
        self.tally.closed += before - self.people.len();
        self.check_names();
    }

    /// Nobody has a name that somebody else has.
    fn check_names(&self) {
        let quick = self.people.iter().filter(|person| !person.is_slow);
        let named: Vec<&Person> = quick.filter(|person| person.name.is_some()).collect();
        for (index, one) in named.iter().enumerate() {
            for other in &named[index + 1..] {
                let is_same = one.room == other.room && one.name == other.name;
                let is_one = one.known.is_some() && one.known == other.known;
                assert!(!is_same || is_one, "{one:?} and {other:?}");
            }
        }
    }

    /// Everything works again, and everybody is told who is there.
    fn end(&mut self) {
        self.hall.engine.is_down = false;
        for person in &self.people {
            self.hall.set_room(person.session, None);
        }
        self.hall.pass(Duration::from_secs(60));
        self.look();
        for room in ROOMS {
            let here = |person: &&Person| person.protocol == Protocol::Json && person.room == room;
            let names = self.people.iter().filter(here);
            let names: BTreeSet<String> = names.filter_map(|person| person.name.clone()).collect();
            for person in self.people.iter().filter(here) {
                assert!(person.place.is_some(), "{person:?} is outside");
                assert_eq!(person.list.as_ref(), Some(&names), "{person:?}");
            }
        }
    }
}

fn look_at_line(protocol: Protocol, line: &str, tally: &mut Tally) {
    tally.lines += 1;
    match protocol {
        Protocol::Plain => assert!(line.chars().count() <= PLAIN_CHARS_MAX, "{line:?}"),
        Protocol::Nick => assert!(line.contains(": "), "{line:?}"),
        _ => assert!(line.ends_with('!'), "{line:?}"),
    }
}

impl Person {
    /// Looks at a frame of the JSON chat.
    fn look(&mut self, text: &str, tally: &mut Tally) {
        let value: Value = serde_json::from_str(text).unwrap();
        let kind = value["type"].as_str().unwrap();
        assert!(TYPES.contains(&kind), "{text}");
        assert!(value["date"].is_u64(), "{text}");
        let of = |field: &str| value[field].as_str().unwrap().to_owned();
        match kind {
            "joined" => self.joined(&value, tally),
            "message" => self.message(&value, tally),
            "named" => {
                tally.named += 1;
                self.name = Some(of("name"));
            }
            "rejectusername" => {
                tally.rejected += 1;
                assert!(!of("reason").is_empty());
            }
            "userlist" => self.listed(&value),
            "ended" => {
                tally.ended += 1;
                self.name = None;
                self.place = None;
                self.asked = None;
            }
            "error" => {
                tally.errors += 1;
                assert!(value["code"].is_u64() && !of("reason").is_empty(), "{text}");
            }
            _ => {}
        }
    }

    fn joined(&mut self, value: &Value, tally: &mut Tally) {
        let epoch = value["epoch"].as_str().unwrap().to_owned();
        let offset = value["offset"].as_u64().unwrap();
        self.floor = offset;
        let after = match value.get("recovered").and_then(Value::as_bool) {
            None => None,
            // The newest follow.
            Some(false) => {
                tally.lost += 1;
                None
            }
            Some(true) => {
                tally.recovered += 1;
                let asked = self.asked.clone();
                if let Some((known, _)) = &asked {
                    assert_eq!(*known, epoch, "recovered from another life");
                }
                asked.map(|(_, offset)| offset)
            }
        };
        self.asked = None;
        self.place = Some((epoch, after));
    }

    /// A message follows the one before it, or is within what may be replayed.
    fn message(&mut self, value: &Value, tally: &mut Tally) {
        tally.messages += 1;
        let offset = value["offset"].as_u64().unwrap();
        let (epoch, last) = self.place.as_mut().expect("a message of a room");
        assert_eq!(value["epoch"], **epoch);
        match last {
            Some(last) => assert_eq!(*last + 1, offset, "a message is missing or comes twice"),
            None => assert!(offset <= self.floor + 1, "a message is missing"),
        }
        *last = Some(offset);
    }

    fn listed(&mut self, value: &Value) {
        let users = value["users"].as_array().unwrap();
        assert!(users.len() <= USER_LIST_LEN_MAX);
        assert_eq!(value["count"], users.len());
        let list: BTreeSet<String> = users
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(list.len(), users.len(), "{users:?} has somebody twice");
        self.list = Some(list);
    }
}
