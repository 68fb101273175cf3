// Interfaces of parts that wait until they are used, for scripts that may look at the global
// object: each is a global of its shape, a proxy whose part runs once a script asks it for
// anything. Owns how they wait; what one becomes is another part's.
(host, internal) => {
  "use strict";

  const { construct } = Reflect;
  const { hasOwn } = Object;
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
    // Its functions have the names of the traps. Those of the copy, which is made beside this.
    const found = internal.own.Reflect[operation](target, first, second, third);
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

  // Most scripts that may look ask none for anything, and so do without what makes it real.
  const { expose } = internal;
  internal.expose = (values) => {
    internal.proxies = { proxies, waits, expose };
    internal.bring("interfaces");
    internal.expose(values);
  };
}
