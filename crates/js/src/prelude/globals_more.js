// What else there is in the global object besides interfaces, for scripts that name it or may look:
// itself, and event handlers. Each is there once it is asked for, as what makes them takes less memory
// than they do. Owns which of them there are; what takes more to make is another part's.
(host, internal) => {
  "use strict";

  const added = internal.added = { __proto__: null };
  const all = () => globalThis;
  internal.addGlobals = (names, types) => {
    for (let at = 0; at < types.length; at += 1) {
      if (!added[types[at]]) internal.handler(internal.scope ?? globalThis, types[at]);
      added[types[at]] = true;
    }
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (added[name]) continue;
      if (name === "self") {
        // A worker's cannot be replaced.
        internal.attribute(name, all, host.isWorker ? undefined : internal.replace);
      } else if (name === "window") {
        internal.attribute(name, all, undefined, false);
      } else {
        internal.bring("attributes");
        internal.addGlobal(name);
      }
      added[name] = true;
    }
  };
}
