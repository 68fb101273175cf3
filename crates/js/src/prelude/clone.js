// Structured serialization (HTML standard): values to a list of nodes, and back, in this engine or,
// in another one. Owns what can be cloned. Shares no memory between the two sides.
(host, internal) => {
  "use strict";

  const refuse = (what) => { throw new DOMException(`${what} can't be cloned`, "DataCloneError"); };
  const getter = (prototype, key) => Object.getOwnPropertyDescriptor(prototype, key).get;
  const kindOfView = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
  const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const VIEWS = {};
  for (const kind of [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float16Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
  ]) VIEWS[kind.name] = kind;

  const ITERATOR = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

  // Calls that throw for every object but those of one kind.
  const is = (call, value) => {
    try {
      call.call(value);
      return true;
    } catch {
      return false;
    }
  };
  const wrapped = { Boolean, Number, String, BigInt };
  const number = (value) => (Object.is(value, -0) ? "-0" : String(value));

  function leaf(value) {
    const type = value === null ? "null" : typeof value;
    switch (type) {
      case "undefined": case "null": return [type];
      case "boolean": case "string": return [type, value];
      case "number": return [type, number(value)];
      case "bigint": return [type, String(value)];
      case "symbol": return refuse(String(value));
      case "function": return refuse(`the function ${value.name}`);
      default: return undefined;
    }
  }

  function box(value) {
    const { prototype: date } = Date;
    if (is(date.getTime, value)) return ["Date", number(date.getTime.call(value))];
    const regExp = RegExp.prototype;
    if (value !== regExp && is(getter(regExp, "global"), value)) {
      return ["RegExp", getter(regExp, "source").call(value), getter(regExp, "flags").call(value)];
    }
    for (const [name, { prototype }] of Object.entries(wrapped)) {
      if (is(prototype.valueOf, value)) {
        return ["wrapped", name, leaf(prototype.valueOf.call(value))];
      }
    }
    return undefined;
  }

  function problem(value) {
    const { name } = value;
    const message = Object.getOwnPropertyDescriptor(value, "message");
    const text = message !== undefined && "value" in message ? String(message.value) : null;
    const { stack } = value;
    const known = Object.hasOwn(ERRORS, name) ? name : "Error";
    return ["Error", known, text, typeof stack === "string" ? stack : null];
  }

  class Writer {
    nodes = [];
    #places = new Map();
    #ports;
    constructor(ports) { this.#ports = ports; }

    // The number of the node of `value`.
    add(value) {
      const simple = leaf(value);
      if (simple !== undefined) return this.nodes.push(simple) - 1;
      const known = this.#places.get(value);
      if (known !== undefined) return known;
      const place = this.nodes.push(undefined) - 1;
      this.#places.set(value, place);
      this.nodes[place] = this.#object(value);
      return place;
    }

    #object(value) {
      const port = this.#ports.indexOf(value);
      if (port >= 0) return ["port", port];
      if (Array.isArray(value)) return ["Array", value.length, this.#properties(value)];
      const prototype = Object.getPrototypeOf(value);
      if (prototype === null || prototype === Object.prototype) return this.#plain(value);
      if (value instanceof ArrayBuffer) return buffer(value);
      if (ArrayBuffer.isView(value)) return this.#view(value);
      if (is(getter(Map.prototype, "size"), value)) {
        const entries = [...Map.prototype.entries.call(value)];
        return ["Map", entries.map(([key, item]) => [this.add(key), this.add(item)])];
      }
      if (is(getter(Set.prototype, "size"), value)) {
        return ["Set", [...Set.prototype.values.call(value)].map((item) => this.add(item))];
      }
      if (internal.isBlob?.(value)) return ["Blob", internal.bytes(value).slice(), value.type];
      if (is(getter(DOMException.prototype, "name"), value)) {
        return ["DOMException", value.message, value.name];
      }
      if (Error.isError(value)) return problem(value);
      const boxed = box(value);
      if (boxed !== undefined) return boxed;
      const isPlatform = internal.platform.some((kind) => value instanceof kind);
      if (isPlatform || ITERATOR.isPrototypeOf(value)) {
        refuse(`an object of ${value.constructor?.name}`);
      }
      return this.#plain(value);
    }

    #plain(value) {
      // Nothing else tells what has the arguments of a call from an object.
      const isArguments = Object.prototype.toString.call(value) === "[object Arguments]";
      if (isArguments && value[Symbol.toStringTag] === undefined) refuse("the arguments of a call");
      return ["Object", this.#properties(value)];
    }

    #properties(value) {
      const pairs = [];
      for (const key of Object.keys(value)) {
        if (Object.hasOwn(value, key)) pairs.push([key, this.add(value[key])]);
      }
      return pairs;
    }

    #view(value) {
      const kind = kindOfView.call(value) ?? "DataView";
      const length = kind === "DataView" ? value.byteLength : value.length;
      return ["view", kind, this.add(value.buffer), value.byteOffset, length];
    }
  }

  function buffer(value) {
    if (value.detached) refuse("a detached ArrayBuffer");
    return ["buffer", new Uint8Array(value).slice(), value.resizable ? value.maxByteLength : null];
  }

  const cannot = () => { throw new DOMException("this can't be transferred", "DataCloneError"); };

  // A value as nodes, with the ends of channels that go along.
  internal.serialize = (value, transfer = []) => {
    const [buffers, ports] = [[], []];
    for (const [at, item] of transfer.entries()) {
      if (transfer.indexOf(item) !== at) cannot();
      if (internal.isPort?.(item)) ports.push(item);
      else if (item instanceof ArrayBuffer) buffers.push(item);
      else cannot();
    }
    if (buffers.some((item) => item.detached)) cannot();
    const writer = new Writer(ports);
    writer.add(value);
    if (ports.some((port) => internal.isGone(port))) cannot();
    for (const item of buffers) item.transfer();
    return { nodes: writer.nodes, ends: ports.map((port) => internal.sendAway(port)) };
  };

  class Reader {
    #nodes; #ports; #made = [];
    constructor(nodes, ports) {
      this.#nodes = nodes;
      this.#ports = ports;
    }

    get(place) {
      if (!(place in this.#made)) this.#make(place);
      return this.#made[place];
    }

    #make(place) {
      const [kind, first, second, third, fourth] = this.#nodes[place];
      // What has others in it is there before them, as they may have it in them.
      const shell = { Array: [], Object: {}, Map: new Map(), Set: new Set() }[kind];
      this.#made[place] = shell;
      switch (kind) {
        case "Array":
          shell.length = first;
          return this.#define(shell, second);
        case "Object": return this.#define(shell, first);
        case "Map":
          for (const [key, item] of first) shell.set(this.get(key), this.get(item));
          return undefined;
        case "Set":
          for (const item of first) shell.add(this.get(item));
          return undefined;
        case "view":
          this.#made[place] = new VIEWS[first](this.get(second), third, fourth);
          return undefined;
        case "port":
          this.#made[place] = this.#ports[first];
          return undefined;
        default:
          this.#made[place] = build(kind, first, second, third);
          return undefined;
      }
    }

    #define(object, pairs) {
      for (const [key, item] of pairs) {
        Object.defineProperty(object, key, {
          value: this.get(item), enumerable: true, writable: true, configurable: true,
        });
      }
    }
  }

  function build(kind, first, second, third) {
    switch (kind) {
      case "undefined": return undefined;
      case "null": return null;
      case "boolean": case "string": return first;
      case "number": return Number(first);
      case "bigint": return BigInt(first);
      case "wrapped": return Object(build(...second));
      case "Date": return new Date(Number(first));
      case "RegExp": return new RegExp(first, second);
      case "Blob":
        internal.bring("blob");
        return internal.makeBlob(first, second);
      case "DOMException": return new DOMException(first, second);
      case "buffer": {
        const made = new ArrayBuffer(first.length, second === null ? {} : { maxByteLength: second });
        new Uint8Array(made).set(first);
        return made;
      }
      default: return problemAgain(first, second, third);
    }
  }

  function problemAgain(name, message, stack) {
    const error = new ERRORS[name]();
    const flags = { writable: true, enumerable: false, configurable: true };
    if (message !== null) Object.defineProperty(error, "message", { value: message, ...flags });
    if (stack !== null) Object.defineProperty(error, "stack", { value: stack, ...flags });
    return error;
  }

  internal.deserialize = ({ nodes, ends }) => {
    const ports = ends.map((end) => internal.makePort(end));
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
    const { transfer = [] } = isSequence ? { transfer: options }
      : internal.dictionary(options, "postMessage");
    return internal.objects(transfer, "postMessage");
  };

  // sequence<object>
  internal.objects = (list, what) => internal.sequence(list, (item) => {
    if (!internal.isObject(item)) throw new TypeError(`${what}: only objects are transferred`);
    return item;
  }, `${what}: transfer`);
}
