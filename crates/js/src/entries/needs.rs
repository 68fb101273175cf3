//! What a script needs before it runs, by what its text says: parts of the prelude that it names,
//! and what it would find if it looked. Owns these words. Runs no script.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result, Value};

use super::console;
use super::globals::{self, scope};
use super::internal::{Internal, bring};
use super::looks::{Looks, looks, member, places, shown};
use super::parts::{Late, late, more};
use super::replaces::replaces;
use super::waiting;
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

/// What `console` has from the begin.
const CONSOLE: [&str; 6] = ["assert", "debug", "error", "info", "log", "warn"];

/// What parts that are read later use of `Reflect`.
const OF_REFLECT: [&str; 4] = ["apply", "construct", "get", "ownKeys"];

/// What the texts of a page said so far.
#[derive(Default)]
pub(super) struct Said {
    looks: Cell<Option<Looks>>,
    /// Members of prototypes are set, which were its own classes'.
    has_own_classes: Cell<bool>,
    has_reflect: Cell<bool>,
    has_console: Cell<bool>,
    /// What was added to the global object: a bit for each number.
    added: Cell<u32>,
}

impl Said {
    /// Whether a script may replace what the page works with. What one text made its own class is
    /// another one's to change.
    fn may_replace(&self, source: &str, is_global: impl Fn(&str) -> bool) -> bool {
        let is_first = self.looks.get().is_none();
        let is_replacing = replaces(source, |name| !is_first || is_global(name));
        if !is_replacing && source.contains("prototype") {
            self.has_own_classes.set(true);
        }
        is_replacing || !is_first && self.has_own_classes.get()
    }

    /// Whether a script may get at the global object. Texts of one page share its globals: a
    /// built-in function that one of them made a global is what another one calls.
    fn may_look(&self, source: &str) -> bool {
        let now = looks(source);
        let before = self
            .looks
            .replace(Some(self.looks.get().unwrap_or(now).max(now)));
        match before {
            None => now == Looks::Yes,
            Some(before) => before.max(now) != Looks::No,
        }
    }
}

/// Runs the parts that `source` names, as these were before it replaced what they are made of; and
/// what a page works with by itself, if it may replace that. If it may look at the global object,
/// all is there to be seen.
pub(super) fn prepare<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    shared: &Rc<Internal>,
    said: &Said,
    source: &str,
) -> Result<()> {
    let own: Object<'js> = internal.get("own")?;
    let describe: Object<'js> = own.get("Object")?;
    read_for(ctx, &describe.get("getOwnPropertyDescriptor")?, source)?;
    let is_worker = internal.contains_key("inbound")?;
    // What is replaced makes these as well.
    let globals = ctx.globals();
    let is_global = |name: &str| {
        let waits = late(is_worker).any(|late| late.globals().any(|global| global == name));
        waits || globals.contains_key(name).unwrap_or(true)
    };
    let is_replacing = said.may_replace(source, is_global);
    let may_look = said.may_look(source) || is_replacing;
    if may_look || source.contains("Reflect") {
        once(&said.has_reflect, || copy_reflect(internal))?;
    }
    if may_look || wants_all_of_console(source) {
        once(&said.has_console, || {
            console::complete(ctx, internal, shared)
        })?;
    }
    let members = shown(source);
    let is_shown = |name: &str| members.contains(name) || names(source, name);
    for (number, name) in more(is_worker) {
        let bit = 1 << number;
        if said.added.get() & bit == 0 && (may_look || is_shown(name)) {
            add(ctx, internal, shared, name)?;
            said.added.set(said.added.get() | bit);
        }
    }
    let is_named = |late: &Late| late.globals().any(is_shown);
    for late in late(is_worker).filter(is_named) {
        bring(internal, late.name)?;
    }
    let is_named =
        |words: &[&str]| words.is_empty() || words.iter().any(|word| source.contains(word));
    if is_replacing {
        for (part, _) in OWN_WORK.iter().filter(|(_, words)| is_named(words)) {
            bring(internal, part)?;
        }
    }
    if may_look {
        waiting::add(ctx, internal, is_worker)?;
    }
    Ok(())
}

/// Does what is to be done once; again, if there was no memory for it.
fn once(is_done: &Cell<bool>, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if !is_done.get() {
        work()?;
        is_done.set(true);
    }
    Ok(())
}

/// Keeps what a script is about to get at and may change. Few scripts name it.
fn copy_reflect<'js>(internal: &Object<'js>) -> Result<()> {
    let own: Object<'js> = internal.get("own")?;
    let copy: Function<'js> = internal.get("copy")?;
    let reflect: Value<'js> = own.get("Reflect")?;
    own.set(
        "Reflect",
        copy.call::<_, Object<'js>>((reflect, OF_REFLECT.to_vec()))?,
    )
}

/// Adds to the global object what has that name.
fn add<'js>(
    ctx: &Ctx<'js>,
    internal: &Object<'js>,
    shared: &Rc<Internal>,
    name: &'static str,
) -> Result<()> {
    let Some(kind) = name.strip_prefix("on") else {
        return globals::add(ctx, internal, shared, name);
    };
    let handler: Function<'js> = internal.get("handler")?;
    handler.call((scope(ctx, internal)?, kind))
}

/// Whether a script uses `console` other than by the name of one of the few functions.
fn wants_all_of_console(source: &str) -> bool {
    let is_few = |after| member(after).is_some_and(|(name, _)| CONSOLE.contains(&name));
    places(source, "console").any(|(_, after)| !is_few(after))
}

/// Whether `source` has that word, other than behind a dot: a property of an object, which is the
/// global one only if that is said (`shown`) or the script may look at it.
fn names(source: &str, word: &str) -> bool {
    let is_property = |before: &str| before.ends_with('.') && !before.ends_with("...");
    places(source, word).any(|(before, _)| !is_property(before))
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
        assert!(names("event.URL, URL", "URL"));
    }
}
