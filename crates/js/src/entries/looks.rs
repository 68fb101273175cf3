//! Whether a script may look at the global object, and so at names that it puts together, by what
//! its text says. Owns the words for that object, and what may stand behind them. Knows no grammar:
//! what is no plain use of a name is one that looks, in a text or a comment too.

use std::collections::BTreeSet;

use crate::limits::SCRIPT_NAMES_MAX;

/// The words for the global object. Followed by the name of a member they show that one alone.
const OBJECTS: [&str; 5] = ["this", "globalThis", "self", "window", "super"];

/// What gets at the global object, or at texts that become code, in any use.
const OTHERS: [&str; 4] = [
    "eval",
    "importScripts",
    // Its traps hear what an operation is done to.
    "Proxy",
    // A letter of a name, in other words.
    "\\u",
];

/// Members of all objects that answer for names which are put together, with the object itself, or
/// with its interface.
const REACHING: [&str; 6] = [
    "constructor",
    "hasOwnProperty",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Methods of the language that hand on what they are called on, as a class may ask whose objects
/// have them: to a callback, to another method, or as the answer.
const HANDING: [&str; 33] = [
    "catch",
    "concat",
    "copyWithin",
    "entries",
    "every",
    "fill",
    "filter",
    "finally",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "keys",
    "map",
    "match",
    "matchAll",
    "reduce",
    "reduceRight",
    "replace",
    "replaceAll",
    "reverse",
    "search",
    "slice",
    "some",
    "sort",
    "splice",
    "split",
    "subarray",
    "toJSON",
    "values",
];

/// What a text says of the global object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Looks {
    /// Members by their names at most.
    No,
    /// The same; and it calls some. One that another text made a built-in function may hand on the
    /// object that it is called on.
    Calls,
    /// Maybe at all of it.
    Yes,
}

/// What `source` says.
pub(super) fn looks(source: &str) -> Looks {
    let is_there =
        |word: &str| source.contains(word) && (word.starts_with('\\') || has_word(source, word));
    if OTHERS.iter().any(|word| is_there(word)) {
        return Looks::Yes;
    }
    let mut called = BTreeSet::new();
    for (before, word, after) in uses(source) {
        match use_of(before, word, after) {
            Use::Object => return Looks::Yes,
            Use::Member => {}
            Use::Call(name) => {
                called.insert(name);
            }
        }
        // Each is looked for in all of the text.
        if called.len() > SCRIPT_NAMES_MAX {
            return Looks::Yes;
        }
    }
    if called.is_empty() {
        return Looks::No;
    }
    if called.into_iter().any(|name| is_given(source, name)) {
        return Looks::Yes;
    }
    Looks::Calls
}

/// The members of the global object that `source` shows by their names.
pub(super) fn shown(source: &str) -> BTreeSet<&str> {
    let members = uses(source).filter_map(|(_, _, after)| member(after));
    members.map(|(name, _)| name).collect()
}

/// The places of the words for the global object: what is before, the word, and what is behind.
fn uses(source: &str) -> impl Iterator<Item = (&str, &'static str, &str)> {
    OBJECTS.into_iter().flat_map(move |word| {
        places(source, word).map(move |(before, after)| (before, word, after))
    })
}

/// What stands before and behind each place where `source` has that word.
pub(crate) fn places<'a>(
    source: &'a str,
    word: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    source.match_indices(word).filter_map(move |(at, _)| {
        let (before, rest) = source.split_at(at);
        let after = rest.get(word.len()..).unwrap_or_default();
        let is_word = !before.ends_with(is_letter) && !after.starts_with(is_letter);
        is_word.then_some((before, after))
    })
}

fn has_word(source: &str, word: &str) -> bool {
    places(source, word).next().is_some()
}

/// Without white space, as the language has it.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

/// How a word for the global object is used.
enum Use<'a> {
    Object,
    Member,
    /// A member of that name is called.
    Call(&'a str),
}

fn use_of<'a>(before: &str, word: &str, after: &'a str) -> Use<'a> {
    let is_super = word == "super";
    let Some((name, rest)) = member(after) else {
        let is_harmless = if is_super {
            // The constructor of what a class extends.
            trimmed(after).starts_with('(')
        } else {
            is_type(before, after)
        };
        return if is_harmless {
            Use::Member
        } else {
            Use::Object
        };
    };
    let is_handed = is_super && HANDING.contains(&name);
    if is_handed || REACHING.contains(&name) || name.starts_with("__") {
        return Use::Object;
    }
    if is_called(rest) && !name.is_empty() {
        Use::Call(name)
    } else {
        Use::Member
    }
}

