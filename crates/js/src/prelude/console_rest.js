// The functions of console that most scripts do without. Owns their shape; what they do is one more
// part's business, once one of them is called.
(host, internal) => {
  "use strict";

  const LAZY = [
    "clear", "count", "countReset", "dir", "dirxml", "group", "groupCollapsed", "groupEnd", "table",
    "time", "timeEnd", "timeLog", "trace",
  ];
  const { console, quietly } = internal;
  const lazily = (name) => ({
    [name](...values) {
      quietly(() => {
        internal.bring("console_more");
        internal.apply(internal.more[name], internal.more, values);
      });
    },
  })[name];
  for (let at = 0; at < LAZY.length; at += 1) {
    Object.defineProperty(console, LAZY[at], {
      __proto__: null, value: lazily(LAZY[at]),
      enumerable: true, writable: true, configurable: true,
    });
  }
}
