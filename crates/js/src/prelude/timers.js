// setTimeout and setInterval, as the HTML standard has them. Owns the callbacks; when one is due is
// the host's business.
(host, internal) => {
  "use strict";

  const NESTING_MAX = 5;
  const CLAMP_MS = 4;
  const timers = internal.keep(new Map(), ["get", "set", "delete"]);
  let lastId = 0;
  let nesting = 0;

  const milliseconds = (timeout) => {
    const ms = +timeout | 0;
    return ms < 0 ? 0 : ms;
  };

  const start = (repeats, handler, timeout, args) => {
    if (typeof handler !== "function") handler = internal.text(handler);
    let ms = milliseconds(timeout);
    if (nesting > NESTING_MAX && ms < CLAMP_MS) ms = CLAMP_MS;
    lastId += 1;
    timers.set(lastId, { repeats, handler, ms, args, nesting: nesting + 1 });
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
    nesting = timer.nesting;
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
    if (timer.repeats && timers.get(id) === timer) {
      timer.nesting += 1;
      const isClamped = timer.nesting > NESTING_MAX && timer.ms < CLAMP_MS;
      host.startTimer(id, isClamped ? CLAMP_MS : timer.ms);
    }
    nesting = 0;
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
