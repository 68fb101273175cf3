// Structured serialization (HTML standard): values to a list of nodes, and back, in this engine or
// in another one. Owns what can be cloned. Shares no memory between the two sides, and calls none of
// the methods that a script may have replaced.
(host, internal) => {
  "use strict";

  const refuse = (what) => { throw new DOMException(`${what} can't be cloned`, "DataCloneError"); };
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object;
  const isSame = Object.is;
  const { isArray, isView } = internal;
  const { isError } = Error;
  const { free } = internal;
  const getter = (prototype, key) => free(getOwnPropertyDescriptor(prototype, key).get);
  // Of a view: [[ViewedArrayBuffer]] and so on, of either kind.
  const views = getPrototypeOf(Uint8Array.prototype);
  const partsOf = (prototype, length) => ({
    buffer: getter(prototype, "buffer"), offset: getter(prototype, "byteOffset"),
    length: getter(prototype, length),
  });
  const [ofArray, ofData] = [partsOf(views, "length"), partsOf(DataView.prototype, "byteLength")];
  const kindOfView = getter(views, Symbol.toStringTag);
  const fill = free(Uint8Array.prototype.set);
  const ofBuffer = (name) => getter(ArrayBuffer.prototype, name);
  const [detached, resizable] = [ofBuffer("detached"), ofBuffer("resizable")];
  const maxByteLength = ofBuffer("maxByteLength");
  const transferOf = free(ArrayBuffer.prototype.transfer);
  const ERRORS = {
    __proto__: null,
    Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
  };
  const stackIn = getter(Error.prototype, "stack");
  const VIEWS = { __proto__: null };
  for (const kind of [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float16Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
  ]) VIEWS[kind.name] = kind;

  const { prototype: plain } = Object;
  const isBelow = free(plain.isPrototypeOf);
  const tagOf = free(plain.toString);
  const ITERATOR = getPrototypeOf(getPrototypeOf([].values()));
  const [mapEach, mapSet] = [free(Map.prototype.forEach), free(Map.prototype.set)];
  const [mapGet, mapSize] = [free(Map.prototype.get), getter(Map.prototype, "size")];
  const [setEach, setAdd] = [free(Set.prototype.forEach), free(Set.prototype.add)];
  const setSize = getter(Set.prototype, "size");
  const time = free(Date.prototype.getTime);
  const regExp = RegExp.prototype;
  const isGlobal = getter(regExp, "global");
  const [source, flags] = [getter(regExp, "source"), getter(regExp, "flags")];
  const nameOf = getter(DOMException.prototype, "name");
  const messageOf = getter(DOMException.prototype, "message");
  const WRAPPED = [Boolean, Number, String, BigInt].map(({ name, prototype }) =>
    ({ name, valueOf: free(prototype.valueOf) }));

  // Calls that throw for every object but those of one kind.
  const is = (call, value) => {
    try {
      call(value);
      return true;
    } catch {
      return false;
    }
  };
  const number = (value) => (isSame(value, -0) ? "-0" : String(value));

  const mapped = (list, make) => {
    const all = [];
    for (let at = 0; at < list.length; at += 1) all[at] = make(list[at]);
    return all;
  };
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
      case "function": return refuse(value.name ? `the function ${value.name}` : "a function");
      default: return undefined;
    }
  }

  function box(value) {
    if (is(time, value)) return ["Date", number(time(value))];
    if (value !== regExp && is(isGlobal, value)) return ["RegExp", source(value), flags(value)];
    for (let at = 0; at < WRAPPED.length; at += 1) {
      const { name, valueOf } = WRAPPED[at];
      if (is(valueOf, value)) return ["wrapped", name, leaf(valueOf(value))];
    }
    return undefined;
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
      const prototype = getPrototypeOf(value);
      if (prototype === null || prototype === plain) return this.#plain(value);
      if (is(detached, value)) return buffer(value);
      if (isView(value)) return this.#view(value);
      if (is(mapSize, value)) return ["Map", this.#pairs(value)];
      if (is(setSize, value)) return ["Set", this.#items(value)];
      if (internal.isBlob?.(value)) return blob(value);
      if (is(nameOf, value)) return ["DOMException", messageOf(value), nameOf(value)];
      if (isError(value)) return this.#error(value);
      const boxed = box(value);
      if (boxed !== undefined) return boxed;
      if (internal.isPlatform(value) || isBelow(ITERATOR, value)) {
        refuse(`an object of ${value.constructor?.name}`);
      }
      return this.#plain(value);
    }

    // With its cause, as browsers have it; the standard leaves that to them, as the stack.
    #error(value) {
      const { name } = value;
      const message = ownValue(value, "message");
      const text = message === undefined ? null : String(message.value);
      const cause = ownValue(value, "cause");
      const own = getOwnPropertyDescriptor(value, "stack");
      const stack = own === undefined ? stackIn(value) : own.value;
      const known = typeof name === "string" && name in ERRORS ? name : "Error";
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
      const kind = kindOfView(value) ?? "DataView";
      const of = kind === "DataView" ? ofData : ofArray;
      return ["view", kind, this.add(of.buffer(value)), of.offset(value), of.length(value)];
    }
  }

  // The bytes of a buffer, or of an array of them, once more.
  const copy = (bytes) => new Uint8Array(new Uint8Array(bytes));

  function blob(value) {
    return ["Blob", copy(internal.bytes(value)), internal.typeOfBlob(value)];
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
    if (internal.find(buffers, detached) !== undefined) cannot();
    const writer = new Writer(ports);
    writer.add(value);
    if (internal.find(ports, internal.isGone) !== undefined) cannot();
    mapped(buffers, transferOf);
    return { nodes: writer.nodes, ends: mapped(ports, internal.sendAway) };
  };

  class Reader {
    #nodes; #ports; #made = { __proto__: null };
    constructor(nodes, ports) {
      this.#nodes = nodes;
      this.#ports = ports;
    }

    get(place) {
      if (!(place in this.#made)) this.#make(place);
      return this.#made[place];
    }

    #make(place) {
      const node = this.#nodes[place];
      switch (node[0]) {
        case "Array": return this.#define(this.#made[place] = [], node[2], node[1]);
        case "Object": return this.#define(this.#made[place] = {}, node[1]);
        case "Map": return this.#fill(this.#made[place] = new Map(), node[1]);
        case "Set": return this.#add(this.#made[place] = new Set(), node[1]);
        case "view":
          this.#made[place] = new VIEWS[node[1]](this.get(node[2]), node[3], node[4]);
          return undefined;
        case "Error":
          this.#made[place] = errorAgain(node[1], node[2], node[3]);
          if (node[4] !== null) hide(this.#made[place], "cause", this.get(node[4]));
          return undefined;
        case "port":
          this.#made[place] = this.#ports[node[1]];
          return undefined;
        default:
          this.#made[place] = build(node);
          return undefined;
      }
    }

    // What has others in it is there before them, as they may have it in them.
    #define(object, pairs, length = undefined) {
      if (length !== undefined) object.length = length;
      for (let at = 0; at < pairs.length; at += 1) {
        defineProperty(object, pairs[at][0], {
          __proto__: null,
          value: this.get(pairs[at][1]), enumerable: true, writable: true, configurable: true,
        });
      }
    }

    #fill(map, pairs) {
      mapped(pairs, (pair) => mapSet(map, this.get(pair[0]), this.get(pair[1])));
    }

    #add(set, items) { mapped(items, (item) => setAdd(set, this.get(item))); }
  }

  function build(node) {
    const first = node[1];
    switch (node[0]) {
      case "undefined": return undefined;
      case "null": return null;
      case "boolean": case "string": return first;
      case "number": return Number(first);
      case "bigint": return BigInt(first);
      case "wrapped": return internal.wrapped(build(node[2]));
      case "Date": return new Date(Number(first));
      case "RegExp": return new RegExp(first, node[2]);
      case "Blob":
        internal.bring("blob");
        return internal.makeBlob(first, node[2]);
      case "DOMException": return new DOMException(first, node[2]);
      default: return bufferAgain(first, node[2]);
    }
  }

  function bufferAgain(bytes, max) {
    const options = max === null ? undefined : { __proto__: null, maxByteLength: max };
    const made = new ArrayBuffer(ofArray.length(bytes), options);
    fill(new Uint8Array(made), bytes);
    return made;
  }

  const hide = (object, key, value) => {
    defineProperty(object, key, {
      __proto__: null, value, writable: true, enumerable: false, configurable: true,
    });
  };

  function errorAgain(name, message, stack) {
    const error = new ERRORS[name]();
    if (message !== null) hide(error, "message", message);
    if (stack !== null) hide(error, "stack", stack);
    return error;
  }

  internal.deserialize = ({ nodes, ends }) => {
    const ports = mapped(ends, internal.makePort);
    return { value: new Reader(nodes, ports).get(0), ports };
  };

  // The event that brings a message.
  internal.messageOf = (record) => {
    const { value, ports } = internal.deserialize(record);
    // Another engine's `undefined` is that here too, where the constructor makes it null.
    return internal.makeMessage(value, "", ports);
  };

  // StructuredSerializeOptions or sequence<object>, of postMessage.
  internal.transferOf = (options) => {
    const isSequence = internal.isObject(options) && internal.iterator(options) !== undefined;
    const { transfer } = isSequence ? { transfer: options }
      : internal.dictionary(options, "postMessage");
    return transfer === undefined ? [] : internal.objects(transfer, "postMessage");
  };

  // sequence<object>
  internal.objects = (list, what) => internal.sequence(list, (item) => {
    if (!internal.isObject(item)) throw new TypeError(`${what}: only objects are transferred`);
    return item;
  }, what + ": transfer");
}
