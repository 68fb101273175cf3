//! Whether a script may replace methods of the language or of the prelude, by what its text says.
//! Owns the words for that. As in `looks`, what is no plain use is one that replaces.

use std::collections::BTreeSet;

use super::looks::{member, places};
use crate::limits::SCRIPT_NAMES_MAX;

/// What gets at the prototype of anything.
const WORDS: [&str; 2] = ["__proto__", "PrototypeOf"];

/// Whether `source` may; other than those of its own classes, whose names are no `is_global`.
pub(super) fn replaces(source: &str, is_global: impl Fn(&str) -> bool) -> bool {
    let word = "prototype";
    let mut count = source.matches(word).count();
    let mut classes = BTreeSet::new();
    let mut line = Line::default();
    for (before, after) in places(source, word) {
        let Some(name) = class(before, &mut line).filter(|_| is_member(after)) else {
            return true;
        };
        classes.insert(name);
        count -= 1;
        // Each is looked for in all of the text.
        if classes.len() > SCRIPT_NAMES_MAX {
            return true;
        }
    }
    let is_own = |name: &str| is_own(source, name, &is_global);
    count > 0 || !classes.into_iter().all(is_own) || WORDS.iter().any(|word| source.contains(word))
}

/// Whether one member is set there: `.name = ...`.
fn is_member(after: &str) -> bool {
    member(after).is_some_and(|(_, rest)| {
        let value = rest.trim_start().strip_prefix('=');
        value.is_some_and(|value| !value.starts_with('='))
    })
}

/// The last line of what was looked at: of each text only what is new, as lines may be long.
#[derive(Default)]
struct Line {
    looked_at: usize,
    may_be_comment: bool,
}

impl Line {
    /// Goes on to the end of `text`, which begins with what was looked at.
    fn look(&mut self, text: &str) {
        let new = text.get(self.looked_at..).unwrap_or_default();
        let (line, goes_on) = match new.rsplit_once(['\n', '\r']) {
            Some((_, line)) => (line, false),
            None => (new, true),
        };
        self.looked_at = text.len();
        self.may_be_comment = line.contains("//") || goes_on && self.may_be_comment;
    }
}

/// The name before a dot, if it is all of the object. `line` is the one that the last name was in.
fn class<'a>(before: &'a str, line: &mut Line) -> Option<&'a str> {
    let object = before.strip_suffix('.')?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
    let start = object.trim_end_matches(is_plain);
    let name = object.get(start.len()..)?;
    // At the begin of a statement, so that it is no member of another object; and not behind what
    // may be a comment.
    let statements = start.trim_end();
    line.look(statements);
    let ends = statements.ends_with([';', '{', '}']) && !line.may_be_comment;
    let is_all = statements.is_empty() || ends;
    (is_all && !name.is_empty()).then_some(name)
}

/// Whether the script made the class of that name, and nothing else bears it.
fn is_own(source: &str, name: &str, is_global: impl Fn(&str) -> bool) -> bool {
    let after_word = |before: &str, words: &[&str]| {
        let before = before.trim_end_matches([' ', '\t']);
        words.iter().any(|word| before.ends_with(word))
    };
    let is_made = |before: &str| after_word(before, &["function", "class"]);
    let is_used = |before: &str, after: &str| {
        after_word(before, &["new", "instanceof"]) || after.starts_with(".prototype.")
    };
    places(source, name).any(|(before, _)| is_made(before))
        && places(source, name).all(|(before, after)| is_made(before) || is_used(before, after))
        && !is_global(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each user would take the memory of copies that it has no use for, or a script would replace
    /// what the page itself works with.
    #[test]
    fn method_of_a_class_of_the_script_replaces_no_other() {
        let is_global = |name: &str| name == "Array";
        for source in [
            "",
            "function Foo() {}\nFoo.prototype.bar = function () {}; new Foo().bar();",
            "class Foo {} Foo.prototype.bar = 1; a instanceof Foo;",
        ] {
            assert!(!replaces(source, is_global), "{source}");
        }
        for source in [
            "Array.prototype.map = 1",
            "function Array() {}\nArray.prototype.map = 1",
            "function Foo() {}\nFoo = Array;\nFoo.prototype.map = 1",
            "function Foo() {}\n(function (Foo) { Foo.prototype.map = 1; })(Array)",
            "function Foo() {}\na.Foo.prototype.map = 1",
            "function Foo() {}\na.\nFoo.prototype.map = 1",
            "function Foo() {}\na. // a;\nFoo.prototype.map = 1",
            "function Foo() {}\na./**/Foo.prototype.map = 1",
            "function Foo() {}\nFoo.prototype.map.call = 1",
            "function Foo() {}\nFoo.prototype == 1",
            "function Foo() {}\nFoo.prototype[name] = 1",
            "function Foo() {}\nlet { prototype } = Array;",
            "Object.getPrototypeOf([])",
            "[].__proto__",
            "'prototypes'",
            "function Foo() {}\nFoo.prototype.a = 1; // b;\nFoo.prototype.c = 1;",
            "function Foo() {}\nb; // Foo.prototype.a = 1; \tFoo.prototype.c = 1;",
        ] {
            assert!(replaces(source, is_global), "{source}");
        }
    }

    /// A script could hold up its page for hours, and nothing would stop it: this is no call.
    #[test]
    fn long_line_is_looked_at_once() {
        let source = "class Foo {} ".to_owned() + &"Foo.prototype.a = 1; ".repeat(100_000);
        assert!(!replaces(&source, |_| false));
    }
}
