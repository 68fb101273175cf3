//! Whether every async function of the library is among the cases. The source is the list: a new
//! function that nobody dropped fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::knife::Case;
use crate::{halves, http, opening, streams, tcp, tls, views, web, websocket};

/// What the cases are for.
fn tried() -> BTreeSet<String> {
    let tables: [&[Case]; 9] = [
        halves::CASES,
        http::CASES,
        opening::CASES,
        streams::CASES,
        tcp::CASES,
        tls::CASES,
        views::CASES,
        web::CASES,
        websocket::CASES,
    ];
    let names = tables.into_iter().flatten().map(|(name, _)| *name);
    names
        .chain(http::READY_AT_ONCE.iter().copied())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_async_function_of_the_library_is_dropped_at_every_poll_by_a_case() {
    let found: BTreeSet<String> = source()
        .iter()
        .flat_map(|text| waiting(text))
        .map(|found| found.name)
        .collect();
    assert!(found.len() > 40, "the source was not understood: {found:?}");
    let tried = tried();
    let untried: Vec<_> = found.difference(&tried).collect();
    assert!(untried.is_empty(), "no case drops these: {untried:?}");
    let gone: Vec<_> = tried.difference(&found).collect();
    assert!(
        gone.is_empty(),
        "these are not in the source any more: {gone:?}"
    );
}

#[test]
fn every_async_function_says_what_dropping_it_does() {
    let all = source();
    let silent: Vec<_> = all
        .iter()
        .flat_map(|text| waiting(text))
        .filter(|found| !found.name.contains(" for ") && !found.docs.contains("# Cancel safety"))
        .map(|found| found.name)
        .collect();
    assert!(silent.is_empty(), "no `# Cancel safety`: {silent:?}");
}

#[test]
fn functions_of_each_form_are_found_in_source() {
    let text = "\
/// # Cancel safety
pub async fn free() {}
impl<T: A<B>> Own<T> {
    pub fn made(
    ) -> impl Future<Output = ()> {
    }
    pub fn plain() {
    }
    async fn private() {
    }
}
impl<T> Sink<Item> for $sink<T> {
    fn poll_ready() {
        ready!(it);
    }
}
sinks!(One);
sinks!(Two);
impl<S: Sync> Part<S> for Own {
    async fn part() {}
}
impl Clone for Own {
    fn clone() {}
}
#[cfg(test)]
mod tests {
    pub async fn not_me() {}
}
";
    let found = waiting(text);
    let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
    let expected = [
        "free",
        "Own::made",
        "Sink for One",
        "Sink for Two",
        "Part for Own",
    ];
    assert_eq!(names, expected);
    assert_eq!(found[0].docs.trim(), "/// # Cancel safety");
}

/// The scripted peer is a tool of tests, which let each of its steps end, and so is its transport:
/// they are no part of what is promised, and say so.
#[test]
fn scripted_peer_says_that_its_steps_are_not_to_be_dropped() {
    let docs = fs::read_to_string(folder().join("testing.rs")).unwrap();
    assert!(docs.contains("//! # Cancel safety\n//! Dropping a future of [`Peer`] may lose"));
}

/// A function that may wait, or the trait by which a type is polled.
struct Found {
    name: String,
    docs: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of the library, but for the scripted peer's.
fn source() -> Vec<String> {
    let mut files = Vec::new();
    collect(&folder(), &mut files);
    let is_promised = |path: &PathBuf| {
        let part = path.strip_prefix(folder()).unwrap();
        !part.starts_with("testing") && part != Path::new("pipe.rs")
    };
    files.retain(is_promised);
    files.sort();
    files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if !path.ends_with("tests.rs") && !path.ends_with("models.rs") {
            files.push(path);
        }
    }
}

/// What may wait in a file as rustfmt writes it: public async functions, those that return a
/// future, and traits with polling or async methods.
fn waiting(text: &str) -> Vec<Found> {
    let text = text.split("\nmod tests {").next().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut owner = None;
    for (index, line) in lines.iter().enumerate() {
        let words = line.trim_start();
        let head = || signature(&lines[index..]);
        if is_impl(words) {
            owner = Some(Owner::of(&head()));
        } else if line.starts_with('}') {
            owner = None;
        }
        let is_function = is_waiting(words, head);
        match &owner {
            Some(Owner::Trait(name))
                if words.starts_with("fn poll_") || words.starts_with("async fn ") =>
            {
                for name in expanded(name, text) {
                    if found.iter().all(|known: &Found| known.name != name) {
                        found.push(Found {
                            name,
                            docs: String::new(),
                        });
                    }
                }
            }
            Some(Owner::Type(name)) if is_function => {
                let name = format!("{name}::{}", function_name(words));
                found.push(Found {
                    name,
                    docs: docs(&lines[..index]),
                });
            }
            None if is_function => {
                let name = function_name(words).to_owned();
                found.push(Found {
                    name,
                    docs: docs(&lines[..index]),
                });
            }
            _ => {}
        }
    }
    found
}

/// Whose functions these are.
enum Owner {
    Type(String),
    Trait(String),
}

impl Owner {
    fn of(head: &str) -> Self {
        let rest = head.trim_start_matches("impl");
        let rest = rest.strip_prefix('<').map_or(rest, after_angle);
        let rest = rest.split(" where ").next().unwrap().trim();
        match rest.split_once(" for ") {
            Some((of, by)) => Self::Trait(format!("{} for {}", bare(of), bare(by))),
            None => Self::Type(bare(rest).to_owned()),
        }
    }
}

fn is_impl(words: &str) -> bool {
    words.starts_with("impl ") || words.starts_with("impl<")
}

/// A name without its path and arguments.
fn bare(name: &str) -> &str {
    let name = name.trim().trim_end_matches('{').trim();
    let name = name.split('<').next().unwrap();
    name.rsplit("::").next().unwrap()
}

/// What follows the bracket that is open.
fn after_angle(text: &str) -> &str {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        depth += i32::from(letter == '<') - i32::from(letter == '>' && !text[..at].ends_with('-'));
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    unreachable!("source that compiles closes its brackets: `{text}`")
}

/// The lines up to the body of an item, as one.
fn signature(lines: &[&str]) -> String {
    let mut head = String::new();
    for line in lines {
        head.push_str(line.trim());
        if line.ends_with(['{', ';', '}']) {
            break;
        }
        head.push(' ');
    }
    head
}

fn is_waiting(words: &str, head: impl Fn() -> String) -> bool {
    words.starts_with("pub async fn ")
        || words.starts_with("pub fn ") && head().contains("impl Future<")
}

fn function_name(words: &str) -> &str {
    let name = words.split("fn ").nth(1).unwrap();
    name.split(['(', '<']).next().unwrap()
}

/// A macro's `$name` for each name that it is called with.
fn expanded(name: &str, text: &str) -> Vec<String> {
    let Some((before, _)) = name.split_once('$') else {
        return vec![name.to_owned()];
    };
    let calls = text
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.strip_suffix(");")?.split_once("!("));
    calls
        .map(|(_, argument)| format!("{before}{argument}"))
        .collect()
}

/// The comment and attributes before an item.
fn docs(before: &[&str]) -> String {
    let is_docs = |line: &str| line.trim_start().starts_with(['/', '#']);
    let start = before.iter().rposition(|line| !is_docs(line));
    before[start.map_or(0, |index| index + 1)..].join("\n")
}
