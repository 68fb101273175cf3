//! Scripts that change what they find: globals and the methods of arrays and texts are theirs to
//! break, and a socket still tells what happens.

use std::collections::BTreeSet;

use sockeye_js::Outcome;

use crate::support::{echo, lines, run};

/// Talks with the server at `URL`, using nothing that `BEFORE` may have broken.
const TALK: &str = "
    const { log } = console;
    BEFORE
    const socket = new WebSocket('URL');
    socket.addEventListener('open', () => { log('open'); socket.send('hello'); });
    socket.onmessage = (event) => { log(event.data); socket.close(1000, 'done'); };
    const forgotten = () => {};
    socket.addEventListener('close', forgotten);
    socket.removeEventListener('close', forgotten);
    socket.addEventListener('close', (event) => { log(event.code); });
";

/// A page's own `Event`, or a method that it patched, would be what sockets tell it with: nothing
/// would come.
#[tokio::test]
async fn socket_talks_whatever_a_script_broke() {
    let url = echo().await;
    for before in [
        "class Event {} class EventTarget {} class CloseEvent {} var MessageEvent = 1;",
        "let String = 0; let Number = 0; const Boolean = class {}; const Object = 0;",
        "Array = Reflect = Symbol = Map = WeakMap = WeakRef = TypeError = Math = undefined;
        globalThis.Event = globalThis.CloseEvent = globalThis.MessageEvent = undefined;
        globalThis.Uint8Array = globalThis.ArrayBuffer = globalThis.DOMException = null;",
        "const of = Reflect.ownKeys, broken = () => { throw 'broken'; };
        for (const { prototype } of [Array, String, Function, Map, WeakMap, WeakRef]) {
            const names = of(prototype);
            for (let at = 0; at < names.length; at += 1) {
                if (names[at] === 'length' || names[at] === 'constructor') continue;
                try { prototype[names[at]] = broken; } catch {}
            }
        }",
        "Object.prototype.code = 4000; Object.prototype.bubbles = true;
        Object.prototype.get = Object.prototype.set = () => {};",
    ] {
        let script = TALK.replace("BEFORE", before).replace("URL", &url);
        let expected = ["open", "hello", "1000"];
        assert_eq!(lines(&script).await, expected, "{before}");
    }
}

/// Replaces every method, every accessor and every function of the engine's globals and their
/// prototypes by one that throws.
const BREAK_ALL: &str = "
    const { log } = console;
    const { ownKeys, getPrototypeOf, getOwnPropertyDescriptor, defineProperty } = Reflect;
    const broken = () => { throw 'broken'; };
    const breakIn = (object) => {
        const names = ownKeys(object);
        for (let at = 0; at < names.length; at += 1) {
            if (names[at] === 'constructor') continue;
            const found = getOwnPropertyDescriptor(object, names[at]);
            if (!found.configurable) continue;
            if (typeof found.value === 'function') found.value = broken;
            else if (found.get !== undefined) found.get = found.set = broken;
            else continue;
            defineProperty(object, names[at], found);
        }
    };
    const breakAll = () => {
        const all = [
            Object, Function, Array, String, Number, Boolean, Symbol, BigInt, Math, JSON, Reflect,
            Map, Set, WeakMap, WeakSet, WeakRef, FinalizationRegistry, Promise, Proxy, RegExp, Date,
            Error, TypeError, RangeError, SyntaxError, DOMException, Iterator, ArrayBuffer,
            SharedArrayBuffer, DataView, Uint8Array, Float64Array, getPrototypeOf(Uint8Array),
            getPrototypeOf([].values()), getPrototypeOf(new Map().keys()),
            getPrototypeOf(new Set().keys()), getPrototypeOf(''[Symbol.iterator]()),
            getPrototypeOf(function* () {}), getPrototypeOf(async () => {}),
        ];
        for (let at = 0; at < all.length; at += 1) {
            if (all[at].prototype) breakIn(all[at].prototype);
            breakIn(all[at]);
        }
    };
";

