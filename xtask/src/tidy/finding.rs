//! What a rule says when it is broken: where, which rule, and why the rule exists.

use std::fmt;

/// A rule of the tree.
#[derive(Debug)]
pub(super) struct Rule {
    /// Short and stable, for talking about it.
    pub(super) name: &'static str,
    /// What goes wrong without the rule.
    pub(super) reason: &'static str,
}

/// One place that breaks a rule.
#[derive(Debug)]
pub(super) struct Finding {
    rule: &'static Rule,
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    /// `what` is wrong in `path` at `line`, counted from 1.
    pub(super) fn new(rule: &'static Rule, path: &str, line: usize, what: String) -> Self {
        Self {
            rule,
            path: path.to_owned(),
            line,
            what,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            path,
            line,
            what,
        } = self;
        write!(
            f,
            "{path}:{line}: {what} [{}]\n  rule: {}",
            rule.name, rule.reason
        )
    }
}

/// The names of the rules that `findings` break, for tests.
#[cfg(test)]
pub(super) fn names(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finding_shows_place_rule_and_reason() {
        static RULE: Rule = Rule {
            name: "short",
            reason: "long files hide things",
        };
        let finding = Finding::new(&RULE, "a.rs", 7, "too long".to_owned());
        let expected = "a.rs:7: too long [short]\n  rule: long files hide things";
        assert_eq!(finding.to_string(), expected);
        assert_eq!(names(&[finding]), ["short"]);
    }
}
