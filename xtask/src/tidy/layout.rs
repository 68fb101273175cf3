//! The shape of a file: its header, its size, its name, and that a crate's root only declares.

use super::finding::{Finding, Rule};
use crate::source::{SourceFile, Token, after_bracket, at};

static HEADER: Rule = Rule {
    name: "file-header",
    reason: "a newcomer learns from the first line what a file owns and what it must never do",
};
static SIZE: Rule = Rule {
    name: "file-size",
    reason: "a file that fits in the head can be judged as a whole; split it by what it owns",
};
static WIDTH: Rule = Rule {
    name: "line-width",
    reason: "rustfmt does not wrap comments, and two files should fit side by side",
};
static NAME: Rule = Rule {
    name: "module-name",
    reason: "a name that says nothing attracts everything; name a module for what it owns",
};
static DECLARES: Rule = Rule {
    name: "root-declares",
    reason: "a crate's root is its table of contents: it declares and re-exports, nothing else",
};
static NO_PATH: Rule = Rule {
    name: "no-path-attribute",
    reason: "a module is found by its name in the tree, and crates share code by depending",
};

const PRODUCT_LINES_MAX: usize = 800;
const INLINE_TEST_LINES_MAX: usize = 150;
const TEST_LINES_MAX: usize = 600;
const MOD_LINES_MAX: usize = 150;
const MAIN_LINES_MAX: usize = 60;
const EXAMPLE_LINES_MAX: usize = 120;
const WIDTH_MAX: usize = 100;
const EMPTY_NAMES: [&str; 6] = ["common", "helper", "helpers", "misc", "util", "utils"];

/// Checks the shape of `file`.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let in_crates = file.path.starts_with("crates/");
    let mut findings = size(file);
    let mut add = |rule, line, what: String| {
        findings.push(Finding::new(rule, &file.path, line, what));
    };
    if !has_header(file) {
        add(
            &HEADER,
            1,
            "the file does not open with a `//!` header".to_owned(),
        );
    }
    for (index, line) in file.lines.iter().enumerate() {
        if line.width > WIDTH_MAX && !cannot_wrap(&line.comment) {
            add(
                &WIDTH,
                index + 1,
                format!("{} columns, at most {WIDTH_MAX}", line.width),
            );
        }
    }
    let mut parts = file
        .path
        .split('/')
        .map(|part| part.trim_end_matches(".rs"));
    if let Some(part) = parts.find(|part| EMPTY_NAMES.contains(part)) {
        add(&NAME, 1, format!("`{part}` says nothing"));
    }
    for (index, token) in file.tokens.iter().enumerate() {
        // Test programs and fuzz targets have no other way to share their support code.
        if in_crates && !file.test && at(&file.tokens, index, &["#", "[", "path", "="]) {
            add(
                &NO_PATH,
                token.line,
                "`#[path]` hides where the module is".to_owned(),
            );
        }
    }
    if file.path.ends_with("src/lib.rs") {
        if let Some(token) = first_definition(&file.product_tokens()) {
            let what = format!("`{}` starts more than a declaration", token.text);
            add(&DECLARES, token.line, what);
        }
    }
    findings
}

/// Whether the file opens with its documentation: its own, or the README of a crate whose root it
/// is.
fn has_header(file: &SourceFile) -> bool {
    let first = file.lines.first();
    let include = ["#", "!", "[", "doc", "=", "include_str", "!"];
    first.is_some_and(|line| line.comment.starts_with("//!"))
        || (file.path.ends_with("src/lib.rs") && at(&file.tokens, 0, &include))
}

/// A link, or the row of a table.
fn cannot_wrap(comment: &str) -> bool {
    let text = comment.trim_start_matches(['/', '!']).trim_start();
    comment.contains("://") || text.starts_with('|')
}

/// The first token of an item that is neither `mod name;` nor `use`; attributes are skipped.
pub(super) fn first_definition(tokens: &[Token]) -> Option<&Token> {
    let mut index = 0;
    while index < tokens.len() {
        if at(tokens, index, &["#", "["]) {
            index = after_bracket(tokens, index + 1);
        } else if at(tokens, index, &["#", "!", "["]) {
            index = after_bracket(tokens, index + 2);
        } else if at(tokens, index, &["pub", "("]) {
            index = after_bracket(tokens, index + 1);
        } else if at(tokens, index, &["pub"]) {
            index += 1;
        } else if at(tokens, index, &["use"])
            || (at(tokens, index, &["mod"]) && at(tokens, index + 2, &[";"]))
        {
            let rest = tokens.iter().skip(index);
            index += rest.take_while(|token| token.text != ";").count() + 1;
        } else {
            return tokens.get(index);
        }
    }
    None
}

