//! What a script needs before it runs, by what its text says: parts of the prelude that it names,
//! and what it would find if it looked. Owns these words. Runs no script.

use std::cell::Cell;

use rquickjs::{Ctx, Function, Object, Result};

use super::looks::{Looks, looks, member, places, shown};
use super::parts::{LOOKING, Late, OF_LOOKING, late, more};
use super::replaces::replaces;
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

/// Globals that parts add as well.
const OF_PARTS: [&str; 2] = ["crypto", "performance"];

/// What the texts of a page said so far.
#[derive(Default)]
pub(super) struct Said {
    looks: Cell<Option<Looks>>,
    /// Members of prototypes are set, which were its own classes'.
    has_own_classes: Cell<bool>,
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
    said: &Said,
    source: &str,
) -> Result<()> {
    read_for(ctx, source)?;
    let bring: Function<'js> = internal.get("bring")?;
    let bring = |part: &str| bring.call::<_, ()>((part,));
    let is_worker = internal.contains_key("inbound")?;
    // What is replaced makes these as well.
    let globals = ctx.globals();
    let is_global = |name: &str| {
        let waits = late(is_worker).any(|late| late.globals().any(|global| global == name));
        waits || globals.contains_key(name).unwrap_or(true)
    };
    let is_replacing = said.may_replace(source, is_global);
    let may_look = said.may_look(source) || is_replacing;
    if may_look {
        bring_all(internal, bring)?;
    }
    if source.contains("Reflect") {
        bring("copies")?;
    }
    if wants_all_of_console(source) {
        bring("console_rest")?;
    }
    let members = shown(source);
    let is_shown = |name: &str| members.contains(name) || names(source, name);
    add_globals(internal, is_worker, |name| {
        may_look || !OF_PARTS.contains(&name) && is_shown(name)
    })?;
    let is_named = |late: &Late| late.globals().any(is_shown);
    for late in late(is_worker).filter(is_named) {
        bring(late.name)?;
    }
    let is_named =
        |words: &[&str]| words.is_empty() || words.iter().any(|word| source.contains(word));
    if is_replacing {
        for (part, _) in OWN_WORK.iter().filter(|(_, words)| is_named(words)) {
            bring(part)?;
        }
    }
    if may_look {
        let lazily: Function<'js> = internal.get("lazily")?;
        for late in late(is_worker).filter(|late| !late.interfaces.is_empty()) {
            lazily.call::<_, ()>((late.name, late.interfaces.to_vec()))?;
        }
    }
    Ok(())
}

/// What there is to see, at once if nothing of it is there.
fn bring_all(internal: &Object<'_>, bring: impl Fn(&str) -> Result<()>) -> Result<()> {
    let loaded: Object<'_> = internal.get("loaded")?;
    for part in OF_LOOKING {
        if loaded.contains_key(part)? {
            return OF_LOOKING.into_iter().try_for_each(bring);
        }
    }
    bring(LOOKING)?;
    OF_LOOKING
        .into_iter()
        .try_for_each(|part| loaded.set(part, true))
}

/// Whether a script uses `console` other than by the name of one of the few functions.
fn wants_all_of_console(source: &str) -> bool {
    let is_few = |after| member(after).is_some_and(|(name, _)| CONSOLE.contains(&name));
    places(source, "console").any(|(_, after)| !is_few(after))
}

/// What is wanted of what is in the global object besides interfaces.
fn add_globals(
    internal: &Object<'_>,
    is_worker: bool,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    let named = more(is_worker).filter(|name| is_wanted(name));
    let (handlers, others): (Vec<_>, Vec<_>) = named.partition(|name| name.starts_with("on"));
    if handlers.is_empty() && others.is_empty() {
        return Ok(());
    }
    let types: Vec<_> = handlers.iter().filter_map(|name| name.get(2..)).collect();
    internal
        .get::<_, Function<'_>>("bring")?
        .call::<_, ()>(("globals_more",))?;
    internal
        .get::<_, Function<'_>>("addGlobals")?
        .call((others, types))
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
