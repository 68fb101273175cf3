// Conversions and shapes of Web IDL that several interfaces need. Owns no interface of its own.
(host, internal) => {
  "use strict";

  internal.usv = (value) => internal.wellFormed(internal.text(value));

  // [EnforceRange] unsigned long long, and other integers from 0 on.
  internal.enforceRange = (value, max, what) => {
    const number = Math.trunc(+value);
    if (!(number >= 0 && number <= max)) throw new TypeError(`${what}: not in 0 to ${max}`);
    return number + 0;
  };

  internal.isObject = (value) =>
    (typeof value === "object" && value !== null) || typeof value === "function";

  const { iterator } = Symbol;

  // The method of `value` that makes it a sequence, or undefined.
  internal.iterator = (value) => {
    if (!internal.isObject(value)) return undefined;
    const method = value[iterator] ?? undefined;
    if (method !== undefined && typeof method !== "function") {
      throw new TypeError("what iterates is no function");
    }
    return method;
  };

  internal.sequence = (value, convert, what) => {
    const method = internal.iterator(value);
    if (method === undefined) throw new TypeError(`${what}: no sequence`);
    const all = [];
    const items = { [iterator]: () => internal.call(method, value) };
    for (const item of items) all[all.length] = convert(item);
    return all;
  };

  // The bytes of a BufferSource, not copied; undefined for what is none. Shared memory is one only
  // with [AllowShared], a buffer that can change its size never; one that was transferred has none.
  internal.bufferSource = (value, allowsShared = false) => {
    const isView = ArrayBuffer.isView(value);
    const buffer = isView ? value.buffer : value;
    const isShared = buffer instanceof SharedArrayBuffer;
    if (isShared && !isView && !allowsShared) return undefined;
    if (!isShared && !(buffer instanceof ArrayBuffer)) return undefined;
    if (isShared && !allowsShared) throw new TypeError("shared memory is not taken here");
    if (buffer.resizable || buffer.growable) throw new TypeError("a resizable buffer is not taken");
    if (buffer.detached) return new Uint8Array();
    const [from, length] = isView ? [value.byteOffset, value.byteLength] : [];
    return new Uint8Array(buffer, from, length);
  };

  // Interfaces that only this code makes objects of: their constructors want this key.
  internal.key = {};
  internal.legal = (given) => {
    if (given[0] !== internal.key) throw new TypeError("Illegal constructor");
  };

  // Static operations are enumerable, as those of objects are.
  internal.statics = (constructor) => {
    for (const name of Object.getOwnPropertyNames(constructor)) {
      const isOperation = typeof constructor[name] === "function" && name !== "prototype";
      if (!isOperation) continue;
      Object.defineProperty(constructor, name, { __proto__: null, enumerable: true });
    }
  };

  // What an operation of the global object is called on, which a call without an object is.
  internal.global = (object) => {
    if (object === undefined || object === null || object === globalThis) return;
    throw new TypeError("Illegal invocation");
  };

  // Operations of the global object.
  internal.operations = (functions) => {
    for (const [name, value] of Object.entries(functions)) {
      Object.defineProperty(globalThis, name, {
        value, enumerable: true, writable: true, configurable: true,
      });
    }
  };

  // Attributes of the global object; one that is [Replaceable] becomes what is assigned to it.
  internal.attribute = (name, value, isReplaceable) => {
    const accessor = {
      get [name]() { return value; },
      set [name](other) {
        Object.defineProperty(globalThis, name, {
          value: other, enumerable: true, writable: true, configurable: true,
        });
      },
    };
    const { get, set } = Object.getOwnPropertyDescriptor(accessor, name);
    Object.defineProperty(globalThis, name, {
      get, set: isReplaceable ? set : undefined, enumerable: true, configurable: true,
    });
  };
}
