// QuotaExceededError, the one exception of Web IDL with more to tell than its name. Owns its
// numbers.
(host, internal) => {
  "use strict";

  // double, which has an end; null stands for none.
  const amount = (value, what) => {
    if (value === undefined) return null;
    const number = +value;
    if (number - number === 0) return number;
    throw new TypeError(`QuotaExceededError: ${what} is no number that has an end`);
  };

  class QuotaExceededError extends DOMException {
    #quota; #requested;
    static {
      internal.isQuotaError = (value) => #quota in value;
      internal.amountsOf = (error) => [error.#quota, error.#requested];
    }
    constructor(message = "", options = undefined) {
      message = internal.text(message);
      options = internal.dictionary(options, "QuotaExceededError");
      const quota = amount(options.quota, "quota");
      const requested = amount(options.requested, "requested");
      if (quota < 0 || requested < 0) throw new RangeError("QuotaExceededError: less than nothing");
      if (quota !== null && requested !== null && requested < quota) {
        throw new RangeError("QuotaExceededError: less was requested than there was");
      }
      super(message, "QuotaExceededError");
      this.#quota = quota;
      this.#requested = requested;
    }
    get quota() { return this.#quota; }
    get requested() { return this.#requested; }
  }

  internal.define(QuotaExceededError);
  internal.expose({ QuotaExceededError });
  internal.quotaError = (message, quota = undefined, requested = undefined) =>
    new QuotaExceededError(message, { __proto__: null, quota, requested });
}