/// What a page does by itself after that: each of these is a script, and the lines that it prints.
const AFTERWARDS: [(&str, &[&str]); 16] = [
    (
        "let count = 0;
        setTimeout((a, b) => log('timer', a, b), 1, 'one', 'two');
        const id = setInterval(() => { log(count += 1); if (count === 2) clearInterval(id); }, 2);
        clearTimeout(setTimeout(() => log('never'), 1));
        queueMicrotask(() => log('microtask'));",
        &["microtask", "timer one two", "1", "2"],
    ),
    (
        "const { port1, port2 } = new MessageChannel();
        port2.onmessage = (event) => {
            const { text, list, map, bytes } = event.data;
            log(text, list[1], map instanceof Map, bytes[0]);
        };
        port1.postMessage({ text: 'a', list: [1, 2n], map: MAP, bytes: BYTES });",
        &["a 2n true 7"],
    ),
    (
        "const { port1, port2 } = new MessageChannel();
        const more = new MessageChannel();
        more.port1.onmessage = (event) => { log(event.data); port1.close(); };
        port2.addEventListener('message', (event) => { event.ports[0].postMessage('back'); });
        port2.start();
        port1.postMessage(null, { transfer: sequence(more.port2) });
        port2.addEventListener('close', () => log('closed'));",
        &["back", "closed"],
    ),
    (
        "setTimeout(() => { log({ a: [1, 'b', { c: MAP }], d: DATE, e: /f/g, g: BYTES }); }, 1);
        setTimeout(() => { log('%s is %d', 'it', 5, BLOB_CLASS); console.table(5); }, 2);",
        &[
            "{ a: [1, \"b\", { c: Map(1) { 1 => 2 } }], d: 1970-01-01T00:00:00.000Z, e: /f/g, \
           g: Uint8Array(1) [7] }",
            "it is 5 [class K]",
            "5",
        ],
    ),
    ("REJECTED;", &["Uncaught (in promise) TypeError: rejected"]),
    (
        "setTimeout(() => { throw new TypeError('timer'); }, 1);",
        &["Uncaught TypeError: timer"],
    ),
    (
        "addEventListener('error', (event) => { log(event.message, event.lineno > 0); });
        addEventListener('unhandledrejection', (event) => {
            log(event.reason.message);
            // No sooner: a timer that is due comes first, however long the script took.
            setTimeout(() => { throw new TypeError('timer'); }, 1);
        });
        REJECTED;",
        &[
            "rejected",
            "Uncaught (in promise) TypeError: rejected",
            "Uncaught TypeError: timer true",
            "Uncaught TypeError: timer",
        ],
    ),
    (
        "const socket = new WebSocket('ADDRESS');
        socket.onopen = () => { socket.send(BLOB); };
        socket.onmessage = (event) => { log(event.data.size); socket.close(); };
        socket.onclose = () => { log('closed'); };",
        &["1", "closed"],
    ),
    (
        "const socket = new WebSocket('ADDRESS', PROTOCOLS);
        socket.binaryType = 'arraybuffer';
        socket.onopen = () => { socket.send(BLOB); log(socket.protocol); };
        socket.onmessage = ({ data }) => { log(data instanceof ArrayBuffer); socket.close(); };",
        &["chat", "true"],
    ),
    (
        "const params = new URLSearchParams('?b=1&a=2');
        params.append('a', '3'); params.sort(); params.set('b', 'x'); params.delete('a', '3');
        log(params.get('a'), params.has('b'), params.toString());
        log(params.size, params.getAll('b')[0]);
        log(params.entries().next().value[1], new URLSearchParams({ c: 4 }).toString());
        params.forEach((value, name) => { log(name, value); });",
        &["2 true a=2&b=x", "2 x", "2 c=4", "a 2", "b x"],
    ),
    (
        "const encoder = new TextEncoder(), decoder = new TextDecoder(' UTF-8 ');
        log(decoder.decode(encoder.encode('\u{e9}')), encoder.encodeInto('ab', BYTES).written);
        const other = new TextDecoder('UTF-16');
        const begun = other.decode(encoder.encode('a'), { stream: true });
        log(other.encoding, begun, other.decode(BYTES));",
        &["\u{e9} 1", "utf-16le  \u{6161}"],
    ),
    (
        "const one = new AbortController(), any = AbortSignal.any(sequence(one.signal));
        any.onabort = () => { log('aborted', any.aborted); };
        one.abort(5); log(any.reason);
        AbortSignal.timeout(1).onabort = () => { log('late'); };",
        &["aborted true", "5", "late"],
    ),
    (
        "log(crypto.randomUUID().length, crypto.getRandomValues(BYTES) === BYTES);
        log(new URL('b?c#d', 'http://a/').searchParams.has('c'));",
        &["36 true", "true"],
    ),
    (
        "console.table([{ a: 1 }, { a: 2, b: 'x' }]); console.trace('here');
        console.group('g'); console.count(); console.groupEnd(); console.time(); log('end');",
        &["(index) | a | b", "here", "g", "  default: 1", "end"],
    ),
    (
        "const line = document.createElement('DIV'), area = document.getElementById('area');
        line.innerHTML = '<b>a &amp; b</b><br>c'; area.appendChild(line);
        line.textContent = '1 < 2'; log(line.innerHTML, document.forms.f.g.value);
        area.prepend('x', 'y'); document.write('<p>', 'z'); alert('u\\nv\u{7}');
        onload = () => { log(document.readyState); };",
        &[
            "a & b",
            "c",
            "1 < 2",
            "1 &lt; 2 ",
            "y",
            "x",
            "z",
            "u",
            "v\\u{7}",
            "complete",
        ],
    ),
    (
        "throw 5",
        &["Uncaught 5 (in test.js; a thrown value that is no Error carries no line)"],
    ),
];

