// Event and its kin, and EventTarget, as the DOM standard has them: no tree, so no bubbling beyond
// the target. Owns dispatching and event handler attributes. Never decides when something fires.
(host, internal) => {
  "use strict";

  let trust, isDispatched, setDispatched, setTargets, clearFlags, isStopped;

  class Event {
    #type; #bubbles; #cancelable; #composed;
    #target = null; #currentTarget = null; #phase = 0;
    #trusted = false; #canceled = false; #passive = false; #dispatched = false;
    #stopped = false; #stoppedNow = false;
    #timeStamp = performance.now();

    static {
      trust = (event) => { event.#trusted = true; };
      isDispatched = (event) => event.#dispatched;
      setDispatched = (event, is) => { event.#dispatched = is; };
      setTargets = (event, target, current, phase) => {
        event.#target = target;
        event.#currentTarget = current;
        event.#phase = phase;
      };
      clearFlags = (event) => { event.#stopped = event.#stoppedNow = false; };
      isStopped = (event) => event.#stoppedNow;
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
    get timeStamp() { return this.#timeStamp; }
    get cancelBubble() { return this.#stopped; }
    set cancelBubble(stop) { if (stop) this.#stopped = true; }
    composedPath() { return this.#currentTarget === null ? [] : [this.#currentTarget]; }
    stopPropagation() { this.#stopped = true; }
    stopImmediatePropagation() { this.#stopped = this.#stoppedNow = true; }
    preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }
  }

  const { get: isTrusted } = Object.getOwnPropertyDescriptor({
    get isTrusted() { return internal.isTrusted(this); },
  }, "isTrusted");

  class MessageEvent extends Event {
    #data; #origin; #lastEventId; #source; #ports;
    constructor(type, init = {}) {
      super(...arguments);
      init = internal.dictionary(init, "MessageEvent");
      this.#data = init.data === undefined ? null : init.data;
      this.#origin = init.origin === undefined ? "" : internal.text(init.origin);
      this.#lastEventId = init.lastEventId === undefined ? "" : internal.text(init.lastEventId);
      this.#source = init.source ?? null;
      this.#ports = Object.freeze([...(init.ports ?? [])]);
    }
    get data() { return this.#data; }
    get origin() { return this.#origin; }
    get lastEventId() { return this.#lastEventId; }
    get source() { return this.#source; }
    get ports() { return this.#ports; }
  }

  class CloseEvent extends Event {
    #wasClean; #code; #reason;
    constructor(type, init = {}) {
      super(...arguments);
      init = internal.dictionary(init, "CloseEvent");
      this.#wasClean = Boolean(init.wasClean);
      this.#code = init.code === undefined ? 0 : +init.code & 0xffff;
      this.#reason = init.reason === undefined ? "" : internal.text(init.reason).toWellFormed();
    }
    get wasClean() { return this.#wasClean; }
    get code() { return this.#code; }
    get reason() { return this.#reason; }
  }

  const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
  internal.define(Event, phases);
  internal.define(MessageEvent);
  internal.define(CloseEvent);

  class EventTarget {
    #listeners = [];

    addEventListener(type, callback, options = {}) {
      internal.need(arguments, 2, "addEventListener");
      type = internal.text(type);
      const { capture, once, passive, signal } = flatten(options);
      if (callback === null || callback === undefined || signal?.aborted) return;
      const same = this.#listeners.some((other) =>
        other.type === type && other.callback === callback && other.capture === capture);
      if (same) return;
      this.#add({ type, callback, capture, once, passive, removed: false });
      signal?.addEventListener("abort", () => {
        EventTarget.prototype.removeEventListener.call(this, type, callback, { capture });
      });
    }

    removeEventListener(type, callback, options = {}) {
      internal.need(arguments, 2, "removeEventListener");
      type = internal.text(type);
      const { capture } = flatten(options);
      this.#remove(this.#listeners.find((other) =>
        other.type === type && other.callback === callback && other.capture === capture));
    }

    dispatchEvent(event) {
      internal.need(arguments, 1, "dispatchEvent");
      if (!(event instanceof Event)) throw new TypeError("dispatchEvent: this is no Event");
      if (isDispatched(event)) {
        throw new DOMException("the event is being dispatched", "InvalidStateError");
      }
      return this.#dispatch(event);
    }

    #add(listener) {
      this.#listeners.push(listener);
      internal.changed?.(this);
    }

    #remove(listener) {
      if (listener === undefined) return;
      listener.removed = true;
      this.#listeners = this.#listeners.filter((other) => other !== listener);
      internal.changed?.(this);
    }

    #dispatch(event) {
      setDispatched(event, true);
      setTargets(event, this, this, phases.AT_TARGET);
      for (const listener of [...this.#listeners]) {
        if (listener.removed || listener.type !== event.type) continue;
        if (listener.once) this.#remove(listener);
        internal.setPassive(event, listener.passive);
        call(this, listener.callback, event);
        internal.setPassive(event, false);
        if (isStopped(event)) break;
      }
      setTargets(event, this, null, phases.NONE);
      setDispatched(event, false);
      clearFlags(event);
      return !event.defaultPrevented;
    }

    static {
      internal.fire = (target, event) => {
        trust(event);
        target.#dispatch(event);
      };
      internal.has = (target, type) => target.#listeners.some((other) => other.type === type);
      internal.handler = (prototype, type) => {
        const handlers = new WeakMap();
        const name = `on${type}`;
        const accessor = {
          get [name]() {
            brand(this);
            return handlers.get(this)?.value ?? null;
          },
          set [name](value) {
            brand(this);
            const isObject = typeof value === "object" && value !== null;
            const usable = typeof value === "function" || isObject;
            const before = handlers.get(this);
            if (usable && before !== undefined) {
              before.value = value;
            } else if (usable) {
              const handler = { value };
              const callback = function (event) {
                if (typeof handler.value !== "function") return;
                if (handler.value.call(this, event) === false) event.preventDefault();
              };
              handler.listener = {
                type, callback, capture: false, once: false, passive: false, removed: false,
              };
              handlers.set(this, handler);
              this.#add(handler.listener);
            } else if (before !== undefined) {
              handlers.delete(this);
              this.#remove(before.listener);
            }
          },
        };
        const { get, set } = Object.getOwnPropertyDescriptor(accessor, name);
        const brand = (object) => {
          if (!(#listeners in Object(object)) || !prototype.isPrototypeOf(object)) {
            throw new TypeError(`${name}: wrong object`);
          }
        };
        Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
      };
    }
  }

  internal.define(EventTarget);

  function flatten(options) {
    if (typeof options === "boolean") return { capture: options, once: false, passive: false };
    options = internal.dictionary(options, "options");
    return {
      capture: Boolean(options.capture),
      once: Boolean(options.once),
      passive: Boolean(options.passive),
      signal: options.signal,
    };
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

  internal.expose({ Event, MessageEvent, CloseEvent, EventTarget });
}
