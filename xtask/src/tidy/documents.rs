//! The documents keep up with the tree: the map names every part, and none grows past reading.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Rule};
use crate::source::SourceFile;

static MAPPED: Rule = Rule {
    name: "part-in-the-map",
    reason: "the map is where a stranger starts; what it leaves out is found by searching only",
};
static LENGTH: Rule = Rule {
    name: "document-length",
    reason: "a page that is too long to read is not read",
};
static PROVEN: Rule = Rule {
    name: "advisory-without-test",
    reason: "a test that was renamed or removed proves nothing to whoever reads the table",
};
static ONE_TEXT: Rule = Rule {
    name: "readme-one-text",
    reason: "what the library is stands in one place, whose examples rustdoc compiles; a copy rots",
};
static UNRELEASED: Rule = Rule {
    name: "changelog-unreleased",
    reason: "a change is told to users in the commit that makes it, under `## Unreleased`",
};

/// The code map of the tree.
pub(super) const MAP: &str = "ARCHITECTURE.md";
/// What went wrong elsewhere, and the tests that would find it here.
pub(super) const ADVISORIES: &str = "docs/advisories.md";
/// The first page.
pub(super) const README: &str = "README.md";
/// The library's own, which is its documentation as well.
pub(super) const CRATE_README: &str = "crates/net/README.md";
/// The library's root.
pub(super) const CRATE_ROOT: &str = "crates/net/src/lib.rs";
/// How the root takes the one for the other.
const INCLUDE: &str = "#![doc = include_str!(\"../README.md\")]";
/// What changed for users.
pub(super) const CHANGELOG: &str = "CHANGELOG.md";
/// The longest that each document may be.
pub(super) const LINE_LIMITS: [(&str, usize); 6] = [
    ("ARCHITECTURE.md", 300),
    ("CONTRIBUTING.md", 200),
    ("README.md", 300),
    (CRATE_README, 150),
    ("TENETS.md", 100),
    (ADVISORIES, 60),
];

/// Checks that `text` has at most `line_max` lines.
pub(super) fn check_length(path: &str, text: &str, line_max: usize) -> Vec<Finding> {
    let lines = text.lines().count();
    let what = format!("{lines} lines; the limit is {line_max}");
    let finding = Finding::new(&LENGTH, path, 1, what);
    if lines > line_max {
        vec![finding]
    } else {
        Vec::new()
    }
}

/// Checks that each name in the last column of the table of advisories is one of a test.
pub(super) fn check_advisories(text: &str, files: &[SourceFile]) -> Vec<Finding> {
    let tests: BTreeSet<&str> = files.iter().flat_map(test_functions).collect();
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(cell) = line
            .strip_suffix('|')
            .and_then(|line| line.rsplit('|').next())
        else {
            continue;
        };
        for name in cell.split('`').skip(1).step_by(2) {
            if !tests.contains(name) {
                let what = format!("there is no test `{name}`");
                findings.push(Finding::new(&PROVEN, ADVISORIES, number, what));
            }
        }
    }
    findings
}

/// The names of the functions in test code.
fn test_functions(file: &SourceFile) -> impl Iterator<Item = &str> {
    let pairs = file.tokens.iter().zip(file.tokens.iter().skip(1));
    pairs
        .filter(|(keyword, name)| keyword.text == "fn" && name.test)
        .map(|(_, name)| name.text.as_str())
}

/// Checks that the README of the library is the documentation of its crate, whole and alone, that
/// its Rust is compiled, and that the first page has a link to it and no Rust of its own.
pub(super) fn check_readme(readme: &str, crate_readme: &str, crate_root: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |path, line, what: &str| {
        findings.push(Finding::new(&ONE_TEXT, path, line, what.to_owned()));
    };
    if crate_root.lines().next() != Some(INCLUDE) {
        add(CRATE_ROOT, 1, &format!("it does not open with `{INCLUDE}`"));
    }
    for (number, _) in numbered(crate_root, "//!") {
        let what = format!("documentation of the crate that {CRATE_README} does not have");
        add(CRATE_ROOT, number, &what);
    }
    for (number, fence) in rust_fences(crate_readme) {
        if !["```rust", "```rust,no_run"].contains(&fence) {
            add(CRATE_README, number, &format!("nobody compiles `{fence}`"));
        }
    }
    for (number, _) in rust_fences(readme) {
        let what = format!("Rust that nobody compiles: it belongs into {CRATE_README}");
        add(README, number, &what);
    }
    if !readme.contains(&format!("({CRATE_README})")) {
        add(README, 1, &format!("no link to {CRATE_README}"));
    }
    findings
}

/// The lines with which Rust begins in a page, each with its number.
pub(super) fn rust_fences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(text, "```rust")
}

/// The lines of `text` that begin so, each with its number.
fn numbered<'a>(text: &'a str, start: &'static str) -> impl Iterator<Item = (usize, &'a str)> {
    let lines = (1..).zip(text.lines());
    lines.filter(move |(_, line)| line.starts_with(start))
}

