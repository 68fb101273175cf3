//! Workers: a script of its own on a thread of its own, that only messages reach. `page/worker`,
//! `workers`, `pipe`, `files` and `worker.js` of the prelude.

use std::time::Duration;

use sockeye_js::Outcome;

use crate::folder::Folder;
use crate::support::{echo, last_close, run_with};

pub(crate) async fn run(script: &str, files: &[(&str, &str)]) -> (Outcome, Vec<String>) {
    let folder = Folder::new(files);
    let ended = run_with(script, |options| {
        options.module_directory = Some(folder.path().to_owned());
    })
    .await;
    drop(folder);
    ended
}

/// A page and its worker would not understand each other.
#[tokio::test]
async fn messages_go_both_ways_as_clones() {
    let script = r#"
        const worker = new Worker("worker.js", { name: "helper" });
        const buffer = new ArrayBuffer(4);
        const sent = { text: "\ud800", map: new Map([[1, new Date(5)]]), buffer };
        sent.self = sent;
        worker.postMessage(sent, [buffer]);
        worker.postMessage(undefined);
        console.log(buffer.byteLength);
        worker.onmessage = ({ data, origin, source, isTrusted, target }) => {
            if (typeof data === "string") return console.log(data);
            console.log(data.self === data, data.map.get(1).getTime(), data.text === "\ud800");
            console.log(data.buffer.byteLength, [...data.bytes].join(), data.big === 2n ** 64n);
            console.log(origin === "", source, isTrusted, target === worker);
        };
    "#;
    let worker = r#"
        onmessage = function (event) {
            if (event.data === undefined) return postMessage("undefined came");
            event.data.bytes = new Uint8Array([1, 2, 3]);
            event.data.big = 2n ** 64n;
            postMessage(event.data);
        };
        postMessage([name, Object.hasOwn(self, "name"), self === globalThis, typeof window,
            self instanceof DedicatedWorkerGlobalScope,
            self instanceof EventTarget, this === self].join());
    "#;
    let (outcome, lines) = run(script, &[("worker.js", worker)]).await;
    let expected = [
        "0",
        "helper,true,true,undefined,true,true,true",
        "true 5 true",
        "4 1,2,3 true",
        "true null true true",
        "undefined came",
    ];
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, expected.map(str::to_owned).to_vec())
    );
}

/// A worker would not have the object that it is for, or be cut off while it talks.
#[tokio::test]
async fn worker_has_sockets_timers_and_scripts_of_its_own() {
    let url = echo().await;
    let script = "const worker = new Worker('sub/worker.js');
        worker.onmessage = (event) => console.log('page', event.data);";
    let worker = format!(
        r#"
        importScripts("lib/answer.js", "./second.js");
        console.log("worker", answer, second);
        setTimeout(() => {{
            const ws = new WebSocket("{url}");
            ws.onopen = () => ws.send("from the worker");
            ws.onmessage = (event) => {{ postMessage(event.data); ws.close(); }};
            ws.onclose = () => {{ postMessage("closed"); }};
        }}, 5);
        try {{ importScripts("none.js"); }} catch (error) {{ console.log(error.name); }}
        "#
    );
    let files = [
        ("sub/worker.js", worker.as_str()),
        ("sub/lib/answer.js", "var answer = 42;"),
        ("sub/second.js", "const second = answer + 1;"),
    ];
    let (outcome, lines) = run(script, &files).await;
    let expected = [
        "worker 42 43",
        "NetworkError",
        "page from the worker",
        "page closed",
    ];
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, expected.map(str::to_owned).to_vec())
    );
}

/// Who wrote the worker would not learn of its errors, or a page that handles them would fail.
#[tokio::test]
async fn uncaught_exceptions_reach_the_page() {
    let page = |handler: &str| format!("new Worker('worker.js').onerror = {handler};");
    let worker = [("worker.js", "\nthrow new RangeError('on purpose');")];
    let handler = "(e) => { console.log(e.message, e.lineno, e.error); e.preventDefault(); }";
    let (outcome, lines) = run(&page(handler), &worker).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(lines, ["Uncaught RangeError: on purpose 2 null"]);

    let (outcome, lines) = run(&page("() => console.log('seen')"), &worker).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert_eq!(lines[0], "seen");
    assert!(
        lines[1].starts_with("Uncaught RangeError: on purpose"),
        "{lines:?}"
    );
    assert!(lines[1].contains("worker.js:2"), "{lines:?}");

    let taken = [("worker.js", "onerror = () => true; throw 1;")];
    let (outcome, lines) = run(&page("() => console.log('not here')"), &taken).await;
    assert_eq!((outcome, lines), (Outcome::Finished, vec![]));

    let rejected = [("worker.js", "Promise.reject(new Error('lost'))")];
    let (outcome, lines) = run(&page("() => console.log('not here')"), &rejected).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert!(
        lines[0].starts_with("Uncaught (in promise) Error: lost"),
        "{lines:?}"
    );
}

