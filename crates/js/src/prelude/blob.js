// Blob, as far as messages need it (File API). Owns its bytes, which never change.
(host, internal) => {
  "use strict";

  // As scripts may replace them.
  internal.bring("buffers");
  const { bufferOf, cut, free, key, lengthOf, toHex } = internal;
  const replace = free(String.prototype.replace);
  const lower = free(String.prototype.toLowerCase);
  const test = free(RegExp.prototype.exec);
  const ofBytes = (name) => free(Uint8Array.prototype[name]);
  const fill = ofBytes("set");
  const PLAIN = /^[\x20-\x7e]*$/;
  const LINE_END = /\r\n?/g;

  // Bytes or a text.
  const partOf = (part) => {
    if (internal.isBlob(part)) return internal.bytes(part);
    return internal.bufferSource(part) ?? internal.usv(part);
  };

  const bytesOf = (part, endings) => {
    if (typeof part !== "string") return part;
    const text = endings === "native" ? replace(part, LINE_END, "\n") : part;
    return new Uint8Array(host.encode(text));
  };

  const cleaned = (type) => (test(PLAIN, type) === null ? "" : lower(type));

  // [Clamp] long long: halves to the even number, NaN is 0. No blob is as long as the bounds.
  const clamp = (value) => {
    const number = +value;
    const part = number % 1;
    // As it is for what has no part: NaN, and what has no end.
    if (part !== part) return number !== number ? 0 : number;
    const floor = number - part - (part < 0 ? 1 : 0);
    const rest = number - floor;
    return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  };

  // Where a place is that counts from the end if it is negative.
  const placeIn = (length, place) => {
    if (place < 0) return place + length > 0 ? place + length : 0;
    return place < length ? place : length;
  };

  // EndingType
  const endingsOf = (value = "transparent") => {
    const endings = internal.text(value);
    if (endings === "transparent" || endings === "native") return endings;
    throw new TypeError(`Blob: endings is "transparent" or "native", not "${endings}"`);
  };

  class Blob {
    #bytes; #type;

    static {
      internal.bytes = (blob) => blob.#bytes;
      internal.isBlob = (value) => internal.isObject(value) && #bytes in value;
      // The bytes are the blob's own from then on.
      internal.makeBlob = (bytes, type) => new Blob(key, bytes, type);
      internal.typeOfBlob = (blob) => blob.#type;
    }

    constructor(parts = undefined, options = undefined) {
      if (parts === key) {
        // One of ours, with these bytes.
        this.#bytes = options;
        this.#type = arguments[2];
        return;
      }
      const given = parts === undefined ? [] : internal.sequence(parts, partOf, "Blob");
      options = internal.dictionary(options, "Blob");
      const endings = endingsOf(options.endings);
      const { type: asked = "" } = options;
      const type = internal.text(asked);
      let size = 0;
      for (let at = 0; at < given.length; at += 1) {
        given[at] = bytesOf(given[at], endings);
        size += lengthOf(given[at]);
      }
      this.#type = cleaned(type);
      this.#bytes = new Uint8Array(size);
      let place = 0;
      for (let at = 0; at < given.length; at += 1) {
        fill(this.#bytes, given[at], place);
        place += lengthOf(given[at]);
      }
    }

    get size() { return lengthOf(this.#bytes); }
    get type() { return this.#type; }
    slice(start = 0, end = lengthOf(this.#bytes), type = "") {
      const length = lengthOf(this.#bytes);
      const from = placeIn(length, clamp(start));
      const to = placeIn(length, clamp(end));
      const bytes = cut(this.#bytes, from, to > from ? to : from);
      return new Blob(key, bytes, cleaned(internal.text(type)));
    }
    async arrayBuffer() { return bufferOf(this.#copy()); }
    async bytes() { return this.#copy(); }
    #copy() { return cut(this.#bytes, 0, lengthOf(this.#bytes)); }
    async text() {
      return host.decode("utf-8", false, false, toHex(this.#bytes));
    }
  }

  internal.define(Blob);
  internal.expose({ Blob });
}
