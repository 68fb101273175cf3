//! `docs/chat-protocols.md`, `docs/chat-json.md` and `docs/chat-names.md` against the code: what
//! they say is what happens. `UPDATE=1` writes what clients get into their transcripts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::support::transcript::{record, transcripts};
use sockeye_dialect::chat::Protocol;
use sockeye_dialect::limits;
use sockeye_hub::limits::MEMBERS_MAX;
use sockeye_hub::{End, Limit, Refusal};

/// The chats in common, the JSON chat, and names in it.
const PAGES: [&str; 3] = ["chat-protocols.md", "chat-json.md", "chat-names.md"];

fn path(page: &str) -> PathBuf {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    docs.join(page)
}

fn page(page: &str) -> String {
    std::fs::read_to_string(path(page)).unwrap()
}

/// If this fails, whoever writes a client by the document writes one that does not work.
#[test]
fn each_transcript_of_the_documents_is_what_happens() {
    let mut shown = BTreeSet::new();
    for name in PAGES {
        let document = page(name);
        let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
        for transcript in transcripts(&document).iter().rev() {
            shown.insert(transcript.protocol);
            let inside = transcript.line..transcript.line + transcript.lines.len();
            lines.splice(inside, record(transcript));
        }
        let recorded = lines.join("\n") + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path(name), &recorded).unwrap();
        }
        for (number, (written, happened)) in (1..).zip(document.lines().zip(recorded.lines())) {
            assert_eq!(written, happened, "{name}, line {number}");
        }
        assert_eq!(document, recorded, "{name}");
    }
    assert_eq!(shown, BTreeSet::from(Protocol::ALL));
}

/// The texts in backquotes in the first column of the document's tables.
fn first_columns(document: &str) -> BTreeSet<&str> {
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once("` |")?.0))
        .collect()
}

/// If this fails, a type of message is not in the tables, or is nowhere shown.
#[test]
fn tables_have_the_types_that_the_transcripts_show() {
    let (document, names) = (page("chat-json.md"), page("chat-names.md"));
    let known = first_columns(&document);
    let mut shown = BTreeSet::new();
    for transcript in transcripts(&document)
        .into_iter()
        .chain(transcripts(&names))
    {
        for line in transcript.lines {
            let kind = line.split_once(r#"{"type":""#);
            shown.extend(kind.and_then(|(_, rest)| Some(rest.split_once('"')?.0)));
        }
    }
    // Types that the transcripts of bad input have.
    assert!(shown.remove("shout"));
    let tables: BTreeSet<&str> = known.into_iter().filter(|kind| *kind != "type").collect();
    assert_eq!(tables, shown);
}

/// If this fails, the document promises another bound than the code has.
#[test]
fn table_of_limits_has_the_numbers_of_the_code() {
    let document = page("chat-protocols.md");
    for (what, limit) in [
        (
            "message of a client in the JSON chat, in bytes",
            limits::MESSAGE_LEN_MAX,
        ),
        (
            "text in the JSON and the nickname chat, in characters",
            limits::TEXT_CHARS_MAX,
        ),
        (
            "text in the plain chat, in characters",
            limits::PLAIN_CHARS_MAX,
        ),
        ("name, in characters", limits::NAME_CHARS_MAX),
        (
            "name without case and spaces, in bytes",
            limits::NAME_KEY_LEN_MAX,
        ),
        ("key of a message, in bytes", limits::KEY_LEN_MAX),
        ("room, in bytes", limits::ROOM_LEN_MAX),
        (
            "people with a name in one room of the JSON chat",
            MEMBERS_MAX,
        ),
        ("names in a `userlist`", limits::USER_LIST_LEN_MAX),
        (
            "messages that wait for their sender's name",
            limits::UNNAMED_MESSAGES_MAX,
        ),
        (
            "bad messages in a row until the JSON chat ends",
            limits::FAULTS_MAX as usize,
        ),
        (
            "older messages that a JSON chat shows who joins",
            limits::JSON_HISTORY_LEN,
        ),
    ] {
        let row = format!("| {what} | {limit} |");
        assert!(document.contains(&row), "{row}");
    }
}

/// If this fails, a client cannot look up a code that it gets.
#[test]
fn tables_of_codes_are_complete() {
    let document = page("chat-protocols.md");
    for refusal in Refusal::ALL {
        let row = format!("| {} | {} | ", refusal.code(), refusal.reason());
        assert!(document.contains(&row), "{row}");
    }
    for end in End::ALL {
        let row = format!("| {} | {} |", end.code(), end.reason());
        assert!(document.contains(&row), "{row}");
    }
}

/// If this fails, a client cannot look up a bound that it is told it met.
#[test]
fn table_of_bounds_is_complete() {
    let document = page("chat-protocols.md");
    for limit in Limit::ALL {
        let (word, code) = (limit.word(), limit.refusal().code());
        let row = format!("| `{word}` | {code} | {} |", limit.counted());
        assert!(document.contains(&row), "{row}");
    }
}
