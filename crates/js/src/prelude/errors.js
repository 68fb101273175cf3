// An uncaught exception, as the HTML standard reports it: an ErrorEvent at the global object, and a
// line for who wrote the script unless a listener took it. Owns that reporting reports nothing
// about itself; the words are another part's.
(host, internal) => {
  "use strict";

  const { Event } = internal.own;

  class ErrorEvent extends Event {
    #message; #filename; #lineno; #colno; #error;
    static { internal.isErrorEvent = (event) => #error in event; }
    constructor(type, init = undefined) {
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

  let isReporting = false;

  // Whether a listener said that it took care of the exception.
  internal.isTaken = (error) => {
    if (isReporting || !internal.has(internal.globalTarget, "error")) return false;
    isReporting = true;
    try {
      internal.bring("uncaught");
      const init = { __proto__: null, ...internal.errorInit(error), cancelable: true };
      const event = new ErrorEvent("error", init);
      internal.fireInScript(internal.globalTarget, event);
      return event.defaultPrevented;
    } finally {
      isReporting = false;
    }
  };

  internal.tell = (error, by) => {
    if (internal.isTaken(error)) return;
    internal.bring("uncaught");
    host.report(internal.uncaught("Uncaught", error, by));
  };

  internal.define(ErrorEvent);
  internal.expose({ ErrorEvent });
}
