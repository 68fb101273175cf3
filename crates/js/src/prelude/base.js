// What the other parts of the prelude share: conversions, how a part is brought, and how an uncaught
// exception is reported. Owns no interface of its own.
(host, internal) => {
  "use strict";

  // Methods of the engine are a script's to change. What a socket needs is kept here: a method as a
  // function of its object, the methods of a collection as its own, and walks through lists.
  const { bind, call } = Function.prototype;
  // Without a prototype, to which a script could give members.
  const none = { __proto__: null };
  internal.free = bind.bind(call);
  internal.call = internal.free(call);
  internal.wellFormed = internal.free(String.prototype.toWellFormed);
  internal.keep = (object, names) => {
    const { prototype } = object.constructor;
    for (let at = 0; at < names.length; at += 1) object[names[at]] = prototype[names[at]];
    return object;
  };
  internal.find = (list, is) => {
    for (let at = 0; at < list.length; at += 1) if (is(list[at])) return list[at];
    return undefined;
  };
  internal.filter = (list, is) => {
    const found = [];
    for (let at = 0; at < list.length; at += 1) if (is(list[at])) found[found.length] = list[at];
    return found;
  };

  // So are functions of the engine's objects, for parts that are read when a script may have
  // replaced them: these objects are copies. A function that nobody reads the engine has not made.
  internal.copy = (object, names) => {
    const kept = { __proto__: null };
    for (let at = 0; at < names.length; at += 1) kept[names[at]] = object[names[at]];
    return kept;
  };
  internal.own.JSON = internal.copy(JSON, ["parse", "stringify"]);
  internal.own.Object = internal.copy(Object, [
    "defineProperty", "getOwnPropertyDescriptor", "getPrototypeOf", "hasOwn", "is", "keys",
    "prototype", "setPrototypeOf",
  ]);
  // The object of a value that is none.
  internal.wrapped = Object;
  internal.isArray = Array.isArray;
  internal.isView = ArrayBuffer.isView;

  // The host's texts are UTF-8, which has no lone surrogates; a script's may have some.
  const { print, report } = host;
  host.print = (level, line) => { print(level, internal.wellFormed(line)); };
  host.report = (line) => { report(internal.wellFormed(line)); };

  // Parts that most scripts do without are run once somebody asks for what is in them.
  const loaded = internal.loaded = { __proto__: null };
  internal.bring = (part) => {
    if (loaded[part]) return;
    loaded[part] = true;
    try {
      host.part(part, host, internal);
    } catch (error) {
      // There may be room for it later.
      loaded[part] = false;
      throw error;
    }
  };

  // Where the host enters, also if that part is not there.
  const apply = internal.apply = Reflect.apply;
  internal.enter = (name, ...given) => {
    if (internal[name] !== undefined) apply(internal[name], internal, given);
  };
  internal.fromWorker = (...given) => { apply(internal.worker, internal, given); };

  internal.text = (value) => {
    if (typeof value === "symbol") throw new TypeError("a symbol is no string");
    return String(value);
  };

  internal.dictionary = (value, what) => {
    if (value === undefined || value === null) return none;
    if (typeof value !== "object" && typeof value !== "function") {
      throw new TypeError(`${what}: the options are no object`);
    }
    return value;
  };

  internal.need = (given, count, what) => {
    if (given.length < count) throw new TypeError(`${what}: ${count} arguments are needed`);
  };

  internal.now = host.now;

  // Most scripts throw nothing that they do not catch. `by` is the function that was called, if the
  // host did not call it. The host tells what cannot be told now: there may be no memory for it.
  internal.report = (error, by) => {
    try {
      internal.bring("errors");
      internal.tell(error, by);
    } catch {
      host.untold(error);
    }
  };

  // Promises that were rejected and have no handler yet; of what is left after the microtasks
  // another part tells, which is not read where a promise is rejected: there may be no stack left
  // for it.
  const rejections = internal.keep(new Map(), ["set", "delete", "forEach"]);
  let rejected = 0;
  internal.reject = (promise, reason, isHandled, stack) => {
    if (!isHandled) {
      rejections.set(promise, { promise, reason, stack });
      rejected += 1;
    } else if (rejections.delete(promise)) {
      rejected -= 1;
    } else {
      internal.handled?.(promise);
    }
  };
  internal.checkpoint = () => {
    if (rejected === 0) return;
    internal.bring("rejections");
    const list = [];
    rejections.forEach((rejection) => { list[list.length] = rejection; });
    internal.notify(list);
    for (let at = 0; at < list.length; at += 1) rejections.delete(list[at].promise);
    rejected = 0;
  };
  internal.microtasks = () => {
    host.runMicrotasks();
    if (rejected > 0) internal.checkpoint();
  };
}
