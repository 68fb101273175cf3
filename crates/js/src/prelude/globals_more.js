// What else there is in the global object besides interfaces, for scripts that name it or may look:
// event handlers, FinalizationRegistry, and a page's attributes and dialogs. Owns their shape.
(host, internal) => {
  "use strict";

  const { defineProperty } = Object;
  const { construct } = Reflect;
  const { attribute, replace } = internal;

  const all = () => globalThis;
  const inPart = (name) => {
    internal.bring(name);
    return internal[name];
  };
  attribute("self", all, replace);
  // Those of a part that is there are there.
  if (!internal.loaded.crypto) attribute("crypto", inPart);
  if (!internal.loaded.performance) attribute("performance", inPart, replace);
  internal.handler(globalThis, "error");
  internal.handler(globalThis, "unhandledrejection");
  internal.handler(globalThis, "rejectionhandled");

  // Another one than the engine's, whose callbacks are no tasks.
  const Registry = new Proxy(FinalizationRegistry, {
    __proto__: null,
    construct(target, given, newTarget) {
      // What is no function the engine refuses.
      const callback = given[0];
      if (typeof callback !== "function") return construct(target, [callback], newTarget);
      internal.bring("finalization");
      return construct(target, [internal.finalization(callback)], newTarget);
    },
  });
  const registry = { __proto__: null, value: Registry };
  defineProperty(globalThis, "FinalizationRegistry", registry);
  defineProperty(FinalizationRegistry.prototype, "constructor", registry);

  if (host.isWorker) return;

  const inWindow = (name) => {
    internal.bring("window");
    return internal[name];
  };
  const dialog = (name) => ({
    [name](...given) {
      internal.global(this);
      return internal.apply(inWindow(name), undefined, given);
    },
  })[name];
  const stays = () => {
    throw new DOMException("a page of the terminal goes nowhere else", "NotSupportedError");
  };

  attribute("window", all, undefined, false);
  attribute("document", inPart, undefined, false);
  attribute("location", inWindow, stays, false);
  attribute("origin", inWindow, replace);
  // No browser's.
  attribute("scriptArgs", inWindow, replace);
  internal.operations({ alert: dialog("alert"), prompt: dialog("prompt") });
  internal.handler(globalThis, "load");
}
