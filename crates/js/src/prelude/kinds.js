// What an object is by what the engine keeps in it, whatever its prototype and properties say. Owns
// which objects have a state that no clone could have. Runs none of a script's functions.
(host, internal) => {
  "use strict";

  internal.bring("buffers");
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { find, free, is, isDetached, isResizable, kindOf, ofArray, ofData } = internal;
  const getter = (prototype, name) => free(getOwnPropertyDescriptor(prototype, name).get);
  const views = getPrototypeOf(Uint8Array.prototype);
  const keysOf = free(views.keys);
  const fill = free(views.set);
  const lengthOf = getter(ArrayBuffer.prototype, "byteLength");
  const maxOf = getter(ArrayBuffer.prototype, "maxByteLength");
  const resize = free(ArrayBuffer.prototype.resize);
  const ELEMENT_LEN_MAX = 8;

  const key = {};
  const asked = (method) => {
    const call = free(method);
    return (value) => call(value, key);
  };
  // Of each kind a call that throws for objects of others. Those in the first lines have clones.
  const KINDS = [
    ["ArrayBuffer", isDetached], ["Map", getter(Map.prototype, "size")],
    ["Set", getter(Set.prototype, "size")], ["Date", free(Date.prototype.getTime)],
    ["RegExp", getter(RegExp.prototype, "global")],
    ["DOMException", getter(DOMException.prototype, "name")],
    ["Boolean", free(Boolean.prototype.valueOf)], ["Number", free(Number.prototype.valueOf)],
    ["String", free(String.prototype.valueOf)], ["BigInt", free(BigInt.prototype.valueOf)],
    ["Symbol", free(Symbol.prototype.valueOf)],
    ["SharedArrayBuffer", getter(SharedArrayBuffer.prototype, "growable")],
    ["WeakMap", asked(WeakMap.prototype.has)], ["WeakSet", asked(WeakSet.prototype.has)],
    ["WeakRef", free(WeakRef.prototype.deref)],
    ["FinalizationRegistry", asked(FinalizationRegistry.prototype.unregister)],
    // Ours, of all kinds.
    ["EventTarget", (value) => internal.has(value, "")],
  ];
  // A stack for each throw would take most of the time.
  const limit = getOwnPropertyDescriptor(Error, "stackTraceLimit");
  const limitOf = free(limit.get);
  const setLimit = free(limit.set);
  const { prototype: regExp } = RegExp;

  // The name of that kind, or undefined.
  internal.kindOfObject = (value) => {
    if (value === regExp) return undefined;
    if (host.isPromise(value)) return "Promise";
    const before = limitOf(Error);
    setLimit(Error, 0);
    try {
      for (let at = 0; at < KINDS.length; at += 1) if (is(KINDS[at][1], value)) return KINDS[at][0];
      return undefined;
    } finally {
      setLimit(Error, before);
    }
  };

  // Ours, by what tells their objects once their part is there. None of them is cloned.
  const PLATFORM = [
    "isEvent", "isController", "isCrypto", "isChannel", "isEncoder", "isDecoder", "isURL",
    "isParams", "isLocation",
  ];
  const ITERATOR = getPrototypeOf(getPrototypeOf([].values()));
  const ASYNC_ITERATOR = getPrototypeOf(getPrototypeOf((async function* () {}).prototype));
  const isBelow = free(Object.prototype.isPrototypeOf);
  internal.isPlatform = (value) =>
    find(PLATFORM, (name) => internal[name] !== undefined && internal[name](value)) !== undefined
    || isBelow(ITERATOR, value) || isBelow(ASYNC_ITERATOR, value);

  // Whether what a view shows is not in its buffer any more.
  const isOut = internal.isOut = (view) =>
    !is(kindOf(view) === undefined ? ofData.from : keysOf, view);

  // Whether a view of a buffer that can change its size ends where that ends. Nothing tells but
  // another size, which nobody sees.
  internal.isTracking = (view) => {
    const of = kindOf(view) === undefined ? ofData : ofArray;
    const buffer = of.buffer(view);
    if (!is(isDetached, buffer) || !isResizable(buffer)) return false;
    const length = lengthOf(buffer);
    const from = of.from(view);
    if (of.length(view) === 0) {
      const enough = from + ELEMENT_LEN_MAX;
      resize(buffer, enough < maxOf(buffer) ? enough : maxOf(buffer));
      const isLonger = of.length(view) > 0;
      resize(buffer, length);
      return isLonger;
    }
    const bytes = new Uint8Array(new Uint8Array(buffer));
    resize(buffer, from);
    const isIn = !isOut(view);
    resize(buffer, length);
    fill(new Uint8Array(buffer), bytes);
    return isIn;
  };
}
