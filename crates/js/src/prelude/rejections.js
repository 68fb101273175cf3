// Promises that are rejected and that nobody handles, as the HTML standard tells of them: events at
// the global object, and a line for who wrote the script unless a listener took it. Owns which of
// them were told. Hears of a promise when it is rejected, and when it gets a handler after that.
(host, internal) => {
  "use strict";

  internal.bring("tasks");

  class PromiseRejectionEvent extends Event {
    #promise; #reason;
    constructor(type, init) {
      internal.need(arguments, 2, "PromiseRejectionEvent");
      super(type, init);
      init = internal.dictionary(init, "PromiseRejectionEvent");
      this.#promise = init.promise;
      if (!internal.isObject(this.#promise)) {
        throw new TypeError("PromiseRejectionEvent: no promise");
      }
      this.#reason = init.reason;
    }
    get promise() { return this.#promise; }
    get reason() { return this.#reason; }
  }

  // Those whose turn is to come, and those that were told, which may still get a handler.
  const waiting = internal.keep(new Set(), ["add", "has", "delete"]);
  const told = internal.keep(new WeakMap(), ["get", "set", "has", "delete"]);

  const fire = (type, promise, reason, cancelable) => {
    if (!internal.has(internal.globalTarget, type)) return false;
    const event = new PromiseRejectionEvent(type, {
      __proto__: null, promise, reason, cancelable,
    });
    internal.fire(internal.globalTarget, event);
    return event.defaultPrevented;
  };

  const tell = (reason, stack) => {
    internal.bring("uncaught");
    host.report(internal.uncaught("Uncaught (in promise)", reason, stack));
  };

  internal.notify = (list) => {
    for (let at = 0; at < list.length; at += 1) waiting.add(list[at].promise);
    internal.queueTask(() => {
      for (let at = 0; at < list.length; at += 1) {
        const { promise, reason, stack } = list[at];
        if (!waiting.has(promise)) continue;
        try {
          if (!fire("unhandledrejection", promise, reason, true)) tell(reason, stack);
        } catch {
          host.untold(reason);
        }
        // Unless a listener gave it a handler.
        if (waiting.delete(promise)) told.set(promise, reason);
      }
    });
  };

  internal.handled = (promise) => {
    if (waiting.delete(promise) || !told.has(promise)) return;
    const reason = told.get(promise);
    told.delete(promise);
    internal.queueTask(() => { fire("rejectionhandled", promise, reason, false); });
  };

  internal.define(PromiseRejectionEvent);
  internal.expose({ PromiseRejectionEvent });
}
