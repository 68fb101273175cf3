// Function and its kin, which make functions of texts: those of the engine, but that a text is
// looked at before, as a script is. Owns no word that is looked for.
(host, internal) => {
  "use strict";

  const { apply, construct } = Reflect;
  const { defineProperty, getPrototypeOf } = Object;

  internal.prepare = (text) => { host.prepare(internal.wellFormed(text), internal); };

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