/// The member that is named behind an object, without a letter that another alphabet has, and what
/// comes then. The name of a private one, which the global object has none of, is empty.
pub(super) fn member(after: &str) -> Option<(&str, &str)> {
    let after = trimmed(after);
    let behind = after
        .strip_prefix('.')
        .or_else(|| after.strip_prefix("?."))?;
    let behind = trimmed(behind);
    if let Some(private) = behind.strip_prefix('#') {
        let is_name = private.starts_with(|first: char| first.is_ascii_alphabetic());
        return is_name.then_some(("", private));
    }
    let is_plain = |letter: char| letter.is_ascii() && is_letter(letter);
    let len = behind.find(|letter| !is_plain(letter));
    let (name, rest) = behind.split_at_checked(len.unwrap_or(behind.len()))?;
    let is_name = !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit());
    // What is no letter may be part of a name, as an accent is.
    let is_whole = rest.starts_with(|next: char| next.is_ascii() || next.is_whitespace());
    (is_name && (is_whole || rest.is_empty())).then_some((name, rest))
}

/// Whether the script asks of what type the object is, and no more.
fn is_type(before: &str, after: &str) -> bool {
    let is_compared = ["==", "!="]
        .iter()
        .any(|sign| trimmed(after).starts_with(sign));
    let before = before.trim_end();
    let is_asked = before
        .strip_suffix("typeof")
        .is_some_and(|before| !before.ends_with(is_letter));
    is_compared && is_asked
}

/// Whether what is before this may be called, with its object.
fn is_called(after: &str) -> bool {
    let mut rest = trimmed(after);
    // `(this.name)(...)` too.
    while let Some(behind) = rest.strip_prefix(')') {
        rest = trimmed(behind);
    }
    let rest = rest
        .strip_prefix("?.")
        .map_or(rest, |behind| trimmed(behind));
    rest.starts_with(['(', '`']) || is_comment(rest)
}

fn is_comment(text: &str) -> bool {
    ["//", "/*", "<!--", "-->"]
        .iter()
        .any(|begin| text.starts_with(begin))
}

/// Whether a global of that name may be something that the script did not write as a function: its
/// name stands somewhere as the target of an assignment.
fn is_given(source: &str, name: &str) -> bool {
    places(source, name).any(|(before, after)| !is_of_another(before) && is_target(after))
}

/// Whether what comes is a property of another object than the global one. A dot on the line before
/// may be the end of a comment.
fn is_of_another(before: &str) -> bool {
    let Some(object) = before.trim_end_matches([' ', '\t']).strip_suffix('.') else {
        return false;
    };
    // A list that is spread.
    let is_rest = object.ends_with('.');
    let object = object.strip_suffix('?').unwrap_or(object).trim_end();
    !is_rest && !OBJECTS.iter().any(|word| object.ends_with(word))
}

/// Whether what comes may be behind the target of an assignment, of any function.
fn is_target(after: &str) -> bool {
    let mut rest = trimmed(after);
    while let Some(behind) = rest.strip_prefix(')') {
        rest = trimmed(behind);
    }
    if let Some(value) = rest.strip_prefix('=') {
        return !value.starts_with(['=', '>']) && !is_arrow(value);
    }
    let is_of = rest
        .strip_prefix("of")
        .is_some_and(|behind| !behind.starts_with(is_letter));
    let is_in_pattern = rest.starts_with([',', ']', '}']);
    let is_assigned = ["&&=", "||=", "??="]
        .iter()
        .any(|sign| rest.starts_with(sign));
    is_of || is_in_pattern || is_assigned || is_comment(rest)
}

/// Whether a value is an arrow function with names as its parameters, which is all of the value.
fn is_arrow(value: &str) -> bool {
    let value = trimmed(value);
    let value = value.strip_prefix("async ").unwrap_or(value).trim_start();
    let rest = if let Some(names) = value.strip_prefix('(') {
        let is_of_names = |letter: char| is_letter(letter) || matches!(letter, ' ' | ',');
        names.trim_start_matches(is_of_names).strip_prefix(')')
    } else {
        Some(value.trim_start_matches(is_letter))
    };
    rest.is_some_and(|rest| trimmed(rest).starts_with("=>"))
}

#[cfg(test)]
mod tests;
