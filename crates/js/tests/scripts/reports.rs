//! Uncaught exceptions as events of the global object: `errors.js` of the prelude.

use sockeye_js::Outcome;

use crate::support::{run, run_with};

/// A page that handles its errors by itself would be called a failure, and one that only looks on a
/// success.
#[tokio::test]
async fn exception_that_a_listener_takes_is_no_failure() {
    let taken = r#"
        onerror = (message, file, line, column, error) => {
            console.log(message, file, line, column > 0, error instanceof RangeError);
            return true;
        };
        setTimeout(() => {
            throw new RangeError("on purpose");
        });
    "#;
    let (outcome, lines) = run(taken).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(
        lines,
        ["Uncaught RangeError: on purpose test.js 7 true true"]
    );

    let seen = "addEventListener('error', (e) => console.log(e.message)); throw 1;";
    let (outcome, lines) = run(seen).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert_eq!(lines[0], "Uncaught 1");
    assert!(
        lines[1].starts_with("Uncaught 1 (in test.js; "),
        "{lines:?}"
    );
}

/// A page that handles its rejections by itself would be called a failure, and one that only looks
/// on, or that adds a handler when it is too late, a success.
#[tokio::test]
async fn rejection_that_a_listener_takes_is_no_failure() {
    let taken = r#"
        onunhandledrejection = (event) => {
            console.log(event.reason);
            event.preventDefault();
        };
        Promise.reject("on purpose");
    "#;
    let (outcome, lines) = run(taken).await;
    assert_eq!(outcome, Outcome::Finished, "{lines:?}");
    assert_eq!(lines, ["on purpose"]);

    let seen = r"
        const late = Promise.reject(1);
        onunhandledrejection = (event) => {
            console.log(event.promise === late);
            setTimeout(() => late.catch(() => {}));
        };
        onrejectionhandled = (event) => console.log(event.type, event.reason);
    ";
    let (outcome, lines) = run(seen).await;
    assert_eq!(outcome, Outcome::Failed(1));
    assert_eq!(
        lines,
        [
            "true",
            "Uncaught (in promise) 1 (at test.js:2)",
            "rejectionhandled 1"
        ]
    );
}

/// A listener for errors that throws would call itself for ever.
#[tokio::test]
async fn exception_in_a_listener_for_exceptions_is_told_once() {
    let script = "addEventListener('error', () => { throw 2; }); throw 1;";
    let (outcome, lines) = run(script).await;
    assert_eq!(outcome, Outcome::Failed(2));
    let why = "; a thrown value that is no Error carries no line)";
    assert_eq!(
        lines,
        [
            format!("Uncaught 2 (in the function at test.js:1{why}"),
            format!("Uncaught 1 (in test.js{why}"),
        ]
    );
}

/// Errors would not be told, or as if they were none, where a script changes what they are below;
/// and the words of one that throws would hide that there was one.
#[tokio::test]
async fn error_is_told_whatever_a_script_says_of_errors() {
    for (script, first) in [
        (
            "Object.defineProperty(Error, Symbol.hasInstance, { value() { throw 1; } });
            throw new Error('told');",
            "Uncaught Error: told",
        ),
        (
            "throw Object.assign(Object.setPrototypeOf(new Error('told'), null), { name: 'Own' });",
            "Uncaught Own: told",
        ),
        (
            "throw Object.defineProperty(new Error(), 'message', { get() { throw 1; } });",
            "Uncaught Error: [its words throw when they are asked for]",
        ),
        (
            "throw Object.create(Error.prototype, { message: { value: 'a' }, stack: {
                value: '    at f (b.js:1:2)' } });",
            "Uncaught Error {} (at b.js:1)",
        ),
    ] {
        let (outcome, lines) = run(script).await;
        assert_eq!(outcome, Outcome::Failed(1));
        let told = lines[0].lines().next();
        assert_eq!(told, Some(first), "{lines:?}");
    }
}

/// Whoever throws `null` in a page without a bound would read that it has no memory at all.
#[tokio::test]
async fn page_without_a_bound_of_memory_is_told_none() {
    let unbounded = |options: &mut sockeye_js::PageOptions| options.memory_len_max = 0;
    let (_, lines) = run_with("throw null", unbounded).await;
    let words = "Uncaught null, which the script threw, or it is out of memory (in test.js)";
    assert_eq!(lines, [words]);
}

/// A rejection would bubble, or say other things, as a script has given them to all objects.
#[tokio::test]
async fn rejection_says_what_it_is_whatever_all_objects_have() {
    let script = "
        Object.prototype.bubbles = Object.prototype.composed = true;
        addEventListener('unhandledrejection', (event) => {
            event.preventDefault();
            console.log(event.bubbles, event.composed, event.cancelable);
        });
        Promise.reject(1);";
    let (_, lines) = run(script).await;
    assert_eq!(lines, ["false false true"]);
}

/// A signal's timer would end the page before it, or keep a listener for ever.
#[tokio::test(start_paused = true)]
async fn signal_times_out_and_takes_its_listeners_along() {
    let script = r#"
        const target = new EventTarget();
        const signal = AbortSignal.timeout(1000);
        target.addEventListener("x", () => console.log("heard"), { signal });
        target.dispatchEvent(new Event("x"));
        signal.addEventListener("abort", () => {
            target.dispatchEvent(new Event("x"));
            console.log(signal.reason.name, Math.round(performance.now()) >= 1000);
        });
    "#;
    let (outcome, lines) = run(script).await;
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(lines, ["heard", "TimeoutError true"]);
}
