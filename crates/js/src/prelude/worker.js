// Worker, and the global scope of one, as the HTML standard has them: classic scripts and
// modules, whose channel is number 0 of a link. Owns the objects; the threads are the host's.
(host, internal) => {
  "use strict";

  internal.bring("links");
  internal.bring("errors");
  const { ErrorEvent } = internal.own;
  // By number, as long as something can come from them.
  const workers = internal.keep(new Map(), ["get", "set", "delete"]);
  let linkOf, isWorker;

  class Worker extends EventTarget {
    #id; #link;

    constructor(scriptURL, options = undefined) {
      internal.need(arguments, 1, "Worker");
      const url = internal.usv(scriptURL);
      const { name = "", type = "classic" } = internal.dictionary(options, "Worker");
      const title = internal.text(name);
      const kind = internal.text(type);
      if (kind !== "classic" && kind !== "module") throw new TypeError(`Worker: no type ${kind}`);
      if (host.urlParse(url, undefined) !== undefined) {
        throw new DOMException("Worker: only files beside the script", "SecurityError");
      }
      super();
      const id = this.#id = host.startWorker(url, title, kind === "module");
      this.#link = new internal.Link((text) => host.tellWorker(id, text), 2);
      workers.set(this.#id, this);
    }

    postMessage(message, options = undefined) {
      const link = this.#link;
      internal.need(arguments, 1, "postMessage");
      link.write(0, internal.serialize(message, internal.transferOf(options)));
    }

    terminate() {
      host.endWorker(this.#id);
      over(this.#id);
    }

    static {
      linkOf = (worker) => worker.#link;
      isWorker = (value) => #link in value;
    }
  }

  function over(id) {
    const worker = workers.get(id);
    workers.delete(id);
    if (worker !== undefined) linkOf(worker).end();
  }

  for (const type of ["message", "messageerror", "error"]) {
    internal.handler(Worker.prototype, type, isWorker);
  }
  internal.define(Worker);
  internal.expose({ Worker });

  const heard = (target, link, text) => {
    const record = link.read(text);
    if (record !== undefined) internal.fire(target, internal.messageOf(record));
  };

  internal.worker = (id, kind, first, filename, lineno, colno, text) => {
    const worker = workers.get(id);
    if (kind === "ended") over(id);
    if (worker === undefined || kind === "ended") return;
    if (kind === "message") {
      heard(worker, linkOf(worker), first);
    } else if (kind === "failed") {
      internal.fire(worker, new Event("error"));
    } else {
      const init = {
        __proto__: null, message: first, filename, lineno, colno, error: null, cancelable: true,
      };
      const event = new ErrorEvent("error", init);
      internal.fire(worker, event);
      if (!event.defaultPrevented) host.report(text);
    }
  };

  if (!host.isWorker) return;

  const outside = new internal.Link((text) => {
    host.tellOutside(text);
    return true;
  }, 1);
  internal.inbound = (text) => { heard(internal.globalTarget, outside, text); };
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
  class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}
  internal.define(WorkerGlobalScope);
  internal.define(DedicatedWorkerGlobalScope);
  internal.expose({ WorkerGlobalScope, DedicatedWorkerGlobalScope });
  internal.operations({
    postMessage(message, options = undefined) {
      internal.need(arguments, 1, "postMessage");
      outside.write(0, internal.serialize(message, internal.transferOf(options)));
    },
    close() { host.closeWorker(); },
    importScripts(...urls) {
      if (host.isModule) throw new TypeError("importScripts: not in a module");
      for (let at = 0; at < urls.length; at += 1) urls[at] = internal.usv(urls[at]);
      for (let at = 0; at < urls.length; at += 1) host.importScript(urls[at]);
    },
  });
  for (const type of ["message", "messageerror"]) internal.handler(globalThis, type);
  Object.setPrototypeOf(globalThis, DedicatedWorkerGlobalScope.prototype);
  // The engine's own name for it, which would hide the interface's.
  delete globalThis[Symbol.toStringTag];
}
