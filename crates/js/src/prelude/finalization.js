// FinalizationRegistry, whose callbacks are tasks of their page, as the HTML standard has it. The
// engine's are jobs, and come while any page that shares the engine runs. Owns when they are
// called; the engine has the rest.
(host, internal) => {
  "use strict";

  internal.bring("tasks");
  const { construct } = Reflect;
  const { queueTask, call } = internal;

  const later = (callback) => (held) => {
    queueTask(() => {
      try {
        call(callback, undefined, held);
      } catch (error) {
        internal.report(error, callback);
      }
    });
  };

  const Registry = new Proxy(FinalizationRegistry, {
    __proto__: null,
    construct(target, given, newTarget) {
      // What is no function the engine refuses.
      const callback = given[0];
      const first = typeof callback === "function" ? later(callback) : callback;
      return construct(target, [first], newTarget);
    },
  });
  const { defineProperty } = Object;
  const property = { value: Registry, enumerable: false, writable: true, configurable: true };
  defineProperty(FinalizationRegistry.prototype, "constructor", property);
  defineProperty(globalThis, "FinalizationRegistry", property);
}
