// What the object and its events make of arguments that few scripts pass: buffers of other kinds, the
// order in which members and properties are read and listed, options that are no objects, numbers,
// and what operations of the global object are called on.
const say = (...values) => console.log(...values.map((value) => String(value)));
const told = (call) => {
  try {
    return String(call());
  } catch (error) {
    return error.name;
  }
};
say(Reflect.ownKeys(WebSocket.prototype).map(String).join());
say(Reflect.ownKeys(WebSocket).filter((key) => key === key.toUpperCase()).join());
say(Reflect.ownKeys(CloseEvent.prototype).map(String).join());

const resizable = () => new ArrayBuffer(4, { maxByteLength: 8 });
const transferred = (view) => {
  structuredClone(0, { transfer: [view.buffer] });
  return view;
};
for (const [name, make] of Object.entries({
  buffer: () => new ArrayBuffer(4),
  part: () => new Uint8Array(9).subarray(2, 6),
  dataView: () => new DataView(new ArrayBuffer(6), 1, 4),
  resizable,
  ofResizable: () => new Uint8Array(resizable()),
  transferred: () => transferred(new Uint8Array(4)).buffer,
  ofTransferred: () => transferred(new Uint8Array(4)),
  fixed: () => resizable().transferToFixedLength(),
})) {
  const ws = new WebSocket("ws://a:25/");
  ws.close();
  say(name, told(() => ws.send(make())), ws.bufferedAmount, told(() => new Blob([make()]).size));
  say(told(() => new TextDecoder().decode(make()).length), told(() => crypto.getRandomValues(make()).length),
    told(() => new TextEncoder().encodeInto("a", make()).written));
}

const read = [];
const init = new Proxy({}, { get: (_target, key) => { read.push(String(key)); } });
new CloseEvent("x", init);
read.push("|");
new ErrorEvent("x", init);
read.push("|");
new EventTarget().addEventListener("x", () => {}, init);
say(read.join());
read.length = 0;
new MessageEvent("x", init);
say(read.filter((key) => key !== "userActivation").join());

const target = new EventTarget();
for (const options of [1, "yes", Symbol.iterator, 0, "", null, undefined, true, false]) {
  const heard = () => say("heard", typeof options);
  say(told(() => target.addEventListener("x", heard, options)));
  target.removeEventListener("x", heard, !options);
  target.dispatchEvent(new Event("x"));
  target.removeEventListener("x", heard, options);
  target.dispatchEvent(new Event("x"));
}

// [Clamp] long long.
const blob = new Blob(["abcdefgh"]);
for (const at of [0.5, 1.5, 2.5, 2.51, 1.49, -0.5, -1.5, -2.51, NaN, Infinity, -Infinity, "3", null, 9, 2 ** 63]) {
  say(at, blob.slice(at).size, blob.slice(0, at).size);
}

// Operations of the global object are called on it or on nothing.
const other = {};
for (const name of [
  "setTimeout", "setInterval", "clearTimeout", "clearInterval", "queueMicrotask", "structuredClone", "atob", "btoa",
  "reportError", "addEventListener", "removeEventListener", "dispatchEvent",
]) {
  const call = globalThis[name];
  other[name] = call;
  say(name, told(() => other[name](undefined, null)), told(() => call.call()));
}
say(told(() => typeof clearTimeout.call(null)), told(() => atob.call(undefined, "YQ==")));

// Arguments in their order.
const kinds = [Event, CustomEvent, MessageEvent, CloseEvent, ErrorEvent, PromiseRejectionEvent];
for (const Kind of kinds) {
  const throwing = { toString() { throw new RangeError("from toString"); } };
  say(Kind.name, told(() => new Kind(throwing, 5)), told(() => new Kind(Symbol.iterator, 5)));
}
const members = {
  get bubbles() { read.push("bubbles"); }, get promise() { read.push("promise"); }, get reason() { read.push("reason"); },
};
for (const Kind of kinds) {
  read.length = 0;
  told(() => new Kind({ toString() { read.push("type"); return "x"; } }, members));
  say(Kind.name, read.join());
}
const tells = (name) => ({ toString() { read.push(name); return name; } });
read.length = 0;
const made = new MessageEvent("x");
say(told(() => made.initMessageEvent(tells("type"), 0, 0, 1, tells("origin"), tells("lastEventId"), 1, [1])), read.join(), made.type);
read.length = 0;
const custom = new CustomEvent("x");
say(told(() => custom.initCustomEvent(tells("type"), 0, 0, tells("detail"))), read.join(), custom.type);
read.length = 0;
say(told(() => new WebSocket(tells("url"), [tells("protocol"), "protocol"])), read.join());
for (const id of [1n, Symbol.iterator, "1", null, {}, 1.5, Infinity]) say(told(() => clearTimeout(id)), told(() => clearInterval(id)));
clearTimeout(setTimeout(() => say("not cleared")) + 2 ** 32 + 0.5);

// Sequences: what iterates is asked for once, and not told if an item is refused.
const list = (...items) => ({
  get [Symbol.iterator]() {
    read.push("@@iterator");
    const next = () => ({ done: items.length === 0, value: items.shift() });
    return () => ({
      get next() { read.push("next"); return next; },
      return() { read.push("return"); return {}; },
    });
  },
});
const unfit = { toString() { throw new RangeError("from an item"); } };
for (const take of [
  () => new WebSocket("ws://a:25/", list("a", "b")).close(),
  () => new WebSocket("ws://a:25/", list("a", unfit, "b")),
  () => new Blob(list("a", "b")).size,
  () => new Blob(list("a", unfit)),
  () => new URLSearchParams(list(["a", "b"], list("c", "d"))),
  () => new URLSearchParams(list(["a", "b"], list("c", unfit))),
  () => AbortSignal.any(list(AbortSignal.abort())).aborted,
  () => AbortSignal.any(list(AbortSignal.abort(), 1)),
  () => structuredClone(1, { transfer: list(1) }),
  () => new MessageEvent("x", { ports: list(1) }),
]) {
  read.length = 0;
  say(told(take), read.join());
}
for (const iterator of [1, () => 1, () => ({}), () => ({ next: () => 1 }), null, undefined]) {
  const broken = { [Symbol.iterator]: iterator, toString: () => "a" };
  say(told(() => new WebSocket("ws://a:25/", broken).close()), told(() => new Blob(broken)),
    told(() => new URLSearchParams(broken)), told(() => AbortSignal.any(broken)));
}
