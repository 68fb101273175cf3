// What an object is does not depend on its prototype and properties, which a script may set.
const say = (...values) => console.log(...values.map((value) => String(value)));
const told = (call) => {
  try {
    return String(call());
  } catch (error) {
    return error.name;
  }
};
const own = (object, name, value) => Object.defineProperty(object, name, { value });
const below = (object, prototype) => Object.setPrototypeOf(object, prototype);
class Liar extends ArrayBuffer {
  get detached() { return true; }
  get resizable() { return true; }
  get byteLength() { return 1; }
}
for (const [name, make] of Object.entries({
  byteLength: () => own(new Uint8Array(5), "byteLength", 1),
  tooLong: () => own(new Uint8Array(5), "byteLength", 70000),
  length: () => own(new Uint8Array(5), "length", 1),
  byteOffset: () => own(new Uint8Array(5), "byteOffset", 3),
  buffer: () => own(new Uint8Array(5), "buffer", new ArrayBuffer(1)),
  liar: () => new Liar(5),
  ofLiar: () => new Uint8Array(new Liar(5)),
  bytesWithoutPrototype: () => below(new Uint8Array(5), null),
  bufferWithoutPrototype: () => below(new ArrayBuffer(5), null),
  dataWithoutPrototype: () => below(new DataView(new ArrayBuffer(5)), null),
  noBuffer: () => Object.create(ArrayBuffer.prototype),
  noBytes: () => Object.create(Uint8Array.prototype, { toString: { value: () => "ab" } }),
  floats: () => below(new Float32Array(2), Uint8Array.prototype),
  words: () => below(new Uint32Array(2), Float32Array.prototype),
})) {
  const ws = new WebSocket("ws://a:25/");
  ws.close();
  say(name, told(() => ws.send(make())), ws.bufferedAmount, told(() => new Blob([make()]).size));
  say(told(() => new TextDecoder().decode(make()).length), told(() => typeof crypto.getRandomValues(make())),
    told(() => new TextEncoder().encodeInto("abcdefghi", make()).written));
}

// Event handlers.
const accessor = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name);
const handler = () => {};
const socket = new WebSocket("ws://a:25/");
socket.close();
const worker = new Worker("workers_side.js");
const handlers = [[WebSocket, "onopen"], [AbortSignal, "onabort"], [MessagePort, "onmessage"], [Worker, "onerror"]];
for (const [name, object] of Object.entries({
  socket, signal: AbortSignal.any([]), port: new MessageChannel().port1, worker, target: new EventTarget(), plain: {},
})) {
  for (const [kind, type] of handlers) {
    const { get, set } = accessor(kind, type);
    const results = [kind.prototype, null, {}].map((prototype) => {
      below(object, prototype);
      return [told(() => set.call(object, handler)), told(() => get.call(object) === handler)];
    });
    say(name, type, results);
  }
}
below(worker, Worker.prototype).terminate();
for (const value of [undefined, null, globalThis, 1]) say(told(() => accessor(WebSocket, "onopen").set.call(value, handler)));

// Other attributes and operations.
for (const name of ["returnValue", "cancelBubble"]) {
  const { get, set } = accessor(Event, name);
  for (const value of [true, false]) say(name, value, told(() => get.call({})), told(() => set.call({}, value)));
}
say(told(() => Performance.prototype.toJSON.call({})), told(() => typeof Performance.prototype.toJSON.call(performance)));

// An event of the browser's that a script dispatches once more.
const controller = new AbortController();
let kept;
controller.signal.onabort = (event) => {
  kept = event;
  say("first", event.isTrusted);
};
controller.abort();
const target = new EventTarget();
target.addEventListener("abort", (event) => say("again", event.isTrusted));
say(kept.isTrusted, told(() => target.dispatchEvent.call({}, kept)), kept.isTrusted);
say(target.dispatchEvent(kept), kept.isTrusted);

// No function is a constructor that is none.
for (const call of [setTimeout, setInterval, clearTimeout, alert, prompt, queueMicrotask, structuredClone, atob, reportError,
  addEventListener, console.log, console.group, WebSocket.prototype.send, AbortSignal.any]) {
  say(call.name, call.length, Object.hasOwn(call, "prototype"), told(() => typeof Reflect.construct(Object, [], call)));
}

// Nor is a script's own method called by one of the browser's.
const initEvent = () => { throw new Error("called"); };
const message = Object.assign(new MessageEvent("a"), { initEvent });
const custom = Object.assign(new CustomEvent("a"), { initEvent });
say(told(() => message.initMessageEvent("b")), message.type, told(() => custom.initCustomEvent("b")), custom.type);
Object.defineProperty(performance, "timeOrigin", { value: 1 });
say(performance.toJSON().timeOrigin === 1);
