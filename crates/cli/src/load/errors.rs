//! What users of a load test complained about, counted. Owns which errors are told apart, and how
//! many kinds there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::limits::{ERROR_KINDS_MAX, ERROR_LEN_MAX};

/// The errors of users.
#[derive(Clone, Debug, Default)]
pub(super) struct Errors {
    by_kind: BTreeMap<String, Told>,
    /// Those of kinds that there was no room for.
    others: u64,
}

/// Errors of one kind.
#[derive(Clone, Debug)]
struct Told {
    /// What all of them say, or their kind if they differ.
    line: String,
    times: u64,
}

/// How lines begin that say why a connection failed.
const OF_CONNECTION: &str = "WebSocket: ";

/// What `line` has in common with others of its kind: of a connection that failed, all but what it
/// quotes, which may be another value for each.
fn kind(line: &str) -> String {
    if !line.starts_with(OF_CONNECTION) {
        return line.to_owned();
    }
    let mut kind = String::new();
    let mut is_quoted = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                kind.push_str(if is_quoted { "…\"" } else { "\"" });
                is_quoted = !is_quoted;
            }
            // What is escaped ends no quote.
            '\\' if is_quoted => drop(letters.next()),
            _ if is_quoted => {}
            _ => kind.push(letter),
        }
    }
    kind
}

impl Errors {
    /// Adds a complaint, whose first line says what about.
    pub(super) fn add(&mut self, text: &str) {
        let line = text.lines().next().unwrap_or_default();
        let line: String = line.chars().take(ERROR_LEN_MAX).collect();
        self.count(kind(&line), line, 1);
    }

    fn count(&mut self, kind: String, line: String, times: u64) {
        let is_full = self.by_kind.len() >= ERROR_KINDS_MAX;
        match self.by_kind.entry(kind) {
            Entry::Occupied(mut known) => {
                if known.get().line != line {
                    let kind = known.key().clone();
                    known.get_mut().line = kind;
                }
                known.get_mut().times += times;
            }
            Entry::Vacant(_) if is_full => self.others += times,
            Entry::Vacant(new) => drop(new.insert(Told { line, times })),
        }
    }

    /// Adds what another thread counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.others += other.others;
        for (kind, Told { line, times }) in &other.by_kind {
            self.count(kind.clone(), line.clone(), *times);
        }
    }

    /// The errors with how often they were seen, the most frequent first.
    pub(super) fn list(&self) -> Vec<(&str, u64)> {
        let kinds = self.by_kind.values();
        let kinds = kinds.map(|told| (told.line.as_str(), told.times));
        let others = (self.others > 0).then_some(("others", self.others));
        let mut errors: Vec<_> = kinds.chain(others).collect();
        errors.sort_by_key(|(_, times)| Reverse(*times));
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A user that fails in its own words each time would take all memory.
    #[test]
    fn errors_are_told_apart_up_to_a_bound() {
        let mut known = Errors::default();
        for number in 0..1000 {
            known.add(&format!("error {number}\nat nowhere"));
            known.add("the same");
        }
        let mut sum = Errors::default();
        sum.merge(&known);
        sum.merge(&known);
        let errors = sum.list();
        assert_eq!(errors.len(), ERROR_KINDS_MAX + 1);
        assert_eq!(errors[0], ("the same", 2000));
        let all: u64 = errors.iter().map(|(_, times)| times).sum();
        assert_eq!(all, 4000);
        assert!(errors.iter().all(|(line, _)| !line.contains("nowhere")));
    }

    /// A thousand users that fail for one reason would take a thousand lines, and hide all others.
    #[test]
    fn failures_are_one_kind_whatever_they_quote() {
        let (mut one, mut other) = (Errors::default(), Errors::default());
        one.add(r#"WebSocket: the answer is "a\"1", not "b""#);
        one.add("WebSocket: no route");
        one.add("user \"a\" is gone");
        one.add("user \"b\" is gone");
        other.add(r#"WebSocket: the answer is "c", not "b""#);
        other.add("WebSocket: no route");
        other.add(r#"WebSocket: it says "all the same""#);
        other.add(r#"WebSocket: it says "all the same""#);
        one.merge(&other);
        let expected = [
            ("WebSocket: it says \"all the same\"", 2),
            ("WebSocket: no route", 2),
            ("WebSocket: the answer is \"…\", not \"…\"", 2),
            ("user \"a\" is gone", 1),
            ("user \"b\" is gone", 1),
        ];
        assert_eq!(one.list(), expected);
    }
}
