// What the proxies of interfaces become once the part of one is read. Owns that they are one with it.
(host, internal) => {
  "use strict";

  const { apply, construct, ownKeys } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, keys, setPrototypeOf } = Object;
  const { expose, waiting } = internal;

  // Gives a proxy all that the interface has; but nothing for good, as memory may end here.
  const become = (proxy, real) => {
    const before = ownKeys(proxy);
    for (let at = 0; at < before.length; at += 1) delete proxy[before[at]];
    const after = ownKeys(real);
    for (let at = 0; at < after.length; at += 1) {
      const own = getOwnPropertyDescriptor(real, after[at]);
      defineProperty(proxy, after[at], { __proto__: null, ...own, configurable: true });
    }
    setPrototypeOf(proxy, getPrototypeOf(real));
    defineProperty(real.prototype, "constructor", { __proto__: null, value: proxy });
  };

  // Of its target only what it has is asked from now on: the interface is what is called.
  const settle = (handler, real) => {
    const traps = {
      __proto__: null,
      apply: (_, object, given) => apply(real, object, given),
      construct: (_, given, newTarget) => construct(real, given, newTarget),
    };
    defineProperty(handler.proxy, "prototype", { __proto__: null, configurable: false });
    for (const name in traps) {
      defineProperty(handler, name, { __proto__: null, value: traps[name] });
    }
    setPrototypeOf(handler, null);
  };

  internal.expose = (values) => {
    const others = { __proto__: null };
    const found = [];
    const names = keys(values);
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (waiting[name] === undefined) {
        others[name] = values[name];
      } else {
        internal.own[name] = values[name];
        become(waiting[name].proxy, values[name]);
        found[found.length] = name;
      }
    }
    internal.call(expose, internal, others);
    for (let at = 0; at < found.length; at += 1) settle(waiting[found[at]], values[found[at]]);
  };
}
