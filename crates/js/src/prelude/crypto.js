// crypto, as far as Web Cryptography's own methods go: random numbers, no `subtle`. The numbers are
// the system's.
(host, internal) => {
  "use strict";

  // Bytes of one call, by the standard.
  const RANDOM_LEN_MAX = 65_536;
  const INTEGERS = [
    "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
    "Uint32Array", "BigInt64Array", "BigUint64Array",
  ];

  // As scripts may replace them.
  internal.bring("buffers");
  const { isView, free, find, kindOf, lengthOf, toHex } = internal;
  const fill = free(Uint8Array.prototype.set);
  const slice = free(String.prototype.slice);

  class Crypto {
    #isCrypto;
    static { internal.isCrypto = (value) => #isCrypto in value; }
    constructor() {
      internal.legal(arguments);
      this.#isCrypto = true;
    }

    getRandomValues(array) {
      void this.#isCrypto;
      internal.need(arguments, 1, "getRandomValues");
      const bytes = isView(array) ? internal.bufferSource(array) : undefined;
      if (bytes === undefined) throw new TypeError("getRandomValues: no view");
      if (find(INTEGERS, (kind) => kind === kindOf(array)) === undefined) {
        throw new DOMException("getRandomValues: no integers", "TypeMismatchError");
      }
      const length = lengthOf(bytes);
      if (length > RANDOM_LEN_MAX) {
        const rule = `at most ${RANDOM_LEN_MAX} bytes at once, not ${length}`;
        internal.bring("quota");
        throw internal.quotaError(`getRandomValues: ${rule}`);
      }
      fill(bytes, new Uint8Array(host.random(length)));
      return array;
    }

    randomUUID() {
      void this.#isCrypto;
      const bytes = new Uint8Array(host.random(16));
      // RFC 9562: version 4, and the variant.
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = toHex(bytes);
      const part = (from, to) => slice(hex, from, to);
      return part(0, 8) + "-" + part(8, 12) + "-" + part(12, 16) + "-" + part(16, 20)
        + "-" + part(20);
    }
  }

  internal.define(Crypto);
  internal.expose({ Crypto });
  internal.crypto = new Crypto(internal.key);
}
