// URLSearchParams and its iterators, as the URL standard has them. Owns the list of pairs; how they
// are written in a URL is the host's business.
(host, internal) => {
  "use strict";

  let makeIterator;

  // (sequence<sequence<USVString>> or record<USVString, USVString> or USVString)
  const pairsOf = (init) => {
    if (!internal.isObject(init)) return host.formParse(internal.usv(init).replace(/^\?/, ""));
    if (internal.iterator(init) !== undefined) {
      const pair = (item) => internal.sequence(item, internal.usv, "URLSearchParams");
      const pairs = internal.sequence(init, pair, "URLSearchParams");
      if (pairs.some((item) => item.length !== 2)) {
        throw new TypeError("URLSearchParams: each pair has a name and a value");
      }
      return pairs;
    }
    const pairs = new Map();
    for (const key of Reflect.ownKeys(init)) {
      if (!Object.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
      const name = internal.usv(key);
      pairs.set(name, internal.usv(init[key]));
    }
    return [...pairs];
  };

  class URLSearchParams {
    #pairs; #update = undefined;

    static {
      internal.paramsOf = (query, update) => {
        const params = new URLSearchParams(query);
        params.#update = update;
        return params;
      };
      internal.setParams = (params, query) => { params.#pairs = pairsOf(query); };
      internal.pairs = (params) => params.#pairs;
    }

    constructor(init = "") { this.#pairs = pairsOf(init); }

    get size() { return this.#pairs.length; }

    append(name, value) {
      this.#need(arguments, 2);
      this.#pairs.push([internal.usv(name), internal.usv(value)]);
      this.#changed();
    }

    delete(name, value = undefined) {
      const matches = this.#matcher(arguments, name, value);
      this.#pairs = this.#pairs.filter((pair) => !matches(pair));
      this.#changed();
    }

    get(name) {
      return this.#pairs.find(this.#matcher(arguments, name))?.[1] ?? null;
    }

    getAll(name) {
      return this.#pairs.filter(this.#matcher(arguments, name)).map((pair) => pair[1]);
    }

    has(name, value = undefined) {
      return this.#pairs.some(this.#matcher(arguments, name, value));
    }

    set(name, value) {
      this.#need(arguments, 2);
      name = internal.usv(name);
      value = internal.usv(value);
      const first = this.#pairs.find((pair) => pair[0] === name);
      if (first === undefined) {
        this.#pairs.push([name, value]);
      } else {
        first[1] = value;
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== name);
      }
      this.#changed();
    }

    sort() {
      // By code units, which is how strings compare; equal names keep their order.
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }

    toString() { return host.formSerialize(this.#pairs); }

    entries() { return makeIterator(this, this.#pairs, (pair) => [...pair]); }

    forEach(callback, thisArg = undefined) {
      this.#need(arguments, 1);
      if (typeof callback !== "function") throw new TypeError("forEach: no function");
      for (let at = 0; at < this.#pairs.length; at += 1) {
        const [name, value] = this.#pairs[at];
        callback.call(thisArg, value, name, this);
      }
    }

    keys() { return makeIterator(this, this.#pairs, (pair) => pair[0]); }
    values() { return makeIterator(this, this.#pairs, (pair) => pair[1]); }

    #need(given, count) { internal.need(given, count, "URLSearchParams"); }

    #matcher(given, name, value) {
      this.#need(given, 1);
      name = internal.usv(name);
      if (value === undefined) return (pair) => pair[0] === name;
      value = internal.usv(value);
      return (pair) => pair[0] === name && pair[1] === value;
    }

    #changed() { this.#update?.(this.toString()); }
  }

  const { getPrototypeOf } = Object;
  const prototype = { __proto__: getPrototypeOf(getPrototypeOf([].values())) };
  const states = new WeakMap();
  // The list is asked for at each step: it may change under an iterator, or be another one.
  makeIterator = (params, _hasBrand, show) => {
    const iterator = { __proto__: prototype };
    states.set(iterator, { params, show, at: 0 });
    return iterator;
  };
  const { next } = {
    next() {
      const state = states.get(this);
      if (state === undefined) throw new TypeError("next: no iterator of URLSearchParams");
      const pair = internal.pairs(state.params)[state.at];
      if (pair === undefined) return { value: undefined, done: true };
      state.at += 1;
      return { value: state.show(pair), done: false };
    },
  };
  const flags = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(prototype, "next", { value: next, ...flags });
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: "URLSearchParams Iterator", configurable: true,
  });

  internal.define(URLSearchParams);
  Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
    value: URLSearchParams.prototype.entries, ...flags, enumerable: false,
  });
  internal.refuseClones(URLSearchParams);
  internal.expose({ URLSearchParams });
}
