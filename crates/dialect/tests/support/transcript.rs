//! Transcripts of chats, as the documents have them, from real sessions.
//!
//! `ann connects` and `ann connects as Ann` open a connection, the latter of a user whom the server
//! knows by that name; `ann > TEXT` sends a message; `ann sends bytes`, `ann sends nothing`, `ann
//! leaves`, `5 s pass` and `something is lost` are what they say. After each comes what the clients
//! get by it: `ann < TEXT` and `ann is closed CODE REASON`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::hall::Hall;
use sockeye_dialect::Frame;
use sockeye_dialect::chat::{Options, Protocol};
use sockeye_hub::SessionId;

/// The room that transcripts are in.
const ROOM: &str = "lobby";

/// A block of a document.
#[derive(Debug)]
pub(crate) struct Transcript<'a> {
    pub(crate) protocol: Protocol,
    /// Where it begins, for messages.
    pub(crate) line: usize,
    pub(crate) lines: Vec<&'a str>,
}

/// The transcripts of a document: its blocks whose info string is `text` and a protocol.
pub(crate) fn transcripts(document: &str) -> Vec<Transcript<'_>> {
    let mut found: Vec<Transcript<'_>> = Vec::new();
    let mut is_inside = false;
    for (number, line) in (1..).zip(document.lines()) {
        if let Some(info) = line.strip_prefix("```") {
            let protocol = match info {
                "text json" => Some(Protocol::Json),
                "text plain" => Some(Protocol::Plain),
                "text nick" => Some(Protocol::Nick),
                "text greeting" => Some(Protocol::Greeting),
                _ => None,
            };
            is_inside = protocol.is_some();
            found.extend(protocol.map(|protocol| Transcript {
                protocol,
                line: number,
                lines: Vec::new(),
            }));
        } else if is_inside {
            if let Some(transcript) = found.last_mut() {
                transcript.lines.push(line);
            }
        }
    }
    found
}

/// What a transcript is if its own lines are carried out: they, and what comes of each.
pub(crate) fn record(transcript: &Transcript<'_>) -> Vec<String> {
    let mut hall = Hall::new(Options::default());
    let mut people: BTreeMap<&str, SessionId> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in &transcript.lines {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        if what.starts_with("< ") || what.starts_with("is closed ") {
            continue;
        }
        lines.push((*line).to_owned());
        if let Some(name) = what.strip_prefix("connects") {
            let name = name.strip_prefix(" as ");
            let session = hall.open_as(transcript.protocol, ROOM, name);
            people.insert(who, session);
        } else {
            act(&mut hall, transcript.protocol, line, people.get(who));
        }
        for (who, session) in &people {
            while let Some(frame) = hall.next(*session) {
                lines.push(format!("{who} < {}", shown(&frame)));
            }
        }
        people.retain(|who, session| {
            let closed = hall.closed(*session);
            lines.extend(
                closed
                    .iter()
                    .map(|closed| format!("{who} is closed {closed}")),
            );
            closed.is_none()
        });
    }
    lines
}

fn act(hall: &mut Hall, protocol: Protocol, line: &str, session: Option<&SessionId>) {
    if let Some(seconds) = line.strip_suffix(" s pass") {
        return hall.pass(Duration::from_secs(seconds.parse().unwrap()));
    }
    if line == "something is lost" {
        return hall.lose(&protocol.channel(ROOM).unwrap());
    }
    let session = *session.unwrap_or_else(|| panic!("who is in {line:?}?"));
    let (_, what) = line.split_once(' ').unwrap_or_default();
    match what {
        "sends bytes" => hall.say_bytes(session, b"bytes"),
        "sends nothing" => hall.say(session, ""),
        "leaves" => hall.leave(session),
        _ => match what.strip_prefix("> ") {
            Some(text) => hall.say(session, text),
            None => panic!("{line:?} is no line of a transcript"),
        },
    }
}

/// A frame as a document can show it.
fn shown(frame: &Frame) -> String {
    match frame {
        Frame::Text(text) => text.replace('\u{202e}', "\\u202e"),
        Frame::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}
