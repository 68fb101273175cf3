//! What a page without HTML has for scripts: each name with what it comes to here. The one source
//! of the table in `docs/scripts.md`; tests compare it with the prelude and with the scripts that
//! make the calls. Holds nothing that an ordinary `WebSocket` script needs.

/// A name that scripts use, and what it does here.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Call {
    /// Where it is found: the name of an object, or of what all elements are.
    pub owner: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub effect: &'static str,
}

const fn call(owner: &'static str, name: &'static str, effect: &'static str) -> Call {
    Call {
        owner,
        name,
        effect,
    }
}

/// All of them: those that the WebSocket tutorials of MDN, javascript.info and their kin call.
pub const CALLS: &[Call] = &[
    call("window", "window", "the global object"),
    call(
        "window",
        "onload",
        "called once, after the script and its microtasks",
    ),
    call(
        "window",
        "addEventListener",
        "also for `DOMContentLoaded`, which comes before `load`",
    ),
    call("window", "alert", "prints a text"),
    call(
        "window",
        "prompt",
        "prints a text, waits for a line of the input; `null` at its end",
    ),
    call(
        "window",
        "origin",
        "what `--origin` says, else the base's, else `null`",
    ),
    call(
        "window",
        "location",
        "the parts of `--base`; another fragment may be set, a page goes nowhere else",
    ),
    call(
        "document",
        "addEventListener",
        "for `DOMContentLoaded`, after the script and its microtasks",
    ),
    call(
        "document",
        "readyState",
        "`loading`, `interactive` at `DOMContentLoaded`, `complete` from `load` on",
    ),
    call("document", "body", "the element that holds all others"),
    call(
        "document",
        "forms",
        "a form by its name, whose controls are its properties",
    ),
    call(
        "document",
        "getElementById",
        "the element of that name, which is there once asked for",
    ),
    call(
        "document",
        "createElement",
        "an element that is shown once it is placed",
    ),
    call(
        "document",
        "createTextNode",
        "a text that is shown once it is placed",
    ),
    call("document", "write", "prints markup as text"),
    call(
        "element",
        "addEventListener",
        "for `change`, `submit` and `click`, as the attributes do",
    ),
    call(
        "element",
        "appendChild",
        "places a node last, and prints it",
    ),
    call(
        "element",
        "insertBefore",
        "places a node before another, and prints it",
    ),
    call("element", "prepend", "places nodes first, and prints them"),
    call(
        "element",
        "textContent",
        "a text; what is new in it is printed",
    ),
    call(
        "element",
        "innerHTML",
        "markup, kept as written; what is new in it is printed as text",
    ),
    call("element", "className", "kept; nothing looks different"),
    call(
        "element",
        "focus",
        "does nothing: lines go into the first text input",
    ),
    call(
        "element",
        "scrollIntoView",
        "does nothing: what is printed last is seen",
    ),
    call(
        "element",
        "value",
        "what was typed, or set; makes the element a text input",
    ),
    call(
        "element",
        "onchange",
        "called when a line was typed; makes the element a text input",
    ),
    call(
        "element",
        "onsubmit",
        "called after that, at the first form that listens",
    ),
    call(
        "element",
        "onclick",
        "called at the end of the input for the element of `--click-at-end`",
    ),
    call(
        "element",
        "contentDocument",
        "a frame's document, which has `write`",
    ),
    call(
        "element",
        "contentWindow",
        "a frame's window, which has `scrollByPages`",
    ),
    call("frame's document", "write", "prints markup as text"),
    call(
        "frame's window",
        "scrollByPages",
        "does nothing: what is printed last is seen",
    ),
];
