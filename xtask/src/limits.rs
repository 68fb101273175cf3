//! `cargo xtask limits [--write]`: the page of all bounds, made from the crates' `limits.rs`, so
//! that no number stands twice. Also an ordinary test. Never judges a number.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::process::{self, Outcome};
use crate::source;

/// The page.
const PAGE: &str = "docs/limits.md";

/// The crates with bounds, from the wire to the program, and what each is in a few words.
const CRATES: [(&str, &str); 6] = [
    ("proto", "the protocol"),
    ("net", "connections"),
    ("hub", "channels"),
    ("dialect", "the chats"),
    ("server", "the server"),
    ("js", "scripts"),
];

const INTRODUCTION: &str = "\
# Limits

Every bound that a peer, a client or a script can push against, with its value and its reason. \
What goes over a bound is refused with the bound's name and number, and nothing else is lost.
The page is made from the source by `cargo xtask limits --write`, and a test compares the two. \
What can be set is in [docs/configuration.md](configuration.md) for the server, and in `Config` \
and the builders of the library; the value here is then the default. Those of the hub that \
`sockeye serve` has no setting for say why.
";

/// The bounds of the hub that the server has no setting for, and why.
const NOT_SET: [(&str, &str); 25] = [
    (
        "CHANNEL_NAME_LEN_MAX",
        "part of what a channel is; rooms are shorter, `ROOM_LEN_MAX`",
    ),
    (
        "USER_ID_LEN_MAX",
        "part of what a user is, for all dialects and stored forms",
    ),
    (
        "PAYLOAD_LEN_MAX",
        "`chat.text_chars_max` is lower: 2,000 characters are at most 8,000 bytes",
    ),
    ("EVENT_LEN_MAX", "no chat has events"),
    (
        "IDEMPOTENCY_KEY_LEN_MAX",
        "the chats' keys are shorter, `KEY_LEN_MAX`",
    ),
    ("TAGS_MAX", "the chats set one tag, the name; no client can"),
    ("TAG_LEN_MAX", "that name keeps to `chat.name_chars_max`"),
    ("PUBLICATION_OVERHEAD", "an estimate of our own structures"),
    (
        "PUBLISH_CHANNELS_MAX",
        "the chats publish to one room at a time",
    ),
    (
        "IDEMPOTENCY_KEYS_MAX",
        "their memory is in `hub.history_len_max`, their time is `hub.key_age_max`",
    ),
    ("KEY_OVERHEAD", "an estimate of our own structures"),
    (
        "PAGE_LEN_MAX",
        "the range of the chats' `*_history_len`, which say what is shown",
    ),
    (
        "PAGE_BYTES_MAX",
        "the part of what a client is owed, `hub.replay_len_max`, that one page may be",
    ),
    (
        "SESSIONS_MAX",
        "follows `limits.connections_max` where that is more",
    ),
    (
        "SESSION_KEEP",
        "the chats' sessions end with their connection",
    ),
    ("FRAME_OVERHEAD", "an estimate of our own structures"),
    (
        "PERMISSION_RULES_MAX",
        "tokens bring fewer, `PERMISSIONS_MAX`",
    ),
    (
        "QUEUE_SPARE",
        "what is kept for speed, not what a peer can take",
    ),
    (
        "TURN_WAIT_MAX",
        "follows from `hub.channel_messages_per_second_max`; nothing is refused by it",
    ),
    (
        "CHANNEL_PREFIXES_MAX",
        "one for each kind of chat, which no configuration adds to",
    ),
    (
        "ROSTER_EAGER_MAX",
        "how a list is paced; nothing is refused by it",
    ),
    (
        "ROSTER_PACE",
        "how a list is paced; nothing is refused by it",
    ),
    (
        "MEMBER_INFO_LEN_MAX",
        "the chats tell a name, which keeps to `chat.name_chars_max`",
    ),
    (
        "CLAIM_NAMES_MAX",
        "the chats offer ten, which no client chooses",
    ),
    ("LEASE_RENEWAL", "a third of `hub.presence_lease`"),
];

/// A bound, as its file says it.
struct Limit {
    name: String,
    value: String,
    words: String,
}

/// Compares the page, or writes it.
pub(crate) fn run(args: &[String]) -> Outcome {
    let root = process::root();
    if process::is_given(args, "--write")? {
        let written = fs::write(root.join(PAGE), page(&root)?);
        written.map_err(|error| format!("cannot write {PAGE}: {error}"))
    } else {
        check(&root)
    }
}

fn check(root: &Path) -> Outcome {
    if source::read_text(root, PAGE)? == page(root)? {
        println!("limits: {PAGE} says what the source says");
        return Ok(());
    }
    Err(format!(
        "{PAGE} is not what the source says: cargo xtask limits --write"
    ))
}

