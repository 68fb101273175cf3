//! Scripts that change what they find: globals and the methods of arrays and texts are theirs to
//! break, and a socket still tells what happens.

use crate::support::{echo, lines};

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
