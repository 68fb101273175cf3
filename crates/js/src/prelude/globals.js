// What stands in the global object besides interfaces: microtasks, Base64, and the flags that
// operations have there. Owns no timer.
(host, internal) => {
  "use strict";

  const { queueMicrotask } = globalThis;
  const wrap = (name, convert) => ({
    [name](value) {
      internal.global(this);
      internal.need(arguments, 1, name);
      return convert(internal.usv(value));
    },
  })[name];

  // Adds the attribute, whose value is here from then on.
  internal.name();
  internal.name = host.name;
  internal.operations({
    atob: wrap("atob", host.atob),
    btoa: wrap("btoa", host.btoa),
    queueMicrotask(callback) {
      internal.global(this);
      if (typeof callback !== "function") throw new TypeError("queueMicrotask: no function");
      queueMicrotask(() => {
        try {
          internal.call(callback, undefined);
        } catch (error) {
          internal.report(error, callback);
        }
      });
    },
    reportError(error) {
      internal.global(this);
      internal.need(arguments, 1, "reportError");
      internal.report(error);
    },
    structuredClone(value, options = undefined) {
      internal.global(this);
      internal.need(arguments, 1, "structuredClone");
      const { transfer } = internal.dictionary(options, "structuredClone");
      internal.bring("clone");
      const list = transfer === undefined ? [] : internal.objects(transfer, "structuredClone");
      return internal.deserialize(internal.serialize(value, list)).value;
    },
  });

  if (!host.isWorker) {
    // If nobody hears of it no memory is needed: there may be none left.
    const { has, globalTarget } = internal;
    internal.load = () => {
      // A document knows by this that it is loaded. Names take memory of each page.
      internal.load = undefined;
      const isHeard = has(globalTarget, "load") || has(globalTarget, "DOMContentLoaded");
      if (internal.document === undefined && !isHeard) return;
      internal.bring("load");
      internal.fireLoad();
    };
  }

  // The engine takes texts alone for the stack of an error; browsers take anything.
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { set } = getOwnPropertyDescriptor({
    set stack(value) {
      if (!internal.isObject(this)) throw new TypeError("stack: no object");
      defineProperty(this, "stack", {
        __proto__: null, value, writable: true, enumerable: false, configurable: true,
      });
    },
  }, "stack");
  defineProperty(Error.prototype, "stack", { __proto__: null, set });

  // Scripts may change what they find.
  const { then } = Promise.prototype;
  // What a module's evaluation comes to.
  internal.watch = (promise) => {
    const failed = (error) => {
      host.evaluated();
      internal.report(error);
    };
    internal.call(then, promise, () => host.evaluated(), failed);
  };
}