fn page(root: &Path) -> Result<String, String> {
    let mut page = INTRODUCTION.to_owned();
    for (name, words) in CRATES {
        let path = format!("crates/{name}/src/limits.rs");
        let limits = parse(&source::read_text(root, &path)?);
        if limits.is_empty() {
            return Err(format!("{path} has no bounds that can be read"));
        }
        // Writing into a string does not fail.
        let _ = write!(
            page,
            "\n## `{name}`: {words}\n\n| bound | value | what |\n|---|---|---|\n"
        );
        for limit in limits {
            let known = NOT_SET.iter().filter(|_| name == "hub");
            let reason = known.copied().find(|(known, _)| *known == limit.name);
            let Limit { name, value, words } = limit;
            let _ = write!(page, "| `{name}` | `{value}` | {words}");
            if let Some((_, reason)) = reason {
                let _ = write!(page, " **Not a setting**: {reason}.");
            }
            page.push_str(" |\n");
        }
    }
    Ok(page)
}

/// The public constants of a file, in its order.
fn parse(text: &str) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut words = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(said) = line.strip_prefix("///") {
            words.push(said.trim());
        } else if let Some(declared) = line.strip_prefix("pub const ") {
            let mut declared = declared.to_owned();
            while !declared.ends_with(';') {
                let Some(more) = lines.next() else { break };
                declared.push_str(more.trim());
            }
            limits.extend(limit(&declared, &words));
            words.clear();
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            words.clear();
        }
    }
    limits
}

fn limit(declared: &str, words: &[&str]) -> Option<Limit> {
    let (name, rest) = declared.split_once(':')?;
    let (_, value) = rest.split_once('=')?;
    // A bar would end the cell; a link to another item leads nowhere on this page.
    let words = words.join(" ").replace("[`", "`").replace("`]", "`");
    let plain = |text: &str| text.replace('|', "\\|");
    Some(Limit {
        name: name.trim().to_owned(),
        value: plain(value.trim().trim_end_matches(';')),
        words: plain(&without_targets(&words)),
    })
}

/// Links lose their targets behind the name: `` `NAME`(path) `` is only the name.
fn without_targets(words: &str) -> String {
    let mut text = String::new();
    let mut parts = words.split("`(");
    text.extend(parts.next());
    for part in parts {
        let rest = part.split_once(')').map_or(part, |(_, rest)| rest);
        text.push('`');
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the settings of the hub have their defaults.
    const OPTIONS: [&str; 2] = [
        "crates/server/src/options/chats.rs",
        "crates/server/src/options/hub.rs",
    ];

    /// The page would show other numbers than the program has, or leave some out.
    #[test]
    fn page_says_what_the_source_says() {
        let root = process::root();
        let committed = source::read_text(&root, PAGE).unwrap();
        assert!(
            committed == page(&root).unwrap(),
            "cargo xtask limits --write"
        );
    }

    /// Somebody could not change a bound of the hub, and would not find out why.
    #[test]
    fn bound_of_the_hub_is_the_default_of_a_setting_or_has_a_reason() {
        let root = process::root();
        let text = |path: &str| source::read_text(&root, path).unwrap();
        let options = OPTIONS.map(text).concat();
        let is_default = |name: &str| {
            let words = |c: char| !c.is_ascii_alphanumeric() && c != '_';
            let code = options
                .lines()
                .filter(|line| !line.trim().starts_with("//"));
            code.flat_map(|line| line.split(words))
                .any(|word| word == name)
        };
        for Limit { name, .. } in parse(&text("crates/hub/src/limits.rs")) {
            let has_reason = NOT_SET.iter().any(|(known, _)| *known == name);
            assert!(is_default(&name) != has_reason, "{name}");
        }
        for (name, _) in NOT_SET {
            let declared = format!("pub const {name}:");
            assert!(
                text("crates/hub/src/limits.rs").contains(&declared),
                "{name}"
            );
        }
    }

    /// A bound whose value or words are lost would be a row that helps nobody.
    #[test]
    fn constants_become_rows_with_their_value_and_all_their_words() {
        let text = "//! File.\n\n/// Not of A.\n\n/// Most of [`B`](crate::b), or\n/// of [`C`].\n\
                    #[cfg(x)]\npub const A: usize =\n    1 | 2;\nconst PRIVATE: u8 = 1;\n\
                    pub const D: Duration = Duration::from_secs(5);\n";
        let rows: Vec<_> = parse(text)
            .into_iter()
            .map(|limit| (limit.name, limit.value, limit.words))
            .collect();
        let row = |name: &str, value: &str, words: &str| {
            (name.to_owned(), value.to_owned(), words.to_owned())
        };
        let expected = [
            row("A", "1 \\| 2", "Most of `B`, or of `C`."),
            row("D", "Duration::from_secs(5)", ""),
        ];
        assert_eq!(rows, expected);
    }
}
