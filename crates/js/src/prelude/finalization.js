// FinalizationRegistry, whose callbacks are tasks of their page, as the HTML standard has it. The
// engine's are jobs, and come while any page that shares the engine runs. Owns when they are called;
// the engine has the rest.
(host, internal) => {
  "use strict";

  internal.bring("tasks");
  const { queueTask, call } = internal;
  const { construct } = Reflect;

  const inTask = (callback) => (held) => {
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
      const callback = given[0];
      // What is no function the engine refuses.
      const own = typeof callback === "function" ? inTask(callback) : callback;
      return construct(target, [own], newTarget);
    },
  });
  const { prototype } = FinalizationRegistry;
  Object.defineProperty(prototype, "constructor", { __proto__: null, value: Registry });
  internal.expose({ FinalizationRegistry: Registry });
}
