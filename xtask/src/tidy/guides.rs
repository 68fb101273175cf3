//! The guides in `docs/`: their Rust is compiled, they are found from the first page, and short.

use super::documents::rust_fences;
use super::finding::{Finding, Rule};

static COMPILED: Rule = Rule {
    name: "guide-compiled",
    reason: "an example that no compiler sees is wrong after the first change to what it shows",
};
static LINKED: Rule = Rule {
    name: "guide-linked",
    reason: "a guide that the first page does not name is found by whoever wrote it",
};

/// Where the guides are.
pub(super) const FOLDER: &str = "docs";
/// The list of those that have Rust.
pub(super) const LIST: &str = "crates/net/src/guides.rs";
/// The longest that a guide may be.
pub(super) const LINES_MAX: usize = 300;

/// Checks the guide `text` at `path` against the list of those that are compiled, and the `readme`.
pub(super) fn check(path: &str, text: &str, list: &str, readme: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |rule, line, what| findings.push(Finding::new(rule, path, line, what));
    let is_listed = list.contains(&format!("include_str!(\"../../../{path}\")"));
    for (number, fence) in rust_fences(text) {
        if fence != "```rust" {
            let what = format!("`{fence}`: write `text` for what is no code of ours");
            add(&COMPILED, number, what);
        } else if !is_listed {
            add(&COMPILED, number, format!("{LIST} does not include it"));
        }
    }
    if !readme.contains(&format!("({path})")) {
        add(&LINKED, 1, "the README has no link to it".to_owned());
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    const LISTED: &str = "#[doc = include_str!(\"../../../docs/a.md\")]\nmod a {}\n";
    const README: &str = "[a](docs/a.md)";

    #[test]
    fn guide_that_is_listed_and_linked_passes() {
        let text = "# A\n```rust\nf();\n```\n```sh\nls\n```\n";
        assert!(check("docs/a.md", text, LISTED, README).is_empty());
        assert!(check("docs/a.md", "# No Rust\n", "", README).is_empty());
    }

    #[test]
    fn guide_whose_rust_nobody_compiles_is_found() {
        let found = check("docs/a.md", "# A\n```rust\nf();\n```\n", "", README);
        assert_eq!(names(&found), ["guide-compiled"]);
        assert!(found[0].to_string().contains("docs/a.md:2"));
        let found = check("docs/a.md", "```rust,ignore\nf();\n```\n", LISTED, README);
        assert_eq!(names(&found), ["guide-compiled"]);
    }

    #[test]
    fn guide_that_the_first_page_does_not_name_is_found() {
        assert_eq!(names(&check("docs/a.md", "", "", "")), ["guide-linked"]);
    }
}
