// Function and its kin, which make functions of texts: those of the engine, but that a text is
// looked at before, as a script is. Owns no word that is looked for.
(host, internal) => {
  "use strict";

  const { apply, construct } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;

  // Of the engine's own functions, and of proxies, undefined.
  const fileOf = internal.free(getOwnPropertyDescriptor(Function.prototype, "fileName").get);
  // Before a text becomes code, or a function is called on the global object: the engine's own hand
  // it on, though the script does not say so.
  internal.prepare = (what) => {
    const isText = typeof what === "string";
    if (!isText && (typeof what !== "function" || fileOf(what) !== undefined)) return;
    host.prepare(isText ? internal.wellFormed(what) : "globalThis", internal);
  };

  const prepared = (given) => {
    const texts = [];
    for (let at = 0; at < given.length; at += 1) {
      texts[at] = internal.text(given[at]);
      internal.prepare(texts[at]);
    }
    return texts;
  };
  const handler = {
    __proto__: null,
    apply: (target, object, given) => apply(target, object, prepared(given)),
    construct: (target, given, newTarget) => construct(target, prepared(given), newTarget),
  };
  for (const some of [() => {}, function* () {}, async () => {}, async function* () {}]) {
    const prototype = getPrototypeOf(some);
    const value = new Proxy(prototype.constructor, handler);
    defineProperty(prototype, "constructor", { __proto__: null, value });
  }
  defineProperty(globalThis, "Function", { __proto__: null, value: (() => {}).constructor });
}
