// structuredClone: what is cloned, what is shared inside, what is refused.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.name} ${error.code} ${error instanceof DOMException}`;
  }
};
for (const value of [undefined, null, true, 1.5, "text", "\ud800", {}, [], { a: { b: [1, , 3] } }]) {
  say(structuredClone(value));
}
say(Object.is(structuredClone(-0), -0), Number.isNaN(structuredClone(NaN)), structuredClone(1n << 70n) === 1n << 70n);
for (const value of [new Boolean(false), new Number(-0), new String("s"), Object(5n), new Date(5), new Date(NaN), /a\/b/giu]) {
  const clone = structuredClone(value);
  say(clone !== value, Object.prototype.toString.call(clone), clone instanceof Date || String(clone), Object.is(clone.valueOf(), value.valueOf()));
}
const regExp = /x/g;
regExp.lastIndex = 3;
say(structuredClone(regExp).lastIndex, structuredClone(/x/dy).flags);

const shared = { one: 1 };
const circle = { shared, again: shared, list: [shared] };
circle.self = circle;
const copy = structuredClone(circle);
say(copy.self === copy, copy.shared === copy.again, copy.shared === copy.list[0], copy.shared !== shared);

const map = new Map([["a", 1], [shared, new Set([1, "b"])]]);
map.set("map", map);
const mapCopy = structuredClone(map);
say([...mapCopy.keys()].length, mapCopy.get("map") === mapCopy, [...[...mapCopy.values()][1]]);

class Point {
  constructor() { this.x = 1; }
  get y() { return 2; }
}
const point = Object.assign(new Point(), { get z() { return 3; } });
Object.defineProperty(point, "hidden", { value: 1 });
point[Symbol("s")] = 1;
const pointCopy = structuredClone(point);
say(pointCopy.constructor.name, pointCopy);
const sparse = [1, , 3];
sparse.extra = "e";
const sparseCopy = structuredClone(sparse);
say(1 in sparseCopy, sparseCopy.length, sparseCopy.extra, Object.keys(sparseCopy));
say(Object.keys(structuredClone(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }))));
say(structuredClone(Object.create(null)) instanceof Object);

const bytes = new Uint8Array([1, 2, 3, 4]);
const views = structuredClone({ bytes, part: bytes.subarray(1, 3), view: new DataView(bytes.buffer, 1), floats: new Float32Array([1.5]) });
say([...views.bytes], [...views.part], views.part.byteOffset, views.part.buffer === views.bytes.buffer);
say(views.view.getUint8(0), views.view.byteLength, views.floats[0], views.bytes.buffer !== bytes.buffer);
const resizable = structuredClone(new ArrayBuffer(2, { maxByteLength: 8 }));
say(resizable.byteLength, resizable.resizable, resizable.maxByteLength);

for (const error of [new Error("e"), new TypeError("t"), new RangeError(), Object.assign(new Error("n"), { name: "Own", extra: 1 })]) {
  const clone = structuredClone(error);
  say(clone.constructor.name, clone.name, clone.message, Object.hasOwn(clone, "message"), clone.extra);
}
class OwnError extends SyntaxError {}
say(structuredClone(new OwnError("o")).constructor.name);
const { cause } = structuredClone(new Error("e", { cause: new TypeError("c", { cause: [1] }) }));
say(cause.constructor.name, cause.message, cause.cause, Object.keys(cause));
const own = (error) => Object.getOwnPropertyDescriptor(structuredClone(error), "cause");
say(own(new Error("e", { cause: undefined })), own(new Error("e")));
say(own(Object.defineProperty(new Error("e"), "cause", { get: () => 1 }))?.value);
const ring = new Error("r");
ring.cause = { ring };
const again = structuredClone(ring);
say(again.cause.ring === again, attempt(() => structuredClone(new Error("e", { cause: () => {} }))));
const stacked = Object.assign(new Error("s"), { stack: 5 });
say(stacked.stack, Object.keys(stacked), structuredClone(stacked).message);
const dom = structuredClone(new DOMException("d", "AbortError"));
say(dom instanceof DOMException, dom.name, dom.message, dom.code);
const blob = structuredClone(new Blob(["blob"], { type: "text/x" }));
say(blob instanceof Blob, blob.size, blob.type);

const buffer = new ArrayBuffer(8);
const moved = structuredClone({ buffer }, { transfer: [buffer] });
say(buffer.byteLength, moved.buffer.byteLength, attempt(() => structuredClone(buffer)));
const twice = new ArrayBuffer(1);
say(attempt(() => structuredClone(1, { transfer: [twice, twice] })), twice.byteLength);
say(attempt(() => structuredClone(1, { transfer: [{}] })), attempt(() => structuredClone(1, { transfer: 1 })));
say(attempt(() => structuredClone()), structuredClone(1, null), structuredClone(1, undefined));

const order = [];
const throwing = { get a() { order.push("a"); throw new RangeError("from a getter"); }, get b() { order.push("b"); return 1; } };
say(attempt(() => structuredClone(throwing)), order);
for (const value of [() => {}, Symbol("s"), class {}, Promise.resolve(), new WeakMap(), new WeakSet(), new WeakRef({}),
  new EventTarget(), new Event("e"), new URL("http://a/"), new URLSearchParams(), new AbortController(), new TextEncoder(),
  new AbortController().signal, [].values(), new Map().entries(), (function* () {})(), (function () { return arguments; })(1), { deep: [() => {}] },
  new Map([[1, Symbol.iterator]]), crypto, new FinalizationRegistry(() => {}),
  new Proxy({}, {}), new Proxy([1], {}), { deep: new Proxy(new Map(), {}) }]) {
  say(attempt(() => typeof structuredClone(value)));
}

// An accessor that sends away what is to go along, and names of functions that are no text.
const leaving = new ArrayBuffer(4);
const sending = { get a() { return structuredClone(leaving, { transfer: [leaving] }); } };
say(attempt(() => structuredClone(sending, { transfer: [leaving] })), leaving.byteLength);
for (const name of [{ get() { throw new RangeError("from a name"); } }, { value: Symbol("s") }]) {
  say(attempt(() => structuredClone(Object.defineProperty(() => {}, "name", name))));
}
say(attempt(() => structuredClone(Object.defineProperty(new Error(), "message", { value: Symbol("s") }))));

// The flags of a regular expression are those it was made with, whatever its properties say.
const looksGlobal = Object.defineProperty(/x/i, "global", { value: true });
const owner = RegExp.prototype;
const sticky = Object.getOwnPropertyDescriptor(owner, "sticky");
Object.defineProperty(owner, "sticky", { get() { throw new RangeError("asked"); }, configurable: true });
const clones = attempt(() => [structuredClone(looksGlobal), structuredClone(/a/dgimsy), structuredClone(/a/v), structuredClone(/a/u)]);
Object.defineProperty(owner, "sticky", sticky);
say(String(clones));
