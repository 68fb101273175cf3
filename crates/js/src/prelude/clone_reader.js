// The other half of structured serialization (HTML standard): values of a list of nodes, which
// `clone` makes. Owns what each node becomes. Calls none of the methods that a script may have
// replaced.
(host, internal) => {
  "use strict";

  internal.bring("buffers");
  const { defineProperty } = Object;
  const fill = internal.free(Uint8Array.prototype.set);
  const mapSet = internal.free(Map.prototype.set);
  const setAdd = internal.free(Set.prototype.add);
  // Those that stay of their kind.
  const errors = internal.errors = {
    __proto__: null,
    Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
  };
  const VIEWS = {
    __proto__: null,
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float16Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
  };

  const mapped = internal.mapped = (list, make) => {
    const all = [];
    for (let at = 0; at < list.length; at += 1) all[at] = make(list[at]);
    return all;
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
          this.#made[place] = new VIEWS[node[1]](this.get(node[2]), node[3], node[4] ?? undefined);
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
      case "QuotaExceededError":
        internal.bring("quota");
        return internal.quotaError(first, node[2] ?? undefined, node[3] ?? undefined);
      default: return bufferAgain(first, node[2]);
    }
  }

  function bufferAgain(bytes, max) {
    const options = max === null ? undefined : { __proto__: null, maxByteLength: max };
    const made = new ArrayBuffer(internal.lengthOf(bytes), options);
    fill(new Uint8Array(made), bytes);
    return made;
  }

  const hide = (object, key, value) => {
    defineProperty(object, key, {
      __proto__: null, value, writable: true, enumerable: false, configurable: true,
    });
  };

  function errorAgain(name, message, stack) {
    const error = new errors[name]();
    if (message !== null) hide(error, "message", message);
    if (stack !== null) hide(error, "stack", stack);
    return error;
  }

  internal.deserialize = ({ nodes, ends }) => {
    const ports = mapped(ends, internal.makePort);
    return { value: new Reader(nodes, ports).get(0), ports };
  };
}
