// The global scope of a dedicated worker, as the HTML standard has it. Owns which of its members are
// its interfaces'. What they do is other parts' business.
(host, internal) => {
  "use strict";

  const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;

  const heard = (link, text) => {
    const record = link.read(text);
    if (record !== undefined) internal.fire(internal.globalTarget, internal.messageOf(record));
  };
  const outside = new internal.Link((text) => {
    host.tellOutside(text);
    return true;
  }, 1);
  internal.inbound = (text) => { heard(outside, text); };
  internal.tell = (error, by) => {
    if (internal.isTaken(error)) return;
    internal.bring("uncaught");
    const { message, filename, lineno, colno } = internal.errorInit(error);
    const text = internal.uncaught("Uncaught", error, by);
    host.reportOutside(message, filename, lineno, colno, text);
  };

  class WorkerGlobalScope extends EventTarget {
    constructor() {
      internal.legal(arguments);
      super();
    }
  }
  class DedicatedWorkerGlobalScope extends WorkerGlobalScope {
    constructor() {
      internal.legal(arguments);
      super();
    }
  }
  internal.define(WorkerGlobalScope);
  internal.define(DedicatedWorkerGlobalScope);

  class WorkerLocation {
    #address;
    static { internal.isLocation = (value) => #address in value; }
    constructor() {
      internal.legal(arguments);
      this.#address = host.address ?? "about:blank";
    }
    #get(part) { return host.urlGet(this.#address, part); }
    get origin() { return this.#get("origin"); }
    get protocol() { return this.#get("protocol"); }
    get host() { return this.#get("host"); }
    get hostname() { return this.#get("hostname"); }
    get port() { return this.#get("port"); }
    get pathname() { return this.#get("pathname"); }
    get search() { return this.#get("search"); }
    get hash() { return this.#get("hash"); }
    get href() { return this.#address; }
    toString() { return this.#address; }
  }
  internal.define(WorkerLocation);
  internal.expose({ WorkerGlobalScope, DedicatedWorkerGlobalScope, WorkerLocation });

  internal.operations({
    postMessage(message, options = undefined) {
      internal.global(this);
      internal.need(arguments, 1, "postMessage");
      outside.write(0, internal.serialize(message, internal.transferOf(options)));
    },
    close() { internal.global(this), host.closeWorker(); },
    importScripts(...urls) {
      internal.global(this);
      if (host.isModule) throw new TypeError("importScripts: not in a module");
      for (let at = 0; at < urls.length; at += 1) urls[at] = internal.usv(urls[at]);
      // All before the first is loaded. Without an address scripts are relative to their folder.
      for (let at = 0; at < urls.length; at += 1) {
        if (host.urlParse(urls[at], host.address ?? "http://localhost/") === undefined) {
          throw new DOMException("importScripts: this is no URL", "SyntaxError");
        }
      }
      for (let at = 0; at < urls.length; at += 1) host.importScript(urls[at]);
    },
  });
  for (const type of ["message", "messageerror"]) internal.handler(globalThis, type);

  // Members of the first interface, which a page has in its global object.
  const scope = internal.scope = WorkerGlobalScope.prototype;
  const attribute = (name, value, replace) => {
    const { get, set } = getOwnPropertyDescriptor({
      get [name]() { return internal.global(this), value; },
      set [name](other) {
        internal.global(this);
        internal.operations({ __proto__: null, [name]: other });
      },
    }, name);
    defineProperty(scope, name, {
      __proto__: null, get, set: replace ? set : undefined, enumerable: true, configurable: true,
    });
  };
  attribute("location", new WorkerLocation(internal.key), false);
  attribute("origin", host.origin, true);
  const moved = [
    "importScripts", "atob", "btoa", "queueMicrotask", "reportError", "structuredClone",
    "clearInterval", "clearTimeout", "setInterval", "setTimeout",
  ];
  for (let at = 0; at < moved.length; at += 1) {
    defineProperty(scope, moved[at], getOwnPropertyDescriptor(globalThis, moved[at]));
    delete globalThis[moved[at]];
  }
  setPrototypeOf(globalThis, DedicatedWorkerGlobalScope.prototype);
  // The engine's own name for it, which would hide the interface's.
  delete globalThis[Symbol.toStringTag];
}