/// A page that patches what it finds, as old libraries do, would not hear of timers, ports,
/// rejected promises and blobs, and its console would be silent.
#[tokio::test]
async fn page_works_whatever_a_script_broke() {
    let url = echo().await;
    for (script, expected) in AFTERWARDS {
        let script = script.replace("ADDRESS", &url);
        let before =
            "const MAP = new Map([[1, 2]]), BYTES = new Uint8Array([7]), DATE = new Date(0);
            const BLOB = new Blob(['x']), PROTOCOLS = sequence('chat'), BLOB_CLASS = class K {};
            // What is iterated is the script's own.
            function sequence(value) {
                let isDone = false;
                const next = () => {
                    const done = isDone;
                    isDone = true;
                    return { value, done };
                };
                return { [Symbol.iterator]: () => ({ next }) };
            }
            const REASON = new TypeError('rejected');";
        let script = script.replace("REJECTED", "(async () => { throw REASON; })()");
        let script = format!("{BREAK_ALL}{before}\nbreakAll();\n{script}");
        let (outcome, lines) = run(&script).await;
        let firsts = lines
            .iter()
            .map(|line| line.lines().next().unwrap_or_default());
        assert_eq!(firsts.collect::<Vec<_>>(), expected, "{script}: {lines:?}");
        assert_ne!(outcome, Outcome::TimedOut, "{script}");
    }
}

/// Every word of the prelude, as what a script could have put into `Object.prototype`.
fn words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/prelude")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
    }
    // What objects have anyway, and what the language itself asks each value that a promise gets.
    for word in [
        "constructor",
        "isPrototypeOf",
        "toString",
        "valueOf",
        "then",
    ] {
        words.remove(word);
    }
    words
}

/// A clone would be of a script's own kind, or none would come at all.
#[tokio::test]
async fn clones_are_of_the_languages_kinds_whatever_bears_their_names() {
    let script = "
        const view = new Int16Array([7]), { log } = console;
        const { name } = (() => { try { null.x; } catch (error) { return error.constructor; } })();
        for (const kind of ['EvalError', 'ReferenceError', 'Float16Array', 'BigInt64Array']) {
            delete globalThis[kind];
        }
        Int16Array = TypeError = class {};
        const clone = structuredClone({ view, error: new RangeError('x') });
        log(name, clone.view[0], clone.view.constructor === view.constructor, clone.error.name);";
    assert_eq!(lines(script).await, ["TypeError 7 true RangeError"]);
}

/// What went wrong would not be told where a script replaced what the page makes its parts with.
#[tokio::test]
async fn exception_is_told_whatever_makes_properties() {
    for before in [
        "Object.defineProperty = () => { throw 'ok' };",
        "Object.prototype.get = 1;",
        "Object.prototype.value = 1; Object.prototype.set = 1;",
    ] {
        let (_, lines) = run(&format!("{before} nope()")).await;
        assert!(
            lines[0].starts_with("Uncaught ReferenceError: nope is not defined"),
            "{before} {lines:?}"
        );
    }
}

