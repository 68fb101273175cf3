// URLSearchParams and its iterators, as the URL standard has them. Owns the list of pairs; how they
// are written in a URL is the host's business.
(host, internal) => {
  "use strict";

  // As scripts may replace them.
  const { call, filter, find, free, usv } = internal;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { ownKeys } = Reflect;
  const slice = free(String.prototype.slice);
  const sort = free(Array.prototype.sort);
  let makeIterator;

  const isNoPair = (item) => item.length !== 2;
  const isNamed = (name) => (pair) => pair[0] === name;

  // record<USVString, USVString>, where the last value of a name counts.
  const pairsIn = (record) => {
    const pairs = [];
    const keys = ownKeys(record);
    for (let at = 0; at < keys.length; at += 1) {
      if (!getOwnPropertyDescriptor(record, keys[at])?.enumerable) continue;
      const name = usv(keys[at]);
      const value = usv(record[keys[at]]);
      const known = find(pairs, isNamed(name));
      if (known === undefined) pairs[pairs.length] = [name, value];
      else known[1] = value;
    }
    return pairs;
  };

  // (sequence<sequence<USVString>> or record<USVString, USVString> or USVString)
  const pairsOf = (init) => {
    if (!internal.isObject(init)) {
      const text = usv(init);
      return host.formParse(text[0] === "?" ? slice(text, 1) : text);
    }
    const method = internal.iterator(init);
    if (method === undefined) return pairsIn(init);
    const pair = (item) => internal.sequence(item, usv, "URLSearchParams");
    const pairs = internal.sequence(init, pair, "URLSearchParams", method);
    if (find(pairs, isNoPair) !== undefined) {
      throw new TypeError("URLSearchParams: each pair has a name and a value");
    }
    return pairs;
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
      internal.isParams = (value) => #pairs in value;
    }

    constructor(init = "") { this.#pairs = pairsOf(init); }

    get size() { return this.#pairs.length; }

    append(name, value) {
      this.#need(arguments, 2);
      this.#pairs[this.#pairs.length] = [usv(name), usv(value)];
      this.#changed();
    }

    delete(name, value = undefined) {
      const isOne = this.#matcher(arguments, name, value);
      this.#pairs = filter(this.#pairs, (pair) => !isOne(pair));
      this.#changed();
    }

    get(name) { return find(this.#pairs, this.#matcher(arguments, name))?.[1] ?? null; }

    getAll(name) {
      const found = filter(this.#pairs, this.#matcher(arguments, name));
      for (let at = 0; at < found.length; at += 1) found[at] = found[at][1];
      return found;
    }

    has(name, value = undefined) {
      return find(this.#pairs, this.#matcher(arguments, name, value)) !== undefined;
    }

    set(name, value) {
      this.#need(arguments, 2);
      name = usv(name);
      value = usv(value);
      const first = find(this.#pairs, isNamed(name));
      if (first === undefined) {
        this.#pairs[this.#pairs.length] = [name, value];
      } else {
        first[1] = value;
        this.#pairs = filter(this.#pairs, (pair) => pair === first || pair[0] !== name);
      }
      this.#changed();
    }

    sort() {
      // By code units, which is how strings compare; equal names keep their order.
      sort(this.#pairs, (one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0));
      this.#changed();
    }

    toString() { return host.formSerialize(this.#pairs); }

    entries() { return makeIterator(this, this.#pairs, (pair) => [pair[0], pair[1]]); }

    forEach(callback, thisArg = undefined) {
      this.#need(arguments, 1);
      if (typeof callback !== "function") throw new TypeError("forEach: no function");
      for (let at = 0; at < this.#pairs.length; at += 1) {
        const pair = this.#pairs[at];
        call(callback, thisArg, pair[1], pair[0], this);
      }
    }

    keys() { return makeIterator(this, this.#pairs, (pair) => pair[0]); }
    values() { return makeIterator(this, this.#pairs, (pair) => pair[1]); }

    #need(given, count) { internal.need(given, count, "URLSearchParams"); }

    #matcher(given, name, value) {
      this.#need(given, 1);
      name = usv(name);
      if (value === undefined) return isNamed(name);
      value = usv(value);
      return (pair) => pair[0] === name && pair[1] === value;
    }

    #changed() { this.#update?.(host.formSerialize(this.#pairs)); }
  }

  const prototype = { __proto__: getPrototypeOf(getPrototypeOf([].values())) };
  const states = internal.keep(new WeakMap(), ["get", "set"]);
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
  const flags = { __proto__: null, writable: true, enumerable: true, configurable: true };
  defineProperty(prototype, "next", { ...flags, __proto__: null, value: next });
  defineProperty(prototype, Symbol.toStringTag, {
    __proto__: null, value: "URLSearchParams Iterator", configurable: true,
  });

  internal.define(URLSearchParams);
  defineProperty(URLSearchParams.prototype, Symbol.iterator, {
    ...flags, __proto__: null, value: URLSearchParams.prototype.entries, enumerable: false,
  });
  internal.expose({ URLSearchParams });
}