/// A script could read what is not its own, or wait for ever for a worker that is not there.
#[tokio::test]
async fn only_files_of_the_folder_are_workers() {
    for url in ["none.js", "../../../../../../etc/hostname", "/etc/hostname"] {
        let script = format!(
            "const worker = new Worker('{url}');
             worker.onerror = (e) => console.log(e.type, e instanceof ErrorEvent, e.isTrusted);
             worker.postMessage(1);"
        );
        let (outcome, lines) = run(&script, &[("page.js", "")]).await;
        assert_eq!(outcome, Outcome::Finished);
        assert!(lines[0].starts_with("Worker: "), "{lines:?}");
        assert_eq!(lines[1..], ["error false true"]);
    }
    for (make, name) in [
        ("new Worker()", "TypeError"),
        ("Worker('a')", "TypeError"),
        ("new Worker('http://a/b.js')", "SecurityError"),
        ("new Worker('data:text/javascript,1')", "SecurityError"),
        ("new Worker('a.js', { type: 'other' })", "TypeError"),
        (
            "new Worker('page.js').postMessage(() => {})",
            "DataCloneError",
        ),
        ("new Worker('page.js').postMessage()", "TypeError"),
    ] {
        let script = format!("try {{ {make}; }} catch (error) {{ console.log(error.name); }}");
        let (outcome, lines) = run(&script, &[("page.js", "")]).await;
        assert_eq!(
            (outcome, lines),
            (Outcome::Finished, vec![name.to_owned()]),
            "{make}"
        );
    }
}

/// A worker that never ends would keep its page, or its thread after that.
#[tokio::test]
async fn workers_end_when_they_are_told_to() {
    let script = "const worker = new Worker('worker.js');
        worker.onmessage = (event) => { console.log(event.data); worker.terminate(); };";
    for worker in [
        "postMessage('before'); for (;;) {}",
        "postMessage('before'); setInterval(() => {}, 1)",
        "postMessage('before'); new Worker('worker.js'); for (;;) postMessage('again')",
    ] {
        let (outcome, lines) = run(script, &[("worker.js", worker)]).await;
        assert_eq!(
            (outcome, lines),
            (Outcome::Finished, vec!["before".to_owned()]),
            "{worker}"
        );
    }
    let closing = "setInterval(() => {}, 1); close(); postMessage('after close')";
    let script = "new Worker('worker.js').onmessage = (event) => console.log(event.data)";
    let (outcome, lines) = run(script, &[("worker.js", closing)]).await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["after close".to_owned()])
    );

    let folder = Folder::new(&[("worker.js", "for (;;) {}")]);
    let (outcome, _) = run_with("new Worker('worker.js')", |options| {
        options.module_directory = Some(folder.path().to_owned());
        options.time_limit = Some(Duration::from_millis(100));
    })
    .await;
    assert_eq!(outcome, Outcome::TimedOut);
}

/// A server would see a connection that broke where in a browser a page says that it leaves.
#[tokio::test]
async fn sockets_of_workers_that_end_say_goodbye() {
    let url = echo().await;
    let worker = |end: &str| {
        format!(
            "const ws = new WebSocket('{url}');
             ws.onmessage = () => {end};
             ws.onopen = () => ws.send('');"
        )
    };
    let page = "const worker = new Worker('worker.js');
        worker.onmessage = () => worker.terminate();";
    for end in ["close()", "postMessage(1)"] {
        let (outcome, lines) = run(page, &[("worker.js", &worker(end))]).await;
        assert_eq!((outcome, lines), (Outcome::Finished, vec![]), "{end}");
        assert_eq!(last_close().await, 1001, "{end}");
    }
}

