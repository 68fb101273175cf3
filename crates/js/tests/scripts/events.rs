//! Events and their targets without a network, as the DOM standard has them.

use crate::support::{lines, run};

/// Listeners would be called twice, in another order, or after they were removed.
#[tokio::test]
async fn listeners_are_called_by_the_rules_of_the_dom() {
    let script = r#"
        const target = new EventTarget();
        const log = [];
        const twice = () => log.push("twice");
        target.addEventListener("x", twice);
        target.addEventListener("x", twice);
        target.addEventListener("x", twice, { capture: true });
        const object = { handleEvent(event) { log.push(this === object, event.eventPhase); } };
        target.addEventListener("x", object);
        target.addEventListener("x", () => log.push("once"), { once: true });
        const removed = () => log.push("removed");
        target.addEventListener("x", () => target.removeEventListener("x", removed));
        target.addEventListener("x", removed);
        target.addEventListener("x", (event) => { event.preventDefault(); }, { passive: true });
        target.addEventListener("x", null);
        const event = new Event("x", { cancelable: true });
        console.log(target.dispatchEvent(event), event.target === target, event.currentTarget);
        console.log(log.splice(0).join());
        target.addEventListener("x", (event) => {
            event.preventDefault();
            event.stopImmediatePropagation();
        });
        target.addEventListener("x", () => log.push("stopped"));
        console.log(target.dispatchEvent(event), event.defaultPrevented, event.isTrusted);
        console.log(log.join());
        try {
            target.addEventListener("y", (event) => target.dispatchEvent(event));
            target.dispatchEvent(new Event("y"));
        } catch (error) { console.log("not here"); }
        const init = { code: 65536 + 4000, reason: "r\ud800", wasClean: 1 };
        const close = new CloseEvent("close", init);
        const { code, reason, wasClean } = close;
        console.log(code, reason, wasClean, close instanceof Event, close.bubbles);
        const message = new MessageEvent("m", { data: 1 });
        console.log(Object.keys(new Event("a")).join(), message.data);
    "#;
    let (_, lines) = run(script).await;
    let expected = [
        "true true null",
        "twice,twice,true,2,once",
        "false true false",
        "twice,twice,true,2",
        "Uncaught InvalidStateError",
        "4000 r\u{fffd} true true false",
        "isTrusted 1",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line:?} is not {expected:?}");
    }
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
}

/// `onmessage = f` would not replace what was there, or lose its turn.
#[tokio::test]
async fn event_handlers_are_one_each_and_keep_their_turn() {
    let script = r#"
        const ws = new WebSocket("ws://127.0.0.1:25/");
        const log = [];
        ws.onclose = () => log.push("replaced");
        ws.addEventListener("close", () => log.push("listener"));
        ws.onclose = () => log.push("handler");
        ws.onerror = () => log.push("error");
        console.log(typeof ws.onclose, ws.onopen);
        ws.onerror = null;
        ws.onopen = 7;
        console.log(ws.onerror, ws.onopen);
        ws.addEventListener("close", () => console.log(log.join()));
    "#;
    let lines = lines(script).await;
    assert_eq!(lines[0], "function null");
    assert_eq!(lines[1], "null null");
    assert_eq!(lines.last().unwrap(), "handler,listener");
}

/// A script would hear of an event in another order than the DOM standard says, or of one that was
/// stopped; Chromium does so where a target is no node.
#[tokio::test]
async fn listeners_that_capture_hear_first_and_may_stop_the_others() {
    let script = r#"
        const target = new EventTarget();
        const heard = [];
        target.addEventListener("x", () => heard.push("second"));
        target.addEventListener("x", () => heard.push("first"), true);
        target.addEventListener("x", () => heard.push("third"));
        target.addEventListener("stopped", () => heard.push("never"));
        target.addEventListener("stopped", (event) => event.stopPropagation(), true);
        target.addEventListener("stopped", () => heard.push("same phase"), true);
        const event = new Event("x");
        event.stopPropagation();
        target.dispatchEvent(event);
        target.dispatchEvent(event);
        target.dispatchEvent(new Event("stopped"));
        console.log(heard.join());
        const once = new Event("once");
        target.addEventListener("once", (event) => event.stopImmediatePropagation());
        target.dispatchEvent(once);
        console.log(once.cancelBubble);
    "#;
    assert_eq!(
        lines(script).await,
        ["first,second,third,same phase", "false"]
    );
}
