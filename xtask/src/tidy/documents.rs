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
static COMPILED: Rule = Rule {
    name: "readme-example",
    reason: "rustdoc compiles the examples of the crate's documentation, nobody those elsewhere",
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
/// The documentation of the library, whose examples it shows.
pub(super) const CRATE_DOCS: &str = "crates/net/src/lib.rs";
/// What changed for users.
pub(super) const CHANGELOG: &str = "CHANGELOG.md";
/// The longest that each document may be.
pub(super) const LINE_LIMITS: [(&str, usize); 5] = [
    ("ARCHITECTURE.md", 300),
    ("CONTRIBUTING.md", 200),
    ("README.md", 300),
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

/// Checks that each Rust example of the first page is one of the crate's documentation.
pub(super) fn check_readme(readme: &str, crate_source: &str) -> Vec<Finding> {
    let docs: Vec<&str> = crate_source
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let compiled = examples(docs.into_iter());
    let shown = examples(readme.lines());
    let is_rust = |(_, fence, _): &&Example<'_>| fence.starts_with("rust");
    let is_compiled = |text| compiled.iter().any(|(_, _, known)| known == text);
    shown
        .iter()
        .filter(is_rust)
        .filter(|(_, _, text)| !is_compiled(text))
        .map(|(line, ..)| {
            let what = format!("this example is not one of {CRATE_DOCS}");
            Finding::new(&COMPILED, README, *line, what)
        })
        .collect()
}

/// A block of code: the line of its fence, what the fence says, and its lines.
type Example<'a> = (usize, &'a str, Vec<&'a str>);

/// The blocks of code of a text, without the lines that rustdoc hides.
fn examples<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Example<'a>> {
    let mut found = Vec::new();
    let mut open: Option<Example<'a>> = None;
    for (number, line) in (1..).zip(lines) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(fence), None) => open = Some((number, fence, Vec::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((.., text))) if line != "#" && !line.starts_with("# ") => text.push(line),
            (None, _) => {}
        }
    }
    found
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

    #[test]
    fn readme_example_that_nobody_compiles_is_found() {
        let docs = "//! ```no_run\n//! # hidden();\n//! shown();\n//!\n//! end();\n//! ```\n";
        let same = "```sh\nanything\n```\n```rust,ignore\nshown();\n\nend();\n```\n";
        assert!(check_readme(same, docs).is_empty());
        let findings = check_readme("# A\n```rust\nother();\n```\n", docs);
        assert_eq!(names(&findings), ["readme-example"]);
        assert!(findings[0].to_string().contains("README.md:2"));
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
