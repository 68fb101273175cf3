// structuredClone: what an object is, whatever its prototype; views of buffers that change their size.
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.name} ${error.code} ${error instanceof DOMException}`;
  }
};
const show = (value) => {
  const more = value instanceof Error ? value.constructor.name + value.message : value.size ?? "";
  return Object.prototype.toString.call(value) + more;
};
const kinds = {
  map: () => new Map([[1, 2]]), set: () => new Set([1]), date: () => new Date(5), error: () => new TypeError("t"),
  regExp: () => /a/g, boolean: () => Object(true), string: () => Object("s"), number: () => Object(1), bigint: () => Object(1n),
  symbol: () => Object(Symbol("s")), buffer: () => new ArrayBuffer(3), bytes: () => new Uint8Array(3),
  data: () => new DataView(new ArrayBuffer(3)), array: () => [1], blob: () => new Blob(["a"]),
  exception: () => new DOMException("m", "AbortError"), promise: () => Promise.resolve(), weakMap: () => new WeakMap(),
  weakSet: () => new WeakSet(), weakRef: () => new WeakRef({}), registry: () => new FinalizationRegistry(() => {}),
  event: () => new Event("x"), target: () => new EventTarget(), url: () => new URL("http://a/"),
  params: () => new URLSearchParams(), controller: () => new AbortController(), signal: () => AbortSignal.any([]),
  encoder: () => new TextEncoder(), decoder: () => new TextDecoder(), channel: () => new MessageChannel(),
  port: () => new MessageChannel().port1, named: () => Object.assign(new Error("x"), { name: "RangeError" }),
  other: () => Object.assign(new Error("x"), { name: "Other" }),
};
for (const [name, make] of Object.entries(kinds)) {
  console.log(name, ...[undefined, null, Object.prototype, Event.prototype, {}].map((prototype) => attempt(() => {
    const value = make();
    const kind = Object.getPrototypeOf(value);
    if (prototype !== undefined) Object.setPrototypeOf(value, prototype);
    const clone = structuredClone(value);
    return `${show(clone)} ${Object.getPrototypeOf(clone) === kind}`;
  })));
}
for (const kind of [Event, EventTarget, URL, URLSearchParams, AbortController, AbortSignal, MessageChannel, MessagePort,
  TextEncoder, TextDecoder, Crypto, WebSocket, Map, Set, Date, Error, RegExp, Promise, WeakMap, WeakRef, Blob, DOMException,
  ArrayBuffer, Uint8Array, DataView, Array, Number, Symbol, CustomEvent, Worker, Performance]) {
  const none = Object.create(kind.prototype);
  console.log(kind.name, ...[none, kind.prototype, Object.create(none)].map((value) => attempt(() => show(structuredClone(value)))));
}

for (const value of [(function () { return arguments; })(1), (function* () {})(), (async function* () {})()]) {
  console.log(attempt(() => show(structuredClone(value))));
}

const changing = new ArrayBuffer(8, { maxByteLength: 16 });
const views = {
  all: new Uint8Array(changing), rest: new Uint8Array(changing, 2), fixed: new Uint8Array(changing, 0, 8),
  part: new Uint8Array(changing, 2, 3), end: new Uint8Array(changing, 8), fixedEnd: new Uint8Array(changing, 8, 0),
  nothing: new Uint8Array(changing, 1, 0), data: new DataView(changing), dataRest: new DataView(changing, 3),
  dataFixed: new DataView(changing, 3, 2), floats: new Float64Array(changing), floatsEnd: new Float64Array(changing, 8),
};
views.all.set([1, 2, 3, 4, 5, 6, 7, 8]);
const copies = structuredClone(views);
copies.all.buffer.resize(16);
for (const [name, { byteOffset, byteLength }] of Object.entries(copies)) console.log(name, byteOffset, byteLength);
console.log(views.all.join(), copies.all.join(), changing.byteLength, copies.all.buffer === copies.data.buffer);
const full = new ArrayBuffer(4, { maxByteLength: 4 });
const both = { tracking: new Uint8Array(full), fixed: new Uint8Array(full, 0, 4) };
both.tracking.set([9, 8, 7, 6]);
const { tracking, fixed } = structuredClone(both);
tracking.buffer.resize(2);
console.log(tracking.length, fixed.length, both.tracking.join());
const outside = [new Uint8Array(changing, 4, 4), new DataView(changing, 4, 4), new Uint8Array(changing, 6)];
changing.resize(5);
for (const view of outside) console.log(attempt(() => structuredClone(view)), attempt(() => structuredClone({ deep: [view] })));
console.log(Error.stackTraceLimit);

// At the end of the stack there is no clone, or it is of that kind.
const wrong = new Set();
for (const name of ["map", "date", "buffer"]) {
  const value = kinds[name]();
  const descend = () => {
    let clone = value;
    try {
      clone = structuredClone(value);
    } catch {}
    if (show(clone) !== show(value)) wrong.add(name);
    descend();
  };
  for (const start of [descend, () => [1].map(descend), () => [[1]].map(([item]) => descend(item))]) {
    try {
      start();
    } catch {}
  }
}
console.log("wrong", ...wrong);
