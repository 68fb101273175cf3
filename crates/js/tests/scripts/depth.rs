//! Scripts that call deeply, on threads that have the stack for it: as deeply as in a browser, and
//! one call more is an exception, also where the engine's own functions call.

use std::cell::RefCell;
use std::rc::Rc;

use sockeye_js::{Engines, Outcome, Page, PageOptions};
use tokio::runtime::Builder;

/// Runs `script` on a thread with a deep stack, in an engine of its own or in one for many pages.
fn deep(script: &'static str, is_shared: bool) -> (Outcome, Vec<String>) {
    let work = move || {
        let lines = Rc::new(RefCell::new(Vec::new()));
        let written = Rc::clone(&lines);
        let print = move |_, line: &str| written.borrow_mut().push(line.to_owned());
        let options = PageOptions::new(print);
        let engines = Engines::new();
        let page = if is_shared {
            Page::new_in(options, &engines)
        } else {
            Page::new(options)
        };
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(page.unwrap().run("test.js", script));
        (outcome, lines.take())
    };
    sockeye_js::spawn("deep", work).unwrap().join().unwrap()
}

/// A script that works in a browser would end in an exception.
#[test]
fn script_calls_as_deeply_as_in_a_browser() {
    let script = "
        const nested = (left) => left === 0 ? 0 : 1 + nested(left - 1);
        let depth = 0;
        const inMap = () => { depth += 1; [1].map(inMap); };
        try { inMap(); } catch (error) { console.log(error.name, depth > 3000); }
        console.log(nested(8000));";
    for is_shared in [false, true] {
        let (outcome, lines) = deep(script, is_shared);
        assert_eq!(outcome, Outcome::Finished, "{lines:?}");
        assert_eq!(lines, ["RangeError true", "8000"]);
    }
}

/// A script, or what a peer sent it, could end the process with all its other pages.
#[test]
fn calls_without_an_end_are_exceptions_wherever_they_come_from() {
    let script = r#"
        let nested = [];
        for (let depth = 0; depth < 100000; depth += 1) nested = [nested];
        const again = {
            json: { toJSON() { return JSON.stringify(again.json); } },
            join: [{ toString: () => again.join.join() }],
            clone: { get a() { return structuredClone(again.clone); } },
            proxy: new Proxy({}, { get: () => again.proxy.a }),
            url: { toString: () => new URL(again.url).href },
            blob: { toString: () => new Blob([again.blob]) },
            iterator: { [Symbol.iterator]: () => [...again.iterator] },
        };
        const text = (piece) => piece.repeat(100000);
        const endless = [
            () => JSON.parse(text("[")),
            () => JSON.stringify(nested),
            () => JSON.stringify(again.json),
            () => structuredClone(nested),
            () => structuredClone(again.clone),
            () => nested.flat(Infinity),
            () => again.join.join(),
            () => String(nested),
            () => again.proxy.a,
            () => [...again.iterator],
            () => new URL(again.url),
            () => new Blob([again.blob]),
            function sort() { [1, 2].sort(sort); },
            function replace() { "a".replace(/a/, replace); },
            function run() { new Function("run", "run()")(run); },
            function* generator() { yield* generator(); },
            () => eval(text("(")),
            () => eval(text("!")),
        ];
        for (const run of endless) {
            try {
                for (const _ of run() ?? []) break;
                console.log("no exception", run);
            } catch (error) {
                if (error.name !== "RangeError") console.log(error, run);
            }
        }
        const target = new EventTarget();
        target.addEventListener("a", () => target.dispatchEvent(new Event("a")));
        addEventListener("error", (event) => {
            event.preventDefault();
            console.log(event.error.name);
        }, { once: true });
        addEventListener("error", (event) => event.preventDefault());
        target.dispatchEvent(new Event("a"));
        nested = null;
        console.log("alive");"#;
    let (outcome, lines) = deep(script, false);
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(lines, ["alive", "RangeError"]);
}
