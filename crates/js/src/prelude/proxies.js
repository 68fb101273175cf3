// Interfaces of parts that wait until they are used, for scripts that may look at the global
// object: each is a global of its shape, a proxy whose part runs once a script asks it for
// anything. Owns what such a proxy becomes.
(host, internal) => {
  "use strict";

  const { construct, defineProperty, deleteProperty, ownKeys } = Reflect;
  const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys, setPrototypeOf } = Object;
  const bind = internal.free(Function.prototype.bind);

  // A target's property that no script sees: the part that it waits for.
  const waits = Symbol();
  // The engine's descriptors have what a script gave all objects.
  const bare = (descriptor) => descriptor && { __proto__: null, ...descriptor };
  let trap;
  const answer = (target, first, second, third) => {
    const operation = trap;
    if (hasOwn(target, waits)) internal.bring(target[waits]);
    if (operation === "defineProperty") second = bare(second);
    // Its functions have the names of the traps.
    const found = Reflect[operation](target, first, second, third);
    return operation === "getOwnPropertyDescriptor" ? bare(found) : found;
  };
  // All proxies have one handler, with one function for all traps: each takes memory of each page.
  const handler = new Proxy({}, {
    __proto__: null,
    get(_, name) {
      trap = name;
      return answer;
    },
  });

  // What targets are bound to: they have no `prototype` of their own, which could not be replaced
  // by that of the interface.
  class Late {
    constructor(name, ...given) { return construct(internal.own[name], given, new.target); }
  }

  const proxies = { __proto__: null };
  internal.lazily = (part, names) => {
    if (internal.loaded[part]) return;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (proxies[name] !== undefined) continue;
      const target = bind(Late, undefined, name);
      target[waits] = part;
      proxies[name] = new Proxy(target, handler);
      internal.place(name, proxies[name]);
    }
  };

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

  const { expose } = internal;
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
