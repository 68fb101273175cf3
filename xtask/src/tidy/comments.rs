//! Comments explain: no code put to sleep in them, no promise without an issue.

use super::finding::{Finding, Rule};
use crate::source::SourceFile;

static DEAD_CODE: Rule = Rule {
    name: "commented-out-code",
    reason: "version control remembers old code; a comment says why, in sentences",
};
static PROMISE: Rule = Rule {
    name: "todo-without-issue",
    reason: "a promise that nobody can look up is never kept; write `TODO(#12)` or do it",
};

const PROMISES: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
/// Words that start statements and items, and hardly ever a sentence that ends like code.
const STARTS: [&str; 13] = [
    "const", "else", "fn", "for", "if", "impl", "let", "match", "mod", "pub", "return", "use",
    "while",
];

/// Checks the comments of `file`.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        let mut add = |rule, what: String| {
            findings.push(Finding::new(rule, &file.path, index + 1, what));
        };
        let words = line.comment.split(|c: char| !c.is_alphanumeric());
        let promise = words.into_iter().find(|word| PROMISES.contains(word));
        if let Some(word) = promise.filter(|_| !names_issue(&line.comment)) {
            add(&PROMISE, format!("`{word}` without the number of an issue"));
        }
        let plain = line
            .comment
            .strip_prefix("//")
            .filter(|text| !text.starts_with(['/', '!']));
        if plain.is_some_and(|text| is_code(text.trim())) {
            add(&DEAD_CODE, format!("looks like code: `{}`", line.comment));
        }
    }
    findings
}

fn names_issue(comment: &str) -> bool {
    let after = comment.split('#').skip(1);
    after
        .into_iter()
        .any(|text| text.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether `text` is more likely a line of Rust than a line of prose.
fn is_code(text: &str) -> bool {
    let first = text.split([' ', '(']).next().unwrap_or("");
    let starts = STARTS.contains(&first);
    match text.chars().last() {
        Some(';') => starts || text.contains('(') || text.contains(" = ") || first.contains("::"),
        Some('{') => starts || text.contains("=>"),
        Some('}') => text == "}" || text == "} else {",
        Some(',') => text.contains("=> "),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    fn broken(text: &str) -> Vec<&'static str> {
        names(&check(&SourceFile::new("crates/x/src/a.rs", text)))
    }

    #[test]
    fn code_in_comments_is_found() {
        for text in [
            "// let x = 1;",
            "//foo(bar);",
            "// if ready {",
            "// }",
            "// Some(x) => y,",
            "// x = y;",
            "f(); // g();",
        ] {
            assert_eq!(broken(text), ["commented-out-code"], "{text}");
        }
    }

    #[test]
    fn prose_and_examples_pass() {
        for text in [
            "// if the peer is slow, the queue fills (see `limits`).",
            "// First the header;",
            "/// let x = 1;",
            "//! f();",
            "// the states are {open, closed}",
        ] {
            assert!(broken(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn promise_needs_an_issue() {
        assert_eq!(broken("// TODO: later"), ["todo-without-issue"]);
        assert_eq!(broken("/// FIXME soon"), ["todo-without-issue"]);
        assert!(broken("// TODO(#12): later").is_empty());
        assert!(broken("let x = \"TODO\";").is_empty());
    }
}
