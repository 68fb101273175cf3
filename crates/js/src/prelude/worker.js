// Worker, and the global scope of one, as the HTML standard has them: classic scripts, no ports but
// the one to the page. Owns the objects; the threads are the host's.
(host, internal) => {
  "use strict";

  internal.bring("clone");
  // By number, as long as something can come from them.
  const workers = new Map();

  // StructuredSerializeOptions or sequence<object>
  const transferOf = (options) => {
    const isSequence = internal.isObject(options) && internal.iterator(options) !== undefined;
    const list = isSequence ? options : internal.dictionary(options, "postMessage").transfer ?? [];
    return internal.sequence(list, (item) => item, "postMessage");
  };
  const written = (message, options) =>
    internal.toText(internal.serialize(message, transferOf(options)));

  class Worker extends EventTarget {
    #id;

    constructor(scriptURL, options = {}) {
      internal.need(arguments, 1, "Worker");
      const url = internal.usv(scriptURL);
      const { name = "", type = "classic" } = internal.dictionary(options, "Worker");
      const [title, kind] = [internal.text(name), internal.text(type)];
      if (kind !== "classic" && kind !== "module") throw new TypeError(`Worker: no type ${kind}`);
      if (kind === "module") {
        throw new DOMException("Worker: only classic scripts", "NotSupportedError");
      }
      if (host.urlParse(url, undefined) !== undefined) {
        throw new DOMException("Worker: only files beside the script", "SecurityError");
      }
      super();
      this.#id = host.startWorker(url, title);
      workers.set(this.#id, this);
    }

    postMessage(message, options = {}) {
      const id = this.#id;
      internal.need(arguments, 1, "postMessage");
      if (!host.tellWorker(id, written(message, options))) {
        throw new DOMException("too much waits for the worker", "QuotaExceededError");
      }
    }

    terminate() {
      host.endWorker(this.#id);
      workers.delete(this.#id);
    }
  }

  for (const type of ["message", "messageerror", "error"]) internal.handler(Worker.prototype, type);
  internal.define(Worker);
  internal.expose({ Worker });

  const heard = (target, text) => {
    // Another engine's `undefined` is that here too, where the constructor makes it null.
    const data = internal.deserialize(internal.fromText(text));
    internal.fire(target, internal.makeMessage(data, ""));
  };

  internal.worker = (id, kind, first, filename, lineno, colno, text) => {
    const worker = workers.get(id);
    if (kind === "ended") workers.delete(id);
    if (worker === undefined || kind === "ended") return;
    if (kind === "message") {
      heard(worker, first);
    } else if (kind === "failed") {
      internal.fire(worker, new Event("error"));
    } else {
      const init = { message: first, filename, lineno, colno, error: null, cancelable: true };
      const event = new ErrorEvent("error", init);
      internal.fire(worker, event);
      if (!event.defaultPrevented) host.report(text);
    }
  };

  if (!host.isWorker) return;

  internal.inbound = (text) => { heard(internal.globalTarget, text); };
  internal.report = (error) => {
    if (internal.isTaken(error)) return;
    const { message, filename, lineno, colno } = internal.errorInit(error);
    host.reportOutside(message, filename, lineno, colno, `Uncaught ${internal.describe(error)}`);
  };

  class WorkerGlobalScope extends EventTarget {
    constructor() {
      internal.legal(arguments);
      super();
    }
  }
  class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}
  internal.define(WorkerGlobalScope);
  internal.define(DedicatedWorkerGlobalScope);
  internal.expose({ WorkerGlobalScope, DedicatedWorkerGlobalScope });
  internal.operations({
    postMessage(message, options = {}) {
      internal.need(arguments, 1, "postMessage");
      host.tellOutside(written(message, options));
    },
    close() { host.closeWorker(); },
    importScripts(...urls) {
      for (const url of urls.map(internal.usv)) host.importScript(url);
    },
  });
  for (const type of ["message", "messageerror"]) internal.handler(globalThis, type);
  Object.setPrototypeOf(globalThis, DedicatedWorkerGlobalScope.prototype);
  // The engine's own name for it, which would hide the interface's.
  delete globalThis[Symbol.toStringTag];
}
