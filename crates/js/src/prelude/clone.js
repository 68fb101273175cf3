// Structured serialization (HTML standard): values to a list of nodes, which `clone_reader` makes
// values of again. Owns what can be cloned. Shares no memory between the two sides, and calls none
// of the methods that a script may have replaced.
(host, internal) => {
  "use strict";

  const refuse = (what) => { throw new DOMException(`${what} can't be cloned`, "DataCloneError"); };
  internal.bring("buffers");
  internal.bring("clone_reader");
  internal.bring("kinds");
  const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object;
  const isSame = Object.is;
  const { free, is, isArray, isNativeError, isView, mapped } = internal;
  const { kindOf, kindOfObject, ofArray, ofData } = internal;
  const { isDetached: detached, isResizable: resizable } = internal;
  const getter = (prototype, key) => free(getOwnPropertyDescriptor(prototype, key).get);
  const countOf = getter(getPrototypeOf(Uint8Array.prototype), "length");
  const maxByteLength = getter(ArrayBuffer.prototype, "maxByteLength");
  const transferOf = free(ArrayBuffer.prototype.transfer);
  const stackIn = getter(Error.prototype, "stack");

  const tagOf = free(Object.prototype.toString);
  const mapEach = free(Map.prototype.forEach);
  const mapGet = free(Map.prototype.get);
  const mapSet = free(Map.prototype.set);
  const setEach = free(Set.prototype.forEach);
  const time = free(Date.prototype.getTime);
  const regExp = RegExp.prototype;
  const source = getter(regExp, "source");
  // [[OriginalFlags]] by the engine's getters: that of `flags` asks the object's properties.
  const FLAGS = { __proto__: null };
  for (const [flag, name] of [
    ["d", "hasIndices"], ["g", "global"], ["i", "ignoreCase"], ["m", "multiline"], ["s", "dotAll"],
    ["u", "unicode"], ["v", "unicodeSets"], ["y", "sticky"],
  ]) FLAGS[flag] = getter(regExp, name);
  const flags = (value) => {
    let text = "";
    for (const flag in FLAGS) if (FLAGS[flag](value)) text += flag;
    return text;
  };
  const nameOf = getter(DOMException.prototype, "name");
  const messageOf = getter(DOMException.prototype, "message");
  const valueOf = { __proto__: null };
  for (const { name, prototype } of [Boolean, Number, String, BigInt]) {
    valueOf[name] = free(prototype.valueOf);
  }

  const number = (value) => (isSame(value, -0) ? "-0" : String(value));

  const indexOf = (list, item) => {
    for (let at = 0; at < list.length; at += 1) if (list[at] === item) return at;
    return -1;
  };
  internal.isIn = (list, item) => indexOf(list, item) >= 0;

  function leaf(value) {
    const type = value === null ? "null" : typeof value;
    switch (type) {
      case "undefined": case "null": return [type];
      case "boolean": case "string": return [type, value];
      case "number": return [type, number(value)];
      case "bigint": return [type, String(value)];
      case "symbol": return refuse(String(value));
      case "function": {
        const name = ownValue(value, "name")?.value;
        return refuse(typeof name === "string" && name ? `the function ${name}` : "a function");
      }
      default: return undefined;
    }
  }

  const ownValue = (object, key) => {
    const own = getOwnPropertyDescriptor(object, key);
    return own !== undefined && hasOwn(own, "value") ? own : undefined;
  };

  class Writer {
    nodes = [];
    #places = new Map();
    #ports;
    constructor(ports) { this.#ports = ports; }

    #push(node) {
      this.nodes[this.nodes.length] = node;
      return this.nodes.length - 1;
    }

    // The number of the node of `value`.
    add(value) {
      const simple = leaf(value);
      if (simple !== undefined) return this.#push(simple);
      const known = mapGet(this.#places, value);
      if (known !== undefined) return known;
      const place = this.#push(undefined);
      mapSet(this.#places, value, place);
      this.nodes[place] = this.#object(value);
      return place;
    }

    #object(value) {
      const port = indexOf(this.#ports, value);
      if (port >= 0) return ["port", port];
      // Which no method tells; it would stand for an object of any kind.
      if (host.isProxy(value)) refuse("a Proxy");
      if (isArray(value)) return ["Array", value.length, this.#properties(value)];
      if (isView(value)) return this.#view(value);
      if (internal.isBlob?.(value)) return blob(value);
      const kind = kindOfObject(value);
      switch (kind) {
        case "ArrayBuffer": return buffer(value);
        case "Map": return [kind, this.#pairs(value)];
        case "Set": return [kind, this.#items(value)];
        case "Date": return [kind, number(time(value))];
        case "RegExp": return [kind, source(value), flags(value)];
        case "DOMException": return exception(value);
        case "Boolean": case "Number": case "String": case "BigInt":
          return ["wrapped", kind, leaf(valueOf[kind](value))];
        case undefined: break;
        default: refuse(`an object of ${kind}`);
      }
      if (isNativeError(value)) return this.#error(value);
      if (internal.isPlatform(value)) refuse(`an object of ${value.constructor?.name}`);
      return this.#plain(value);
    }

    // With its cause, as browsers have it; the standard leaves that to them, as the stack.
    #error(value) {
      const { name } = value;
      const message = ownValue(value, "message");
      const text = message === undefined ? null : internal.text(message.value);
      const cause = ownValue(value, "cause");
      const own = getOwnPropertyDescriptor(value, "stack");
      const stack = own === undefined ? stackIn(value) : own.value;
      const known = typeof name === "string" && name in internal.errors ? name : "Error";
      const place = cause === undefined ? null : this.add(cause.value);
      return ["Error", known, text, typeof stack === "string" ? stack : null, place];
    }

    // What is in it is written behind it: that may change it.
    #pairs(map) {
      const pairs = [];
      mapEach(map, (item, key) => { pairs[pairs.length] = [key, item]; });
      return mapped(pairs, (pair) => [this.add(pair[0]), this.add(pair[1])]);
    }

    #items(set) {
      const items = [];
      setEach(set, (item) => { items[items.length] = item; });
      return mapped(items, (item) => this.add(item));
    }

    #plain(value) {
      // Nothing else tells what has the arguments of a call from an object.
      const isArguments = tagOf(value) === "[object Arguments]";
      if (isArguments && value[Symbol.toStringTag] === undefined) refuse("the arguments of a call");
      return ["Object", this.#properties(value)];
    }

    #properties(value) {
      const pairs = [];
      const names = keys(value);
      for (let at = 0; at < names.length; at += 1) {
        const key = names[at];
        if (hasOwn(value, key)) pairs[pairs.length] = [key, this.add(value[key])];
      }
      return pairs;
    }

    #view(value) {
      if (internal.isOut(value)) refuse("a view outside of its buffer");
      const kind = kindOf(value);
      const of = kind === undefined ? ofData : ofArray;
      const count = kind === undefined ? ofData.length(value) : countOf(value);
      // Without a count, all that there is.
      const end = internal.isTracking(value) ? null : count;
      return ["view", kind ?? "DataView", this.add(of.buffer(value)), of.from(value), end];
    }
  }

  // The bytes of a buffer, or of an array of them, once more.
  const copy = (bytes) => new Uint8Array(new Uint8Array(bytes));

  function blob(value) {
    return ["Blob", copy(internal.bytes(value)), internal.typeOfBlob(value)];
  }

  function exception(value) {
    const message = messageOf(value);
    if (!internal.isQuotaError?.(value)) return ["DOMException", message, nameOf(value)];
    const amounts = internal.amountsOf(value);
    return ["QuotaExceededError", message, amounts[0], amounts[1]];
  }

  function buffer(value) {
    if (detached(value)) refuse("a detached ArrayBuffer");
    return ["buffer", copy(value), resizable(value) ? maxByteLength(value) : null];
  }

  const cannot = () => { throw new DOMException("this can't be transferred", "DataCloneError"); };

  // A value as nodes, with the ends of channels that go along.
  internal.serialize = (value, transfer = []) => {
    const buffers = [];
    const ports = [];
    for (let at = 0; at < transfer.length; at += 1) {
      const item = transfer[at];
      if (indexOf(transfer, item) !== at) cannot();
      if (internal.isPort?.(item)) ports[ports.length] = item;
      else if (is(detached, item)) buffers[buffers.length] = item;
      else cannot();
    }
    const writer = new Writer(ports);
    writer.add(value);
    // Behind it, as accessors in the value may have sent some away.
    if (internal.find(buffers, detached) !== undefined) cannot();
    if (internal.find(ports, internal.isGone) !== undefined) cannot();
    mapped(buffers, transferOf);
    return { nodes: writer.nodes, ends: mapped(ports, internal.sendAway) };
  };

  // The event that brings a message.
  internal.messageOf = (record) => {
    const { value, ports } = internal.deserialize(record);
    // Another engine's `undefined` is that here too, where the constructor makes it null.
    return internal.makeMessage(value, "", ports);
  };

  // StructuredSerializeOptions or sequence<object>, of postMessage.
  internal.transferOf = (options) => {
    const method = internal.iterator(options);
    if (method !== undefined) return internal.objects(options, "postMessage", method);
    const { transfer } = internal.dictionary(options, "postMessage");
    return transfer === undefined ? [] : internal.objects(transfer, "postMessage");
  };

  // sequence<object>
  internal.objects = (list, what, method = undefined) => internal.sequence(list, (item) => {
    if (!internal.isObject(item)) throw new TypeError(`${what}: only objects are transferred`);
    return item;
  }, what + ": transfer", method);
}
