//! What a script needs before it runs, by what its text says: parts of the prelude that it names,
//! and what it would find if it looked. Owns these words. Runs no script.

use rquickjs::{Ctx, Function, Object, Result};

use super::code::before_each;
use super::parts::{Late, late};
use crate::engine::late::read_for;

/// Parts that a page works with by itself, without a word of its script; but some only if it names
/// one of these. They keep the methods that they use, as these were before a script replaced any.
const OWN_WORK: [(&str, &[&str]); 11] = [
    ("inspect", &[]),
    ("errors", &[]),
    ("uncaught", &[]),
    ("tasks", &[]),
    ("rejections", &[]),
    ("blob", &["WebSocket"]),
    ("buffers", &["WebSocket"]),
    ("clone", &["structuredClone"]),
    // In messages between workers.
    ("ports", &["postMessage"]),
    ("search_params", &["searchParams"]),
    (
        "console_more",
        &["console.t", "console.group", "console.count"],
    ),
];

/// What a script names that replaces methods.
const REPLACING: [&str; 3] = ["prototype", "__proto__", "PrototypeOf"];

/// What a script says that gets at the global object, and so at names that it puts together. One
/// without these sees no global but those that it names, as the prelude looks at what an event or a
/// text that becomes code gives it.
const LOOKING: [&str; 8] = [
    "this",
    "globalThis",
    "self",
    "window",
    "eval",
    "importScripts",
    // Its traps hear what an operation is done to.
    "Proxy",
    // A letter of a name, in other words.
    "\\u",
];

/// Runs the parts that `source` names, as these were before it replaced what they are made of; and
/// what a page works with by itself, if it may replace that. If it may look at the global object,
/// all is there to be seen.
pub(crate) fn prepare<'js>(ctx: &Ctx<'js>, internal: &Object<'js>, source: &str) -> Result<()> {
    read_for(ctx, source)?;
    let bring: Function<'js> = internal.get("bring")?;
    let bring = |part: &str| bring.call::<_, ()>((part,));
    let is_worker = internal.contains_key("inbound")?;
    // What is replaced makes these as well.
    let is_replacing = REPLACING.iter().any(|word| source.contains(word));
    let may_look = is_replacing || may_look(source);
    if may_look {
        bring("globals_more")?;
    }
    let is_named = |late: &Late| late.globals().any(|name| names(source, name));
    for late in late(is_worker).filter(is_named) {
        bring(late.part.0)?;
    }
    let is_named =
        |words: &[&str]| words.is_empty() || words.iter().any(|word| source.contains(word));
    if is_replacing {
        for (part, _) in OWN_WORK.iter().filter(|(_, words)| is_named(words)) {
            bring(part)?;
        }
    }
    if may_look {
        bring("proxies")?;
        let lazily: Function<'js> = internal.get("lazily")?;
        for late in late(is_worker).filter(|late| !late.interfaces.is_empty()) {
            lazily.call::<_, ()>((late.part.0, late.interfaces.to_vec()))?;
        }
    }
    Ok(())
}

fn may_look(source: &str) -> bool {
    let is_named = |word: &str| before_each(source, word).next().is_some();
    LOOKING
        .iter()
        .any(|word| source.contains(word) && (word.starts_with('\\') || is_named(word)))
}

/// Whether `source` has that word, other than behind a dot: a property of an object, which is the
/// global one only if the script may look at it.
fn names(source: &str, word: &str) -> bool {
    let is_property = |before: &str| before.ends_with('.') && !before.ends_with("...");
    before_each(source, word).any(|before| !is_property(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script would find what is not there yet, or take the memory of what it does not use.
    #[test]
    fn word_is_named_unless_it_is_behind_a_dot_or_in_another_one() {
        for source in [
            "URL",
            "new URL(a)",
            "x=URL;",
            "'URL' in self",
            "a.b(URL)",
            "...URL",
        ] {
            assert!(names(source, "URL"), "{source}");
        }
        for source in ["", "self.URL", "URLs", "anURL", "$URL", "URL_"] {
            assert!(!names(source, "URL"), "{source}");
        }
        assert!(names("self.URL, URL", "URL"));
    }

    /// Each user would take the memory of what its script cannot see, or a script would find
    /// globals missing that it gets at by another way than their names.
    #[test]
    fn script_may_look_at_globals_if_it_says_so() {
        for source in [
            "globalThis['U' + 'RL']",
            "function f() { return this; }",
            "typeof \\u0055RL",
            "eval(text)",
            "window.onload",
        ] {
            assert!(may_look(source), "{source}");
        }
        for source in ["", "list[at]", "thistle", "event.target", "myself = 1"] {
            assert!(!may_look(source), "{source}");
        }
    }
}