fn size(file: &SourceFile) -> Vec<Finding> {
    let test_lines = file.lines.iter().filter(|line| line.test).count();
    let product_lines = file.lines.len() - test_lines;
    let limits = if file.test {
        vec![(test_lines, TEST_LINES_MAX, "lines of tests")]
    } else {
        vec![
            (product_lines, product_max(file), "lines"),
            (
                test_lines,
                INLINE_TEST_LINES_MAX,
                "lines of inline tests, more go to `tests.rs`",
            ),
        ]
    };
    let broken = limits.into_iter().filter(|(lines, max, _)| lines > max);
    broken
        .map(|(lines, max, what)| {
            let what = format!("{lines} {what}; the limit is {max}");
            Finding::new(&SIZE, &file.path, 1, what)
        })
        .collect()
}

fn product_max(file: &SourceFile) -> usize {
    match file.name() {
        "mod.rs" => MOD_LINES_MAX,
        "main.rs" if !file.path.starts_with("benches/") => MAIN_LINES_MAX,
        _ if file.path.contains("examples/") => EXAMPLE_LINES_MAX,
        _ => PRODUCT_LINES_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    fn broken(path: &str, text: &str) -> Vec<&'static str> {
        names(&check(&SourceFile::new(path, text)))
    }

    #[test]
    fn file_with_header_passes() {
        assert!(broken("crates/x/src/a.rs", "//! A.\nfn f() {}\n").is_empty());
    }

    #[test]
    fn crate_whose_header_is_its_readme_passes_and_no_other_file() {
        let text = "#![doc = include_str!(\"../README.md\")]\nmod a;\n";
        assert!(broken("crates/x/src/lib.rs", text).is_empty());
        assert_eq!(broken("crates/x/src/a.rs", text), ["file-header"]);
        let other = "#![doc = \"X\"]\nmod a;\n";
        assert_eq!(broken("crates/x/src/lib.rs", other), ["file-header"]);
    }

    #[test]
    fn file_without_header_is_found() {
        assert_eq!(broken("crates/x/src/a.rs", "fn f() {}\n"), ["file-header"]);
        assert_eq!(broken("crates/x/src/a.rs", ""), ["file-header"]);
    }

    #[test]
    fn each_kind_of_file_has_its_limit() {
        let text = |lines: usize| format!("//! A.\n{}", "f();\n".repeat(lines));
        assert_eq!(broken("crates/x/src/a.rs", &text(800)), ["file-size"]);
        assert!(broken("crates/x/src/a.rs", &text(799)).is_empty());
        assert_eq!(broken("crates/x/src/a/mod.rs", &text(150)), ["file-size"]);
        assert_eq!(broken("crates/x/src/main.rs", &text(60)), ["file-size"]);
        assert!(broken("benches/x/src/main.rs", &text(60)).is_empty());
        assert_eq!(broken("crates/x/tests/a.rs", &text(600)), ["file-size"]);
        assert_eq!(broken("crates/x/examples/a.rs", &text(120)), ["file-size"]);
        assert!(broken("crates/x/examples/a.rs", &text(119)).is_empty());
        let inline = format!(
            "//! A.\n#[cfg(test)]\nmod tests {{\n{}}}",
            "f();\n".repeat(150)
        );
        assert_eq!(broken("crates/x/src/a.rs", &inline), ["file-size"]);
    }

    #[test]
    fn wide_line_is_found_unless_it_cannot_wrap() {
        let comment = |text: &str| format!("//! A.\n// {text}{}\n", "x".repeat(100));
        assert_eq!(broken("crates/x/src/a.rs", &comment("")), ["line-width"]);
        assert!(broken("crates/x/src/a.rs", &comment("https://")).is_empty());
        assert!(broken("crates/x/src/a.rs", &comment("| a | ")).is_empty());
    }

    #[test]
    fn empty_names_are_found() {
        assert_eq!(broken("crates/x/src/utils.rs", "//! A."), ["module-name"]);
        assert_eq!(
            broken("crates/x/tests/common/mod.rs", "//! A."),
            ["module-name"]
        );
    }

    #[test]
    fn root_that_defines_is_found() {
        let root = |text: &str| broken("crates/x/src/lib.rs", &format!("//! A.\n{text}"));
        assert!(root("#![cfg(x)]\nmod a;\n#[doc(inline)]\npub use a::{B, C};").is_empty());
        assert_eq!(root("mod a;\npub(crate) fn f() {}"), ["root-declares"]);
        assert_eq!(root("mod a { }"), ["root-declares"]);
    }

    #[test]
    fn path_attribute_is_found() {
        let text = "//! A.\n#[path = \"../b.rs\"]\nmod b;";
        assert_eq!(broken("crates/x/src/a.rs", text), ["no-path-attribute"]);
        assert!(broken("crates/x/tests/a.rs", text).is_empty());
    }
}
