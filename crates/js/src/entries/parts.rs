//! The parts of the prelude, from their files. Owns their order, and which of them wait until they
//! are used. Enters none again.

use std::slice;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Result};

/// A part of the prelude by the name of its file.
macro_rules! part {
    ($name:literal) => {
        ($name, include_str!(concat!("../prelude/", $name, ".js")))
    };
}

/// A part's name and source.
pub(super) type Part = (&'static str, &'static str);

/// The module of the parts that run at once.
pub(super) const FIRST: &str = "prelude";

/// Those parts, each of which may use those before it.
// WHATWG websockets §idl-1 §idl-4 §idl-5 §idl-6 step: in web_socket.js, with define() of base.js
// for the flags of properties.
static PARTS: [Part; 8] = [
    part!("base"),
    part!("idl"),
    part!("console"),
    part!("event"),
    part!("event_kinds"),
    part!("timers"),
    part!("globals"),
    part!("web_socket"),
];

/// A part and its globals.
pub(super) type Lazy = (Part, &'static [&'static str]);

/// Parts that most scripts do without, with the globals that are in them. They cost more memory
/// than a socket does, so each is run once a script reads one of these names.
static LAZY: [Lazy; 22] = [
    (part!("inspect"), &[]),
    (part!("uncaught"), &[]),
    (part!("console_more"), &[]),
    (part!("errors"), &["ErrorEvent", "onerror"]),
    (part!("finalization"), &["FinalizationRegistry"]),
    (part!("performance"), &["Performance", "performance"]),
    (part!("abort"), &["AbortController", "AbortSignal"]),
    (part!("custom_event"), &["CustomEvent"]),
    (part!("blob"), &["Blob"]),
    (part!("url"), &["URL"]),
    (part!("search_params"), &["URLSearchParams"]),
    (part!("encoding"), &["TextEncoder", "TextDecoder"]),
    (part!("crypto"), &["Crypto", "crypto"]),
    (part!("clone"), &[]),
    (part!("tasks"), &[]),
    (part!("links"), &[]),
    (part!("ports"), &["MessageChannel", "MessagePort"]),
    (part!("rejections"), &REJECTIONS),
    (part!("worker"), &["Worker"]),
    (part!("node"), &[]),
    (part!("document"), &["document"]),
    (part!("window"), &WINDOW),
];

/// What there is to hear of rejected promises.
const REJECTIONS: [&str; 3] = [
    "PromiseRejectionEvent",
    "onunhandledrejection",
    "onrejectionhandled",
];

/// What is beside the document in the window of a page.
const WINDOW: [&str; 7] = [
    "onload",
    "window",
    "location",
    "origin",
    "scriptArgs",
    "alert",
    "prompt",
];

/// Parts that a page works with by itself, without a word of its script; but some only if it names
/// one of these. They keep the methods that they use, as these were before a script replaced any.
pub(super) const OWN_WORK: [(&str, &[&str]); 8] = [
    ("inspect", &[]),
    ("errors", &[]),
    ("uncaught", &[]),
    ("tasks", &[]),
    ("rejections", &[]),
    ("blob", &["WebSocket"]),
    ("clone", &["structuredClone"]),
    (
        "console_more",
        &["console.t", "console.group", "console.count"],
    ),
];

/// What a script names that replaces methods.
pub(super) const REPLACING: [&str; 3] = ["prototype", "__proto__", "getPrototypeOf"];

/// Parts that a worker has none of.
const OF_PAGES: [&str; 2] = ["document", "window"];

/// The lazy parts of a page, or of a worker's.
pub(super) fn lazy(is_worker: bool) -> impl Iterator<Item = Lazy> {
    let is_here = move |name: &str| !is_worker || !OF_PAGES.contains(&name);
    let lazy = LAZY.iter().copied();
    lazy.filter(move |((name, _), _)| is_here(name))
}

/// The module of that name and its parts: those that run at once, or one that waits.
pub(super) fn module(name: &str) -> Option<(&'static str, &'static [Part])> {
    if name == FIRST {
        return Some((FIRST, &PARTS));
    }
    let (part, _) = LAZY.iter().find(|((part, _), _)| *part == name)?;
    Some((part.0, slice::from_ref(part)))
}

/// Runs `source` as a classic script, whose name stands in stack traces.
pub(crate) fn eval<'js, V: rquickjs::FromJs<'js>>(
    ctx: &Ctx<'js>,
    name: &str,
    source: &str,
) -> Result<V> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(source, options)
}
