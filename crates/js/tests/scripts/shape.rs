//! The shape of interfaces, as Web IDL has it: what a script finds when it looks at them.

use crate::support::{lines, run};

/// Scripts that enumerate, extend or check the object would see another one.
#[tokio::test]
async fn interface_has_the_properties_of_web_idl() {
    // WHATWG websockets §idl-1 §idl-6 TEST
    let script = r#"
        const proto = WebSocket.prototype;
        const { length, name } = WebSocket;
        console.log(Object.getPrototypeOf(WebSocket) === EventTarget, length, name);
        console.log(Object.getPrototypeOf(proto) === EventTarget.prototype);
        console.log(Object.prototype.toString.call(proto), Object.keys(WebSocket).join());
        console.log(Object.keys(proto).sort().join());
        console.log(proto.close.length, proto.send.length, proto.send.name);
        const url = Object.getOwnPropertyDescriptor(proto, "url");
        const { enumerable, configurable, get, set } = url;
        console.log(enumerable, configurable, get.name, set);
        const handler = Object.getOwnPropertyDescriptor(proto, "onopen");
        console.log(handler.get.name, handler.set.name, handler.enumerable);
        WebSocket.OPEN = proto.OPEN = 7;
        console.log(WebSocket.OPEN, proto.OPEN, delete WebSocket.OPEN);
        console.log(Object.getOwnPropertySymbols(proto).length);
        const global = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
        console.log(global.enumerable, global.writable, global.configurable);
    "#;
    let expected = [
        "true 1 WebSocket",
        "true",
        "[object WebSocket] CONNECTING,OPEN,CLOSING,CLOSED",
        "CLOSED,CLOSING,CONNECTING,OPEN,binaryType,bufferedAmount,close,extensions,onclose,onerror,\
         onmessage,onopen,protocol,readyState,send,url",
        "0 1 send",
        "true true get url undefined",
        "get onopen set onopen true",
        "1 1 false",
        "1",
        "false true true",
    ];
    assert_eq!(lines(script).await, expected);
}

/// A close code that a script computes would be another one, or an exception.
#[tokio::test]
async fn close_codes_are_clamped() {
    // WHATWG websockets §idl-5 TEST
    let script = r#"
        const told = (code) => {
            const ws = new WebSocket("ws://127.0.0.1:25/");
            try { ws.close(code); return "closed"; } catch (error) { return error.message; }
        };
        console.log(told(1000.4), told(999.5), told("1000"), told({ valueOf: () => 3000 }));
        console.log(told(undefined));
        for (const code of [-5, NaN, 1e9, 1000.5, 1001.5, null]) {
            console.log(/code (\d+)/.exec(told(code))?.[1] ?? "closed");
        }
    "#;
    let (_, lines) = run(script).await;
    assert_eq!(lines[0], "closed closed closed closed");
    assert_eq!(lines[1], "closed");
    assert_eq!(lines[2..8], ["0", "0", "65535", "closed", "1002", "0"]);
}

/// If this fails, a blob is other bytes than its parts, or reads as another text than in a browser.
#[tokio::test]
async fn blob_is_its_parts_and_reads_as_text_without_its_mark() {
    let script = r#"
        (async () => {
            const bytes = new Uint8Array([0xEF, 0xBB, 0xBF, 0x61, 0xFF]);
            const mark = new Blob([bytes.buffer]);
            console.log(mark.size, await mark.text());
            const parts = [new DataView(bytes.buffer, 3, 1), "\ud800", new Blob(["b"]), 7];
            console.log(await new Blob(new Set(parts)).text());
            for (const wrong of [null, 1, "text", {}, { [Symbol.iterator]: 1 }]) {
                try {
                    new Blob(wrong);
                } catch (error) {
                    console.log(error.name);
                }
            }
        })();
    "#;
    let expected = ["5 a\u{fffd}", "a\u{fffd}b7"];
    let expected = [&expected[..], &["TypeError"; 5]].concat();
    assert_eq!(lines(script).await, expected);
}

/// The text of what is built in would be each user's memory, and a page that looks for native
/// functions, as libraries do, would find none.
#[tokio::test]
async fn functions_of_the_prelude_are_native_code() {
    let script = r"const { get } = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'url');
        const native = /^function [\w ]*\(\) \{\s+\[native code\]\s+\}$/;
        for (const one of [WebSocket, WebSocket.prototype.send, get, URL, console.log]) {
            console.log(native.test(String(one)), String(one));
        }";
    let lines = lines(script).await;
    let native = lines.iter().filter(|line| line.starts_with("true"));
    assert_eq!(native.count(), 5, "{lines:?}");
}

/// A script would get other bytes than in browsers on this system, and no word of a wrong option.
#[tokio::test]
async fn blob_takes_the_endings_that_are_there() {
    let script = r#"(async () => {
        for (const endings of ["transparent", "native"]) {
            const text = await new Blob(["a\r\nb\rc"], { endings }).text();
            console.log(JSON.stringify(text));
        }
        try { new Blob([], { endings: "x" }); } catch (error) { console.log(error.name); }
        console.log(new Blob([], { type: null }).type);
    })()"#;
    let expected = [r#""a\r\nb\rc""#, r#""a\nb\nc""#, "TypeError", "null"];
    assert_eq!(lines(script).await, expected);
}