/// Checks that the changelog has a place for what comes next.
pub(super) fn check_changelog(text: &str) -> Vec<Finding> {
    if text.lines().any(|line| line == "## Unreleased") {
        return Vec::new();
    }
    let what = "no heading `## Unreleased`".to_owned();
    vec![Finding::new(&UNRELEASED, CHANGELOG, 1, what)]
}

/// Checks that the map has a heading for each crate and names its top modules below it.
pub(super) fn check_map(map: &str, files: &[SourceFile]) -> Vec<Finding> {
    let sections = sections(map);
    let mut findings = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.path.starts_with("crates/") && !file.test)
    {
        let Some(module) = file.module() else {
            continue;
        };
        let dir = file.crate_dir();
        let section = sections.get(dir);
        let missing = match (section, module.as_slice()) {
            (None, []) => format!("{MAP} has no heading with `{dir}`"),
            (Some(text), [name]) if !text.contains(&format!("`{name}`")) => {
                format!("{MAP} does not name `{name}` below `{dir}`")
            }
            _ => continue,
        };
        findings.push(Finding::new(&MAPPED, &file.path, 1, missing));
    }
    findings
}

/// The text below each heading that has a path in backquotes.
fn sections(map: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut current = String::new();
    for line in map.lines() {
        if line.starts_with('#') {
            current = line
                .split('`')
                .nth(1)
                .map(str::to_owned)
                .unwrap_or_default();
        }
        let text = sections.entry(current.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    const MAP_TEXT: &str = "# Map\n### `crates/x`: x\n`a` does it.\n### `crates/y`: y\n`b` too.\n";

    fn unmapped(paths: &[&str]) -> Vec<String> {
        let files: Vec<SourceFile> = paths
            .iter()
            .map(|path| SourceFile::new(path, "//! X."))
            .collect();
        check_map(MAP_TEXT, &files)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn parts_in_the_map_pass() {
        let found = unmapped(&[
            "crates/x/src/lib.rs",
            "crates/x/src/a.rs",
            "crates/x/src/a/b.rs",
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn parts_outside_the_map_are_found() {
        assert!(unmapped(&["crates/z/src/lib.rs"])[0].contains("no heading with `crates/z`"));
        assert!(unmapped(&["crates/x/src/b.rs"])[0].contains("does not name `b`"));
        assert_eq!(unmapped(&["crates/x/src/b/mod.rs"]).len(), 1);
    }

    #[test]
    fn long_document_is_found() {
        assert_eq!(
            names(&check_length("a.md", "x\ny\n", 1)),
            ["document-length"]
        );
        assert!(check_length("a.md", "x\n", 1).is_empty());
    }

    #[test]
    fn advisory_whose_test_does_not_exist_is_found() {
        let code = "fn product() {}\n#[test]\nfn found() {}\n";
        let files = [SourceFile::new("crates/x/src/a.rs", code)];
        let table =
            "| a | `else` | `found` |\n| b | c | `found`, `gone` |\n| d | e | `product` |\n";
        let findings = check_advisories(table, &files);
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("advisories.md:2") && lines[0].contains("`gone`"));
        assert!(lines[1].contains("advisories.md:3") && lines[1].contains("`product`"));
    }

    /// What is wrong with the three texts, in one line each.
    fn apart(readme: &str, crate_readme: &str, crate_root: &str) -> Vec<String> {
        let findings = check_readme(readme, crate_readme, crate_root);
        assert!(
            names(&findings)
                .iter()
                .all(|name| *name == "readme-one-text")
        );
        findings.iter().map(ToString::to_string).collect()
    }

    const LINK: &str = "# A\n[the library](crates/net/README.md)\n```sh\nls\n```\n";
    const ROOT: &str = "#![doc = include_str!(\"../README.md\")]\n// Declares.\nmod a;\n";

    #[test]
    fn readme_that_is_the_crates_documentation_passes() {
        let text = "# x\n```rust\nf();\n```\n```rust,no_run\ng();\n```\n```text\nh\n```\n";
        assert_eq!(apart(LINK, text, ROOT), [""; 0]);
    }

    #[test]
    fn readme_and_documentation_that_are_two_texts_are_found() {
        let own = format!("{ROOT}//! More.\n");
        assert!(apart(LINK, "", &own)[0].contains("lib.rs:4"));
        assert!(apart(LINK, "", "//! All of it.\nmod a;\n").len() == 2);
        let copied = format!("{LINK}```rust\nf();\n```\n");
        assert!(apart(&copied, "", ROOT)[0].contains("README.md:6"));
        assert!(apart("# A\n", "", ROOT)[0].contains("no link"));
    }

    #[test]
    fn readme_whose_rust_nobody_compiles_is_found() {
        let found = apart(LINK, "# x\n```rust,ignore\nf();\n```\n", ROOT);
        assert!(found[0].contains("crates/net/README.md:2"), "{found:?}");
    }

    #[test]
    fn changelog_needs_its_heading() {
        assert!(check_changelog("# Changelog\n\n## Unreleased\n").is_empty());
        assert_eq!(
            names(&check_changelog("# Changelog\n")),
            ["changelog-unreleased"]
        );
    }
}
