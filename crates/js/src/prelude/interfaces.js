// What the proxies of interfaces become once the part of one is read. Owns that they are one with it.
(host, internal) => {
  "use strict";

  const { defineProperty, deleteProperty, ownKeys } = Reflect;
  const { getOwnPropertyDescriptor, getPrototypeOf, keys, setPrototypeOf } = Object;
  const { proxies, waits, expose } = internal.proxies;
  delete internal.proxies;

  // Gives a proxy all that the interface has; but nothing for good, as memory may end here.
  const become = (proxy, real) => {
    const before = ownKeys(proxy);
    for (let at = 0; at < before.length; at += 1) {
      if (before[at] !== waits) deleteProperty(proxy, before[at]);
    }
    const after = ownKeys(real);
    for (let at = 0; at < after.length; at += 1) {
      const own = getOwnPropertyDescriptor(real, after[at]);
      defineProperty(proxy, after[at], { __proto__: null, ...own, configurable: true });
    }
    setPrototypeOf(proxy, getPrototypeOf(real));
    defineProperty(real.prototype, "constructor", { __proto__: null, value: proxy });
  };

  internal.expose = (values) => {
    const others = { __proto__: null };
    const found = [];
    const names = keys(values);
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      const proxy = proxies[name];
      if (proxy === undefined) {
        others[name] = values[name];
      } else {
        internal.own[name] = values[name];
        become(proxy, values[name]);
        found[found.length] = proxy;
      }
    }
    expose(others);
    for (let at = 0; at < found.length; at += 1) {
      defineProperty(found[at], "prototype", { __proto__: null, configurable: false });
      deleteProperty(found[at], waits);
    }
  };
}
