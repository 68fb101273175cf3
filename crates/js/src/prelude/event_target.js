// EventTarget, as the DOM standard has it: no tree, so no bubbling beyond the target. Owns
// dispatching and event handler attributes. Never decides when something fires.
(host, internal) => {
  "use strict";

  const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;
  const { find } = internal;
  const {
    typeOf, cancel, enter, leave, setPassive, isStopped, isStoppedNow,
  } = internal.eventState;
  delete internal.eventState;

  class EventTarget {
    // Another list after each change: who walks through one sees the one that was there.
    #listeners = [];
    // Of event handler attributes, by type.
    #handlers = null;

    addEventListener(type, callback, options = undefined) {
      internal.need(arguments, 2, "addEventListener");
      const target = standing(this);
      // Whoever is no target is told so before its arguments are looked at.
      void target.#listeners;
      type = internal.text(type);
      callback = listener(callback);
      const { capture, once, passive, signal } = flatten(options);
      if (callback === null || (signal !== undefined && internal.isAborted(signal))) return;
      if (target.#find(type, callback, capture) !== undefined) return;
      const added = {
        type, handler: undefined, callback, capture, once, passive, removed: false, forget: null,
      };
      target.#add(added);
      if (signal === undefined) return;
      added.forget = internal.onAbort(signal, () => { target.#remove(added); });
    }

    removeEventListener(type, callback, options = undefined) {
      internal.need(arguments, 2, "removeEventListener");
      const target = standing(this);
      void target.#listeners;
      type = internal.text(type);
      callback = listener(callback);
      const capture = Boolean(internal.isObject(options) ? options.capture : options);
      target.#remove(target.#find(type, callback, capture));
    }

    dispatchEvent(event) {
      internal.need(arguments, 1, "dispatchEvent");
      if (!internal.isEvent(event)) throw new TypeError("dispatchEvent: this is no Event");
      if (internal.isDispatched(event)) {
        throw new DOMException("the event is being dispatched", "InvalidStateError");
      }
      return standing(this).#dispatch(event, false);
    }

    #find(type, callback, capture) {
      return find(this.#listeners, (other) =>
        other.type === type && other.callback === callback && other.capture === capture);
    }

    #add(listener) {
      // The phase of those that capture comes first.
      const listeners = [];
      let next = listener.capture ? listener : null;
      for (let at = 0; at < this.#listeners.length; at += 1) {
        const other = this.#listeners[at];
        if (next !== null && !other.capture) {
          listeners[listeners.length] = next;
          next = null;
        }
        listeners[listeners.length] = other;
      }
      if (next !== null || !listener.capture) listeners[listeners.length] = listener;
      this.#listeners = listeners;
      internal.changed?.(this);
    }

    #remove(listener) {
      if (listener === undefined) return;
      listener.removed = true;
      // The signal may live longer.
      listener.forget?.();
      const listeners = [];
      for (let at = 0; at < this.#listeners.length; at += 1) {
        if (this.#listeners[at] !== listener) listeners[listeners.length] = this.#listeners[at];
      }
      this.#listeners = listeners;
      internal.changed?.(this);
    }

    // The target that listeners see is another one for the window's load alone. Of a task there is
    // no script on the stack behind a listener, so microtasks run there.
    #dispatch(event, isTrusted, isTask = false, seen = undefined) {
      const isGlobal = this === internal.globalTarget;
      const shown = isGlobal ? globalThis : this;
      enter(event, seen ?? shown, shown, isTrusted);
      const type = typeOf(event);
      const listeners = this.#listeners;
      let phase, isOver;
      for (let at = 0; at < listeners.length; at += 1) {
        const listener = listeners[at];
        // Who stops an event stops it for the other phase.
        if (listener.capture !== phase) {
          phase = listener.capture;
          isOver = isStopped(event);
        }
        if (isOver || listener.removed || listener.type !== type) continue;
        if (listener.once) this.#remove(listener);
        if (listener.passive) setPassive(event, true);
        call(shown, listener, event);
        if (listener.passive) setPassive(event, false);
        if (isTask) internal.microtasks();
        if (isStoppedNow(event)) break;
      }
      return !leave(event);
    }

    static {
      internal.fire = (target, event, seen = undefined) => {
        target.#dispatch(event, true, true, seen);
      };
      // While a script runs that caused it.
      internal.fireInScript = (target, event) => {
        target.#dispatch(event, true);
      };
      // Without memory too.
      internal.has = (target, type) => {
        const listeners = target.#listeners;
        for (let at = 0; at < listeners.length; at += 1) {
          if (listeners[at].type === type) return true;
        }
        return false;
      };
      // The target, which has to be one of those with that attribute.
      const branded = (object, is, type) => {
        const target = standing(object);
        const isOne = is === undefined ? target === internal.globalTarget
          : internal.isObject(target) && is(target);
        if (!isOne) throw new TypeError(`on${type}: wrong object`);
        return target;
      };
      const setHandler = (target, type, value) => {
        const usable = internal.isObject(value);
        const before = target.#handlers?.[type];
        if (usable && before !== undefined) {
          before.value = value;
        } else if (usable) {
          // All in one: what is set later may be set by a script's `Object.prototype`.
          const listener = {
            type, handler: { value, listener: null }, callback: null, capture: false,
            once: false, passive: false, removed: false, forget: null,
          };
          listener.handler.listener = listener;
          target.#handlers ??= { __proto__: null };
          target.#handlers[type] = listener.handler;
          target.#add(listener);
        } else if (before !== undefined) {
          target.#handlers[type] = undefined;
          target.#remove(before.listener);
        }
      };
      // `is` tells objects of that interface, whatever their prototype; without it, the global one.
      internal.handler = (prototype, type, is = undefined) => {
        const name = `on${type}`;
        const accessor = {
          get [name]() { return branded(this, is, type).#handlers?.[type]?.value ?? null; },
          set [name](value) { setHandler(branded(this, is, type), type, value); },
        };
        const { get, set } = getOwnPropertyDescriptor(accessor, name);
        defineProperty(prototype, name, {
          __proto__: null, get, set, enumerable: true, configurable: true,
        });
      };
    }
  }

  internal.define(EventTarget);

  // The global object is a target too, and the one that functions mean without an object. It was
  // there before any class, so another object has its listeners.
  internal.globalTarget = new EventTarget();
  setPrototypeOf(globalThis, EventTarget.prototype);
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
    const isReport = target === globalThis && typeOf(event) === "error"
      && internal.isErrorEvent?.(event);
    if (!isReport) return internal.call(handler, target, event) === false;
    const { message, filename, lineno, colno, error } = event;
    return internal.call(handler, target, message, filename, lineno, colno, error) === true;
  }

  function flatten(options) {
    if (!internal.isObject(options)) {
      return { capture: Boolean(options), once: false, passive: false, signal: undefined };
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

  // `handler` is that of an event handler attribute.
  function call(target, { handler, callback }, event) {
    let by = handler === undefined ? callback : handler.value;
    try {
      // Events show the global object when they are asked for it.
      if (target === globalThis) internal.prepare(by);
      if (handler !== undefined) {
        const isAsked = typeof handler.value === "function";
        if (isAsked && answer(target, handler.value, event)) cancel(event);
      } else if (typeof callback === "function") {
        internal.call(callback, target, event);
      } else {
        by = callback.handleEvent;
        internal.call(by, callback, event);
      }
    } catch (error) {
      internal.report(error, by);
    }
  }

  internal.expose({ EventTarget });
}
