// AbortController and AbortSignal, as the DOM standard has them. Owns who follows whom, which keeps
// neither: only a follower that somebody listens to stays, as long as one that it follows.
(host, internal) => {
  "use strict";

  // What a signed 32-bit number holds: a timer of more is none.
  const TIMER_MS_MAX = 0x7fffffff;
  // So many followers, and twice those that were left, are looked through for collected ones.
  const FOLLOWERS_MIN = 16;
  const { filter, find } = internal;
  const deref = internal.free(WeakRef.prototype.deref);
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
    #algorithms = []; #sources = []; #followers = [];
    #room = FOLLOWERS_MIN;
    // How sources and followers know it.
    #weak = undefined;
    // Of one that follows others: what is in their lists, which keeps it if `kept` is set.
    #entry = null;

    static {
      make = () => new AbortSignal(internal.key);
      abort = (signal, reason, isTask) => {
        if (signal.#isAborted) return;
        signal.#set(reason);
        const followers = [];
        each(signal.#followers, ({ weak }) => {
          const follower = deref(weak);
          if (follower === undefined || follower.#isAborted) return;
          followers[followers.length] = follower;
          follower.#set(signal.#reason);
        });
        signal.#followers = [];
        signal.#run(isTask);
        each(followers, (follower) => { follower.#run(isTask); });
      };
      follow = (signal, source) => {
        each(source.#entry === null ? [source.#reference()] : source.#sources, (weak) => {
          const one = deref(weak);
          const isKnown = find(signal.#sources, (other) => other === weak) !== undefined;
          if (one === undefined || isKnown) return;
          signal.#sources[signal.#sources.length] = weak;
          one.#add(signal.#entry);
        });
      };
      internal.isSignal = (value) => internal.isObject(value) && #isAborted in value;
      internal.isAborted = (signal) => signal.#isAborted;
      // Answers what takes the algorithm back.
      internal.onAbort = (signal, algorithm) => {
        signal.#algorithms[signal.#algorithms.length] = algorithm;
        signal.#keep();
        return () => {
          signal.#algorithms = filter(signal.#algorithms, (other) => other !== algorithm);
          signal.#keep();
        };
      };
      const { changed } = internal;
      internal.changed = (target) => {
        changed(target);
        if (#isAborted in target) target.#keep();
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
      internal.after(ms < TIMER_MS_MAX ? ms : TIMER_MS_MAX, () => abort(signal, reason(), true));
      return signal;
    }

    static any(signals) {
      internal.need(arguments, 1, "any");
      const all = internal.sequence(signals, signalOf, "any");
      const signal = make();
      signal.#entry = { weak: signal.#reference(), kept: null };
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

    // In a task there is no script on the stack behind a listener.
    #run(isTask) {
      const algorithms = this.#algorithms;
      this.#algorithms = [];
      this.#keep();
      each(this.#sources, (weak) => { deref(weak)?.#remove(this.#entry); });
      this.#sources = [];
      each(algorithms, (algorithm) => { algorithm(); });
      (isTask ? internal.fire : internal.fireInScript)(this, new Event("abort"));
    }

    #reference() { return this.#weak ??= new WeakRef(this); }

    #add(entry) {
      if (this.#followers.length >= this.#room) {
        this.#followers = filter(this.#followers, ({ weak }) => deref(weak) !== undefined);
        this.#room = 2 * this.#followers.length + FOLLOWERS_MIN;
      }
      this.#followers[this.#followers.length] = entry;
    }

    #remove(entry) { this.#followers = filter(this.#followers, (other) => other !== entry); }

    #keep() {
      if (this.#entry === null) return;
      const isHeard = this.#algorithms.length > 0 || internal.has(this, "abort");
      this.#entry.kept = isHeard && !this.#isAborted ? this : null;
    }
  }

  function signalOf(value) {
    if (!internal.isSignal(value)) throw new TypeError("this is no AbortSignal");
    return value;
  }

  class AbortController {
    #signal = make();
    static { internal.isController = (value) => #signal in value; }
    get signal() { return this.#signal; }
    abort(reason = undefined) { abort(this.#signal, reason, false); }
  }

  internal.handler(AbortSignal.prototype, "abort", internal.isSignal);
  internal.define(AbortSignal);
  internal.statics(AbortSignal);
  internal.define(AbortController);
  internal.expose({ AbortController, AbortSignal });
}
