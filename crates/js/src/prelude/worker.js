// Worker, as the HTML standard has it: classic scripts and modules, whose channel is number 0 of a
// link. Owns the objects; the threads are the host's.
(host, internal) => {
  "use strict";

  internal.bring("links");
  internal.bring("errors");
  const { ErrorEvent } = internal.own;
  // By number, as long as something can come from them.
  const workers = internal.keep(new Map(), ["get", "set", "delete"]);
  let linkOf, isWorker;
  // A page without an address is one of files.
  const base = host.address ?? "file:///";

  // A member of the options that is one of these, the first if there is none.
  const member = (value, all) => {
    if (value === undefined) return all[0];
    const text = internal.text(value);
    if (internal.find(all, (one) => one === text) === undefined) {
      throw new TypeError(`Worker: no option is ${text}`);
    }
    return text;
  };

  class Worker extends EventTarget {
    #id; #link;

    constructor(scriptURL, options = undefined) {
      internal.need(arguments, 1, "Worker");
      const url = internal.usv(scriptURL);
      options = internal.dictionary(options, "Worker");
      // In the order of their names. Nothing is fetched with credentials here.
      member(options.credentials, ["same-origin", "omit", "include"]);
      const { name = "" } = options;
      const title = internal.text(name);
      const kind = member(options.type, ["classic", "module"]);
      const address = host.urlParse(url, base);
      if (address === undefined) throw new DOMException("Worker: this is no URL", "SyntaxError");
      if (host.urlParse(url, undefined) !== undefined) {
        throw new DOMException("Worker: only files beside the script", "SecurityError");
      }
      super();
      const id = this.#id = host.startWorker(url, title, kind === "module", address);
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

  if (host.isWorker) internal.bring("worker_scope");
}
