// Performance, of the High Resolution Time standard: the time of the page. Owns no clock.
(host, internal) => {
  "use strict";

  const { EventTarget } = internal.own;

  class Performance extends EventTarget {
    #isPerformance;
    constructor() {
      internal.legal(arguments);
      super();
      this.#isPerformance = true;
    }
    get timeOrigin() { return void this.#isPerformance, host.timeOrigin(); }
    now() { return void this.#isPerformance, internal.now(); }
    toJSON() { return void this.#isPerformance, { timeOrigin: host.timeOrigin() }; }
  }

  internal.define(Performance);
  internal.expose({ Performance });
  internal.performance = new Performance(internal.key);
}
