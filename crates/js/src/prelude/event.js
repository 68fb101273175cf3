// Event and EventTarget, as the DOM standard has them: no tree, so no bubbling beyond
// the target. Owns dispatching and event handler attributes. Never decides when something fires.
(host, internal) => {
  "use strict";

  let trust, isDispatched, setDispatched, setTargets, clearFlags, isStopped, isStoppedNow;

  class Event {
    #type; #bubbles; #cancelable; #composed;
    #target = null; #currentTarget = null; #phase = 0;
    #trusted = false; #canceled = false; #passive = false; #dispatched = false;
    #stopped = false; #stoppedNow = false;
    #timeStamp = internal.now();

    static {
      trust = (event) => { event.#trusted = true; };
      isDispatched = internal.isDispatched = (event) => event.#dispatched;
      setDispatched = (event, is) => { event.#dispatched = is; };
      setTargets = (event, target, current, phase) => {
        event.#target = target;
        event.#currentTarget = current;
        event.#phase = phase;
      };
      clearFlags = (event) => { event.#stopped = event.#stoppedNow = false; };
      isStopped = (event) => event.#stopped;
      isStoppedNow = (event) => event.#stoppedNow;
      internal.setPassive = (event, is) => { event.#passive = is; };
    }

    constructor(type, init = {}) {
      if (arguments.length === 0) throw new TypeError("Event: a type is needed");
      init = internal.dictionary(init, "Event");
      this.#type = internal.text(type);
      this.#bubbles = Boolean(init.bubbles);
      this.#cancelable = Boolean(init.cancelable);
      this.#composed = Boolean(init.composed);
      Object.defineProperty(this, "isTrusted", {
        get: isTrusted, set: undefined, enumerable: true, configurable: false,
      });
    }

    static { internal.isTrusted = (event) => event.#trusted; }

    get type() { return this.#type; }
    get target() { return this.#target; }
    get srcElement() { return this.#target; }
    get currentTarget() { return this.#currentTarget; }
    get eventPhase() { return this.#phase; }
    get bubbles() { return this.#bubbles; }
    get cancelable() { return this.#cancelable; }
    get composed() { return this.#composed; }
    get defaultPrevented() { return this.#canceled; }
    get returnValue() { return !this.#canceled; }
    set returnValue(value) { if (!value) this.preventDefault(); }
    get timeStamp() { return this.#timeStamp; }
    get cancelBubble() { return this.#stopped; }
    set cancelBubble(stop) { if (stop) this.#stopped = true; }
    composedPath() { return this.#currentTarget === null ? [] : [this.#currentTarget]; }
    stopPropagation() { this.#stopped = true; }
    stopImmediatePropagation() { this.#stopped = this.#stoppedNow = true; }
    initEvent(type, bubbles = false, cancelable = false) {
      internal.need(arguments, 1, "initEvent");
      type = internal.text(type);
      if (this.#dispatched) return;
      this.#stopped = this.#stoppedNow = this.#canceled = this.#trusted = false;
      this.#target = null;
      this.#type = type;
      this.#bubbles = Boolean(bubbles);
      this.#cancelable = Boolean(cancelable);
    }
    preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }
  }

  const { get: isTrusted } = Object.getOwnPropertyDescriptor({
    get isTrusted() { return internal.isTrusted(this); },
  }, "isTrusted");

  const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
  internal.define(Event, phases);

  class EventTarget {
    #listeners = [];

    addEventListener(type, callback, options = {}) {
      internal.need(arguments, 2, "addEventListener");
      const target = standing(this);
      const listeners = target.#listeners;
      type = internal.text(type);
      callback = listener(callback);
      const { capture, once, passive, signal } = flatten(options);
      if (callback === null || (signal !== undefined && internal.isAborted(signal))) return;
      const same = listeners.some((other) =>
        other.type === type && other.callback === callback && other.capture === capture);
      if (same) return;
      const added = { type, callback, capture, once, passive, removed: false };
      target.#add(added);
      if (signal !== undefined) internal.onAbort(signal, () => { target.#remove(added); });
    }

    removeEventListener(type, callback, options = {}) {
      internal.need(arguments, 2, "removeEventListener");
      const target = standing(this);
      const listeners = target.#listeners;
      type = internal.text(type);
      callback = listener(callback);
      const capture = Boolean(internal.isObject(options) ? options.capture : options);
      target.#remove(listeners.find((other) =>
        other.type === type && other.callback === callback && other.capture === capture));
    }

    dispatchEvent(event) {
      internal.need(arguments, 1, "dispatchEvent");
      if (!(event instanceof Event)) throw new TypeError("dispatchEvent: this is no Event");
      if (isDispatched(event)) {
        throw new DOMException("the event is being dispatched", "InvalidStateError");
      }
      return standing(this).#dispatch(event);
    }

    #add(listener) {
      // The phase of those that capture comes first.
      const bubbling = listener.capture ? this.#listeners.findIndex((other) => !other.capture) : -1;
      if (bubbling < 0) this.#listeners.push(listener);
      else this.#listeners.splice(bubbling, 0, listener);
      internal.changed?.(this);
    }

    #remove(listener) {
      if (listener === undefined) return;
      listener.removed = true;
      this.#listeners = this.#listeners.filter((other) => other !== listener);
      internal.changed?.(this);
    }

    // The target that listeners see is another one for the window's load alone. Of a task there is
    // no script on the stack behind a listener, so microtasks run there.
    #dispatch(event, isTask = false, seen = undefined) {
      const shown = this === internal.globalTarget ? globalThis : this;
      setDispatched(event, true);
      setTargets(event, seen ?? shown, shown, phases.AT_TARGET);
      let phase, isOver;
      for (const listener of [...this.#listeners]) {
        // Who stops an event stops it for the other phase.
        if (listener.capture !== phase) {
          phase = listener.capture;
          isOver = isStopped(event);
        }
        if (isOver || listener.removed || listener.type !== event.type) continue;
        if (listener.once) this.#remove(listener);
        internal.setPassive(event, listener.passive);
        call(shown, listener.callback, event);
        internal.setPassive(event, false);
        if (isTask) internal.microtasks();
        if (isStoppedNow(event)) break;
      }
      setTargets(event, seen ?? shown, null, phases.NONE);
      setDispatched(event, false);
      clearFlags(event);
      return !event.defaultPrevented;
    }

    static {
      internal.fire = (target, event, seen = undefined) => {
        trust(event);
        target.#dispatch(event, true, seen);
      };
      // While a script runs that caused it.
      internal.fireInScript = (target, event) => {
        trust(event);
        target.#dispatch(event);
      };
      internal.has = (target, type) => target.#listeners.some((other) => other.type === type);
      internal.handler = (prototype, type) => {
        const handlers = new WeakMap();
        const name = `on${type}`;
        const accessor = {
          get [name]() { return handlers.get(brand(this))?.value ?? null; },
          set [name](value) {
            const target = brand(this);
            const usable = internal.isObject(value);
            const before = handlers.get(target);
            if (usable && before !== undefined) {
              before.value = value;
            } else if (usable) {
              const handler = { value };
              const callback = function (event) {
                if (typeof handler.value !== "function") return;
                if (answer(this, handler.value, event)) event.preventDefault();
              };
              handler.listener = {
                type, callback, capture: false, once: false, passive: false, removed: false,
              };
              handlers.set(target, handler);
              target.#add(handler.listener);
            } else if (before !== undefined) {
              handlers.delete(target);
              target.#remove(before.listener);
            }
          },
        };
        const { get, set } = Object.getOwnPropertyDescriptor(accessor, name);
        const brand = (object) => {
          const target = standing(object);
          const isGlobal = target === internal.globalTarget && prototype === globalThis;
          const isOne = #listeners in Object(target) && prototype.isPrototypeOf(target);
          if (!isGlobal && !isOne) throw new TypeError(`${name}: wrong object`);
          return target;
        };
        Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
      };
    }
  }

  internal.define(EventTarget);
  internal.platform.push(Event, EventTarget);

  // The global object is a target too, and the one that functions mean without an object. It was
  // there before any class, so another object has its listeners.
  internal.globalTarget = new EventTarget();
  Object.setPrototypeOf(globalThis, EventTarget.prototype);
  function standing(object) {
    const isGlobal = object === undefined || object === null || object === globalThis;
    return isGlobal ? internal.globalTarget : object;
  }

  // EventListener?
  function listener(callback) {
    if (callback === undefined || callback === null) return null;
    if (!internal.isObject(callback)) throw new TypeError("the listener is no function, no object");
    return callback;
  }

  // Calls an event handler; whether its answer cancels the event.
  function answer(target, handler, event) {
    const isReport = target === globalThis && event.type === "error" && event instanceof ErrorEvent;
    if (!isReport) return handler.call(target, event) === false;
    const { message, filename, lineno, colno, error } = event;
    return handler.call(target, message, filename, lineno, colno, error) === true;
  }

  function flatten(options) {
    if (!internal.isObject(options)) {
      return { capture: Boolean(options), once: false, passive: false };
    }
    return {
      capture: Boolean(options.capture),
      once: Boolean(options.once),
      passive: Boolean(options.passive),
      signal: signalOf(options.signal),
    };
  }

  function signalOf(signal) {
    if (signal === undefined || internal.isSignal?.(signal)) return signal;
    throw new TypeError("the signal is no AbortSignal");
  }

  function call(target, callback, event) {
    try {
      if (typeof callback === "function") {
        callback.call(target, event);
      } else {
        callback.handleEvent(event);
      }
    } catch (error) {
      internal.report(error);
    }
  }

  internal.expose({ Event, EventTarget });
}
