//! Ports of channels, here and through workers: `links.js`, `ports.js` and `tasks.js` of the
//! prelude, `host/tasks`.

use sockeye_js::Outcome;

use crate::support::{echo, lines};
use crate::workers::run;

/// Who waits for an answer of a port would wait for ever once the other one is closed.
#[tokio::test]
async fn port_tells_the_other_that_it_is_closed_after_what_it_said() {
    let script = r#"
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => console.log(data);
        port1.onclose = ({ isTrusted }) => {
            console.log("closed", isTrusted);
            port1.postMessage("into nothing");
        };
        port2.onclose = () => console.log("its own close is no news");
        port2.postMessage("last");
        port2.close();
        port2.close();
    "#;
    assert_eq!(lines(script).await, ["last", "closed true"]);
}

/// A message with a port that nobody gets would leave its other end open for ever.
#[tokio::test]
async fn port_that_nobody_gets_is_closed() {
    let script = r#"
        for (const way of ["to nobody", "unread", "into itself"]) {
            const [outer, inner] = [new MessageChannel(), new MessageChannel()];
            inner.port1.onclose = () => console.log(way);
            if (way === "to nobody") outer.port2.close();
            const sent = way === "into itself" ? outer.port2 : inner.port2;
            if (way === "into itself") outer.port1.onclose = () => console.log(way);
            outer.port1.postMessage("with a port", [sent]);
            if (way === "unread") outer.port2.close();
        }
    "#;
    let mut said = lines(script).await;
    said.sort();
    assert_eq!(said, ["into itself", "to nobody", "unread"]);
}

/// A page that posts to itself would never hear of its sockets or its timers.
#[tokio::test]
async fn endless_conversation_of_ports_starves_nobody() {
    let url = echo().await;
    let script = format!(
        r#"
        const {{ port1, port2 }} = new MessageChannel();
        port1.onmessage = port2.onmessage = ({{ target }}) => target.postMessage(0);
        port1.postMessage(0);
        const ws = new WebSocket("{url}");
        ws.onopen = () => ws.send("heard");
        ws.onmessage = ({{ data }}) => {{
            console.log(data);
            setTimeout(() => {{ port1.close(); ws.close(); }}, 20);
        }};
        "#
    );
    assert_eq!(lines(&script).await, ["heard"]);
}

/// A port whose worker is gone would look open, and a page would wait for its answer for ever.
#[tokio::test]
async fn port_in_a_worker_is_closed_by_it_and_ends_with_it() {
    let script = r#"
        const open = (name) => {
            const worker = new Worker("worker.js", { name });
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data }) => {
                console.log(name, data);
                if (name === "terminated") worker.terminate();
            };
            port1.onclose = () => console.log(name, "is closed");
            worker.postMessage(0, [port2]);
            return port1;
        };
        const port = open("asked");
        port.onclose = () => {
            open("terminated").onclose = () => {
                open("over");
                console.log("terminated");
            };
        };
        port.postMessage("close");
    "#;
    let worker = r#"
        onmessage = ({ ports: [port] }) => {
            port.onmessage = () => port.close();
            port.postMessage("hello");
            if (name === "over") close();
        };
    "#;
    let (outcome, said) = run(script, &[("worker.js", worker)]).await;
    assert_eq!(outcome, Outcome::Finished, "{said:?}");
    let expected = [
        "asked hello",
        "terminated hello",
        "terminated",
        "over hello",
        "over is closed",
    ];
    assert_eq!(said, expected);
}

/// A page could fill the memory of the process by a port, where the worker's own `postMessage` is
/// bounded.
#[tokio::test]
async fn port_to_a_worker_that_does_not_listen_is_bounded() {
    let script = r#"
        const worker = new Worker("worker.js");
        const { port1, port2 } = new MessageChannel();
        worker.onmessage = () => {
            const text = "x".repeat(2 ** 24);
            try {
                for (;;) port1.postMessage(text);
            } catch (error) {
                console.log(error.name);
            }
            worker.terminate();
        };
        worker.postMessage(0, [port2]);
    "#;
    let worker = "onmessage = () => { postMessage(0); for (;;); };";
    let (outcome, said) = run(script, &[("worker.js", worker)]).await;
    assert_eq!(outcome, Outcome::Finished, "{said:?}");
    assert_eq!(said, ["QuotaExceededError"]);
}

/// A message that was on its way would come to a port that nobody started, and be lost.
#[tokio::test]
async fn port_that_went_on_hears_nothing_before_it_is_started() {
    let script = r#"
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = () => console.log("the port that is gone");
        port1.postMessage("kept");
        const { moved } = structuredClone({ moved: port2 }, { transfer: [port2] });
        moved.addEventListener("message", ({ data }) => console.log(data));
        const { port1: clock, port2: bell } = new MessageChannel();
        bell.onmessage = () => { console.log("start"); moved.start(); };
        clock.postMessage(0);
    "#;
    assert_eq!(lines(script).await, ["start", "kept"]);
}

/// A port would hear twice that the other one is closed, if it went on in between.
#[tokio::test]
async fn port_that_went_on_hears_once_that_the_other_is_closed() {
    let script = r#"
        const { port1, port2 } = new MessageChannel();
        port1.close();
        const { moved } = structuredClone({ moved: port2 }, { transfer: [port2] });
        moved.onclose = () => console.log("closed");
    "#;
    assert_eq!(lines(script).await, ["closed"]);
}

/// Who waits at the other end of a port would wait for ever, if a worker cannot get that port.
#[tokio::test]
async fn port_that_a_worker_cannot_get_is_closed() {
    let script = r#"
        const worker = new Worker("worker.js");
        worker.onmessage = () => {
            const text = "x".repeat(2 ** 24);
            try { for (;;) worker.postMessage(text); } catch {}
            const { port1, port2 } = new MessageChannel();
            port1.onclose = () => {
                console.log("refused");
                worker.terminate();
                const { port1, port2 } = new MessageChannel();
                port1.onclose = () => console.log("terminated");
                worker.postMessage(0, [port2]);
            };
            try { worker.postMessage(text, [port2]); } catch ({ name }) { console.log(name); }
        };
    "#;
    let worker = "postMessage(0); for (;;);";
    let (outcome, said) = run(script, &[("worker.js", worker)]).await;
    assert_eq!(outcome, Outcome::Finished, "{said:?}");
    assert_eq!(said, ["QuotaExceededError", "refused", "terminated"]);
}
