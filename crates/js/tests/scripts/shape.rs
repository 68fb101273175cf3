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

/// Globals that are in parts of the prelude which wait until they are used.
const WAITING: [&str; 31] = [
    "AbortController",
    "AbortSignal",
    "Blob",
    "Crypto",
    "CustomEvent",
    "ErrorEvent",
    "FinalizationRegistry",
    "MessageChannel",
    "MessagePort",
    "Performance",
    "PromiseRejectionEvent",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "Worker",
    "alert",
    "crypto",
    "document",
    "location",
    "name",
    "onerror",
    "onload",
    "onrejectionhandled",
    "onunhandledrejection",
    "origin",
    "performance",
    "prompt",
    "scriptArgs",
    "self",
    "window",
];

/// Tells what there is of the globals `names`, which are in `all`.
const TELL: &str = "
    const told = (object) => {
        const own = Object.getOwnPropertyDescriptors(object);
        return Reflect.ownKeys(own).map((key) => {
            const { value, get, set, writable, enumerable, configurable } = own[key];
            const flags = [writable, enumerable, configurable].join();
            const shown = typeof value === 'string' ? value : typeof value;
            return [String(key), shown, get?.name, set?.name, value?.length, flags].join(' ');
        }).join('\\n');
    };
    const tell = (all) => {
        for (const name of names) {
            const before = Object.getOwnPropertyDescriptor(all, name);
            console.log(name, told({ before }), Object.keys(before).join());
            console.log(told(Object.defineProperty({}, name, before)));
            const { value } = before;
            if (typeof value !== 'function') continue;
            console.log(String(value), told(value), Object.getPrototypeOf(value).name);
            if (value.prototype === undefined) continue;
            console.log(told(value.prototype), value.prototype.constructor === value);
            console.log(Object.getPrototypeOf(value.prototype).constructor.name);
            console.log(all[name] === value, Object.prototype.toString.call(value));
            console.log(Object.isExtensible(value), value instanceof Function);
        }
        const listed = [];
        for (const name in all) if (names.includes(name)) listed.push(name);
        console.log(listed.sort().join());
    };
";

/// A script that puts names together would find other globals than one that writes them.
#[tokio::test]
async fn global_has_its_shape_before_anybody_uses_it() {
    let names = WAITING.join(" ");
    let named =
        format!("/* {names} */ const names = '{names}'.split(' '); {TELL} tell(globalThis);");
    let expected = lines(&named).await;
    assert!(expected.len() > 4 * 16, "{expected:?}");
    let last = expected.last().unwrap();
    assert!(
        last.starts_with("alert,crypto,document,location,name,onerror"),
        "{last}"
    );
    // Each word in two halves, of which no one is another's name.
    let halves = WAITING.map(|name| format!("'{}' + '{}'", &name[..2], &name[2..]));
    let names = format!("const names = [{}]; {TELL}", halves.join(", "));
    for looking in [
        "tell(globalThis)",
        "tell(this)",
        "(0, { all() { tell(super.valueOf()); } }.all)()",
        "var given = [][['con', 'cat'].join('')]; tell(this.given()[0])",
        "(function () { tell(this.self); })()",
        "tell((() => {})['const' + 'ructor']('return th' + 'is')())",
        "const { constructor: make } = async () => {}; make('tell(th' + 'is)')()",
        "addEventListener('load', (event) => { tell(event['current' + 'Target']); })",
        "addEventListener('load', (event) => { tell(event.composedPath()[0]); })",
        "setTimeout('tell(th' + 'is)')",
        "var length = 1; setTimeout([].find, 0, (value, index, all) => { tell(all); })",
    ] {
        let script = format!("{names} {looking};");
        let found = lines(&script).await;
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{looking}");
        }
        assert_eq!(found.len(), expected.len(), "{looking}");
    }
}

/// A script would lose an interface that it changes before it uses it, or have two of them.
#[tokio::test]
async fn interface_that_waits_is_one_object_for_ever() {
    let script = "
        const all = globalThis, key = 'U' + 'RL', also = 'search' + 'Params';
        Object.defineProperty(all, key, { enumerable: true });
        const Url = all[key];
        class Own extends Url { get hash() { return 'own'; } }
        const url = new Own('http://a/?b=1');
        console.log(url.href, url.hash, url instanceof Url, url[also].get('b'));
        console.log(all[key] === Url, url.constructor === Own, Url.prototype.constructor === Url);
        console.log(Object.getOwnPropertyDescriptor(all, key).enumerable, Url.parse('x:y').href);
        Url.extra = 1;
        console.log(Url.extra, delete Url.extra, 'extra' in Url, Reflect.ownKeys(Url).join());
        try { Url('http://a'); } catch (error) { console.log(error.name); }
        const held = all['Bl' + 'ob'];
        console.log(Object.isFrozen(Object.freeze(held)), new held(['x']).size);
    ";
    let expected = [
        "http://a/?b=1 own true 1",
        "true true true",
        "true x:y",
        "1 true false length,name,prototype,parse,canParse",
        "TypeError",
        "true 1",
    ];
    assert_eq!(lines(script).await, expected);
}
