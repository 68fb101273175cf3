//! Scripts that take all memory that their page has: it is said so, wherever it happens.

use sockeye_js::{Engines, Outcome, Page, PageOptions};

use crate::folder::Folder;
use crate::support::{run, run_with, written};

/// Less than most scripts take, more than telling does.
fn limited(options: &mut PageOptions) {
    options.memory_len_max = 4 << 20;
}

/// Fills the memory that is left, in small pieces and in large ones; the last one has gone when it
/// is told.
const FILLS: [&str; 4] = [
    "for (;;) all.push({ a: [all.length] });",
    r#"for (;;) all.push("a".repeat(1 << 16) + all.length);"#,
    "for (;;) all.push(new Uint8Array(1 << 19));",
    "const own = []; for (;;) own.push({ a: [own.length] });",
];

fn is_told(script: &str, outcome: Outcome, lines: &[String], file: &str) {
    let all = lines.join("\n");
    assert!(matches!(outcome, Outcome::Failed(_)), "{script}: {all}");
    for part in ["out of memory", "4194304 bytes (memory_len_max)", file] {
        assert!(all.contains(part), "{script}: {all}");
    }
}

/// Who wrote the script would read `null`, nothing, or not which bound it ran into.
#[tokio::test]
async fn script_without_memory_is_told_which_bound_it_has() {
    for place in [
        "FILL",
        "setTimeout(() => { FILL });",
        "setTimeout('FILL');",
        "addEventListener('x', () => { FILL }); dispatchEvent(new Event('x'));",
        "const t = new EventTarget(); t.addEventListener('x', { handleEvent() { FILL } });
        t.dispatchEvent(new Event('x'));",
        "onload = () => { FILL };",
        "queueMicrotask(() => { FILL });",
        "Promise.resolve().then(() => { FILL });",
        "new Promise(() => { FILL });",
        "(async () => { await null; FILL })();",
        "(async () => { FILL })();",
        "const ws = new WebSocket('ws://127.0.0.1:25/'); ws.onclose = () => { FILL };",
        "const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { FILL }; port2.postMessage(1);",
    ] {
        for fill in FILLS {
            let script = format!("const all = []; {}", place.replace("FILL", fill));
            let (outcome, lines) = run_with(&script, limited).await;
            assert_eq!(outcome, Outcome::Failed(1), "{script}: {lines:?}");
            is_told(&script, outcome, &lines, "test.js");
        }
    }
}

/// A script that throws `null` would be said to have no memory.
#[tokio::test]
async fn script_that_throws_null_has_memory() {
    let (outcome, lines) = run("throw null").await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert!(
        lines[0].starts_with("Uncaught null, which the script threw, or"),
        "{lines:?}"
    );
}

/// A worker's script would be said to end well, or for no reason.
#[tokio::test]
async fn worker_without_memory_is_told_its_bound() {
    for fill in FILLS {
        let fill = format!("const all = [];\n{fill}");
        let folder = Folder::new(&[("worker.js", &fill)]);
        let (outcome, lines) = run_with("new Worker('worker.js')", |options| {
            options.module_directory = Some(folder.path().to_owned());
            limited(options);
        })
        .await;
        is_told(&fill, outcome, &lines, "worker.js");
    }
}

/// The same of a module.
#[tokio::test]
async fn module_without_memory_is_told_its_bound() {
    for fill in FILLS {
        let fill = format!("const all = [];\n{fill}");
        let (mut options, lines) = written();
        limited(&mut options);
        let outcome = Page::new(options).unwrap().run_module("a.mjs", &fill).await;
        is_told(&fill, outcome, &lines.take(), "a.mjs");
    }
}

/// A promise that nobody handles would not be told of, as there was no memory to remember it.
#[tokio::test]
async fn promise_is_told_though_there_was_no_memory_for_it() {
    let script = "
        const all = [];
        const fill = (size) => { try { for (;;) all.push(new Uint8Array(size)); } catch {} };
        const { reject } = Promise.withResolvers();
        fill(1 << 16); fill(1 << 8); fill(0);
        reject(5);
        all.length = 0;
    ";
    let (outcome, lines) = run_with(script, limited).await;
    assert_eq!(outcome, Outcome::Failed(1), "{lines:?}");
    assert!(
        lines[0].starts_with("Uncaught (in promise) 5 ("),
        "{lines:?}"
    );
}

/// A part of the prelude that is read with hardly any memory left would end the process: the engine
/// reads memory that it never wrote.
#[tokio::test]
async fn part_that_has_no_room_is_an_exception() {
    let script = "
        const all = [];
        const fill = (size) => { try { for (;;) all.push(new Uint8Array(size)); } catch {} };
        const parts = ['Bl' + 'ob', 'UR' + 'L', 'Abort' + 'Controller'];
        fill(1 << 14); fill(1 << 8); fill(0);
        let failed = 0;
        // Words that the page does not read beforehand.
        for (let at = 0; at < parts.length; at += 1) {
            try { globalThis[parts[at]].name; } catch { failed += 1; }
        }
        all.length = 0;
        console.log(failed, globalThis[parts[0]].name);
    ";
    let (outcome, lines) = run_with(script, limited).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(lines, ["3 Blob"]);
}

