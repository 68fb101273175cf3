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

Every bound that a peer, a client or a script can push against, with its value and its reason. The
page is made from the source by `cargo xtask limits --write`, and a test compares the two. What can
be set is in [docs/configuration.md](configuration.md) for the server, and in `Config` and the
builders of the library; the value here is then the default. What goes over a bound is refused with
the bound's name and number, and nothing else is lost.
";

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
        for Limit { name, value, words } in limits {
            let _ = writeln!(page, "| `{name}` | `{value}` | {words} |");
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
