//! What clients are told: one function for each type of message. Owns the order of the fields; text
//! of people is escaped as JSON wants it and not otherwise, as it is no markup.

use std::fmt::Write;

use serde_json::Value;
use sockeye_hub::{
    Change, End, Entry, Member, News, Position, Recovery, Refused, SessionId, Subscribed,
};

use super::fault::{Excess, Fault, Reason};
use crate::act::Frame;
use crate::limits::USER_LIST_LEN_MAX;
use crate::session::Now;

/// Who said something that no client did.
const SERVER: &str = "server";

/// One JSON object, field after field.
#[derive(Debug)]
struct Object(String);

impl Object {
    fn new(kind: &str) -> Self {
        Self(String::from("{")).text("type", kind)
    }

    fn text(self, field: &str, text: &str) -> Self {
        self.value(field, &Value::from(text))
    }

    fn number(self, field: &str, number: u64) -> Self {
        self.value(field, &Value::from(number))
    }

    fn value(mut self, field: &str, value: &Value) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        // Writing to a string does not fail.
        let _ = write!(self.0, "\"{field}\":{value}");
        self
    }

    fn position(self, position: Position) -> Self {
        self.text("epoch", &position.epoch.0.to_string())
            .number("offset", position.offset)
    }

    fn excess(self, excess: Option<Excess>) -> Self {
        match excess {
            Some(Excess::Chars { chars, chars_max }) => self
                .number("chars", number(chars))
                .number("chars_max", number(chars_max)),
            Some(Excess::Bytes { len, len_max }) => self
                .number("bytes", number(len))
                .number("bytes_max", number(len_max)),
            Some(Excess::Marks { marks, marks_max }) => self
                .number("marks", number(marks))
                .number("marks_max", number(marks_max)),
            Some(Excess::People { people_max }) => self.number("people_max", number(people_max)),
            None => self,
        }
    }

    fn key(self, key: Option<&str>) -> Self {
        match key {
            Some(key) => self.text("key", key),
            None => self,
        }
    }

    fn id(self, session: SessionId) -> Self {
        self.text("id", &session.0.to_string())
    }

    /// The last field of all messages: when it was, for people.
    fn date(self, unix_ms: u64) -> Frame {
        let mut object = self.number("date", unix_ms).0;
        object.push('}');
        Frame::Text(object.into())
    }
}

/// What subscribers get for a channel's news.
pub(in crate::chat) fn encode(now: Now, news: &News) -> Option<Frame> {
    match news {
        News::Entry(entry) => message(entry),
        News::Change(change) => match &**change {
            Change::Joined(member) => Some(username(now, member)),
            // The list that follows says so.
            Change::Left(_) => None,
        },
        News::Members(members) => Some(userlist(now, members)),
    }
}

/// What somebody said. `None` for bytes, which the chat has no words for.
pub(super) fn message(entry: &Entry) -> Option<Frame> {
    let publication = &entry.publication;
    let text = publication.payload.as_text()?;
    let publisher = publication.publisher.as_ref();
    let user = publisher.and_then(|publisher| publisher.user.as_ref());
    let name = publication.tags.get("name").map(String::as_str);
    let name = name.or_else(|| user.map(sockeye_hub::UserId::as_str));
    let object = Object::new("message");
    let object = match publisher.and_then(|publisher| publisher.session) {
        Some(session) => object.id(session),
        None => object,
    };
    let object = object
        .text("name", name.unwrap_or(SERVER))
        .text("text", text)
        .position(entry.position);
    Some(object.date(publication.time_ms))
}

/// Somebody signed in.
fn username(now: Now, member: &Member) -> Frame {
    Object::new("username")
        .text("name", &member.info)
        .date(now.unix_ms)
}

/// Who is there.
pub(super) fn userlist(now: Now, members: &[Member]) -> Frame {
    let shown = members.iter().take(USER_LIST_LEN_MAX);
    let users: Vec<Value> = shown.map(|member| Value::from(&*member.info)).collect();
    let count = u64::try_from(members.len()).unwrap_or(u64::MAX);
    Object::new("userlist")
        .value("users", &Value::from(users))
        .number("count", count)
        .date(now.unix_ms)
}

/// The first message: the client's number.
pub(super) fn id(now: Now, session: SessionId) -> Frame {
    Object::new("id").id(session).date(now.unix_ms)
}

/// The client is in its room. Older messages follow, then live ones.
pub(super) fn joined(now: Now, room: &str, subscribed: &Subscribed) -> Frame {
    let object = Object::new("joined")
        .text("room", room)
        .position(subscribed.position);
    let object = match subscribed.recovery {
        Recovery::NotAsked => object,
        Recovery::Recovered => object.value("recovered", &Value::from(true)),
        Recovery::Lost => object.value("recovered", &Value::from(false)),
    };
    object.date(now.unix_ms)
}

/// The client has another name than it asked for.
pub(super) fn rejectusername(now: Now, name: &str, asked: &str, reason: &Reason) -> Frame {
    let object = Object::new("rejectusername")
        .text("name", name)
        .text("asked", asked)
        .number("code", reason.code().into())
        .text("reason", &reason.to_string())
        .excess(reason.excess());
    let object = match reason.character() {
        Some(character) => object.text("character", &format!("U+{:04X}", u32::from(character))),
        None => object,
    };
    object.date(now.unix_ms)
}

/// The client's name.
pub(super) fn named(now: Now, name: &str) -> Frame {
    Object::new("named").text("name", name).date(now.unix_ms)
}

/// A message with a key is published, or was.
pub(super) fn accepted(now: Now, key: &str, position: Position) -> Frame {
    Object::new("accepted")
        .text("key", key)
        .position(position)
        .date(now.unix_ms)
}

/// The client is not in its room any more.
pub(super) fn ended(now: Now, end: End) -> Frame {
    Object::new("ended")
        .number("code", end.code().into())
        .text("reason", end.reason())
        .value("resume", &Value::from(end.is_resubscribe()))
        .date(now.unix_ms)
}

/// Something that the client sent is nothing; `key` is that of the message, where it has one.
pub(super) fn fault(now: Now, fault: &Fault, key: Option<&str>) -> Frame {
    let object = Object::new("error")
        .number("code", fault.code().into())
        .text("reason", &fault.to_string());
    let object = match fault.field() {
        Some(field) => object.text("field", field),
        None => object,
    };
    let object = object.excess(fault.excess());
    let number = |number| u64::try_from(number).unwrap_or(u64::MAX);
    let object = match fault.place() {
        Some((line, column)) => object
            .number("line", number(line))
            .number("column", number(column)),
        None => object,
    };
    object.key(key).date(now.unix_ms)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The hub did not carry something out.
pub(super) fn refused(now: Now, refused: &Refused, key: Option<&str>) -> Frame {
    let object = Object::new("error")
        .number("code", refused.refusal.code().into())
        .text("reason", &refused.to_string());
    let object = match refused.denied {
        Some(denied) => object.text("action", denied.word()),
        None => object,
    };
    let object = match refused.bound {
        Some(bound) => object
            .text("limit", bound.limit.word())
            .number("max", number(bound.max)),
        None => object,
    };
    let object = match refused.retry_after {
        Some(wait) => {
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            object.number("retry_after_ms", millis)
        }
        None => object,
    };
    object.key(key).date(now.unix_ms)
}
