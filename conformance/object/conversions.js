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
