// setTimeout and setInterval, as the HTML standard has them. Owns the callbacks; when one is due, and
// how deep they are nested, is the host's business.
(host, internal) => {
  "use strict";

  const timers = internal.keep(new Map(), ["get", "set", "delete"]);
  let lastId = 0;

  const milliseconds = (timeout) => {
    const ms = +timeout | 0;
    return ms < 0 ? 0 : ms;
  };

  const start = (repeats, handler, timeout, args) => {
    if (typeof handler !== "function") handler = internal.text(handler);
    const ms = milliseconds(timeout);
    lastId += 1;
    timers.set(lastId, { repeats, handler, ms, args });
    host.startTimer(lastId, ms);
    return lastId;
  };

  const stop = (id) => {
    id = +id | 0;
    timers.delete(id);
    host.stopTimer(id >>> 0);
  };

  internal.timer = (id) => {
    const timer = timers.get(id);
    if (timer === undefined) return;
    if (!timer.repeats) timers.delete(id);
    try {
      if (typeof timer.handler === "function") {
        internal.prepare(timer.handler);
        internal.apply(timer.handler, globalThis, timer.args);
      } else {
        internal.prepare(timer.handler);
        host.runText(internal.wellFormed(timer.handler));
      }
    } catch (error) {
      internal.report(error, timer.handler);
    }
    if (timer.repeats && timers.get(id) === timer) host.startTimer(id, timer.ms);
  };

  internal.after = (ms, run) => { start(false, run, ms, []); };
  internal.operations({
    setTimeout(handler, timeout = 0, ...args) {
      internal.global(this);
      internal.need(arguments, 1, "setTimeout");
      return start(false, handler, timeout, args);
    },
    setInterval(handler, timeout = 0, ...args) {
      internal.global(this);
      internal.need(arguments, 1, "setInterval");
      return start(true, handler, timeout, args);
    },
    clearTimeout(id = 0) { internal.global(this), stop(id); },
    clearInterval(id = 0) { internal.global(this), stop(id); },
  });
}
