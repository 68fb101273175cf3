//! The `WebSocket` object against a server: what a page sends, hears, and leaves behind.

use std::time::Duration;

use sockeye_js::Outcome;
use sockeye_js::limits::SOCKETS_MAX;

use crate::support::{echo, last_close, lines, run_with};

/// A chat that works in a browser would not work here.
#[tokio::test]
async fn script_talks_as_in_a_browser() {
    // WHATWG websockets §idl-4 TEST
    let url = echo().await;
    let script = format!(
        r#"
        const ws = new WebSocket("{url}", ["chat"]);
        console.log(ws.readyState, ws.url === "{url}", ws.protocol === "");
        ws.onopen = function (event) {{
            console.log(event.type, this === ws, this.readyState, this.protocol, event.isTrusted);
            ws.send("h\u00e9llo \ud800!");
            console.log(ws.bufferedAmount);
            ws.send(new Uint8Array([0, 127, 255]));
            ws.send(new Blob(["blob ", new Uint16Array([0x2121]).buffer]));
            ws.send(new DataView(new ArrayBuffer(8), 2, 3));
        }};
        const seen = [];
        ws.addEventListener("message", async (event) => {{
            seen.push(event.data);
            if (seen.length === 1) console.log(seen[0], event.origin === "{origin}");
            if (seen.length === 2) console.log(seen[1].size, [...await seen[1].bytes()].join());
            if (seen.length === 3) {{
                ws.binaryType = "arraybuffer";
                ws.binaryType = "nonsense";
                console.log(await seen[2].text());
            }}
            if (seen.length === 4) {{
                console.log(ws.binaryType, seen[3] instanceof Blob, seen[3].byteLength);
                ws.send("close me");
            }}
        }});
        ws.onclose = ({{ code, reason, wasClean, target }}) => {{
            console.log(code, reason, wasClean, target.readyState);
        }};
        "#,
        origin = url.trim_end_matches('/'),
    );
    let expected = [
        "0 true true",
        "open true 1 chat true",
        "11",
        "h\u{e9}llo \u{fffd}! true",
        "3 0,127,255",
        "blob !!",
        "arraybuffer false 3",
        "4000 as you wish true 3",
    ];
    assert_eq!(lines(&script).await, expected);
}

/// A page would get another exception than it catches.
#[tokio::test]
async fn methods_throw_what_browsers_throw() {
    let url = echo().await;
    let script = format!(
        r#"
        const threw = (f) => {{
            try {{ f(); return "nothing"; }}
            catch (error) {{
                return `${{error.name}} ${{error.code}} ${{error instanceof DOMException}}`;
            }}
        }};
        const ws = new WebSocket("{url}");
        console.log(threw(() => new WebSocket("nonsense")));
        console.log(threw(() => new WebSocket("ws://a/#b")));
        console.log(threw(() => new WebSocket("ws://a/", ["a", "a"])));
        console.log(threw(() => new WebSocket("ws://a/", null)));
        console.log(threw(() => ws.send("too early")));
        console.log(threw(() => ws.close(1001)));
        console.log(threw(() => ws.close(3000, "\u00e9".repeat(62))));
        console.log(threw(() => ws.close(2999.5)));
        console.log(threw(() => new WebSocket()).startsWith("TypeError"));
        console.log(threw(() => WebSocket("{url}")).startsWith("TypeError"));
        console.log(threw(() => ws.send()).startsWith("TypeError"));
        console.log(threw(() => WebSocket.prototype.readyState).startsWith("TypeError"));
        console.log(threw(() => WebSocket.prototype.close.call({{}})).startsWith("TypeError"));
        ws.close();
        "#
    );
    let lines = lines(&script).await;
    let syntax = "SyntaxError 12 true";
    let expected = [
        syntax,
        syntax,
        syntax,
        "nothing",
        "InvalidStateError 11 true",
        "InvalidAccessError 15 true",
        syntax,
        "nothing",
        "true",
        "true",
        "true",
        "true",
        "true",
    ];
    assert_eq!(lines[..expected.len()], expected);
}

/// A page would stay for ever, or leave a connection behind that nobody has.
#[tokio::test]
async fn socket_that_nothing_refers_to_closes_without_a_code() {
    let url = echo().await;
    // Referred to by itself only, which is what a collector is for.
    let script = format!(
        r#"
        (() => {{
            const ws = new WebSocket("{url}");
            ws.itself = ws;
            ws.onopen = () => {{
                console.log("open");
                ws.send("on its way");
                setTimeout(gc, 1);
            }};
        }})();
        "#
    );
    let (outcome, lines) = run_with(&script, |options| options.exposes_gc = true).await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["open".to_owned()])
    );
    assert_eq!(last_close().await, 1005);
}