/// A part that is read late would fail for what a script gave all objects before.
#[tokio::test]
async fn late_part_is_made_whatever_descriptors_inherit() {
    let inherited = ["get", "set", "value", "writable"];
    let inherited = inherited.map(|name| format!("Object.prototype.{name} = 1;"));
    // Without the words that would have the page read them before.
    let replaced = "const broken = () => { throw 'broken'; }, names = Object.getOwnPropertyNames;
        for (const object of [Object, Reflect, JSON, Math, Array, ArrayBuffer, Number, Symbol]) {
            for (const name of names(object)) {
                if (typeof object[name] === 'function') try { object[name] = broken; } catch {}
            }
        }"
    .to_owned();
    for before in inherited.iter().chain([&replaced]) {
        let script = format!(
            "{before} const late = globalThis; const word = (text) => text;
             const url = new late[word('UR') + 'L']('http://a?b=1');
             const {{ timeOrigin }} = late[word('perf') + 'ormance'];
             console.log(url.href, url.searchParams.get('b'), typeof timeOrigin);
             const aborted = new late['Abort' + word('Controller')]();
             aborted.abort(2);
             console.log(aborted.signal.reason, new late['Bl' + word('ob')](['x']).size);
             const id = late[word('cry') + 'pto'].randomUUID();
             console.log(structuredClone({{ a: [1] }}), id.length);
             addEventListener('load', (event) => {{ console.log(event.type); }});"
        );
        let lines = lines(&script).await;
        assert_eq!(
            lines,
            ["http://a/?b=1 1 number", "2 1", "{ a: [1] } 36", "load"],
            "{before}"
        );
    }
}

/// An object of the page's own that lacks a member, or gets one later, would run a script's
/// accessors: no event would come.
#[tokio::test]
async fn page_works_whatever_all_objects_have() {
    let words: Vec<String> = words().into_iter().collect();
    assert!(words.len() > 500, "the prelude was not found");
    let before = format!(
        "const {{ log }} = console, {{ defineProperty }} = Reflect, words = {words:?};
        for (let at = 0; at < words.length; at += 1) {{
            const broken = () => {{ throw words[at]; }};
            const property = {{ __proto__: null, get: broken, set: broken }};
            defineProperty(Object.prototype, words[at], property);
        }}"
    );
    let url = echo().await;
    for (script, expected) in [
        (
            "setTimeout((a) => log('timer', a), 1, 'x'); queueMicrotask(() => log('microtask'));",
            &["microtask", "timer x"][..],
        ),
        (
            "const socket = new WebSocket('URL');
            socket.onopen = () => { log('open'); socket.send(new Blob(['x'])); };
            socket.addEventListener('message', ({ data }) => { log(data.size); socket.close(); });
            socket.onclose = (event) => { log(event.code); };",
            &["open", "1", "1005"],
        ),
        (
            "const { port1, port2 } = new MessageChannel();
            port2.onmessage = (event) => { log(event.data.a, event.data.b[0]); };
            port1.postMessage({ a: 1, b: [2] });",
            &["1 2"],
        ),
        (
            "const target = new EventTarget();
            target.addEventListener('x', () => log('heard'));
            target.dispatchEvent(new Event('x'));
            log({ a: [1, { b: 2 }], c: new Map([[1, 2]]) }, /x/);",
            &["heard", "{ a: [1, { b: 2 }], c: Map(1) { 1 => 2 } } /x/"],
        ),
        (
            "Promise.reject(new TypeError('rejected')); throw new TypeError('thrown');",
            &[
                "Uncaught TypeError: thrown",
                "Uncaught (in promise) TypeError: rejected",
            ],
        ),
    ] {
        let script = format!("{before}\n{}", script.replace("URL", &url));
        let (_, lines) = run(&script).await;
        let firsts = lines
            .iter()
            .map(|line| line.lines().next().unwrap_or_default());
        assert_eq!(firsts.collect::<Vec<_>>(), expected, "{lines:?}");
    }
}
