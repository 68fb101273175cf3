//! What goes wrong in scripts: told with file and line, fatal to nobody else, and bounded.

use std::time::Duration;

use sockeye_js::Outcome;

use crate::support::{run, run_with};

/// Who wrote the script would not find what is wrong with it.
#[tokio::test]
async fn uncaught_errors_are_told_with_file_and_line() {
    for (script, parts) in [
        (
            "let a;\nthrow new RangeError('on purpose');",
            &["Uncaught RangeError: on purpose", "test.js:2"][..],
        ),
        (
            "\n\nfunction f() {\n  return g();\n}\nsetTimeout(f);",
            &["ReferenceError", "test.js:4"],
        ),
        ("let a = ;", &["Uncaught SyntaxError", "test.js:1"]),
        ("throw 'a string'", &["Uncaught a string"]),
        (
            "Promise.reject(new Error('lost'))",
            &["Uncaught (in promise) Error: lost", "test.js:1"],
        ),
        (
            "(async () => { await null; null.x })()",
            &["Uncaught (in promise) TypeError"],
        ),
        (
            "console.log('a\\ud800b'); throw '\\udc00'",
            &["a\u{fffd}b", "Uncaught \u{fffd}"],
        ),
        (
            "reportError(new TypeError('told'))",
            &["Uncaught TypeError: told"],
        ),
    ] {
        let (outcome, lines) = run(script).await;
        assert_eq!(outcome, Outcome::Failed(1), "{script}: {lines:?}");
        let all = lines.join("\n");
        assert!(
            parts.iter().all(|part| all.contains(part)),
            "{script}: {all}"
        );
    }
    let (outcome, lines) = run("Promise.reject(1).catch(() => console.log('caught'))").await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["caught".to_owned()])
    );
}

/// The mistake itself would not be told where a script threw another error for it.
#[tokio::test]
async fn uncaught_errors_are_told_with_what_they_came_of() {
    for (script, parts) in [
        (
            "throw new Error('outer', { cause: new TypeError('inner', { cause: 5 }) })",
            &[
                "Uncaught Error: outer",
                "caused by TypeError: inner",
                "caused by 5",
            ][..],
        ),
        (
            "Promise.any([Promise.reject(new Error('one')), Promise.reject('two')])",
            &["one of its errors: Error: one", "one of its errors: two"],
        ),
        (
            "const e = new Error('ring'); e.cause = e; console.log(e); throw e;",
            &["Error: ring", "caused by Error: ring"],
        ),
    ] {
        let (_, lines) = run(script).await;
        let told: Vec<_> = lines.iter().flat_map(|line| line.lines()).collect();
        for part in parts {
            assert!(told.iter().any(|line| line.ends_with(part)), "{told:?}");
        }
    }
}

/// What the page calls, and what is no `Error`, would be told without a place.
#[tokio::test]
async fn uncaught_errors_of_all_kinds_are_told_with_a_place() {
    const NO_LINE: &str = "; a thrown value that is no Error carries no line)";
    for (script, expected) in [
        ("\nthrow 5", "Uncaught 5 (in test.js; ...)"),
        (
            "\nsetTimeout(() => { throw 'no'; })",
            "Uncaught no (in the function at test.js:2; ...)",
        ),
        (
            "const t = new EventTarget();
            t.addEventListener('x', {
                handleEvent() { throw 6; } }); t.dispatchEvent(new Event('x'))",
            "Uncaught 6 (in the function at test.js:3; ...)",
        ),
        (
            "const t = new EventTarget();\nt.onx = 1; t.addEventListener('x', {});
            t.dispatchEvent(new Event('x'))",
            "Uncaught TypeError: not a function\n    at <eval> (test.js:3:33)",
        ),
        (
            "\nPromise.reject(3)",
            "Uncaught (in promise) 3 (at test.js:2)",
        ),
        (
            "\nnew Promise((done, fail) => {\n  fail(4); })",
            "Uncaught (in promise) 4 (at test.js:3)",
        ),
        (
            "(async () => { await null; throw 5; })()",
            "Uncaught (in promise) 5 (in test.js; ...)",
        ),
        (
            "\nsetTimeout('null.x')",
            "Uncaught TypeError: cannot read property 'x' of null
    at <eval> (timer of test.js:1:1)",
        ),
        (
            "\nstructuredClone(() => {})",
            "Uncaught DataCloneError: a function can't be cloned\n    at <eval> (test.js:2:1)",
        ),
        (
            "onerror = (text, file, line) => { console.log(file, line); return true; };
            JSON.parse('{no')",
            "test.js 2",
        ),
        (
            "import('./no.mjs')",
            "Uncaught (in promise) TypeError: test.js: cannot import \"./no.mjs\": this page \
             imports nothing (in test.js)",
        ),
    ] {
        let (_, lines) = run(script).await;
        let expected = expected.replace("; ...)", NO_LINE);
        assert_eq!(lines, [expected], "{script}");
    }
}

/// One bug in one listener would stop all others.
#[tokio::test]
async fn exception_in_a_listener_stops_nobody() {
    let script = r#"
        const ws = new WebSocket("ws://127.0.0.1:25/");
        ws.onerror = () => { throw new Error("first"); };
        ws.addEventListener("error", () => console.log("second"));
        ws.onclose = () => console.log("third");
    "#;
    let (outcome, lines) = run(script).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert!(lines[1].starts_with("Uncaught Error: first"), "{lines:?}");
    assert_eq!(lines[2..], ["second", "third"]);
}

/// A script that never ends would hang whoever runs it.
#[tokio::test]
async fn script_that_never_ends_is_stopped() {
    for script in [
        "for (;;) {}",
        "setTimeout(() => { for (;;) {} }, 1)",
        "const again = () => Promise.resolve().then(again); again();",
        "setInterval(() => {}, 1)",
        "try { for (;;) {} } catch { for (;;) {} }",
        "('a'.repeat(40) + 'b').match(/(a+)+$/)",
        "document.write({ toString() { for (;;) {} } })",
        "window.onload = () => { for (;;) prompt(); }",
        "Object.defineProperty(Object.prototype, 'bubbles', { get() { for (;;) {} } });
         new Event('a', {})",
    ] {
        let limit = Duration::from_millis(100);
        let (outcome, lines) = run_with(script, |options| options.time_limit = Some(limit)).await;
        assert_eq!(outcome, Outcome::TimedOut, "{script}: {lines:?}");
    }
}

/// A script could take all memory of the machine, or the whole process with its stack.
#[tokio::test]
async fn script_has_no_more_memory_than_it_is_given() {
    for script in [
        "const all = []; for (;;) all.push(new Uint8Array(1 << 20));",
        "const f = () => f() + 1; f();",
        "let text = 'a'; for (;;) text += text;",
    ] {
        let limit = |options: &mut sockeye_js::PageOptions| options.memory_len_max = 16 << 20;
        let (outcome, lines) = run_with(script, limit).await;
        assert_eq!(outcome, Outcome::Failed(1), "{script}: {lines:?}");
    }
}
