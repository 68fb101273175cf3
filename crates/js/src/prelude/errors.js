// An uncaught exception, as the HTML standard reports it: an ErrorEvent at the global object, and a
// line for who wrote the script unless a listener took it. Owns that reporting reports nothing about
// itself.
(host, internal) => {
  "use strict";

  const { Event } = internal.own;

  class ErrorEvent extends Event {
    #message; #filename; #lineno; #colno; #error;
    static { internal.isErrorEvent = (event) => #error in event; }
    constructor(type, init = {}) {
      internal.need(arguments, 1, "ErrorEvent");
      super(type, init);
      init = internal.dictionary(init, "ErrorEvent");
      this.#colno = init.colno === undefined ? 0 : +init.colno >>> 0;
      this.#error = init.error;
      this.#filename = init.filename === undefined ? "" : internal.usv(init.filename);
      this.#lineno = init.lineno === undefined ? 0 : +init.lineno >>> 0;
      this.#message = init.message === undefined ? "" : internal.text(init.message);
    }
    get message() { return this.#message; }
    get filename() { return this.#filename; }
    get lineno() { return this.#lineno; }
    get colno() { return this.#colno; }
    get error() { return this.#error; }
  }

  // Where an exception was thrown, by the first line of its stack.
  const PLACE = /^\s*at (?:.* \()?(.+?):(\d+)(?::(\d+))?\)?$/m;
  const exec = internal.free(RegExp.prototype.exec);
  let isReporting = false;

  const placeOf = (error) => {
    const stack = internal.isObject(error) && typeof error.stack === "string" ? error.stack : "";
    const found = exec(PLACE, stack);
    if (found === null) return { filename: "", lineno: 0, colno: 0 };
    return { filename: found[1], lineno: +found[2], colno: +(found[3] ?? 0) };
  };

  const messageOf = (error) => {
    const isError = error instanceof Error || error instanceof DOMException;
    return `Uncaught ${isError ? String(error) : internal.inspect(error)}`;
  };

  internal.errorInit = (error) => ({ message: messageOf(error), ...placeOf(error), error });

  // Whether a listener said that it took care of the exception.
  internal.isTaken = (error) => {
    if (isReporting || !internal.has(internal.globalTarget, "error")) return false;
    isReporting = true;
    try {
      const init = { __proto__: null, ...internal.errorInit(error), cancelable: true };
      const event = new ErrorEvent("error", init);
      internal.fireInScript(internal.globalTarget, event);
      return event.defaultPrevented;
    } finally {
      isReporting = false;
    }
  };

  internal.tell = (error) => {
    if (!internal.isTaken(error)) host.report(`Uncaught ${internal.describe(error)}`);
  };

  internal.define(ErrorEvent);
  internal.expose({ ErrorEvent });
  internal.handler(globalThis, "error");
}
