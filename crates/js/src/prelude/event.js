// Event, as the DOM standard has it. Owns the state of an event, which `event_target` changes while
// it is dispatched. Fires nothing.
(host, internal) => {
  "use strict";

  // One number for all that is yes or no, and few fields: an object is made for each message.
  const CANCELABLE = 1;
  const BUBBLES = 2;
  const COMPOSED = 4;
  const TRUSTED = 8;
  const CANCELED = 16;
  const PASSIVE = 32;
  const DISPATCHED = 64;
  const STOPPED = 128;
  const STOPPED_NOW = 256;

  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { key, now } = internal;

  // Whoever gets the global object may look at it. The key stands for a document.
  const shown = (target) => {
    if (target === globalThis) internal.prepare("globalThis");
    if (target !== key) return target;
    internal.bring("document");
    return internal.document;
  };

  // For `event_target` alone.
  const state = internal.eventState = {};
  let unforgeable;

  class Event {
    #type; #flags = 0; #target = null; #currentTarget = null;
    #timeStamp = now();

    static {
      state.typeOf = (event) => event.#type;
      state.cancel = (event) => { event.#cancel(); };
      internal.isEvent = (value) => internal.isObject(value) && #type in value;
      internal.isDispatched = (event) => (event.#flags & DISPATCHED) !== 0;
      state.enter = (event, target, current, isTrusted) => {
        event.#flags = event.#flags & ~TRUSTED | DISPATCHED | (isTrusted && TRUSTED);
        event.#target = target;
        event.#currentTarget = current;
      };
      // Whether it was canceled.
      state.leave = (event) => {
        event.#currentTarget = null;
        event.#flags &= ~(DISPATCHED | STOPPED | STOPPED_NOW);
        return (event.#flags & CANCELED) !== 0;
      };
      state.isStopped = (event) => (event.#flags & STOPPED) !== 0;
      state.isStoppedNow = (event) => (event.#flags & STOPPED_NOW) !== 0;
      state.setPassive = (event, is) => {
        event.#flags = is ? event.#flags | PASSIVE : event.#flags & ~PASSIVE;
      };
      const { get } = getOwnPropertyDescriptor({
        get isTrusted() { return (this.#flags & TRUSTED) !== 0; },
      }, "isTrusted");
      // Without a prototype, where a script could put what is not in it.
      unforgeable = {
        __proto__: null, get, set: undefined, enumerable: true, configurable: false,
      };
    }

    constructor(type, init = undefined) {
      if (type === key) {
        // One of ours, of that type.
        this.#type = init;
      } else {
        if (arguments.length === 0) throw new TypeError("Event: a type is needed");
        this.#type = internal.text(type);
        init = internal.dictionary(init, "Event");
        this.#set(init.bubbles, init.cancelable, init.composed);
      }
      defineProperty(this, "isTrusted", unforgeable);
    }

    #set(bubbles, cancelable, composed) {
      this.#flags &= ~(BUBBLES | CANCELABLE | COMPOSED);
      if (bubbles) this.#flags |= BUBBLES;
      if (cancelable) this.#flags |= CANCELABLE;
      if (composed) this.#flags |= COMPOSED;
    }
    #is(flag) { return (this.#flags & flag) !== 0; }

    get type() { return this.#type; }
    get target() { return shown(this.#target); }
    get srcElement() { return shown(this.#target); }
    get currentTarget() { return shown(this.#currentTarget); }
    get eventPhase() { return this.#currentTarget === null ? phases.NONE : phases.AT_TARGET; }
    get bubbles() { return this.#is(BUBBLES); }
    get cancelable() { return this.#is(CANCELABLE); }
    get composed() { return this.#is(COMPOSED); }
    get defaultPrevented() { return this.#is(CANCELED); }
    get returnValue() { return !this.#is(CANCELED); }
    set returnValue(value) { void this.#flags, value || this.#cancel(); }
    get timeStamp() { return this.#timeStamp; }
    get cancelBubble() { return this.#is(STOPPED); }
    set cancelBubble(stop) { this.#flags |= stop ? STOPPED : 0; }
    composedPath() { return this.#currentTarget === null ? [] : [shown(this.#currentTarget)]; }
    stopPropagation() { this.#flags |= STOPPED; }
    stopImmediatePropagation() { this.#flags |= STOPPED | STOPPED_NOW; }
    initEvent(type, bubbles = false, cancelable = false) {
      internal.need(arguments, 1, "initEvent");
      type = internal.text(type);
      if (this.#is(DISPATCHED)) return;
      this.#flags &= ~(STOPPED | STOPPED_NOW | CANCELED | TRUSTED);
      this.#target = null;
      this.#type = type;
      this.#set(bubbles, cancelable, this.#is(COMPOSED));
    }
    preventDefault() { this.#cancel(); }
    #cancel() {
      if ((this.#flags & (CANCELABLE | PASSIVE)) === CANCELABLE) this.#flags |= CANCELED;
    }
  }

  const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
  internal.define(Event, phases);
  internal.expose({ Event });
}
