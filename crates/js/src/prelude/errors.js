// An uncaught exception, as the HTML standard reports it: an ErrorEvent at the global object, and a
// line for who wrote the script unless a listener took it. Owns that reporting reports nothing about
// itself; the words are another part's.
(host, internal) => {
  "use strict";

  const { ErrorEvent } = internal.own;
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
  // `by` is the function that was called, if the host did not call it. The host tells what cannot
  // be told now: there may be no memory for it.
  internal.report = (error, by) => {
    try {
      internal.tell(error, by);
    } catch {
      host.untold(error);
    }
  };

  internal.handler(globalThis, "error");
}
