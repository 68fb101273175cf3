//! Timers and microtasks, in virtual time: their order, and how long they take.

use std::time::Duration;

use sockeye_js::limits::{SOCKET_OBJECTS_MAX, SOCKET_TEXTS_LEN_MAX, TIMERS_MAX};
use tokio::time::Instant;

use crate::support::{echo, lines, run_with};

/// A script that polls would do so at another pace, or in another order.
#[tokio::test(start_paused = true)]
async fn timers_and_microtasks_come_in_order() {
    let script = r#"
        const log = (text) => console.log(text);
        setTimeout(log, 50_000, "at last");
        setTimeout(() => log("second"), 10);
        setTimeout(() => { log("first"); Promise.resolve().then(() => log("micro of first")); }, 5);
        setTimeout(() => log("same time, later"), 10);
        const gone = setTimeout(() => log("never"), 1);
        clearTimeout(gone);
        let count = 0;
        const interval = setInterval(() => {
            log(`tick ${++count}`);
            if (count === 3) clearInterval(interval);
        }, 1000);
        queueMicrotask(() => log("micro"));
        setTimeout("globalThis.log = 1; console.log('a string')", 20);
        log("script");
    "#;
    let started = Instant::now();
    let lines = lines(script).await;
    let expected = [
        "script",
        "micro",
        "first",
        "micro of first",
        "second",
        "same time, later",
        "a string",
        "tick 1",
        "tick 2",
        "tick 3",
        "at last",
    ];
    assert_eq!(lines, expected);
    let taken = started.elapsed().as_secs();
    assert_eq!(taken, 50);
}

/// A script that calls itself without a pause would take the whole processor.
#[tokio::test(start_paused = true)]
async fn nested_timers_are_slowed_down() {
    let script = r"
        let count = 0;
        const next = () => { if (++count < 100) setTimeout(next, 0); };
        next();
    ";
    let started = Instant::now();
    lines(script).await;
    assert!(
        started.elapsed() >= Duration::from_millis(4 * 90),
        "{:?}",
        started.elapsed()
    );
}

/// The same for a timer that is set in a microtask, which belongs to the task of its timer.
#[tokio::test(start_paused = true)]
async fn timers_that_microtasks_set_are_nested() {
    let script = r#"
        const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
        (async () => {
            for (let count = 0; count < 60; count += 1) await sleep(0);
            for (const ms of [3, 1, 0]) setTimeout(() => console.log(ms), ms);
            queueMicrotask(() => setTimeout(() => console.log("same task"), 0));
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                port1.close();
                setTimeout(() => console.log("another task"), 0);
            };
            port2.postMessage(1);
        })();
    "#;
    let started = Instant::now();
    let lines = lines(script).await;
    assert_eq!(lines, ["another task", "3", "1", "0", "same task"]);
    assert!(started.elapsed() >= Duration::from_millis(4 * 50));
}

/// Whoever has too many would not know how many there may be.
#[tokio::test]
async fn bounds_are_named_by_what_goes_beyond() {
    let script = "for (const open of [
            () => setTimeout(() => {}, 1),
            () => new WebSocket('ws://127.0.0.1:1/'),
        ]) {
            try { for (;;) open(); } catch (error) { console.log(String(error)); }
        }";
    let (_, lines) = run_with(script, |options| {
        options.time_limit = Some(Duration::from_secs(30));
    })
    .await;
    let timers = format!("RangeError: too many timers: a page has at most {TIMERS_MAX}");
    let sockets = format!(
        "RangeError: too many sockets: a page has at most {SOCKET_OBJECTS_MAX}, with addresses of \
         {SOCKET_TEXTS_LEN_MAX} bytes"
    );
    assert_eq!(lines[..2], [timers, sockets]);
}

/// A page that is busy with its timers would not hear of its sockets before it has a pause.
#[tokio::test]
async fn timers_that_are_always_due_starve_no_socket() {
    let url = echo().await;
    let script = format!(
        r#"
        let count = 0, heard = false;
        const busy = () => {{
            const until = performance.now() + 2;
            while (performance.now() < until);
            count += 1;
            if (heard || count === 2000) timers.forEach(clearInterval);
        }};
        const timers = Array.from({{ length: 4 }}, () => setInterval(busy, 1));
        const ws = new WebSocket("{url}");
        ws.onopen = () => ws.send("heard");
        ws.onmessage = ({{ data }}) => {{
            heard = true;
            console.log(data, count < 2000);
            ws.close();
        }};
        "#
    );
    assert_eq!(lines(&script).await, ["heard true"]);
}

/// A text would not run, or a script's accessor would be asked for what no script wants.
#[tokio::test]
async fn text_that_names_a_global_asks_nothing_of_it() {
    let script = "Array = 5;
        let asked = 0;
        Object.defineProperty(globalThis, 'Iterator', { get() { asked += 1; } });
        setTimeout('console.log(asked, Array); Iterator; console.log(asked)');";
    assert_eq!(lines(script).await, ["0 5", "1"]);
}