/// A page with too little memory for itself would end the process.
#[test]
fn page_without_memory_for_its_own_parts_does_not_start() {
    for kib in [64, 128, 192, 256, 320, 400, 500] {
        let mut options = PageOptions::new(|_, _| {});
        options.memory_len_max = kib << 10;
        assert!(Page::new(options).is_err(), "{kib} KiB");
    }
    let mut options = PageOptions::new(|_, _| {});
    options.memory_len_max = 4 << 20;
    assert!(Page::new(options).is_ok());
}

/// A script would end the whole process, with all who share it.
#[tokio::test]
async fn builtin_that_is_first_used_without_memory_ends_nothing() {
    for first_use in [
        "Array.fromAsync([1]).catch(() => {})",
        "Iterator.zip([])",
        "Iterator.zipKeyed({})",
    ] {
        // The first few sizes leave too little to begin with, the last ones enough to end.
        for left in (0..6000).step_by(40) {
            let script = format!(
                "const hold = [new ArrayBuffer({left})]; let all;
                try {{ for (;;) all = {{ all }}; }} catch {{}}
                hold.length = 0;
                try {{ {first_use}; }} catch {{}}"
            );
            let (outcome, lines) = run_with(&script, limited).await;
            assert_ne!(outcome, Outcome::TimedOut, "{lines:?}");
        }
    }
}

/// The same of a user of a load test, whose engine has not made it before unless the script names
/// it: the end of the engine would be that of the process.
#[tokio::test]
async fn builtin_that_a_user_first_uses_without_memory_ends_nothing() {
    for name in ["zip", "zip' + 'Keyed"] {
        for left in (0..6000).step_by(40) {
            let script = format!(
                "const hold = [new ArrayBuffer({left})], word = (text) => text; let all;
                const owner = globalThis['Iter' + word('ator')], name = word('z') + '{}';
                try {{ for (;;) all = {{ all }}; }} catch {{}}
                hold.length = 0;
                try {{ owner[name]; }} catch {{}}",
                &name[1..]
            );
            let mut options = PageOptions::new(|_, _| {});
            limited(&mut options);
            let engines = Engines::new();
            let page = Page::new_in(options, &engines).unwrap();
            let outcome = page.run("test.js", &script).await;
            assert_ne!(outcome, Outcome::TimedOut);
        }
    }
}

/// A script would die of the signals that it combined for each of its requests, though nobody has
/// them any more.
#[tokio::test]
async fn signals_that_nobody_listens_to_are_collected() {
    for step in [
        "AbortSignal.any([signal]);",
        "AbortSignal.any([AbortSignal.any([signal])]);",
        "last = AbortSignal.any([last, new AbortController().signal]);",
        "const any = AbortSignal.any([signal]); any.onabort = () => {}; any.onabort = null;",
    ] {
        let script = format!(
            "const {{ signal }} = new AbortController(); let last = signal;
            for (let at = 0; at < 20_000; at += 1) {{ {step} }}
            console.log('here');"
        );
        let (outcome, lines) = run_with(&script, limited).await;
        assert_eq!(
            (outcome, lines.as_slice()),
            (Outcome::Finished, ["here".to_owned()].as_slice()),
            "{step}"
        );
    }
}

/// A script could take all memory of the process, outside of its engine.
#[tokio::test]
async fn bytes_that_a_decoder_did_not_look_at_are_the_scripts() {
    let script = "
        const wrong = new Uint8Array(1 << 18).fill(0xff), decoders = [];
        for (let count = 0; count < 64; count += 1) {
            const decoder = new TextDecoder('utf-8', { fatal: true });
            decoders.push(decoder);
            try {
                decoder.decode(wrong, { stream: true });
            } catch (error) {
                if (error.name !== 'TypeError') throw error;
            }
        }";
    let (outcome, lines) = run_with(script, limited).await;
    is_told(script, outcome, &lines, "test.js");
}

/// A page that listens once for each message, with one signal for all, would run out of memory.
#[tokio::test]
async fn signal_keeps_no_listener_that_is_gone() {
    let script = "
        const target = new EventTarget(), { signal } = new AbortController();
        const listener = () => {};
        for (let count = 0; count < 20000; count += 1) {
            target.addEventListener('x', listener, { signal, once: true });
            if (count % 2 === 0) target.dispatchEvent(new Event('x'));
            else target.removeEventListener('x', listener);
        }
        console.log('done');";
    let (outcome, lines) = run_with(script, limited).await;
    assert_eq!((outcome, &*lines.concat()), (Outcome::Finished, "done"));
}
