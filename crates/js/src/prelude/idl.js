// Conversions of Web IDL that several interfaces need. Owns no interface of its own.
(host, internal) => {
  "use strict";

  const { getOwnPropertyDescriptor } = Object;

  // Exceptions of Web IDL are errors, which the engine does not say.
  const { isError: isNativeError } = Error;
  const { get: nameOf } = getOwnPropertyDescriptor(DOMException.prototype, "name");
  internal.isNativeError = isNativeError;
  internal.isError = Error.isError = {
    isError(value) {
      if (isNativeError(value)) return true;
      try {
        return internal.call(nameOf, value) !== undefined;
      } catch {
        return false;
      }
    },
  }.isError;

  internal.usv = (value) => internal.wellFormed(internal.text(value));

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

  // What iterates is not told if an item is refused, unlike by `for`.
  internal.sequence = (value, convert, what, method = internal.iterator(value)) => {
    const all = [];
    const items = method && internal.call(method, value);
    if (internal.isObject(items)) {
      const { next } = items;
      let step = internal.call(next, items);
      for (; internal.isObject(step); step = internal.call(next, items)) {
        if (step.done) return all;
        all[all.length] = convert(step.value);
      }
    }
    throw new TypeError(`${what}: no sequence`);
  };

  // `sourceOf` of the part that is brought.
  internal.bufferSource = (value, allowsShared = false) => {
    internal.bring("buffers");
    return internal.sourceOf(value, allowsShared);
  };

  // Interfaces that only this code makes objects of: their constructors want this key.
  internal.key = {};
  internal.legal = (given) => {
    if (given[0] !== internal.key) throw new TypeError("Illegal constructor");
  };

  // What an operation of the global object is called on, which a call without an object is.
  internal.global = (object) => {
    if (object === undefined || object === null || object === globalThis) return;
    throw new TypeError("Illegal invocation");
  };
}
