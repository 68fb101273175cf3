//! Small things in code that are fine to the compiler and not to us: silenced lints and ignored
//! tests without a reason, queues without a bound, tests that wait for time to pass.

use super::finding::{Finding, Rule};
use crate::source::{SourceFile, after_bracket, at};

static SILENCED: Rule = Rule {
    name: "lint-reason",
    reason: "an exception to a lint is worth as much as its reason",
};
static IGNORED: Rule = Rule {
    name: "ignore-reason",
    reason: "a test that does not run proves nothing; say what it waits for",
};
static SLEEP: Rule = Rule {
    name: "no-sleep-in-tests",
    reason: "a test that sleeps is slow on every machine and wrong on a busy one; wait for the \
             event or drive the clock",
};
static UNBOUNDED: Rule = Rule {
    name: "no-unbounded-queue",
    reason: "memory is bounded by what is retained: a queue without a limit is a way to be flooded",
};

/// Checks the code of `file`.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let tokens = &file.tokens;
    // Tools end with their run and are fed by nobody else.
    let in_crates = file.path.starts_with("crates/");
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let mut add = |rule, what: &str| {
            findings.push(Finding::new(rule, &file.path, token.line, what.to_owned()));
        };
        let attribute = if at(tokens, index, &["#", "["]) {
            index + 1
        } else if at(tokens, index, &["#", "!", "["]) {
            index + 2
        } else {
            if token.test && token.text == "sleep" && at(tokens, index + 1, &["("]) {
                add(&SLEEP, "a test sleeps");
            }
            if !token.test && in_crates && is_unbounded(file, index) {
                add(&UNBOUNDED, "a queue without a bound");
            }
            continue;
        };
        let inner = &tokens[attribute..after_bracket(tokens, attribute)];
        let has = |words: &[&str]| {
            inner
                .iter()
                .any(|token| words.contains(&token.text.as_str()))
        };
        if has(&["allow", "expect"]) && !has(&["reason"]) {
            add(&SILENCED, "a lint is silenced without `reason = \"..\"`");
        }
        if at(inner, 1, &["ignore"]) && !at(inner, 2, &["="]) {
            add(&IGNORED, "`#[ignore]` without a reason");
        }
    }
    findings
}

/// Whether the tokens at `index` make an unbounded queue, in tokio's or the standard library's way.
fn is_unbounded(file: &SourceFile, index: usize) -> bool {
    let word = &file.tokens[index].text;
    let standard = at(&file.tokens, index, &["std", "::", "sync", "::", "mpsc"])
        && !at(&file.tokens, index + 5, &["::", "sync_channel"]);
    word == "unbounded" || word == "unbounded_channel" || standard
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    fn broken(text: &str) -> Vec<&'static str> {
        names(&check(&SourceFile::new("crates/x/src/a.rs", text)))
    }

    #[test]
    fn silenced_lint_needs_a_reason() {
        assert_eq!(broken("#[allow(dead_code)]"), ["lint-reason"]);
        assert_eq!(
            broken("#![cfg_attr(x, expect(dead_code))]"),
            ["lint-reason"]
        );
        assert!(broken("#[expect(dead_code, reason = \"y\")]").is_empty());
    }

    #[test]
    fn ignored_test_needs_a_reason() {
        assert_eq!(broken("#[ignore]\nfn f() {}"), ["ignore-reason"]);
        assert!(broken("#[ignore = \"needs a browser\"]\nfn f() {}").is_empty());
    }

    #[test]
    fn only_tests_must_not_sleep() {
        assert_eq!(
            broken("#[test]\nfn f() { sleep(x); }"),
            ["no-sleep-in-tests"]
        );
        assert!(broken("fn f() { sleep(x); }").is_empty());
    }

    #[test]
    fn unbounded_queues_are_found() {
        assert_eq!(
            broken("let q = mpsc::unbounded_channel();"),
            ["no-unbounded-queue"]
        );
        assert_eq!(broken("use std::sync::mpsc;"), ["no-unbounded-queue"]);
        assert!(broken("use std::sync::mpsc::sync_channel;").is_empty());
        assert!(broken("let q = mpsc::channel(8);").is_empty());
    }
}
