//! The tables of the library's features: each feature that there is, with what it needs and whether
//! it is on by default, as the manifest says. Never judges what a feature adds.

use std::collections::BTreeSet;

use super::finding::{Finding, Rule};
use crate::toml::{Entry, Table};

static TABLE: Rule = Rule {
    name: "feature-table",
    reason: "who chooses features reads a table, and believes it",
};

/// The guide to features.
pub(super) const GUIDE: &str = "docs/features.md";
/// The manifest that they are declared in.
pub(super) const MANIFEST: &str = "crates/net/Cargo.toml";

/// What the key of the features that are on by default is called.
const DEFAULT: &str = "default";
/// The heading that such a table begins with. A fourth column may say what is on by default.
const HEADING: &str = "| feature | adds | needs |";

/// Checks the table in `text`, the file at `path`, against the `manifest`.
pub(super) fn check(path: &str, text: &str, manifest: &[Table]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line, what| findings.push(Finding::new(&TABLE, path, line, what));
    let Some(declared) = manifest.iter().find(|table| table.name == "features") else {
        add(1, format!("{MANIFEST} has no features to compare with"));
        return findings;
    };
    let rows = rows(text);
    let defaults = declared.entry(DEFAULT).map(words).unwrap_or_default();
    for entry in declared.entries.iter().filter(|entry| entry.key != DEFAULT) {
        let name = &entry.key;
        let Some((line, cells)) = rows.iter().find(|(_, cells)| names(cells, name)) else {
            add(1, format!("no row for the feature `{name}`"));
            continue;
        };
        let needs = cells.get(2).map(|cell| quoted(cell)).unwrap_or_default();
        let declared = words(entry);
        if needs != declared {
            add(*line, format!("`{name}` needs {declared:?}, not {needs:?}"));
        }
        let expected = if defaults.contains(name) { "yes" } else { "no" };
        if cells.get(3).is_some_and(|cell| cell != expected) {
            add(*line, format!("by default `{name}` is: {expected}"));
        }
    }
    for (line, cells) in &rows {
        let known = |entry: &Entry| entry.key != DEFAULT && names(cells, &entry.key);
        if !declared.entries.iter().any(known) {
            add(*line, format!("{MANIFEST} has no feature {}", cells[0]));
        }
    }
    findings
}

/// The rows of the table: the line of each, and its cells. In documentation of a crate too.
fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let lines = (1..).zip(text.lines());
    let lines = lines.map(|(number, line)| (number, line.trim_start_matches("//!").trim()));
    let table = lines.skip_while(|(_, line)| !line.starts_with(HEADING));
    let table = table.take_while(|(_, line)| line.starts_with('|'));
    let cells = |line: &str| {
        let inner = line.trim_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    // Behind the heading there is a line of dashes.
    table
        .skip(2)
        .map(|(number, line)| (number, cells(line)))
        .collect()
}

/// Whether a row is about the feature `name`.
fn names(cells: &[String], name: &str) -> bool {
    cells
        .first()
        .is_some_and(|cell| *cell == format!("`{name}`"))
}

/// What stands in backquotes.
fn quoted(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// What a feature turns on: crates and other features.
fn words(entry: &Entry) -> BTreeSet<String> {
    let words = entry.value.split('"').skip(1).step_by(2);
    words
        .map(|word| word.strip_prefix("dep:").unwrap_or(word).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml;

    const DECLARED: &str = "[features]\ndefault = [\"b\"]\na = []\nb = [\"a\", \"dep:c\"]\n";

    fn found(table: &str) -> Vec<String> {
        let manifest = toml::parse(DECLARED).unwrap();
        let findings = check("x.md", table, &manifest);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn table_that_says_what_the_manifest_says_passes_in_a_guide_and_in_docs_of_a_crate() {
        let guide = "| feature | adds | needs | by default |\n|---|---|---|---|\n\
                     | `a` | x | | no |\n| `b` | `y` | `c`, `a` | yes |\n\n| `z` | other | |\n";
        assert!(found(guide).is_empty(), "{:?}", found(guide));
        let docs = "//! | feature | adds | needs |\n//! |---|---|---|\n\
                    //! | `a` | x | |\n//! | `b` | y | `a`, `c` |\n";
        assert!(found(docs).is_empty(), "{:?}", found(docs));
    }

    #[test]
    fn row_that_is_missing_wrong_or_of_nothing_is_found() {
        let table = "| feature | adds | needs | by default |\n|---|---|---|---|\n\
                     | `b` | y | `a` | no |\n| `gone` | x | | no |\n";
        let found = found(table);
        for (line, what) in [
            ("x.md:1:", "no row for the feature `a`"),
            ("x.md:3:", "`b` needs"),
            ("x.md:3:", "by default `b` is: yes"),
            ("x.md:4:", "has no feature `gone`"),
        ] {
            let is_told = |told: &String| told.starts_with(line) && told.contains(what);
            assert!(found.iter().any(is_told), "{what}: {found:?}");
        }
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn text_without_a_table_lacks_every_row() {
        assert_eq!(found("nothing\n").len(), 2);
    }
}
