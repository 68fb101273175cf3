// AbortController and AbortSignal, as the DOM standard has them. Owns who follows whom.
(host, internal) => {
  "use strict";

  // What a signed 32-bit number holds: a timer of more is none.
  const TIMER_MS_MAX = 0x7fffffff;
  const { filter, find } = internal;
  const each = (list, run) => { for (let at = 0; at < list.length; at += 1) run(list[at]); };
  let make, abort, follow;

  // [EnforceRange] unsigned long long
  const enforceRange = (value) => {
    const number = +value;
    const whole = number - number % 1;
    const max = Number.MAX_SAFE_INTEGER;
    if (!(whole >= 0 && whole <= max)) throw new TypeError(`timeout: not in 0 to ${max}`);
    return whole;
  };

  class AbortSignal extends EventTarget {
    #isAborted = false; #reason = undefined;
    // Lists, as scripts may replace what sets do. Each has what is in it once.
    #algorithms = [];
    #isDependent = false; #sources = []; #dependents = [];

    static {
      make = () => new AbortSignal(internal.key);
      abort = (signal, reason) => {
        if (signal.#isAborted) return;
        signal.#set(reason);
        const followers = filter(signal.#dependents, (other) => !other.#isAborted);
        each(followers, (follower) => { follower.#set(signal.#reason); });
        signal.#run();
        each(followers, (follower) => { follower.#run(); });
      };
      follow = (signal, source) => {
        signal.#isDependent = true;
        each(source.#isDependent ? source.#sources : [source], (one) => {
          if (find(signal.#sources, (other) => other === one) !== undefined) return;
          signal.#sources[signal.#sources.length] = one;
          one.#dependents[one.#dependents.length] = signal;
        });
      };
      internal.isSignal = (value) => internal.isObject(value) && #isAborted in value;
      internal.isAborted = (signal) => signal.#isAborted;
      internal.onAbort = (signal, algorithm) => {
        signal.#algorithms[signal.#algorithms.length] = algorithm;
      };
    }

    constructor() {
      internal.legal(arguments);
      super();
    }

    static abort(reason = undefined) {
      const signal = make();
      signal.#set(reason);
      return signal;
    }

    static timeout(milliseconds) {
      internal.need(arguments, 1, "timeout");
      const ms = enforceRange(milliseconds);
      const signal = make();
      const reason = () => new DOMException("signal timed out", "TimeoutError");
      internal.after(ms < TIMER_MS_MAX ? ms : TIMER_MS_MAX, () => abort(signal, reason()));
      return signal;
    }

    static any(signals) {
      internal.need(arguments, 1, "any");
      const all = internal.sequence(signals, signalOf, "any");
      const signal = make();
      signal.#isDependent = true;
      const first = find(all, (other) => other.#isAborted);
      if (first === undefined) each(all, (other) => { follow(signal, other); });
      else signal.#set(first.#reason);
      return signal;
    }

    get aborted() { return this.#isAborted; }
    get reason() { return this.#reason; }
    throwIfAborted() { if (this.#isAborted) throw this.#reason; }

    #set(reason) {
      this.#isAborted = true;
      this.#reason = reason === undefined
        ? new DOMException("signal is aborted without reason", "AbortError") : reason;
    }

    #run() {
      const algorithms = this.#algorithms;
      this.#algorithms = [];
      each(this.#sources, (source) => {
        source.#dependents = filter(source.#dependents, (other) => other !== this);
      });
      this.#sources = [];
      each(algorithms, (algorithm) => { algorithm(); });
      internal.fireInScript(this, new Event("abort"));
    }
  }

  function signalOf(value) {
    if (!internal.isSignal(value)) throw new TypeError("this is no AbortSignal");
    return value;
  }

  class AbortController {
    #signal = make();
    get signal() { return this.#signal; }
    abort(reason = undefined) { abort(this.#signal, reason); }
  }

  internal.handler(AbortSignal.prototype, "abort");
  internal.define(AbortSignal);
  internal.statics(AbortSignal);
  internal.define(AbortController);
  internal.refuseClones(AbortController);
  internal.expose({ AbortController, AbortSignal });
}
