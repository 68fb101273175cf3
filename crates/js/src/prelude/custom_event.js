// CustomEvent, as the DOM standard has it. Owns what it carries. Fires nothing.
(host, internal) => {
  "use strict";

  const { Event } = internal.own;

  class CustomEvent extends Event {
    #detail;
    constructor(type, init = undefined) {
      internal.need(arguments, 1, "CustomEvent");
      super(type, init);
      const { detail } = internal.dictionary(init, "CustomEvent");
      this.#detail = detail === undefined ? null : detail;
    }
    get detail() { return this.#detail; }
    initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
      internal.need(arguments, 1, "initCustomEvent");
      const isBusy = internal.isDispatched(this);
      internal.call(internal.initEvent, this, type, bubbles, cancelable);
      if (!isBusy) this.#detail = detail;
    }
  }

  internal.define(CustomEvent);
  internal.expose({ CustomEvent });
}