/// A script that forgot a socket, which nothing closes, would not end until its time is over.
#[tokio::test]
async fn forgotten_socket_is_collected_while_nothing_happens() {
    let url = echo().await;
    let script = format!(
        "(() => {{
            const ws = new WebSocket('{url}');
            ws.onopen = () => console.log('open', ws.readyState);
        }})();"
    );
    let outcome = run_with(&script, |options| {
        options.time_limit = Some(Duration::from_secs(30));
    });
    let (outcome, lines) = outcome.await;
    assert_eq!(
        (outcome, &*lines),
        (Outcome::Finished, &["open 1".to_owned()][..])
    );
    assert_eq!(last_close().await, 1005);
}

/// A script's one-liner, whose socket has no name, would stop hearing.
#[tokio::test]
async fn socket_with_a_listener_stays_without_a_name() {
    let url = echo().await;
    let script = format!(
        r#"
        (() => {{
            const ws = new WebSocket("{url}");
            ws.onopen = () => {{ gc(); setTimeout(() => ws.send("heard"), 1); }};
            ws.addEventListener("message", (event) => {{
                console.log(event.data);
                event.target.close(1000);
            }});
        }})();
        gc();
        setTimeout(gc, 0);
        "#
    );
    let (outcome, lines) = run_with(&script, |options| options.exposes_gc = true).await;
    assert_eq!(
        (outcome, lines),
        (Outcome::Finished, vec!["heard".to_owned()])
    );
    assert_eq!(last_close().await, 1000);
}

/// A page would see that a server is not there, and how far it came.
#[tokio::test]
async fn failure_is_error_and_close_and_a_line_for_who_wrote_the_page() {
    let script = r#"
        const ws = new WebSocket("ws://127.0.0.1:25/");
        ws.onerror = (event) => console.log(event.type, event.constructor.name, ws.readyState);
        ws.onclose = (event) => console.log(event.code, event.wasClean, event.reason === "");
        console.log("made");
    "#;
    let lines = lines(script).await;
    assert_eq!(lines[0], "made");
    assert!(lines[1].contains("port 25"), "{lines:?}");
    assert_eq!(lines[2..], ["error Event 3", "1006 false true"]);
}

/// A script that shares memory would send what another thread writes at that moment.
#[tokio::test]
async fn shared_memory_is_no_message() {
    let script = r#"
        const ws = new WebSocket("ws://127.0.0.1:25/");
        ws.close();
        const shared = new SharedArrayBuffer(4);
        for (const use of [
            () => ws.send(new Uint8Array(shared)),
            () => ws.send(new DataView(shared)),
            () => new Blob([new Uint8Array(shared)]),
            () => crypto.getRandomValues(new Uint8Array(shared)),
        ]) {
            try {
                console.log("taken", use());
            } catch (error) {
                console.log(error.name, ws.bufferedAmount);
            }
        }
        console.log(new TextDecoder().decode(new Uint8Array(shared)).length);
    "#;
    let refused = ["TypeError 0"; 4];
    let said = lines(script).await;
    assert_eq!(said[..5], [&refused[..], &["4"]].concat());
}

/// A page would get an exception that no browser throws, or none for ever.
#[tokio::test]
async fn socket_beyond_the_bound_fails_and_one_that_closes_makes_room() {
    let url = echo().await;
    let script = format!(
        "const all = []; let left = {SOCKETS_MAX};
         const more = () => {{
             const last = new WebSocket('{url}');
             console.log(last.readyState);
             last.onerror = () => console.log('error', last.readyState);
             last.onclose = ({{ code, wasClean }}) => {{
                 console.log(code, wasClean);
                 all[0].close();
             }};
         }};
         const again = () => {{
             const next = new WebSocket('{url}');
             next.onopen = () => {{
                 console.log('open');
                 next.close();
                 for (const ws of all) ws.close();
             }};
         }};
         for (let at = 0; at < {SOCKETS_MAX}; at += 1) {{
             all[at] = new WebSocket('{url}');
             all[at].onopen = () => {{ left -= 1; if (left === 0) more(); }};
         }}
         all[0].onclose = again;"
    );
    let told = format!("WebSocket: too many sockets: a page has at most {SOCKETS_MAX} at once");
    assert_eq!(
        lines(&script).await,
        ["0", &*told, "error 3", "1006 false", "open"]
    );
}
