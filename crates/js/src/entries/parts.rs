//! The parts of the prelude, from their files. Owns their order, and which of them wait until they
//! are used. Enters none again.

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
static PARTS: [Part; 10] = [
    part!("base"),
    part!("functions"),
    part!("idl"),
    part!("console"),
    part!("event"),
    part!("event_target"),
    part!("event_kinds"),
    part!("timers"),
    part!("globals"),
    part!("web_socket"),
];

/// A part that waits.
#[derive(Clone, Copy)]
pub(super) struct Late {
    /// By which it is asked for.
    pub(super) name: &'static str,
    /// Mostly one, of the same name.
    parts: &'static [Part],
    /// Its interfaces, which are globals before it runs too.
    pub(super) interfaces: &'static [&'static str],
    /// Other globals whose getters and methods run it.
    globals: &'static [&'static str],
}

impl Late {
    /// Each of its globals.
    pub(super) fn globals(&self) -> impl Iterator<Item = &'static str> {
        self.interfaces.iter().chain(self.globals).copied()
    }
}

/// The part of the file that is the first name, with the interfaces and the other globals in it.
macro_rules! late {
    ($name:literal) => {
        late!($name, [], [])
    };
    ($name:literal, $interfaces:expr) => {
        late!($name, $interfaces, [])
    };
    ($name:literal, $interfaces:expr, $globals:expr) => {
        Late {
            name: $name,
            parts: &[part!($name)],
            interfaces: &$interfaces,
            globals: &$globals,
        }
    };
}

/// Parts that most scripts do without. They cost more memory than a socket does, so each is run
/// once a script uses it.
static LATE: [Late; 30] = [
    late!("interfaces"),
    late!("inspect"),
    late!("error_texts"),
    late!("uncaught"),
    late!("console_more"),
    late!("buffers"),
    late!("errors", ["ErrorEvent"]),
    late!("finalization", ["FinalizationRegistry"]),
    late!("performance", ["Performance"], ["performance"]),
    late!("abort", ["AbortController", "AbortSignal"]),
    late!("custom_event", ["CustomEvent"]),
    late!("blob", ["Blob"]),
    late!("url", ["URL"]),
    late!("search_params", ["URLSearchParams"]),
    late!("encoding", ["TextEncoder", "TextDecoder"]),
    late!("crypto", ["Crypto"], ["crypto"]),
    late!("clone"),
    late!("clone_reader"),
    late!("kinds"),
    late!("quota", ["QuotaExceededError"]),
    late!("tasks"),
    late!("links"),
    late!("ports", ["MessageChannel", "MessagePort"]),
    late!("rejections", ["PromiseRejectionEvent"]),
    late!("worker", ["Worker"]),
    late!("worker_scope"),
    late!("load"),
    late!("node"),
    late!("document", [], ["document"]),
    late!("window", ["Location"], WINDOW),
];

/// What else the global object has besides interfaces, added one by one (`globals`).
const MORE: [&str; 11] = [
    "self",
    "window",
    "Window",
    "document",
    "location",
    "origin",
    "scriptArgs",
    "alert",
    "prompt",
    "crypto",
    "performance",
];

/// Its event handlers.
const HANDLERS: [&str; 4] = [
    "onload",
    "onerror",
    "onunhandledrejection",
    "onrejectionhandled",
];

/// What is beside the document in the window of a page.
const WINDOW: [&str; 5] = ["location", "origin", "scriptArgs", "alert", "prompt"];

/// Parts, and what else is in the global object, that a worker has none of.
const OF_PAGES: [&str; 9] = [
    "document",
    "window",
    "Window",
    "location",
    "origin",
    "scriptArgs",
    "alert",
    "prompt",
    "onload",
];

/// The parts of a page that wait, or of a worker's.
pub(super) fn late(is_worker: bool) -> impl Iterator<Item = Late> {
    let parts = LATE.iter().copied();
    parts.filter(move |late| is_in(late.name, is_worker))
}

/// What else is in the global object of a page, or of a worker, beside its number.
pub(super) fn more(is_worker: bool) -> impl Iterator<Item = (usize, &'static str)> {
    let names = HANDLERS.into_iter().chain(MORE).enumerate();
    names.filter(move |(_, name)| is_in(name, is_worker))
}

fn is_in(name: &str, is_worker: bool) -> bool {
    !is_worker || !OF_PAGES.contains(&name)
}

/// Whether the part of that name has interfaces.
pub(super) fn has_interfaces(name: &str) -> bool {
    let late = LATE.iter().find(|late| late.name == name);
    late.is_some_and(|late| !late.interfaces.is_empty())
}

/// The module of that name and its parts: those that run at once, or one that waits.
pub(super) fn module(name: &str) -> Option<(&'static str, &'static [Part])> {
    if name == FIRST {
        return Some((FIRST, &PARTS));
    }
    let late = LATE.iter().find(|late| late.name == name)?;
    Some((late.name, late.parts))
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