/// A worker that imports what its page does would need a copy of it in one file, or fail without a
/// word.
#[tokio::test]
async fn worker_of_modules_imports_and_says_why_it_fails() {
    let script = r#"
        const worker = (url) => {
            const made = new Worker(url, { type: "module" });
            made.onmessage = ({ data }) => console.log(data);
            made.onerror = (event) => {
                console.log(url, event.constructor.name, event.message ?? "");
                event.preventDefault();
            };
        };
        worker("parts/good.mjs");
        worker("parts/none.mjs");
        worker("parts/throws.js?a query");
    "#;
    let files = [
        (
            "parts/good.mjs",
            "import { one } from '../one.mjs'; const two = await import('./two.mjs');
             postMessage(`${one + two.two} ${typeof this} ${typeof importScripts}`);",
        ),
        ("parts/two.mjs", "export const two = await 2;"),
        ("one.mjs", "export const one = 1;"),
        (
            "parts/throws.js",
            "await null; throw new RangeError('on purpose');",
        ),
    ];
    let (outcome, mut lines) = run(script, &files).await;
    lines.sort();
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert!(lines[1].starts_with("Worker: cannot read"), "{lines:?}");
    lines.remove(1);
    assert_eq!(
        lines,
        [
            "3 undefined function",
            "parts/none.mjs Event ",
            "parts/throws.js?a query ErrorEvent Uncaught RangeError: on purpose",
        ]
    );
}

/// Two that wait for each other would never end, and two that talk would be cut off.
#[tokio::test]
async fn page_ends_once_nothing_is_on_its_way() {
    let script = "const worker = new Worker('worker.js');
        let count = 0;
        worker.onmessage = ({ data }) => {
            count += 1;
            if (count < 100) worker.postMessage(data + 1); else console.log(data);
        };
        worker.postMessage(0);";
    let worker = "onmessage = ({ data }) => postMessage(data + 1);";
    let (outcome, lines) = run(script, &[("worker.js", worker)]).await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["199".to_owned()])
    );
}

/// What a page patches, as old libraries do, would be in what it and its worker tell each other.
#[tokio::test]
async fn messages_are_the_same_whatever_a_script_patched() {
    let patched = "
        const { log } = console, broken = () => { throw 'broken'; };
        Array.prototype.toJSON = Object.prototype.toJSON = () => 'patched';
        JSON.stringify = JSON.parse = Uint8Array.fromHex = broken;
        for (const name of ['get', 'set', 'delete', 'values']) Map.prototype[name] = broken;
        Uint8Array.prototype.toHex = broken;
        for (const name of ['map', 'splice', 'slice', Symbol.iterator]) {
            Array.prototype[name] = broken;
        }
    ";
    let script = format!(
        "const bytes = new Uint8Array([1, 2]), sent = {{ list: [1, ['two']], bytes }};
        const channel = new MessageChannel();
        {patched}
        const worker = new Worker('worker.js');
        channel.port1.onmessage = (event) => {{
            log(event.data.list[1][0], event.data.bytes[1]);
            worker.terminate();
        }};
        const transfer = [channel.port2];
        transfer[Symbol.iterator] = function* () {{ yield channel.port2; }};
        worker.postMessage(sent, {{ transfer }});"
    );
    let worker =
        format!("{patched} onmessage = (event) => {{ event.ports[0].postMessage(event.data); }};");
    let (outcome, lines) = run(&script, &[("worker.js", &worker)]).await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["two 2".to_owned()])
    );
}

/// A page whose worker says more than it can hear would not hear of its sockets.
#[tokio::test]
async fn worker_that_never_pauses_starves_no_socket() {
    let url = echo().await;
    let script = format!(
        r#"
        let count = 0;
        const worker = new Worker("worker.js");
        worker.onmessage = () => {{
            const until = performance.now() + 2;
            while (performance.now() < until);
            count += 1;
            if (count === 2000) worker.terminate();
        }};
        const ws = new WebSocket("{url}");
        ws.onopen = () => ws.send("heard");
        ws.onmessage = ({{ data }}) => {{
            console.log(data, count < 2000);
            worker.terminate();
            ws.close();
        }};
        "#
    );
    let (outcome, said) = run(&script, &[("worker.js", "for (;;) postMessage(0);")]).await;
    assert_eq!(outcome, Outcome::Finished, "{said:?}");
    assert_eq!(said, ["heard true"]);
}
