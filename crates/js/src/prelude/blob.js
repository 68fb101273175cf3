// Blob, as far as messages need it (File API). Owns its bytes, which never change.
(host, internal) => {
  "use strict";

  // Bytes or a text.
  const partOf = (part) => {
    if (internal.isBlob(part)) return internal.bytes(part);
    return internal.bufferSource(part) ?? internal.usv(part);
  };

  const bytesOf = (part, endings) => {
    if (typeof part !== "string") return part;
    const text = endings === "native" ? part.replace(/\r\n?/g, "\n") : part;
    return new Uint8Array(host.encode(text));
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
      internal.makeBlob = (bytes, type) => {
        const blob = new Blob();
        blob.#bytes = bytes;
        blob.#type = type;
        return blob;
      };
    }

    constructor(parts = [], options = {}) {
      const given = internal.sequence(parts, partOf, "Blob");
      options = internal.dictionary(options, "Blob");
      const endings = endingsOf(options.endings);
      const { type: asked = "" } = options;
      const type = internal.text(asked);
      const all = given.map((part) => bytesOf(part, endings));
      this.#type = /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : "";
      this.#bytes = new Uint8Array(all.reduce((size, part) => size + part.length, 0));
      let at = 0;
      for (const part of all) {
        this.#bytes.set(part, at);
        at += part.length;
      }
    }

    get size() { return this.#bytes.length; }
    get type() { return this.#type; }
    slice(start = 0, end = this.#bytes.length, type = "") {
      return new Blob([this.#bytes.slice(start, end)], { type });
    }
    async arrayBuffer() { return this.#bytes.slice().buffer; }
    async bytes() { return this.#bytes.slice(); }
    async text() {
      const { text } = host.decodeUtf8(this.#bytes.toHex(), false, false);
      // The byte order mark is no part of a text that is decoded.
      return text.startsWith("\ufeff") ? text.slice(1) : text;
    }
  }

  internal.define(Blob);
  internal.expose({ Blob });
}
